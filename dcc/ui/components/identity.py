"""Who the patient is: the banner of every patient page, and two identities compared trait by trait."""

import difflib
import re
from dataclasses import dataclass, field
from datetime import date, datetime

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from dcc.lib import french
from dcc.ui.components.basics import badge
from dcc.ui.components.contracts import ComponentError, instance, one_of, words

# sex → (in full, "born")
SEXES = {"F": ("Féminin", "née"), "M": ("Masculin", "né"), "I": ("Indéterminé", "né(e)")}
# status of RNIV → (badge kind, words)
IDENTITY_STATUSES = {
    "qualified": ("ok", "INS qualifiée"),
    "retrieved": ("info", "INS récupérée"),
    "validated": ("info", "Validée"),
    "provisional": ("warn", "Provisoire"),
}
CLOSENESS = {"very": ("warn", "très proche"), "close": ("warn", "proche"), "little": ("neutral", "peu proche")}


@dataclass(frozen=True, slots=True, kw_only=True)
class BannerData:
    """What the banner shows; names are given as they must be printed (family names in capitals)."""

    birth_name: str
    first_name: str
    birth_date: date
    sex: str
    birth_place: str
    identity_status: str
    used_name: str = ""
    used_first_name: str = ""
    ipp_label: str = ""
    ipp: str = ""
    file_url: str = ""
    notices: tuple[str, ...] = ()
    break_glass_until: datetime | None = None
    break_glass_reason: str = ""
    today: date = field(default_factory=timezone.localdate)

    def __post_init__(self) -> None:
        for name in ("birth_name", "first_name", "birth_place"):
            words(getattr(self, name), f"banner {name}")
        one_of(self.sex, SEXES, "banner sex")
        one_of(self.identity_status, IDENTITY_STATUSES, "banner identity_status")
        if isinstance(self.birth_date, datetime) or not isinstance(self.birth_date, date):
            raise ComponentError(f"banner birth_date: a date is needed, not {self.birth_date!r}")
        if bool(self.ipp) != bool(self.ipp_label):
            raise ComponentError("banner: an IPP means nothing without its establishment, nor the reverse")

    @property
    def shown_name(self) -> str:
        """Used family name, or the birth name."""
        return self.used_name or self.birth_name

    @property
    def shown_first_name(self) -> str:
        """Used first name, or the first birth name."""
        return self.used_first_name or self.first_name

    @property
    def sex_label(self) -> str:
        """Sex in full."""
        return SEXES[self.sex][0]

    @property
    def born(self) -> str:
        """The word "born", agreeing with the patient."""
        return SEXES[self.sex][1]

    @property
    def age(self) -> str:
        """Age today, as a clinician says it."""
        return french.age(self.birth_date, self.today)

    @property
    def status_badge(self) -> SafeString:
        """Identity status as a badge."""
        return badge(*IDENTITY_STATUSES[self.identity_status])


def banner(data: object) -> SafeString:
    """The identity strip; red above it while an exceptional access lasts."""
    return render_to_string("dcc/components/banner.html", {"patient": instance(data, BannerData, "banner")})


@dataclass(frozen=True, slots=True, kw_only=True)
class Trait:
    """One trait as typed and as it exists."""

    label: str
    typed: str
    existing: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TwinData:
    """An identity close to the one being typed."""

    name: str
    closeness: str
    traits: tuple[Trait, ...]
    note: str = ""


def twin(content: SafeString | str, data: object) -> SafeString:
    """Compare trait by trait, marking in the existing identity the words that differ."""
    compared = instance(data, TwinData, "twin")
    closeness = CLOSENESS[one_of(compared.closeness, CLOSENESS, "twin closeness")]
    rows = format_html_join(
        "",
        '<tr><th scope="row">{}</th><td>{}</td><td>{}</td></tr>',
        (
            (words(trait.label, "trait label"), trait.typed or "–", mark_differences(trait.typed, trait.existing))
            for trait in compared.traits
        ),
    )
    note = format_html('<p class="small muted">{}</p>', compared.note) if compared.note else ""
    acts = format_html('<p class="flex page-c">{}</p>', content) if str(content).strip() else ""
    return format_html(
        '<div class="twin"><div class="flex between"><b>{}</b>{}</div><table><thead><tr><th scope="col">Trait</th>'
        '<th scope="col">Saisi</th><th scope="col">Existant</th></tr></thead><tbody>{}</tbody></table>{}{}</div>',
        words(compared.name, "twin name"), badge(*closeness), rows, note, acts,
    )  # fmt: skip


def mark_differences(typed: str, existing: str) -> SafeString:
    """Return ``existing`` with each word (or part of a date) that ``typed`` does not have inside <mark>."""
    if not typed or not existing:
        return format_html("{}", existing or "–")
    mine, theirs = _pieces(typed), _pieces(existing)
    matcher = difflib.SequenceMatcher(a=[p.casefold() for p in mine], b=[p.casefold() for p in theirs], autojunk=False)
    kept = {index for block in matcher.get_matching_blocks() for index in range(block.b, block.b + block.size)}
    return format_html_join(
        "",
        "{}",
        (
            (piece if index in kept or not piece.strip(" /-") else format_html("<mark>{}</mark>", piece),)
            for index, piece in enumerate(theirs)
        ),
    )


def _pieces(text: str) -> list[str]:
    return [piece for piece in re.split(r"([ /\-])", text) if piece]
