"""Who a set of linked identifiers is: a pure function of their records, whatever order the messages came in."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from functools import lru_cache

from interop.pam.contact import latest_words
from interop.pam.record import (
    CONTACT_TRAITS,
    NAMES,
    TRAIT_NAMES,
    Claim,
    Kin,
    LocalId,
    PostalAddress,
    Practitioner,
    Record,
    RedirectKind,
    Reliability,
    Stamp,
    Statement,
    StrictTraits,
    Traits,
    strict_traits,
)
from interop.pam.said import CLEARED, UNSAID, Silence
from interop.pam.spelling import NORMALISE
from patients.identity.ins import Ins
from patients.identity.names import NameRefused

# When the survivor of a merge does not say one of these, what was said of the other is better than nothing.
_STRICT = (
    "birth_name",
    "first_given_name",
    "given_names",
    "birth_date",
    "birth_date_interpreted",
    "sex",
    "birth_insee",
)
_IDENTITY = tuple(name for name in TRAIT_NAMES if name not in CONTACT_TRAITS)
_REQUIRED = {
    "birth_name": "nom de naissance",
    "first_given_name": "premier prénom de naissance",
    "birth_date": "date de naissance",
    "sex": "sexe",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """A person as the feeds know them; "" and None mean unknown, an absent birth place is code 99999 for who stores it.

    `status` is PROV, RECUP, VALI or QUAL; `ins` only with RECUP and QUAL; `spoken_by` is the authority whose traits
    come first. `identifiers` are in force, `aliases` were merged away or
    replaced. `claims` are all the INS ever believed, with their traits: the identity is found by any of them.
    """

    identifiers: tuple[LocalId, ...]
    aliases: tuple[LocalId, ...]
    spoken_by: str
    status: str
    ins: Ins | None
    claims: tuple[Claim, ...]
    attributes: frozenset[str]
    birth_name: str
    first_given_name: str
    given_names: str
    used_name: str
    used_given_name: str
    birth_name_received: str
    first_given_name_received: str
    given_names_received: str
    used_name_received: str
    used_given_name_received: str
    birth_date: date | None
    birth_date_interpreted: bool
    sex: str
    birth_insee: str
    birth_place: str
    address: PostalAddress | None
    phones: tuple[str, ...]
    emails: tuple[str, ...]
    gp: Practitioner | None
    relatives: tuple[Kin, ...]
    relatives_since: datetime | None
    relatives_said_by: str
    deceased: bool
    died_at: datetime | None
    obtained_by: str
    document: str
    last_event: Stamp | None

    @property
    def missing(self) -> tuple[str, ...]:
        """Name in French the traits without which a file cannot be opened (PAT-02); the identity waits for them."""
        return tuple(label for name, label in _REQUIRED.items() if not getattr(self, name))

    @property
    def strict(self) -> StrictTraits | None:
        """The traits an INS is checked against."""
        return strict_traits(Traits(**{name: getattr(self, name) or UNSAID for name in _REQUIRED}))


_RANKS = ("PROV", "RECUP", "VALI", "QUAL")
_TEXTS = tuple(item.name for item in fields(Identity) if item.type is str and item.name not in ("status", "spoken_by"))


def identity_of(records: Iterable[Record]) -> Identity:
    """Fold the statements of linked records into one identity.

    Within an authority the newest statement of each trait wins. What is said of a number merged away is no word about
    who the survivor is: said of a moment before the merge it fills in for strict traits that nobody says, after it it
    only says how to reach them. Between authorities the best identity (QUAL, VALI, PROV, then the newest) gives its
    traits, the others only what it does not say; but how to reach somebody is the newest word, whoever says it.
    """
    by_id = {record.identifier: record for record in records}
    who: dict[str, list[Statement]] = {}
    spoken: dict[str, list[Statement]] = {}
    fallback: list[Statement] = []
    after_death: list[Statement] = []
    for record in by_id.values():
        if not record.standing:
            continue
        said = who.setdefault(record.identifier.authority, [])
        reaching = spoken.setdefault(record.identifier.authority, [])
        if record.redirect is None:
            said.extend(record.standing)
            reaching.extend(record.standing)
            continue
        merged = merged_since(record.identifier, by_id)
        for statement in record.standing:
            if holder(record.identifier, statement.stamp, by_id) is None:
                fallback.append(statement)
                continue
            reaching.append(statement)
            (said if merged is None else after_death).append(statement)
    views = [_view(authority, told) for authority, said in who.items() if (told := _of_identity(said))]
    views.sort(key=lambda view: view.rank, reverse=True)
    values: dict[str, object] = {}
    for view in views:
        for name, value in view.traits.items():
            values.setdefault(name, value)
    for name, value in fold(fallback).items():
        if name in _STRICT:
            values.setdefault(name, value)
    words = latest_words(spoken)
    values |= {name: word.value for name, word in words.items() if not isinstance(word.value, Silence)}
    if "relatives" in words:
        values["relatives_since"] = words["relatives"].since.recorded_at
        values["relatives_said_by"] = words["relatives"].authority
    identity = _identity(values, views[0] if views else None, by_id)
    return _forgetting(identity, after_death, by_id) if after_death else identity


def _forgetting(identity: Identity, after_death: list[Statement], records: Mapping[LocalId, Record]) -> Identity:
    """Leave out the INS that only a merged number says since, with other traits: the survivor is not found by them."""
    strict = identity.strict
    dead = {id(statement) for statement in after_death}
    live = {said.traits.claim for record in records.values() for said in record.standing if id(said) not in dead}
    claims = (
        claim for claim in identity.claims if claim in live or (strict is not None and strict.agrees_with(claim.traits))
    )
    return replace(identity, claims=tuple(claims))


def holder(identifier: LocalId, stamp: Stamp, records: Mapping[LocalId, Record]) -> LocalId | None:
    """Give the identifier in force that a statement of that moment is about; None when it stays with a merged one."""
    seen = {identifier}
    while (record := records.get(identifier)) is not None and record.redirect is not None:
        if record.redirect.kind is RedirectKind.MERGED and stamp <= record.redirect.stamp:
            return None
        identifier = record.redirect.target
        if identifier in seen:  # never stored: processing breaks loops
            return None
        seen.add(identifier)
    return identifier


def merged_since(identifier: LocalId, records: Mapping[LocalId, Record]) -> Stamp | None:
    """Give when a number, or one it was changed into, was merged away; None while it is somebody's own."""
    seen = {identifier}
    while (record := records.get(identifier)) is not None and record.redirect is not None:
        if record.redirect.kind is RedirectKind.MERGED:
            return record.redirect.stamp
        identifier = record.redirect.target
        if identifier in seen:
            return None
        seen.add(identifier)
    return None


def _of_identity(statements: list[Statement]) -> list[Statement]:
    """Leave out what says only how to reach the patient: it gives no weight to an authority."""
    return [said for said in statements if said.traits.birth_name or _says_who(said.traits)]


def _says_who(traits: Traits) -> bool:
    return any(getattr(traits, name) is not UNSAID for name in _IDENTITY)


def fold(statements: Iterable[Statement]) -> dict[str, object]:
    """Give the last value of each trait of identity; a cleared one is absent."""
    known: dict[str, object] = {}
    heard: Traits | None = None
    for statement in sorted(statements, key=lambda item: item.stamp):
        if statement.traits is heard:
            continue
        heard = statement.traits
        for name in _IDENTITY:
            said = getattr(heard, name)
            if said is CLEARED:
                known.pop(name, None)
            elif said is not UNSAID:
                known[name] = said
    return known


@dataclass(frozen=True, slots=True, kw_only=True)
class _View:
    """What one authority says of the person; the last of `rank` is the authority."""

    traits: dict[str, object]
    status: str
    ins: Ins | None
    rank: tuple[int, Stamp, str]


def _view(authority: str, statements: list[Statement]) -> _View:
    traits = fold(statements)
    status = str(traits.get("reliability", Reliability.PROVISIONAL))
    claim = traits.pop("claim", None)
    ins: Ins | None = None
    if isinstance(claim, Claim) and status != Reliability.PROVISIONAL:
        said = {name: value for name, value in traits.items() if not isinstance(value, Silence)}
        now = strict_traits(Traits(**said))  # type: ignore[arg-type]
        # The INS is that of the traits it came with: once they change it is no longer believed, until sent again.
        if now is not None and now.agrees_with(claim.traits):
            status, ins = "QUAL" if status == Reliability.VALIDATED else status, claim.ins
    newest = max(statement.stamp for statement in statements)
    return _View(traits=traits, status=status, ins=ins, rank=(_RANKS.index(status), newest, authority))


def _received(known: Mapping[str, object]) -> dict[str, str]:
    """Give each name as it was last written with more than its letters; "" when that was another name."""
    forms: dict[str, str] = {}
    for name in NAMES:
        written, received = known.get(name), known.get(f"{name}_received")
        same = isinstance(received, str) and _normalised(name, received) == written
        forms[f"{name}_received"] = str(received) if same else ""
    return forms


@lru_cache(maxsize=4096)
def _normalised(name: str, received: str) -> str:
    try:
        forms = NORMALISE[name](received)
    except NameRefused:  # the rules of names have changed since it was heard
        return ""
    return forms.normalised if forms else ""


def _identity(values: dict[str, object], master: _View | None, records: Mapping[LocalId, Record]) -> Identity:
    known = {item.name: values[item.name] for item in fields(Identity) if item.name in values}
    blank: dict[str, object] = dict.fromkeys(_TEXTS, "")
    blank |= {"attributes": frozenset(), "birth_date": None, "birth_date_interpreted": False, "address": None}
    blank |= {"phones": (), "emails": (), "gp": None, "relatives": (), "relatives_since": None}
    blank |= {"deceased": False, "died_at": None}
    claims = sorted(
        {claim for record in records.values() for claim in record.claims},
        key=lambda claim: (claim.ins.oid, claim.ins.matricule, claim.traits.birth_name, repr(claim.traits)),
    )
    latest = [record.last_event for record in records.values() if record.last_event is not None]
    told: dict[str, object] = {
        **blank,
        **known,
        **_received(known),
        "identifiers": tuple(sorted(key for key, record in records.items() if record.redirect is None)),
        "aliases": tuple(sorted(key for key, record in records.items() if record.redirect is not None)),
        "spoken_by": master.rank[2] if master else "",
        "status": master.status if master else "PROV",
        "ins": master.ins if master else None,
        "claims": tuple(claims),
        "last_event": max(latest, default=None),
    }
    return Identity(**told)  # type: ignore[arg-type]
