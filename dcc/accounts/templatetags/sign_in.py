"""What the sign-in page says more in a demonstration."""

from typing import Any

from django import template
from django.apps import apps
from django.conf import settings

register = template.Library()


@register.inclusion_tag("accounts/_demo.html")
def demo_help(*, accounts: bool = False) -> dict[str, Any]:
    """Mailbox, and accounts, of the demonstration; nothing in production, where its app is not even installed."""
    if not settings.DEMO or not apps.is_installed("dcc.demo"):
        return {"demo": False}
    config = apps.get_app_config("demo")
    if not accounts:
        return {"demo": True}
    return {"demo": True, "accounts": getattr(config, "accounts", ()), "password": getattr(config, "password", "")}


# First that is found: several browsers also name the ones they descend from.
_BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))
_SYSTEMS = (
    ("Windows", "Windows"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


@register.filter
def browser(user_agent: str) -> str:
    """What a person recognises of their own browser: « Firefox, Windows »."""
    name = next((label for sign, label in _BROWSERS if sign in user_agent), "Autre navigateur")
    system = next((label for sign, label in _SYSTEMS if sign in user_agent), "")
    return f"{name}, {system}" if system else name
