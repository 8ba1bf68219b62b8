"""The information sheet handed to patients: its name and its version, traced with each information given.

A network may later bring its own text; what a patient was given stays known by these two.
"""

TITLE = "Votre dossier en cancérologie et la réunion qui l’étudie"
VERSION = "2026-11"
