"""What the page of an identity shows: traits, matricules, history, what INSi answered, who stands by the patient."""

import re
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from dcc.accounts.models import User
from dcc.lib.crypto import CryptoError
from dcc.lib.french import ins_matricule
from dcc.organisations.kinds import OrganisationKind
from dcc.organisations.models import Organisation
from dcc.organisations.queries import under
from patients.identity.dates import age_on
from patients.identity.ins import Ins, InsKind
from patients.identity.symbol import Outline
from patients.insi.choice import insi
from patients.insi.comparison import Comparison
from patients.insi.interface import SENTENCES, InsiCode
from patients.lifecycle import asking, matricules
from patients.lifecycle.actions import LABELS, OF_AGE
from patients.lifecycle.datamatrix import symbol_of
from patients.lifecycle.history import last_line, state_of
from patients.lifecycle.regimes import source_of
from patients.lifecycle.states import REPRESENTATIVES, Channel, IdentityDocument, InsEnd, InsiDecision, Regime
from patients.lifecycle.transitions import BEGINNINGS, TRANSITIONS, IdentityAct, available, refusal
from patients.models import FormerIns, IdentityChange, IdentityRegime, InsiCall, Patient, Relative

_LINES = 100
_KINDS = {kind.oid: kind.code for kind in InsKind}


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryLine:
    """One act, in words; `traits` are (label, before, after)."""

    at: datetime
    actor: str
    organisation: str
    what: str
    status_before: str
    status_after: str
    channel: str
    document: str
    reason: str
    traits: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class FormerLine:
    """A former matricule, masked: it is compared, not used."""

    masked: str
    kind: str
    why: str
    when: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """The last question to INSi: what came of it, and what there is left to decide."""

    call: InsiCall
    outcome: str
    comparison: Comparison | None
    found: bool
    waits: bool


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class IdentityPage:
    """Everything of the page.

    `source` is the establishment whose software says the traits, if one does; `symbol` the datamatrix of a qualified
    identity.
    """

    patient: Patient
    seen: str
    ins: Ins | None
    ins_shown: str
    ins_unreadable: bool
    symbol: Outline | None
    former: tuple[FormerLine, ...]
    lines: tuple[HistoryLine, ...]
    acts: tuple[IdentityAct, ...]
    given_names: tuple[str, ...]
    question: Question | None
    connected: bool
    insi_refusal: str
    source: Organisation | None
    relatives: tuple[Relative, ...]
    minor: bool

    @property
    def represented(self) -> bool:
        """Whether somebody represents the patient by law."""
        return any(one.relation in REPRESENTATIVES for one in self.relatives)


def identity_page(patient: Patient, *, by: User, rights: frozenset[str]) -> IdentityPage:
    """Read the page of an identity whose file is open to the reader, in a constant number of queries."""
    source = source_of(by=by, patient=patient)
    ins, unreadable = _ins(patient)
    return IdentityPage(
        patient=patient,
        seen=last_line(patient.pk),
        ins=ins,
        ins_shown=ins_matricule(ins.matricule) if ins else "",
        ins_unreadable=unreadable,
        symbol=symbol_of(patient),
        former=tuple(_former(one) for one in FormerIns.objects.filter(patient=patient).order_by("-recorded_at")),
        lines=tuple(_line(one) for one in _changes(patient)),
        acts=tuple(available(state_of(patient), rights, follows=source is not None)),
        given_names=asked_names(patient),
        question=_question(patient),
        connected=insi() is not None,
        insi_refusal=refusal(IdentityAct.RETRIEVE, state_of(patient)),
        source=source,
        relatives=tuple(
            Relative.objects.filter(patient=patient, ended_at__isnull=True)
            .select_related("fed_by")
            .order_by("added_at")
        ),
        minor=age_on(patient.birth_date, timezone.localdate()) < OF_AGE,
    )


def asked_names(patient: Patient) -> tuple[str, ...]:
    """The given names INSi can be asked with: the first one, then its parts and those of the list, as written."""
    parts = patient.first_given_name.split(" ") + patient.given_names.split(" ")
    return tuple(dict.fromkeys(name for name in (patient.first_given_name, *parts, patient.used_given_name) if name))


def establishments_and_regimes(network: Organisation) -> list[tuple[Organisation, Regime]]:
    """Each establishment, practice and 3C under an organisation, with the regime of its identities."""
    kinds = {OrganisationKind.ESTABLISHMENT, OrganisationKind.PRACTICE, OrganisationKind.THREE_C}
    found = [one for one in under(network) if one.kind in kinds and one.closed_at is None]
    known = dict(IdentityRegime.objects.filter(organisation__in=found).values_list("organisation_id", "regime"))
    return [(one, Regime(known.get(one.pk, Regime.REFERENCE))) for one in found]


def _changes(patient: Patient) -> list[IdentityChange]:
    return list(IdentityChange.objects.filter(patient=patient).order_by("-at", "-id")[:_LINES])


def _ins(patient: Patient) -> tuple[Ins | None, bool]:
    try:
        return matricules.held(patient), False
    except CryptoError:
        return None, True


def _former(row: FormerIns) -> FormerLine:
    try:
        masked = f"•••• {matricules.opened_former(row)[10:]}"
    except CryptoError:
        masked = "illisible\u00a0: la clé qui l’a fermé manque"
    ended = row.ended_on or timezone.localdate(row.recorded_at)
    return FormerLine(
        masked=masked, kind=_KINDS.get(row.oid, row.oid), why=InsEnd(row.why).label, when=f"{ended:%d/%m/%Y}"
    )


def _line(one: IdentityChange) -> HistoryLine:
    act = IdentityAct(one.act)
    channel = Channel(one.channel)
    changed = one.status_before and one.status_before != one.status_after
    return HistoryLine(
        at=one.at,
        actor=one.actor,
        organisation=one.organisation,
        what=TRANSITIONS[act].done if act in TRANSITIONS else BEGINNINGS[act],
        status_before=one.get_status_before_display() if changed else "",
        status_after=one.get_status_after_display(),
        channel=channel.label,
        document=IdentityDocument(one.document_kind).label if one.document_kind else "",
        reason=one.reason,
        traits=tuple(_trait(name, *pair) for name, pair in one.traits.items()),
    )


def _trait(name: str, before: str, after: str) -> tuple[str, str, str]:
    """A corrected trait in words; what a feed wrote in codes is read too."""
    label = LABELS.get(name, name)
    return f"{label[:1].upper()}{label[1:]}", _in_words(before), _in_words(after)


def _in_words(value: str) -> str:
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        return f"{date.fromisoformat(value):%d/%m/%Y}"
    return {"": "–", "True": "oui", "False": "non"}.get(value, value)


def _question(patient: Patient) -> Question | None:
    call = asking.last_call(patient)
    if call is None:
        return None
    code = InsiCode(call.code)
    compared = asking.comparison_of(patient, call)
    return Question(
        call=call,
        outcome=SENTENCES[code],
        comparison=compared,
        found=code is InsiCode.FOUND,
        waits=compared is not None and call.decision == InsiDecision.NONE,
    )
