"""What the sign-in page says more in a demonstration."""

from typing import Any

from django import template
from django.apps import apps
from django.conf import settings

register = template.Library()


@register.inclusion_tag("accounts/_demo.html")
def demo_help() -> dict[str, Any]:
    """Accounts and mailbox of the demonstration; nothing in production, where its app is not even installed."""
    if not settings.DEMO or not apps.is_installed("dcc.demo"):
        return {"demo": False}
    config = apps.get_app_config("demo")
    return {"demo": True, "accounts": getattr(config, "accounts", ()), "password": getattr(config, "password", "")}
