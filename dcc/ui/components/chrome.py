"""What surrounds every page: entries of the bar, the person at work, the organisations she can work for."""

import string
from dataclasses import dataclass
from datetime import datetime

from dcc.ui.components.contracts import natural, words

# "G" then one letter goes to the entry (guide §11).
GO_KEYS = frozenset(string.ascii_lowercase)


@dataclass(frozen=True, slots=True, kw_only=True)
class NavEntry:
    """One entry of the bar; ``badge`` counts only what failed and waits for me, ``badge_label`` says so."""

    label: str
    url: str
    current: bool = False
    badge: int = 0
    badge_label: str = "en échec"
    key: str = ""

    def __post_init__(self) -> None:
        words(self.label, "nav label")
        words(self.url, "nav url")
        natural(self.badge, "nav badge")
        if self.key and self.key not in GO_KEYS:
            raise ValueError(f"nav key {self.key!r} is not one letter")


@dataclass(frozen=True, slots=True, kw_only=True)
class MembershipEntry:
    """One organisation and role the person can act for; ``value`` is posted to ``Who.switch_url`` as ``membership``."""

    label: str
    value: str
    role: str = ""
    current: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MenuLink:
    """One link of the person menu."""

    label: str
    url: str
    icon: str = "right"


@dataclass(frozen=True, slots=True, kw_only=True)
class Who:
    """The person at work, for the bar: name, organisation, choices of display, end of the session."""

    name: str
    organisation: str = ""
    role: str = ""
    memberships: tuple[MembershipEntry, ...] = ()
    switch_url: str = ""
    links: tuple[MenuLink, ...] = ()
    sign_out_url: str = ""
    preferences_url: str = ""
    theme: str = ""
    density: str = ""
    single_keys: bool = True
    session_ends: datetime | None = None
    stay_url: str = ""
    unlock_url: str = ""  # of a meeting: an idle session is opened again with a PIN
    sign_in_url: str = ""
