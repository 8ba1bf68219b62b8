"""Traits and movements as they are stored: JSON, what is deleted is null, what is not said is absent.

The INS is not in it: it has its own sealed columns. U+0000, which PostgreSQL has no place for, becomes U+FFFD.
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from interop.pam.record import (
    TRAIT_NAMES,
    Claim,
    Kin,
    Kinship,
    LocalId,
    PostalAddress,
    Practitioner,
    Reliability,
    Stamp,
    Traits,
    strict_traits,
)
from interop.pam.said import CLEARED, UNSAID
from interop.pam.visits import Doctor, Movement
from patients.identity.ins import Ins

_READ: dict[str, Callable[[Any], Any]] = {
    "birth_date": date.fromisoformat,
    "died_at": datetime.fromisoformat,
    "address": lambda value: PostalAddress(**value),
    "phones": tuple,
    "emails": tuple,
    "gp": lambda value: Practitioner(**value),
    "relatives": lambda value: tuple(Kin(**one | {"kinship": Kinship(one["kinship"])}) for one in value),
    "attributes": frozenset,
    "reliability": Reliability,
}


# Beside the traits, what a statement is (interop/pam/record.py).
REFUSED, ECHO = "refused", "echo"
EVIDENCE = (
    "birth_name", "first_given_name", "given_names", "used_name", "used_given_name", "birth_date", "sex",
    "birth_insee", "birth_place",
)  # fmt: skip


def clean(text: str) -> str:
    """Give a text that PostgreSQL can hold."""
    return text.replace("\x00", "\ufffd")


def traits_to_json(traits: Traits) -> dict[str, Any]:
    """Write what is said, the INS left out."""
    said = {name: getattr(traits, name) for name in TRAIT_NAMES}
    return {
        name: None if value is CLEARED else _plain(value)
        for name, value in said.items()
        if value is not UNSAID and not isinstance(value, Claim)
    }


def traits_from_json(said: dict[str, Any], ins: Ins | None) -> Traits:
    """Read what was written, with the INS that was said beside it."""
    traits = Traits(
        **{
            name: CLEARED if value is None else _READ.get(name, _same)(value)
            for name, value in said.items()
            if name != "claim" and name not in (REFUSED, ECHO)
        }
    )
    claim: Any = CLEARED if "claim" in said else UNSAID
    if ins is not None and (strict := strict_traits(traits)) is not None:
        claim = Claim(ins=ins, traits=strict)
    return traits if claim is UNSAID else _with_claim(traits, claim)


def evidence(traits: Traits) -> dict[str, str]:
    """Write what somebody compares two identities by: traits, never an INS."""
    said = {name: getattr(traits, name) for name in EVIDENCE}
    return {name: _plain(value) for name, value in said.items() if isinstance(value, str | date)}


def digest_of(said: dict[str, Any], ins_hash: bytes) -> bytes:
    """Tell what is said from anything else that could be: 32 bytes."""
    written = json.dumps(said, sort_keys=True, ensure_ascii=True).encode()
    return hashlib.sha256(written + b"\0" + ins_hash).digest()


_DERIVED = ("stamp", "aside")  # a column; what the statement of the same event says now


def movement_to_json(movement: Movement) -> dict[str, Any]:
    """Write a movement; its place in time has its own columns."""
    said = {name: _plain(value) for name, value in asdict(movement).items() if name not in _DERIVED and value}
    said["patient"] = [movement.patient.authority, movement.patient.value]
    return said


def movement_from_json(said: dict[str, Any], stamp: Stamp) -> Movement:
    """Read a movement back."""
    values = dict(said)
    authority, value = values.pop("patient")
    for name in ("starts_at", "admitted_at", "discharged_at"):
        if name in values:
            values[name] = datetime.fromisoformat(values[name])
    values["movement_ids"] = tuple(values.get("movement_ids", ()))
    values["attending"] = tuple(Doctor(**doctor) for doctor in values.get("attending", ()))
    return Movement(stamp=stamp, patient=LocalId(authority=authority, value=value), **values)


def _with_claim(traits: Traits, claim: Any) -> Traits:
    return Traits(**{name: getattr(traits, name) for name in TRAIT_NAMES if name != "claim"}, claim=claim)


def _same(value: Any) -> Any:
    return value


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return clean(str(value))
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    if isinstance(value, PostalAddress | Practitioner | Kin):
        return {name: _plain(said) for name, said in asdict(value).items()}
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    return value
