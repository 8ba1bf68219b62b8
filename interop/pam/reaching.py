"""How to reach the patient and theirs, as a message says it: address, phones, mail, declared GP, relatives.

A patient's secure mailbox is named by their matricule: such an address is left out, since it would be kept in clear.
"""

import re
from datetime import date, datetime
from typing import Any

from interop.pam.datatypes import Xad, Xcn, Xpn, Xtn
from interop.pam.message import AdtMessage
from interop.pam.record import Kin, Kinship, PostalAddress, Practitioner
from interop.pam.said import CLEARED, UNSAID, Said, Silence, value_of
from interop.pam.segments import Nk1, Rol
from patients.identity.identifiers import check_rpps

DECLARED_GP = "ODRP"  # ROL-3
_ENDS = frozenset({"DE", "DELETE"})  # ROL-2: no longer
_PATIENT_MAILBOX = "@patient.mssante.fr"
_MAIL = re.compile(r"[^\s@]{1,64}@[^\s@.]+(?:\.[^\s@.]+)+")
_LONGEST_MAIL = 254
_ADULT = 18
_PARENTS = {"MTH": Kinship.MOTHER, "FTH": Kinship.FATHER}  # NK1-3
_TITLES = {"DR": "Dr", "DOCTEUR": "Dr", "PR": "Pr", "PROFESSEUR": "Pr"}


def postal(address: Xad) -> Said[PostalAddress]:
    """Read an address; one of which every part is deleted is deleted."""
    parts = {
        name: value_of(said, "")
        for name in ("street", "complement", "postcode", "city")
        if not isinstance(said := getattr(address, name), Silence)
    }
    if not parts:
        said_parts = (address.street, address.city, address.postcode)
        return CLEARED if CLEARED in said_parts else UNSAID
    return PostalAddress(**parts, country=value_of(address.country, ""))


def contacts(said: Said[tuple[Xtn, ...]]) -> dict[str, Any]:
    """Split PID-13 into phones and mail addresses; the field says all of those it has a word about."""
    if said is CLEARED:
        return {"phones": CLEARED, "emails": CLEARED}
    if said is UNSAID:
        return {}
    listed = value_of(said, ())
    gone = any(CLEARED in (contact.number, contact.text) for contact in listed)
    no_mail = any(contact.email is CLEARED for contact in listed)
    nothing: dict[str, Said[Any]] = {
        "phones": CLEARED if gone else UNSAID,
        "emails": CLEARED if no_mail else UNSAID,
    }
    return {"phones": _phones(listed) or nothing["phones"], "emails": _mails(listed) or nothing["emails"]}


def declared_gp(adt: AdtMessage, *, test_data: bool) -> Said[Practitioner]:
    """Read the declared GP of the ROL segments; CLEARED when the message says there is none any more."""
    roles = [role for role in adt.roles if value_of(role.role, "") == DECLARED_GP]
    for role in roles:
        if not _ended(role, adt) and (gp := _practitioner(role, test_data)) is not None:
            return gp
    ended = any(_ended(role, adt) or role.persons is CLEARED for role in roles)
    return CLEARED if ended else UNSAID


def relatives(adt: AdtMessage, born: Said[date]) -> tuple[Said[tuple[Kin, ...]], tuple[str, ...]]:
    """Read the NK1 segments, which say the whole list, and what had to be left out.

    The mother and the father represent a minor only; somebody whose part is not said is not kept.
    """
    if not adt.relatives:
        return UNSAID, ()
    on = adt.recorded_at.at.date()
    minor = isinstance(born, date) and _age(born, on) < _ADULT
    found: list[Kin] = []
    left_out = 0
    for one in adt.relatives:
        if CLEARED in (one.names, one.role, one.relation):
            continue
        kinship, name = _kinship(one, minor=minor), _name(one)
        if kinship is None or not name:
            left_out += 1
        else:
            found.append(_kin(one, kinship, name))
    alerts = ("un proche sans nom ou sans rôle connu n’a pas été retenu",) if left_out else ()
    if not found:
        return (UNSAID if left_out else CLEARED), alerts
    return tuple(dict.fromkeys(found)), alerts


def _phones(listed: tuple[Xtn, ...]) -> tuple[str, ...]:
    numbers = (value_of(contact.number, "") or value_of(contact.text, "") for contact in listed)
    return tuple(number.strip() for number in numbers if number.strip())


def _mails(listed: tuple[Xtn, ...]) -> tuple[str, ...]:
    said = (value_of(contact.email, "").strip() for contact in listed)
    return tuple(mail for mail in said if _is_mail(mail))


def _is_mail(text: str) -> bool:
    fits = len(text) <= _LONGEST_MAIL and _MAIL.fullmatch(text) is not None
    return fits and not text.lower().endswith(_PATIENT_MAILBOX)


def _ended(role: Rol, adt: AdtMessage) -> bool:
    over = not isinstance(role.ends_at, Silence) and role.ends_at.at <= adt.recorded_at.at
    return over or value_of(role.action, "") in _ENDS


def _practitioner(role: Rol, test_data: bool) -> Practitioner | None:
    persons = value_of(role.persons, ())
    named = next((person for person in persons if isinstance(person.family, str)), None)
    if named is None:
        return None
    numbers = (_rpps(person, test_data) for person in persons)
    secure = (mail for mail in _mails(value_of(role.contacts, ())) if mail.lower().endswith(".mssante.fr"))
    places = (written(address) for address in value_of(role.addresses, ()))
    return Practitioner(
        name=_person(named),
        rpps=next((number for number in numbers if number), ""),
        mssante=next(secure, ""),
        address=next((place for place in places if place), ""),
    )


def _person(person: Xcn) -> str:
    title = value_of(person.prefix, "").strip(". ")
    words = (_TITLES.get(title.upper(), title), value_of(person.given, ""), value_of(person.family, ""))
    return " ".join(word.strip() for word in words if word.strip())


def _rpps(person: Xcn, test_data: bool) -> str:
    """The RPPS number, itself or in a national identifier, where an 8 precedes it."""
    value, kind = value_of(person.value, "").strip(), value_of(person.id_type, "")
    if kind == "IDNPS" and len(value) == 12 and value[0] == "8":
        value = value[1:]
    elif kind != "RPPS":
        return ""
    checked = check_rpps(value, test_data=test_data)
    return checked.value if checked.valid else ""


def written(address: Xad | PostalAddress) -> str:
    """Put an address on one line; the country only when it is another."""
    said = (address.street, address.complement)
    line = ", ".join(part.strip() for part in said if isinstance(part, str) and part.strip())
    return ", ".join(part for part in (line, town(address)) if part)


def town(address: Xad | PostalAddress, *, postcode: bool = True) -> str:
    """« 69001 Lyon », or « 1000 Bruxelles (BEL) »."""
    code = value_of(address.postcode, "") if postcode else ""
    place = " ".join(part.strip() for part in (code, value_of(address.city, "")) if part.strip())
    country = value_of(address.country, "").strip().upper()
    abroad = country if country not in ("", "FRA", "FR", "FRANCE") else ""
    return f"{place} ({abroad})" if place and abroad else place


def _kinship(one: Nk1, *, minor: bool) -> Kinship | None:
    relation, role = value_of(one.relation, ""), value_of(one.role, "")
    if relation == "GRD":
        return Kinship.GUARDIAN
    if minor and relation in _PARENTS:
        return _PARENTS[relation]
    return {"K": Kinship.TRUSTED, "C": Kinship.TO_CALL}.get(role)  # table 0131 with the French K


def _kin(one: Nk1, kinship: Kinship, name: str) -> Kin:
    reached = value_of(one.contacts, ())
    places = (written(address) for address in value_of(one.addresses, ()))
    return Kin(
        kinship=kinship,
        name=name,
        phone=next(iter(_phones(reached)), ""),
        email=next(iter(_mails(reached)), ""),
        address=next((place for place in places if place), ""),
    )


def _name(one: Nk1) -> str:
    names = value_of(one.names, ())
    used = next((name for name in names if value_of(name.type, "") == "D"), None)
    chosen: Xpn | None = used or next(iter(names), None)
    if chosen is None:
        return ""
    words = (value_of(chosen.given, ""), value_of(chosen.family, ""))
    return " ".join(word.strip() for word in words if word.strip())


def _age(born: date, on: date | datetime) -> int:
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))
