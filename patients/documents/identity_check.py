"""Is this document about this patient: the traits a CDA carries beside those of the file, loud when they differ."""

import re
from dataclasses import dataclass

from dcc.lib import french
from patients.documents import ins_seal
from patients.documents.cda_reading import CdaPatient
from patients.identity.names import comparison_key
from patients.models import Patient


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One trait, as the document and as the file say it. An INS is never shown, only said to differ."""

    label: str
    document: str
    file: str


def differences(found: CdaPatient, patient: Patient) -> tuple[Difference, ...]:
    """The traits that disagree; one the document leaves out disagrees with nothing, but a name is always wanted."""
    wrong: list[Difference] = []
    ours = {patient.birth_name_key, patient.used_name_key} - {""}
    theirs = {comparison_key(name) for name in (found.birth_name, found.used_name) if name}
    if not theirs & ours:
        wrong.append(Difference(label="Nom", document=found.birth_name or "non indiqué", file=patient.birth_name))
    if not _given_agree(found, patient):
        given = " ".join(found.given_names) or "non indiqué"
        wrong.append(Difference(label="Prénom", document=given, file=patient.first_given_name))
    if found.birth_date and found.birth_date != patient.birth_date:
        dates = {"document": french.date_short(found.birth_date), "file": french.date_short(patient.birth_date)}
        wrong.append(Difference(label="Naissance", **dates))
    if found.sex and found.sex != patient.sex and "I" not in {found.sex, patient.sex}:
        wrong.append(Difference(label="Sexe", document=found.sex, file=patient.sex))
    known = ins_seal.opened(patient)
    if known and found.ins and known not in found.ins:
        wrong.append(Difference(label="INS", document="un autre numéro", file="numéro qualifié"))
    return tuple(wrong)


def _given_agree(found: CdaPatient, patient: Patient) -> bool:
    """A given name of the document is ours, or begins with it word by word (« Anne Marie », not « Annette »)."""
    ours = {patient.first_given_name_key, patient.used_given_name_key, comparison_key(patient.given_names)} - {""}
    for given in found.given_names:
        words = [comparison_key(word) for word in re.split(r"[\s-]+", given)]
        if ours & {"".join(words[:count]) for count in range(1, len(words) + 1)}:
            return True
    return False
