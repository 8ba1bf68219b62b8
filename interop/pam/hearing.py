"""Turns a PID into a statement: normalised traits, reliability, and the INS when it may be believed.

An INS is kept only from an identity said VALI with its strict traits beside it (guide INS §2.2.2, decision D12); one of
the other environment refuses the message; a malformed one is left out and said. Nothing here reads a clock.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any

from interop.hl7v2.profile import Problem
from interop.pam.datatypes import Cx, Xad, Xpn
from interop.pam.message import AdtMessage, AdtRefused
from interop.pam.reaching import contacts, declared_gp, postal, relatives
from interop.pam.record import Claim, LocalId, Reliability, Stamp, Statement, Traits, strict_traits
from interop.pam.said import CLEARED, UNSAID, Said, Silence, value_of
from interop.pam.spelling import NORMALISE
from interop.terminologies import oids
from interop.terminologies.hl7v2 import IDENTITY_STATUSES, ErrorCode
from patients.identity.dates import DateRefused, parse_birth_date
from patients.identity.ins import Ins, InsKind, InsRefused, Platform, read_ins
from patients.identity.names import NameRefused, given_names_agree

LONGEST_NUMBER = 40  # characters of an IPP or of a visit number
_INSEE = re.compile(r"\d{5}|2[AB]\d{3}")
_SEX = {"F": "F", "M": "M", "U": "I", "O": "I", "A": "I", "I": "I"}
_MISTRUST = frozenset({"DOUT", "FICT", "INVA"})  # forces PROV and takes the INS away (EXI SI 09)
_RANKS = frozenset(Reliability)
_MARKS = IDENTITY_STATUSES - _RANKS


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What an instance accepts from one feed.

    `authorities` maps every name or OID the feed may use for its assigning authority to the one key we store; None
    takes any authority by its OID, or its name. `join_qualified` lets two known identities with the same qualified INS
    and the same strict traits become one, if the registry lets them (`may_join`); otherwise that is a conflict for the
    identity-vigilance cell.
    """

    platform: Platform
    authorities: Mapping[str, str] | None = None
    join_qualified: bool = True
    clock_tolerance_seconds: int = 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A message as the rules use it."""

    identifier: LocalId
    statement: Statement
    alerts: tuple[str, ...] = field(default=())


def hear(adt: AdtMessage, *, policy: Policy, today: date) -> Heard:
    """Read who the message is about and what it says; raise AdtRefused with every problem of the PID."""
    ear = _Ear(policy, today)
    identifier = ear.local_id(adt.pid.identifiers, "PID", 3)
    traits = ear.traits(adt)
    if ear.problems or identifier is None:
        raise AdtRefused(ear.problems)
    statement = Statement(stamp=stamp_of(adt), traits=traits)
    return Heard(identifier=identifier, statement=statement, alerts=(*adt.alerts, *ear.alerts))


def hear_prior(adt: AdtMessage, *, policy: Policy, authority: str) -> LocalId:
    """Read the identifier of MRG-1 that disappears, in the authority of the one that stays; raise AdtRefused."""
    ear = _Ear(policy, date.min)
    prior = ear.local_id(adt.mrg.identifiers if adt.mrg else UNSAID, "MRG", 1)
    if prior is not None and prior.authority != authority:
        ear.refuse("MRG", 1, ErrorCode.TABLE_VALUE, "l’IPP qui disparaît est d’une autre autorité que celui qui reste")
    if ear.problems or prior is None:
        raise AdtRefused(ear.problems)
    return prior


def stamp_of(adt: AdtMessage) -> Stamp:
    """Place the event in time."""
    recorded = adt.recorded_at.at.astimezone(UTC)
    sent = recorded if isinstance(adt.msh.sent_at, Silence) else adt.msh.sent_at.at.astimezone(UTC)
    control = value_of(adt.msh.control_id, "")
    return Stamp(recorded, sent, len(control), control)


def authority_key(cx: Cx, policy: Policy) -> str | None:
    """Give the key of the authority of an identifier; "" when it names none, None when the feed may not use it."""
    if isinstance(cx.authority, Silence):
        return ""
    names = [value_of(cx.authority.universal_id, ""), value_of(cx.authority.name, "")]
    if policy.authorities is None:
        return next((name for name in names if name), "")
    return next((policy.authorities[name] for name in names if name in policy.authorities), None)


def is_local_value(value: str) -> bool:
    """Tell whether a number can be kept: short enough, every character visible."""
    return len(value) <= LONGEST_NUMBER and value.isprintable()


class _Ear:
    """Reads one PID, gathering what is wrong (`problems`) and what was left out (`alerts`)."""

    def __init__(self, policy: Policy, today: date) -> None:
        self.policy = policy
        self.today = today
        self.problems: list[Problem] = []
        self.alerts: list[str] = []

    def refuse(self, segment: str, number: int, code: ErrorCode, text: str) -> None:
        self.problems.append(Problem(segment=segment, field=number, code=code, text=text))

    def local_id(self, said: Said[tuple[Cx, ...]], segment: str, number: int) -> LocalId | None:
        known: list[LocalId] = []
        stranger = unreadable = False
        for cx in value_of(said, ()):
            if value_of(cx.type, "") != "PI" or not isinstance(cx.value, str) or not cx.value.strip():
                continue
            authority = authority_key(cx, self.policy)
            if authority in oids.INS_ROOTS:  # a matricule is never kept as a local number, nor in clear
                continue
            if not is_local_value(cx.value.strip()):
                unreadable = True
            elif authority:
                known.append(LocalId(authority=authority, value=cx.value.strip()))
            stranger = stranger or not authority
        known = list(dict.fromkeys(known))
        if not known and unreadable:
            text = f"l’IPP compte plus de {LONGEST_NUMBER} caractères, ou un caractère invisible"
            self.refuse(segment, number, ErrorCode.DATA_TYPE, text)
            return None
        if not known:
            text = "autorité d’affectation de l’IPP inconnue de ce flux" if stranger else "aucun IPP (type PI)"
            code = ErrorCode.TABLE_VALUE if stranger else ErrorCode.REQUIRED_FIELD
            self.refuse(segment, number, code, text)
            return None
        if sum(other.authority == known[0].authority for other in known) > 1:
            self.refuse(segment, number, ErrorCode.CARDINALITY, "plusieurs IPP d’une même autorité")
            return None
        if len(known) > 1 or stranger:
            self.alerts.append("les IPP d’autres autorités n’ont pas été retenus")
        return known[0]

    def traits(self, adt: AdtMessage) -> Traits:
        pid, zfd = adt.pid, adt.zfd
        birth, used = self._names(pid.names)
        born, interpreted = self._birth(pid.birth)
        corrected = {"Y": True, "N": False}.get(value_of(zfd.birth_corrected, "") if zfd else "")
        marks, rank = self._reliability(pid.reliability)
        kin, left_out = relatives(adt, born)
        self.alerts.extend(left_out)
        died_at: Said[datetime] = pid.died_at if isinstance(pid.died_at, Silence) else pid.died_at.at
        traits = Traits(
            **birth,
            **used,
            birth_date=born,
            birth_date_interpreted=interpreted if interpreted is True or corrected is None else corrected,
            sex=self._sex(pid.sex),
            **self._places(pid.addresses),
            **contacts(pid.contacts),
            gp=declared_gp(adt, test_data=self.policy.platform is Platform.TEST),
            relatives=kin,
            deceased={"Y": True, "N": False}.get(value_of(pid.deceased, ""), UNSAID),
            died_at=died_at,
            reliability=rank,
            attributes=marks,
            obtained_by=zfd.obtained_by if zfd else UNSAID,
            document=zfd.document if zfd else UNSAID,
        )
        return replace(traits, claim=self._claim(pid.identifiers, traits))

    def _names(self, said: Said[tuple[Xpn, ...]]) -> tuple[dict[str, Any], dict[str, Any]]:
        by_type: dict[str, Xpn] = {}
        for name in value_of(said, ()):
            by_type.setdefault(value_of(name.type, "L"), name)
        birth, used = by_type.get("L"), by_type.get("D")
        if birth is None or not isinstance(birth.family, str):
            self.refuse("PID", 5, ErrorCode.REQUIRED_FIELD, "nom de naissance (type L) absent")
            return {}, {}
        if birth.given is CLEARED:
            self.refuse("PID", 5, ErrorCode.OTHER, "un trait strict ne peut pas être effacé")
        found = {
            **self._name("birth_name", birth.family),
            **self._name("first_given_name", birth.given),
            **self._name("given_names", birth.given_names),
        }
        first, listed = found["first_given_name"], found["given_names"]
        if isinstance(first, str) and isinstance(listed, str) and not given_names_agree(first, listed):
            self.alerts.append("le premier prénom ne commence pas la liste des prénoms de naissance")
        if used is None:
            return found, {}
        return found, {
            **self._name("used_name", used.family),
            **self._name("used_given_name", used.given),
        }

    def _name(self, trait: str, said: Said[str]) -> dict[str, Any]:
        """Read a name, and how it was written where that is more than its normalised form."""
        if isinstance(said, Silence):
            return {trait: said}
        try:
            forms = NORMALISE[trait](said)
        except NameRefused as reason:
            self.refuse("PID", 5, ErrorCode.DATA_TYPE, reason.message)
            return {trait: UNSAID}
        if forms is None:
            return {trait: UNSAID}
        received = " ".join(forms.received.split())
        written = received if received != forms.normalised else UNSAID
        return {trait: forms.normalised, f"{trait}_received": written}

    def _birth(self, said: Said[str]) -> tuple[Said[date], Said[bool]]:
        if said is CLEARED:
            self.refuse("PID", 7, ErrorCode.OTHER, "un trait strict ne peut pas être effacé")
        if isinstance(said, Silence):
            return UNSAID, UNSAID
        digits = said.strip()
        if not re.fullmatch(r"[0-9]{4}(?:[0-9]{2}){0,5}(?:\.\d+)?(?:[+-]\d{4})?", digits):
            self.refuse("PID", 7, ErrorCode.DATA_TYPE, "date de naissance illisible")
            return UNSAID, UNSAID
        parts = re.split(r"[.+-]", digits)[0]
        year, month, day = parts[:4], parts[4:6] or "??", parts[6:8] or "??"
        try:
            birth = parse_birth_date(f"{day}/{month}/{year}".replace("00/", "??/"), today=self.today)
        except DateRefused:  # its sentence is for someone at a keyboard
            self.refuse("PID", 7, ErrorCode.DATA_TYPE, "date de naissance impossible (une date lunaire va en ZFD-1)")
            return UNSAID, UNSAID
        return birth.value, birth.interpreted

    def _sex(self, said: Said[str]) -> Said[str]:
        if said is CLEARED:
            self.refuse("PID", 8, ErrorCode.OTHER, "un trait strict ne peut pas être effacé")
        if isinstance(said, Silence):
            return UNSAID
        if said not in _SEX:
            self.refuse("PID", 8, ErrorCode.TABLE_VALUE, "sexe hors de la table")
        return _SEX.get(said, UNSAID)

    def _places(self, said: Said[tuple[Xad, ...]]) -> dict[str, Any]:
        if said is CLEARED:
            return {"address": CLEARED}
        found: dict[str, Any] = {}
        for address in value_of(said, ()):
            kind = value_of(address.type, "H")
            if kind == "BDL" and "birth_insee" not in found:
                found["birth_insee"] = self._insee(address.insee)
                found["birth_place"] = address.city
            elif kind in ("H", "L") and "address" not in found:
                found["address"] = postal(address)
        return found

    def _insee(self, said: Said[str]) -> Said[str]:
        if isinstance(said, Silence) or _INSEE.fullmatch(said):
            return said
        self.alerts.append("le code du lieu de naissance n’a pas la forme d’un code INSEE, il n’est pas retenu")
        return UNSAID

    def _reliability(self, said: Said[tuple[str, ...]]) -> tuple[Said[frozenset[str]], Said[Reliability]]:
        if said is CLEARED:
            return CLEARED, Reliability.PROVISIONAL
        codes = frozenset(value_of(said, ()))
        if not codes:
            return UNSAID, UNSAID
        if not codes <= IDENTITY_STATUSES:
            self.refuse("PID", 32, ErrorCode.TABLE_VALUE, "statut de l’identité hors table 0445")
        if codes & _MISTRUST or Reliability.PROVISIONAL in codes:
            return codes & _MARKS, Reliability.PROVISIONAL
        return codes & _MARKS, Reliability.VALIDATED if Reliability.VALIDATED in codes else UNSAID

    def _claim(self, said: Said[tuple[Cx, ...]], traits: Traits) -> Said[Claim]:
        numbers = {ins for ins in map(self._ins, value_of(said, ())) if ins}
        if traits.reliability is Reliability.PROVISIONAL:
            return CLEARED
        if not numbers:
            return UNSAID
        if len(numbers) > 1:
            self.refuse("PID", 3, ErrorCode.CARDINALITY, "plusieurs INS pour une même personne")
            return UNSAID
        strict = strict_traits(traits)
        if traits.reliability is not Reliability.VALIDATED or strict is None or not isinstance(traits.birth_insee, str):
            self.alerts.append("l’INS n’est pas retenue sans statut VALI et tous les traits stricts")
            return UNSAID
        return Claim(ins=numbers.pop(), traits=strict)

    def _ins(self, cx: Cx) -> Ins | None:
        if isinstance(cx.authority, Silence) or not value_of(cx.type, "").startswith("INS"):
            return None
        oid = value_of(cx.authority.universal_id, "")
        kind = next((kind for kind in InsKind if kind.oid == oid), None)
        if kind is not None and kind.platform is not self.policy.platform:
            real = kind.platform is Platform.PRODUCTION
            text = "INS d’une personne réelle refusée hors production" if real else "INS de test refusée en production"
            self.refuse("PID", 3, ErrorCode.TABLE_VALUE, text)
            return None
        try:
            return read_ins(value_of(cx.value, ""), oid, platform=self.policy.platform)
        except InsRefused:
            self.alerts.append("une INS mal formée, de clé fausse ou d’OID inconnu n’a pas été retenue")
            return None
