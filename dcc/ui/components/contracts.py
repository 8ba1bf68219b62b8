"""What every component checks about its arguments: a wrong call must fail in a test, not show half a page."""

from collections.abc import Collection, Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

# Attributes a caller may set by their own name; everything else goes through hx_, aria_ and data_ prefixes.
_PLAIN_ATTRIBUTES = frozenset(
    {
        "id", "name", "value", "form", "formaction", "formmethod", "formnovalidate", "title", "tabindex", "disabled",
        "download", "target", "rel", "autofocus", "role", "lang", "accesskey", "hreflang", "command", "commandfor",
    }
)  # fmt: skip
_PREFIXES = ("hx_", "aria_", "data_")


class ComponentError(ValueError):
    """A component was called with an argument it refuses."""


def one_of(value: object, allowed: Collection[str], what: str) -> str:
    """Return ``value`` if it is one of ``allowed``; otherwise say which words are known."""
    if not isinstance(value, str) or value not in allowed:
        raise ComponentError(f"{what}: {value!r} is not one of {', '.join(sorted(allowed))}")
    return value


def words(value: object, what: str) -> str:
    """Return a text with something in it: a control without words is invisible to a screen reader."""
    if not isinstance(value, str | Promise) or not str(value).strip():
        raise ComponentError(f"{what}: a text is needed, not {value!r}")
    return value if isinstance(value, str) else str(value)


def natural(value: object, what: str) -> int:
    """Return a whole number, zero or more; a boolean is refused although Python counts with it."""
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ComponentError(f"{what}: a whole number is needed, not {value!r}")
    return value


def instance(value: object, wanted: type[Any], what: str) -> Any:
    """Return ``value`` if it is a ``wanted``: the typed components take no dictionary by accident."""
    if not isinstance(value, wanted):
        raise ComponentError(f"{what}: {wanted.__name__} expected, not {type(value).__name__}")
    return value


def instances(values: object, wanted: type[Any], what: str) -> tuple[Any, ...]:
    """Return a non-empty tuple of ``wanted``."""
    if isinstance(values, str | Mapping) or not hasattr(values, "__iter__"):
        raise ComponentError(f"{what}: a list of {wanted.__name__} is needed, not {values!r}")
    found = tuple(instance(value, wanted, what) for value in values)
    if not found:
        raise ComponentError(f"{what}: the list is empty")
    return found


def attributes(attrs: Mapping[str, object]) -> SafeString:
    """Return ``attrs`` as HTML; template names use _ for -, and style, class and on… are refused (strict CSP)."""
    rendered: list[tuple[SafeString]] = []
    for name, value in attrs.items():
        if value is None or value is False:
            continue
        if name.startswith("hx_on") or not (name in _PLAIN_ATTRIBUTES or name.startswith(_PREFIXES)):
            raise ComponentError(f"attribute {name!r} is not allowed here")
        html_name = mark_safe(name.replace("_", "-"))
        rendered.append(
            (format_html(" {}", html_name) if value is True else format_html(' {}="{}"', html_name, value),)
        )
    return format_html_join("", "{}", rendered)
