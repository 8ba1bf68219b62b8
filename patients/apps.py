"""Patients: identity, access, documents."""

from django.apps import AppConfig


class PatientsConfig(AppConfig):
    name = "patients"

    def ready(self) -> None:
        from dcc.accounts.access import connect
        from patients.team import outside_the_team

        connect(outside_the_team)
