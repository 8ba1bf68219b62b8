"""Feeds of establishments over PostgreSQL."""
