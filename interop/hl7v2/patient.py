"""Writes the PID segment of PAM FR 2.11 with the INS annex."""

from collections.abc import Iterator

from interop.cda.parties import Address, Patient, Sex, Telecom, TelecomUse
from interop.hl7v2 import writer
from interop.terminologies import oids

_SEX = {Sex.FEMALE: "F", Sex.MALE: "M", Sex.UNKNOWN: "U"}


def pid(patient: Patient) -> str:
    """Write PID: identifiers, birth and used names, birth date, sex, addresses with birth place, identity status.

    Fields forbidden in France (2, 4, 9, 10, 12, 17, 19, 20, 22, 28) are never written.
    """
    return writer.segment(
        "PID",
        {
            1: "1",
            3: writer.repeated(list(_identifiers(patient))),
            5: writer.repeated(list(_names(patient))),
            7: writer.day(patient.birth_date),
            8: _SEX[patient.sex],
            11: writer.repeated(list(_addresses(patient))),
            13: writer.repeated([_contact(telecom) for telecom in patient.telecoms]),
            32: writer.repeated([writer.components(status) for status in patient.identity_statuses]),
            33: writer.day(patient.identity_updated_on) if patient.identity_updated_on else "",
        },
    )


def _identifiers(patient: Patient) -> Iterator[str]:
    if patient.ins:
        authority = (oids.INS_AUTHORITIES.get(patient.ins.root, ""), patient.ins.root, "ISO")
        yield writer.components(patient.ins.extension, "", "", authority, "INS")
    for local in patient.local_ids:
        yield writer.components(local.value, "", "", (local.authority_name, local.authority_oid, "ISO"), "PI")


def _names(patient: Patient) -> Iterator[str]:
    yield writer.components(
        patient.birth_name, patient.first_birth_given_name, patient.birth_given_names, "", "", "", "L"
    )
    if patient.used_name or patient.used_given_name:
        yield writer.components(
            patient.used_name or patient.birth_name,
            patient.used_given_name or patient.first_birth_given_name,
            "",
            "",
            "",
            "",
            "D",
        )


def _addresses(patient: Patient) -> Iterator[str]:
    if patient.address:
        yield _home(patient.address)
    if patient.birth_place_code:
        yield writer.placed({3: patient.birth_place_name, 7: "BDL", 9: patient.birth_place_code})


def _home(address: Address) -> str:
    return writer.components(
        address.street, address.complement, address.city, "", address.postal_code, _country(address.country), "H"
    )


def _country(name: str) -> str:
    """XAD.6 is a three-letter code: France is meant when nothing is said, a name in words is left out."""
    if name.upper() in ("", "FRANCE"):
        return "FRA"
    return name.upper() if len(name) == 3 else ""


def _contact(telecom: Telecom) -> str:
    scheme, _, value = telecom.value.partition(":")
    if scheme == "mailto":
        return writer.placed({2: "NET", 3: "Internet", 4: value})
    if telecom.use is TelecomUse.MOBILE:
        return writer.placed({2: "PRN", 3: "CP", 12: value})
    return writer.placed(
        {2: "WPN" if telecom.use is TelecomUse.WORK else "PRN", 3: "FX" if scheme == "fax" else "PH", 12: value}
    )
