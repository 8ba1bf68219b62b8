"""Is this document about this patient: the traits a CDA carries beside those of the file, loud when they differ."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from dcc.lib import french
from patients.documents import ins_seal
from patients.documents.cda_reading import CdaPatient
from patients.identity.ins import InsKind, Platform, matricule_key_is_right
from patients.identity.names import comparison_key
from patients.insi.choice import platform
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
    return (*wrong, *_ins_differences(found, patient))


def _ins_differences(found: CdaPatient, patient: Patient) -> Iterator[Difference]:
    """A number that is not the one in force, and one that cannot be an INS here: flagged, never refused (§1.9).

    The readers of the file must see it before the document is filed: what is sent on with it would be wrong too.
    """
    known = ins_seal.opened(patient)
    ours = "numéro qualifié" if known else "pas d’INS qualifiée"
    if known and found.ins and known not in {matricule for _, matricule in found.ins}:
        yield Difference(label="INS", document="un autre numéro", file=ours)
    for oid, matricule in sorted(found.ins):
        if flaw := _flaw(oid, matricule):
            yield Difference(label="INS", document=flaw, file=ours)


def _flaw(oid: str, matricule: str) -> str:
    """Why this cannot be the INS of somebody here, '' when it can."""
    kind = InsKind.of_oid(oid)
    if kind is None:
        return f"Le numéro est donné comme INS par une autorité inconnue (OID {oid})"
    if kind.platform is not platform():
        real = kind.platform is Platform.PRODUCTION
        return f"L’INS est celle d’une personne {'réelle' if real else 'fictive'} ({kind.code})"
    if not matricule_key_is_right(matricule):
        return "La clé du matricule INS est fausse\u00a0: le numéro a été mal recopié, ou n’en est pas un"
    return ""


def _given_agree(found: CdaPatient, patient: Patient) -> bool:
    """A given name of the document is ours, or begins with it word by word (« Anne Marie », not « Annette »)."""
    ours = {patient.first_given_name_key, patient.used_given_name_key, comparison_key(patient.given_names)} - {""}
    for given in found.given_names:
        words = [comparison_key(word) for word in re.split(r"[\s-]+", given)]
        if ours & {"".join(words[:count]) for count in range(1, len(words) + 1)}:
            return True
    return False
