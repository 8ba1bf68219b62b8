"""Demonstration networks and the local mailbox; never installed in production."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "dcc.demo"
