"""Reads of deliveries: the basket of a 3C, one delivery with its history, the postal list. Driver: the basket."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from django.db.models import Count, Q, Value
from django.http import HttpRequest
from django.utils import timezone

from dcc.accounts.models import User
from dcc.lib.french import agree
from dcc.lib.prepared import Prepared
from dcc.organisations.models import Organisation
from messaging.channels.paper.letters import problem_of
from messaging.models import ChannelKind, Delivery, DeliveryAttempt, DeliveryStatus
from messaging.opposition import opposed_deliveries
from messaging.permissions import DeliveryPermission
from messaging.recipients import is_mssante
from messaging.wording import ICONS, VOICES, State, state_of
from patients.models import Content, DocumentState
from patients.naming import birth_label, shown_name

S = DeliveryStatus
PAGE = 50
LAST_PAGE = 20  # further back, one comes from the patient's file
RECENT = timedelta(days=7)
ON_THE_WAY = (S.WAITING, S.DUE, S.SENDING)


class Basket(StrEnum):
    """The tabs of the list, by what their address says."""

    ALL = ""
    FAILED = "a-traiter"
    ON_THE_WAY = "en-route"
    TO_POST = "a-poster"
    GONE = "partis"


# What failed first, then what keeps failing, what waits for a hand, what is on its way, what is over: (rank, slice).
SLICES: tuple[tuple[int, Q], ...] = (
    (0, Q(status=S.REFUSED)),
    (1, Q(status=S.DUE, attempts__gt=0)),
    (2, Q(status=S.TO_PRINT)),
    (3, Q(status=S.WAITING)),
    (3, Q(status=S.DUE, attempts=0)),
    (3, Q(status=S.SENDING)),
    (4, Q(status=S.SENT)),
    (4, Q(status=S.PRINTED)),
    (4, Q(status=S.CANCELLED)),
)
IN_BASKET = {
    Basket.ALL: SLICES,
    Basket.FAILED: SLICES[:1],
    Basket.ON_THE_WAY: (SLICES[1], *SLICES[3:6]),
    Basket.TO_POST: SLICES[2:3],
    Basket.GONE: SLICES[6:8],
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A line of the list."""

    id: UUID
    patient: str
    document: str
    version: int
    recipient: str
    role: str
    icon: str
    voice: str
    state: State
    selectable: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How the basket stands; `gone` counts the last seven days."""

    failed: int
    on_the_way: int
    to_post: int
    gone: int
    since: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page of the list, its counts, and whether there is more."""

    rows: tuple[Row, ...]
    first: int
    has_next: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One line of a delivery's history."""

    kind: str
    icon: str
    at: datetime
    title: str
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Detail:
    """One delivery, whole: what to do about it, what happened, what was sent."""

    delivery: Delivery
    row: Row
    born: str
    trouble: str  # what is wrong, then what to do
    remedy: str
    steps: tuple[Step, ...]
    kinds: frozenset[str]  # contents stored for the delivery: mail, hl7, ack
    produced: bool
    failed_document: bool
    replaced: bool
    directory_address: str
    held_by: Delivery | None  # the refused earlier version that holds it back


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterRow:
    """A letter of the postal list, and what is wrong with its address."""

    row: Row
    address: str
    problem: str
    opposed: bool


# Every page of whoever sends counts them.
_FAILED: Prepared[int] = Prepared(
    lambda three_c_id: (
        Delivery.objects.failed()
        .filter(three_c_id=three_c_id)
        .order_by()
        .values("three_c_id")
        .annotate(failed=Count("pk"))
        .values_list("failed", flat=True)
    ),
    three_c_id=UUID,
)


def failed_count(request: HttpRequest) -> int:
    """How many deliveries of my 3C wait for a person; 0 for those who do not send."""
    membership = getattr(request, "membership", None)
    if membership is None or DeliveryPermission.SEND not in request.role_rights:  # type: ignore[attr-defined]
        return 0
    return _FAILED.first(three_c_id=membership.organisation_id) or 0


def basket_of(organisation: Organisation) -> UUID | None:
    """The 3C whose deliveries an organisation looks at: itself, or the one it hangs under."""
    three_c = organisation.three_c
    return three_c.pk if three_c else None


def deliveries_page(three_c_id: UUID | None, basket: Basket, number: int) -> Page:
    """A page of the list, what must be dealt with first; two queries.

    Each slice is read from the index, latest first, and no further than this page: sorting the whole basket would
    make the wall check every row of it.
    """
    end = number * PAGE + 1
    mine = Delivery.objects.filter(three_c_id=three_c_id)
    slices = [
        mine.filter(condition).order_by("-planned_at", "-pk").values_list("pk", "planned_at", Value(rank))[:end]
        for rank, condition in IN_BASKET[basket]
    ]
    found = list(slices[0].union(*slices[1:], all=True)) if len(slices) > 1 else list(slices[0])
    found.sort(key=lambda one: (one[2], -one[1].timestamp(), -one[0].int))
    shown = [pk for pk, _, _ in found[end - PAGE - 1 : end - 1]]
    related = Delivery.objects.filter(pk__in=shown).select_related("patient", "document").defer("document__data")
    by_pk = {delivery.pk: delivery for delivery in related}
    return Page(
        rows=tuple(row_of(by_pk[pk]) for pk in shown if pk in by_pk),
        first=end - PAGE,
        has_next=len(found) >= end and number < LAST_PAGE,
    )


def basket_counts(three_c_id: UUID | None) -> Counts:
    """Numbers of the tabs, in one query bounded by the basket and by time."""
    since = timezone.now() - RECENT
    mine = Delivery.objects.filter(three_c_id=three_c_id).filter(
        Q(status__in=[S.REFUSED, S.TO_PRINT, *ON_THE_WAY]) | Q(status__in=[S.SENT, S.PRINTED], planned_at__gte=since)
    )
    counted = mine.aggregate(
        failed=Count("pk", filter=Q(status=S.REFUSED)),
        on_the_way=Count("pk", filter=Q(status__in=ON_THE_WAY)),
        to_post=Count("pk", filter=Q(status=S.TO_PRINT)),
        gone=Count("pk", filter=Q(status__in=[S.SENT, S.PRINTED])),
    )
    return Counts(**counted, since=timezone.localtime(since).date())


def detail_of(delivery: Delivery) -> Detail:
    """Everything about one delivery, which comes with its patient and document; five queries at most."""
    kinds = frozenset(
        Content.objects.filter(owner_id__in=[delivery.pk, delivery.document_id]).values_list("kind", flat=True)
    )
    document, patient = delivery.document, delivery.patient
    trouble, _, remedy = delivery.last_error.partition(". ")
    return Detail(
        delivery=delivery,
        row=row_of(delivery),
        born=birth_label(patient) if patient.used_name or patient.used_given_name else agree(patient.sex, "né", "née"),
        trouble=f"{trouble.rstrip('.')}.",
        remedy=remedy,
        steps=tuple(_steps(delivery)),
        kinds=kinds,
        produced="pdf" in kinds,
        failed_document=document.state == DocumentState.FAILED,
        replaced=document.state == DocumentState.REPLACED,
        directory_address=_directory_address(delivery),
        held_by=_held_by(delivery),
    )


def postal_list(three_c_id: UUID) -> list[LetterRow]:
    """The letters a 3C has to print, oldest first, each checked against the window of an envelope."""
    waiting = Delivery.objects.filter(three_c_id=three_c_id, status=S.TO_PRINT).order_by("planned_at", "pk")
    found = list(waiting.select_related("patient", "document")[:200])
    opposed = opposed_deliveries(found)
    return [
        LetterRow(
            row=row_of(one),
            address=one.recipient.get("postal_address", ""),
            problem=problem_of(one),
            opposed=one.pk in opposed,
        )
        for one in found
    ]


def letters(three_c_id: UUID, chosen: list[UUID]) -> list[Delivery]:
    """The chosen letters of a 3C's postal list, oldest first, without those to whom the patient opposes."""
    waiting = Delivery.objects.filter(three_c_id=three_c_id, status=S.TO_PRINT, pk__in=chosen)
    found = list(waiting.select_related("patient", "document").order_by("planned_at", "pk"))
    opposed = opposed_deliveries(found)
    return [one for one in found if one.pk not in opposed]


def row_of(delivery: Delivery) -> Row:
    """One delivery as a line; reads nothing more."""
    state = state_of(delivery)
    return Row(
        id=delivery.pk,
        patient=shown_name(delivery.patient),
        document=delivery.document.title.replace("Compte rendu", "CR"),
        version=delivery.document.version,
        recipient=delivery.recipient["name"],
        role=delivery.recipient["role"],
        icon=ICONS[ChannelKind(delivery.channel)],
        voice=VOICES[ChannelKind(delivery.channel)],
        state=state,
        selectable=delivery.status == S.REFUSED or (delivery.status == S.DUE and delivery.attempts > 0),
    )


def _steps(delivery: Delivery) -> list[Step]:
    """The history backwards: every try with what the peer said, then the document it carries."""
    tries = DeliveryAttempt.objects.filter(delivery=delivery).order_by("-number", "-ended_at")
    steps = [_step_of(one) for one in tries]
    document = delivery.document
    if delivery.status == S.CANCELLED:
        steps.insert(0, Step(kind="past", icon="x", at=delivery.planned_at, title="Annulé", detail=delivery.last_error))
    if delivery.status == S.PRINTED and delivery.sent_at:
        steps.insert(0, Step(kind="care", icon="print", at=delivery.sent_at, title="Imprimé et mis sous pli"))
    if document.ready_at:
        steps.append(Step(kind="past", icon="doc", at=document.ready_at, title="Document produit"))
    by = f"par {document.issued_by}"
    steps.append(Step(kind="frozen", icon="lock", at=document.issued_at, title=document.title, detail=by))
    return steps


def _step_of(attempt: DeliveryAttempt) -> Step:
    rank = "1er" if attempt.number == 1 else f"{attempt.number}e"
    words = {
        "sent": ("care", "send", f"Remis, {rank} essai"),
        "refused": ("past", "xc", f"Refusé, {rank} essai"),
        "unavailable": ("past", "alert", f"Non remis, {rank} essai"),
    }
    kind, icon, title = words[attempt.outcome]
    return Step(kind=kind, icon=icon, at=attempt.ended_at, title=title, detail=attempt.detail or attempt.message)


def _directory_address(delivery: Delivery) -> str:
    """Another secure address that the directory knows for this person or this establishment."""
    recipient = delivery.recipient
    found = ""
    if rpps := recipient.get("rpps"):
        found = User.objects.filter(rpps=rpps, is_active=True).values_list("mssante_address", flat=True).first() or ""
    elif organisation := recipient.get("organisation_id"):
        found = Organisation.objects.filter(pk=organisation).values_list("mssante_address", flat=True).first() or ""
    return found if is_mssante(found) and found != recipient.get("mssante_address") else ""


def _held_by(delivery: Delivery) -> Delivery | None:
    if delivery.status not in ON_THE_WAY or delivery.document.replaces_id is None:
        return None
    earlier = Delivery.objects.filter(
        document_id=delivery.document.replaces_id,
        channel=delivery.channel,
        recipient_key=delivery.recipient_key,
        status=S.REFUSED,
    )
    return earlier.first()
