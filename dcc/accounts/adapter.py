"""Where allauth meets our rules."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False  # accounts are nominative and created by an administrator (ADM-05)


class MFAAdapter(DefaultMFAAdapter):
    """Secrets of authenticators are encrypted at rest."""
