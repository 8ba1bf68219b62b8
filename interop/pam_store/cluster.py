"""The numbers of one identity as they are in the database, with what was said of each: read whole, under lock."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from uuid import UUID

from dcc.lib.crypto import decrypt_field, encrypt_field
from dcc.lib.ids import uuid7
from dcc.master_keys import keyring
from interop.pam.person import Identity, fold
from interop.pam.record import NAMES, LocalId, Record, Redirect, RedirectKind, Stamp, Statement, Traits
from interop.pam_store.source import DESK
from interop.pam_store.wire import ECHO, REFUSED, clean, traits_from_json
from patients.feed.projection import FedIdentity
from patients.feed.sealing import ins_context
from patients.identity.ins import Ins, read_ins
from patients.insi.choice import platform
from patients.models import Contact, FeedNumber, FeedTraits, Patient, Redirection
from patients.models import Statement as StatementRow

Told = tuple[Traits, Traits, bool, bool]  # whole, without its INS, refused, an echo


@dataclass(slots=True, kw_only=True)
class Known:
    """One number: what is stored of it, and its record as the message at hand leaves it."""

    record: Record
    region_id: int
    pk: UUID = field(default_factory=uuid7)
    stored: bool = False
    identity: UUID | None = None  # whom it leads to in the database
    identifier: UUID | None = None
    stamps: dict[Stamp, tuple[bool, bool]] = field(default_factory=dict)  # those stored: disputed, refused
    traits: dict[bytes, UUID] = field(default_factory=dict)
    redirection: UUID | None = None
    redirect: Redirect | None = None


@dataclass(slots=True, kw_only=True)
class Cluster:
    """One identity; `patient` is who it is shown as, once its required traits are said."""

    region_id: int
    stored: bool = False
    shown: bytes | None = None
    patient: Patient | None = None
    contact: Contact | None = None
    numbers: dict[LocalId, Known] = field(default_factory=dict)

    @property
    def records(self) -> tuple[Record, ...]:
        return tuple(known.record for known in self.numbers.values())


def load_numbers(identities: Collection[UUID]) -> dict[UUID, list[Known]]:
    """Read the numbers of identities and everything said of them: four queries, however many."""
    rows = list(FeedNumber.objects.filter(identity_id__in=identities).order_by("pk"))
    keys = [row.pk for row in rows]
    said = defaultdict[UUID, list[Statement]](list)
    stored = defaultdict[UUID, dict[Stamp, tuple[bool, bool]]](dict)
    without = defaultdict[UUID, dict[Stamp, Traits]](dict)
    columns = ("number_id", "traits_id", "recorded_at", "sent_at", "control_id", "disputed")
    # Before the traits: who reads without lock finds those of every statement.
    spoken = list(StatementRow.objects.filter(number_id__in=keys).values_list(*columns))
    traits, digests = _traits(keys)
    for number, key, recorded, sent, control, disputed in spoken:
        stamp = Stamp(recorded, sent, len(control), control)
        whole, less, refused, echo = traits[key]
        said[number].append(Statement(stamp=stamp, traits=whole, refused=refused, echo=echo))
        stored[number][stamp] = disputed, refused
        if disputed and not refused:
            without[number][stamp] = less
    redirections = {row.number_id: row for row in _redirections(keys)}
    found = defaultdict[UUID, list[Known]](list)
    for row in rows:
        statements = tuple(sorted(said[row.pk], key=lambda statement: statement.stamp))
        redirection = redirections.get(row.pk)
        redirect = _redirect(redirection) if redirection else None
        identifier = LocalId(authority=row.authority, value=row.value)
        by_hand = row.authority == DESK
        record = Record(identifier=identifier, statements=statements, redirect=redirect, by_hand=by_hand)
        found[row.identity_id].append(
            Known(
                record=_less_ins(record, without[row.pk]),
                region_id=row.region_id,
                pk=row.pk,
                stored=True,
                identity=row.identity_id,
                identifier=row.identifier,
                stamps=stored[row.pk],
                traits=digests.get(row.pk, {}),
                redirection=redirection.pk if redirection else None,
                redirect=redirect,
            )
        )
    return found


def _less_ins(record: Record, disputed: dict[Stamp, Traits]) -> Record:
    """Leave out the INS that was found to be somebody else's; what is of somebody else altogether keeps its own."""
    gone = disputed.keys() - record.collisions
    if not gone:
        return record
    said = (
        replace(one, traits=disputed[one.stamp], disputed=True) if one.stamp in gone else one
        for one in record.statements
    )
    return replace(record, statements=tuple(said))


def fed_by(identity: Identity, records: Collection[Record]) -> FedIdentity:
    """Turn a complete identity into what a patient shows; a doubt that a desk raised stands until it lifts it."""
    assert identity.birth_date is not None
    marks = set(identity.attributes)
    for record in records:
        if record.identifier.authority == DESK:
            said = fold(record.standing).get("attributes", frozenset())
            marks |= said if isinstance(said, frozenset) else frozenset()
    died = identity.died_at.date() if identity.died_at is not None else None
    return FedIdentity(
        birth_name=identity.birth_name,
        first_given_name=identity.first_given_name,
        given_names=identity.given_names,
        used_name=identity.used_name,
        used_given_name=identity.used_given_name,
        received={name: clean(getattr(identity, f"{name}_received")) for name in NAMES},
        birth_date=identity.birth_date,
        birth_date_interpreted=identity.birth_date_interpreted,
        sex=identity.sex,
        birth_insee=identity.birth_insee,
        birth_place=identity.birth_place.replace("\x00", "\ufffd"),
        status=identity.status,
        ins=identity.ins,
        codes=frozenset(marks),
        is_deceased=identity.deceased or died is not None,
        died_on=died,
        source=UUID(identity.spoken_by) if identity.spoken_by not in ("", DESK) else None,
    )


def sealed(ins: Ins, traits_id: UUID) -> bytes:
    """Encrypt a matricule that was said, bound to the traits it was said with."""
    return encrypt_field(ins.matricule, keyring=keyring(), context=ins_context(traits_id))


def _traits(numbers: list[UUID]) -> tuple[dict[UUID, Told], dict[UUID, dict[bytes, UUID]]]:
    """By key: what was said, the same without its INS, the marks; by number: the keys of the digests."""
    said: dict[UUID, Told] = {}
    digests = defaultdict[UUID, dict[bytes, UUID]](dict)
    for row in FeedTraits.objects.filter(number_id__in=numbers):
        ins = None
        if row.ins_sealed is not None:
            matricule = decrypt_field(bytes(row.ins_sealed), keyring=keyring(), context=ins_context(row.pk))
            ins = read_ins(matricule, row.ins_oid, platform=platform())
        whole = traits_from_json(row.said, ins)
        less = whole if ins is None else traits_from_json(row.said, None)
        said[row.pk] = whole, less, REFUSED in row.said, ECHO in row.said
        digests[row.number_id][bytes(row.digest)] = row.pk
    return said, digests


def _redirections(numbers: list[UUID]) -> list[Redirection]:
    found = Redirection.objects.filter(number_id__in=numbers, ended_at__isnull=True)
    return list(found.select_related("target"))


def _redirect(row: Redirection) -> Redirect:
    return Redirect(
        target=LocalId(authority=row.target.authority, value=row.target.value),
        kind=RedirectKind(row.kind),
        stamp=Stamp(row.recorded_at, row.sent_at, len(row.control_id), row.control_id),
    )
