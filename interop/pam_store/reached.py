"""How to reach somebody, between the statements of feeds and the row that users read and type."""

from uuid import UUID

from interop.pam.person import Identity
from interop.pam.reaching import town, written
from interop.pam.record import Kin, PostalAddress, Practitioner, Traits
from interop.pam.said import CLEARED, UNSAID, Said
from interop.pam_store.source import DESK
from interop.pam_store.wire import clean
from patients.feed.contacts import LONGEST, FedContact, FedRelative
from patients.models import Contact


def reached_by(identity: Identity) -> FedContact:
    """Give what a patient's row shows: the first number that is one, one mail address, what fits its columns."""
    address, gp = identity.address or PostalAddress(), identity.gp or Practitioner()
    where = PostalAddress(street=address.street, complement=address.complement)
    number = next((phone for phone in map(_phone, identity.phones) if phone), "")
    said_by = identity.relatives_said_by
    return FedContact(
        values={
            "address_line": _cut("address_line", written(where)),
            "postcode": _cut("postcode", address.postcode),
            "city": _cut("city", town(address, postcode=False)),
            "phone": number,
            "email": _cut("email", next(iter(identity.emails), "")),
            "gp_name": _cut("gp_name", gp.name),
            "gp_rpps": _cut("gp_rpps", gp.rpps),
            "gp_mssante_address": _cut("gp_mssante_address", gp.mssante),
            "gp_address": _cut("gp_address", gp.address),
        },
        relatives=tuple(map(_relative, identity.relatives)),
        relatives_since=identity.relatives_since,
        relatives_said_by=UUID(said_by) if said_by not in ("", DESK) else None,
    )


def said_of(contact: Contact | None, shown: FedContact | None) -> Traits:
    """Say what a row holds that `shown` did not write, group by group: what is emptied is deleted."""
    now = {name: getattr(contact, name, "") for name in LONGEST}
    before = shown.values if shown is not None else dict.fromkeys(LONGEST, "")
    address, gp = ("address_line", "postcode", "city"), ("gp_name", "gp_rpps", "gp_mssante_address", "gp_address")

    def told(names: tuple[str, ...], value: object) -> Said[object]:
        if all(now[name] == before[name] for name in names):
            return UNSAID
        return value if any(now[name] for name in names) else CLEARED

    typed = PostalAddress(street=now["address_line"], postcode=now["postcode"], city=now["city"])
    doctor = Practitioner(
        name=now["gp_name"], rpps=now["gp_rpps"], mssante=now["gp_mssante_address"], address=now["gp_address"],
        whole=True,
    )  # fmt: skip
    return Traits(
        address=told(address, typed),  # type: ignore[arg-type]
        phones=told(("phone",), (now["phone"],)),  # type: ignore[arg-type]
        emails=told(("email",), (now["email"],)),  # type: ignore[arg-type]
        gp=told(gp, doctor),  # type: ignore[arg-type]
    )


def _relative(kin: Kin) -> FedRelative:
    return FedRelative(
        relation=kin.kinship.value,
        name=clean(kin.name)[:150],
        phone=_phone(kin.phone),
        email=clean(kin.email)[:254],
        address=clean(kin.address)[:300],
    )


def _phone(text: str) -> str:
    """A number cut short would ring somewhere else: one that does not fit is left out."""
    number = clean(text)
    return number if len(number) <= LONGEST["phone"] else ""


def _cut(name: str, text: str) -> str:
    return clean(text)[: LONGEST[name]].strip()
