"""What is kept of each identifier: every statement made of it, in order of event, and where it has been redirected.

The state of a person is never stored as a sum: it is recomputed from the statements in the order of their events, so a
late message takes its place and nothing more, and a merge is undone by removing its redirection (identity §1.14).
"""

from bisect import insort
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

from interop.pam.colliding import Settled, settled
from interop.pam.said import UNSAID, Said
from patients.identity.ins import Ins
from patients.identity.names import comparison_key


class Stamp(NamedTuple):
    """Place of an event in time: when it was recorded, when it was sent (both UTC), then its control id, short first.

    The last three only separate events of the same second.
    """

    recorded_at: datetime
    sent_at: datetime
    control_length: int
    control_id: str


@dataclass(frozen=True, slots=True, order=True, kw_only=True)
class LocalId:
    """An identifier in its assigning authority: an IPP, a visit number."""

    authority: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StrictTraits:
    """The traits that must agree for two statements of one INS to be of one person; names by their comparison key."""

    birth_name: str
    first_given_name: str
    birth_date: date
    sex: str

    def agrees_with(self, other: "StrictTraits") -> bool:
        """Tell whether nothing differs; an undetermined sex differs from none."""
        names = self.birth_name == other.birth_name and self.first_given_name == other.first_given_name
        return names and self.birth_date == other.birth_date and (self.sex == other.sex or "I" in (self.sex, other.sex))


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A qualified INS and the traits it was sent with: it is worth nothing beside other traits."""

    ins: Ins
    traits: StrictTraits


@dataclass(frozen=True, slots=True, kw_only=True)
class PostalAddress:
    """A home address, as sent."""

    street: str = ""
    complement: str = ""
    postcode: str = ""
    city: str = ""
    country: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Practitioner:
    """The declared GP; `whole` when what is blank is known to be blank, not only unsaid: a desk shows every box."""

    name: str = ""
    rpps: str = ""
    mssante: str = ""
    address: str = ""
    whole: bool = False


class Kinship(StrEnum):
    """What somebody is for the patient: the first three represent them by law."""

    MOTHER = "mother"
    FATHER = "father"
    GUARDIAN = "guardian"
    TRUSTED = "trusted"
    TO_CALL = "to_call"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kin:
    """A representative, a trusted person, somebody to call."""

    kinship: Kinship
    name: str
    phone: str = ""
    email: str = ""
    address: str = ""


class Reliability(StrEnum):
    """What ranks an identity: PID-32, where RECUP never travels (it is of what was typed here); QUAL is deduced."""

    PROVISIONAL = "PROV"
    RETRIEVED = "RECUP"
    VALIDATED = "VALI"


@dataclass(frozen=True, slots=True, kw_only=True)
class Traits:
    """What one statement says of a person, each trait in three states; names are in normalised form.

    `…_received` is a name as it was written, accents and small letters, unsaid where that is its normalised form.
    """

    birth_name: Said[str] = UNSAID
    first_given_name: Said[str] = UNSAID
    given_names: Said[str] = UNSAID
    used_name: Said[str] = UNSAID
    used_given_name: Said[str] = UNSAID
    birth_date: Said[date] = UNSAID
    birth_date_interpreted: Said[bool] = UNSAID
    sex: Said[str] = UNSAID
    birth_insee: Said[str] = UNSAID
    birth_place: Said[str] = UNSAID
    address: Said[PostalAddress] = UNSAID
    phones: Said[tuple[str, ...]] = UNSAID
    emails: Said[tuple[str, ...]] = UNSAID
    gp: Said[Practitioner] = UNSAID
    relatives: Said[tuple[Kin, ...]] = UNSAID
    deceased: Said[bool] = UNSAID
    died_at: Said[datetime] = UNSAID
    reliability: Said[Reliability] = UNSAID
    attributes: Said[frozenset[str]] = UNSAID
    claim: Said[Claim] = UNSAID
    obtained_by: Said[str] = UNSAID
    document: Said[str] = UNSAID
    birth_name_received: Said[str] = UNSAID
    first_given_name_received: Said[str] = UNSAID
    given_names_received: Said[str] = UNSAID
    used_name_received: Said[str] = UNSAID
    used_given_name_received: Said[str] = UNSAID


TRAIT_NAMES = tuple(Traits.__dataclass_fields__)
NAMES = ("birth_name", "first_given_name", "given_names", "used_name", "used_given_name")
# How to reach the patient and theirs: not what they are, so the newest word speaks, whoever says it (contact.py).
CONTACT_TRAITS = ("address", "phones", "emails", "gp", "relatives")


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """Traits said of an identifier by one event; `disputed` when its INS belongs to someone with other traits.

    `refused` when it came with a merge or a change of number that a late message shows could not be: it says nothing.
    `echo` when a change of number said it of the new one: it only tells who the former one was then.
    """

    stamp: Stamp
    traits: Traits
    disputed: bool = False
    refused: bool = False
    echo: bool = False


class RedirectKind(StrEnum):
    """Why an identifier leads to another: A40, A47."""

    MERGED = "merged"
    RENAMED = "renamed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Redirect:
    """Since `stamp` an identifier leads to `target`.

    What was said of a merged identifier before the merge stays with it; of a renamed one, everything follows.
    """

    target: LocalId
    kind: RedirectKind
    stamp: Stamp


@dataclass(frozen=True, kw_only=True)
class Record:
    """One identifier: its statements in the order of their events, its redirection if any.

    `by_hand` when desks typed it: a person corrects what they like.
    """

    identifier: LocalId
    statements: tuple[Statement, ...] = field(default=())
    redirect: Redirect | None = None
    by_hand: bool = False

    @property
    def first_event(self) -> Stamp | None:
        """The oldest event heard of this identifier."""
        return self.standing[0].stamp if self.standing else None

    @property
    def last_event(self) -> Stamp | None:
        """The newest event heard of this identifier: an older message is late."""
        return self.standing[-1].stamp if self.standing else None

    @cached_property
    def _settled(self) -> Settled:
        return settled(self.statements, by_hand=self.by_hand)

    @property
    def standing(self) -> tuple[Statement, ...]:
        """What counts: neither refused, nor said of somebody else (colliding.py)."""
        return self._settled.standing

    @property
    def collisions(self) -> frozenset[Stamp]:
        """The events that said another person than the one this identifier was: they wait for somebody to look."""
        return self._settled.collisions

    @cached_property
    def claims(self) -> tuple[Claim, ...]:
        """Every qualified INS ever stated, each with its traits, oldest first."""
        said = (statement.traits.claim for statement in self.standing)
        return tuple(dict.fromkeys(claim for claim in said if isinstance(claim, Claim)))

    def refusing(self, stamps: frozenset[Stamp]) -> "Record":
        """Give the record without what these events said, which is kept as refused."""
        said = (replace(one, refused=True) if one.stamp in stamps else one for one in self.statements)
        return replace(self, statements=tuple(said))

    def hearing(self, statement: Statement) -> "Record":
        """Give the record with one more statement at its place; the same event twice counts once."""
        if not self.statements:
            return replace(self, statements=(statement,))
        last = self.statements[-1]
        if statement.stamp > last.stamp:
            repeats = statement.traits == last.traits
            if repeats:  # most movements repeat the identity: one object, skipped by the fold
                statement = replace(statement, traits=last.traits)
            heard = replace(self, statements=(*self.statements, statement))
            if repeats and self.standing is self.statements and not statement.echo:
                # What repeats the last word of a number that only ever was one person settles nothing anew.
                heard.__dict__["_settled"] = Settled(standing=heard.statements, collisions=frozenset())
            return heard
        if any(known.stamp == statement.stamp for known in self.statements):
            return self
        statements = list(self.statements)
        insort(statements, statement, key=lambda known: known.stamp)
        return replace(self, statements=tuple(statements))

    def leading_to(self, redirect: Redirect | None) -> "Record":
        """Give the record with that redirection in place of its own."""
        return replace(self, redirect=redirect)


def strict_traits(traits: Traits) -> StrictTraits | None:
    """Give the traits an INS is checked against, None when one is not said."""
    name, given, born, sex = traits.birth_name, traits.first_given_name, traits.birth_date, traits.sex
    if isinstance(name, str) and isinstance(given, str) and isinstance(born, date) and isinstance(sex, str):
        return StrictTraits(
            birth_name=comparison_key(name), first_given_name=comparison_key(given), birth_date=born, sex=sex
        )
    return None
