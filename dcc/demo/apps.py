"""Demonstration networks and the local mailbox; never installed in production."""

from dataclasses import dataclass

from django.apps import AppConfig


@dataclass(frozen=True, slots=True)
class Account:
    """A line of the sign-in page's help."""

    email: str
    label: str


class DemoConfig(AppConfig):
    name = "dcc.demo"
    accounts: tuple[Account, ...] = ()
    password = ""

    def ready(self) -> None:
        from dcc.demo.building import PASSWORD, accounts

        self.password = PASSWORD
        self.accounts = tuple(
            Account(one["email"], f"{one['name']}, {one['role']}, {one['organisation']}") for one in accounts()
        )
