"""Organisations of a network."""

from django.apps import AppConfig


class OrganisationsConfig(AppConfig):
    name = "dcc.organisations"
