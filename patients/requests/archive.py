"""The archive handed to the patient: a page to read, the same as JSON and as FHIR, and every document of the file."""

import hashlib
import io
import json
import zipfile
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dcc.lib import french
from patients.care import Passage, care
from patients.models import Contact, Information, Patient, Wish, WishAnswer
from patients.naming import birth_label, shown_name
from patients.requests import fhir
from patients.requests.gathering import Joined, files_of, rows_of
from patients.requests.numbers import Number, numbers_of
from patients.requests.summary import Summary, summary_pdf

README = """Copie complète de votre dossier communicant de cancérologie

dossier.pdf      ce que contient le dossier, à lire
dossier.json     toutes les données, telles qu’elles sont enregistrées
dossier.fhir.json  l’essentiel au format international FHIR R4, pour un autre logiciel
documents/       les comptes rendus et les documents du dossier
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """Everything read of one patient at one moment; what follows needs no database."""

    patient: Patient
    made_at: datetime
    rows: dict[str, list[dict[str, Any]]]
    passages: tuple[Passage, ...]
    files: tuple[Joined, ...]
    readers: tuple[dict[str, Any], ...]
    contact: Contact | None
    informations: tuple[Information, ...]
    wishes: tuple[Wish, ...]
    numbers: tuple[Number, ...]


def copy_of(patient: Patient, *, readers: list[dict[str, Any]], made_at: datetime) -> Copy:
    """Read the whole file, in one transaction; what no key opens any more is said to be unreadable."""
    wishes = Wish.objects.filter(patient=patient).select_related("principal").order_by("recorded_at")
    return Copy(
        patient=patient,
        made_at=made_at,
        rows=rows_of(patient),
        passages=care().passages(patient),
        files=tuple(files_of(patient)),
        readers=tuple(readers),
        contact=Contact.objects.filter(patient=patient).first(),
        informations=tuple(Information.objects.filter(patient=patient).order_by("recorded_at")),
        wishes=tuple(wishes),
        numbers=numbers_of(patient),
    )


def archive(copy: Copy) -> bytes:
    """The ZIP of a copy: same copy, same bytes. Documents whose bytes are lost are named in a file of their own."""
    held = [one for one in copy.files if one.data]
    lost = [one.title for one in copy.files if not one.data]
    parts = {
        "LISEZMOI.txt": README.encode(),
        "dossier.pdf": summary_pdf(summary_of(copy)),
        "dossier.json": _json(
            {"format": "dcc-copie/1", "made_at": copy.made_at.isoformat(), "readers": copy.readers, "tables": copy.rows}
        ),
        "dossier.fhir.json": _json(bundle_of(copy)),
        **{one.path: one.data for one in held},
    }
    if lost:
        parts["documents-absents.txt"] = "\n".join(["Documents dont le contenu n’existe plus", "", *lost, ""]).encode()
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as folder:
        for name, data in parts.items():
            folder.writestr(zipfile.ZipInfo(name, copy.made_at.timetuple()[:6]), data, zipfile.ZIP_DEFLATED)
    return made.getvalue()


def bundle_of(copy: Copy) -> dict[str, Any]:
    """The FHIR Bundle of a copy."""
    return fhir.bundle(
        made_at=copy.made_at,
        person=_person(copy),
        passages=tuple(
            fhir.Passage(title=one.title, at=one.at, text=one.text, to_come=one.kind == "next") for one in copy.passages
        ),
        papers=tuple(_paper(one, rank) for rank, one in enumerate(copy.files)),
        decisions=tuple(
            fhir.Decision(id=one.pk, at=one.recorded_at, agreed=one.answer == WishAnswer.AGREED, words=_words(one))
            for one in copy.wishes
        ),
    )


def summary_of(copy: Copy) -> Summary:
    """What the readable page says."""
    return Summary(
        name=shown_name(copy.patient),
        birth=f"{birth_label(copy.patient)}, le {french.date_short(copy.patient.birth_date)}",
        made_at=copy.made_at,
        remarks=_remarks(copy.patient),
        numbers=tuple((one.given_by, one.value) for one in copy.numbers),
        passages=tuple((one.when, one.title, one.text) for one in copy.passages),
        documents=tuple((one.at.date(), one.title, one.path if one.data else "contenu absent") for one in copy.files),
        informations=tuple(
            (one.given_on, one.given_by, str(one.get_opposition_display())) for one in copy.informations
        ),
        wishes=tuple((one.said_on, _words(one)) for one in copy.wishes),
        readers=tuple((one["who"], _where(one), one["times"], one["last"][:10]) for one in copy.readers),
    )


def _person(copy: Copy) -> fhir.Person:
    patient, contact = copy.patient, copy.contact
    return fhir.Person(
        id=patient.pk,
        birth_name=patient.birth_name,
        given_names=tuple((patient.given_names or patient.first_given_name).split()),
        birth_date=patient.birth_date,
        sex=patient.sex,
        used_name=patient.used_name,
        used_given_name=patient.used_given_name,
        birth_date_interpreted=patient.birth_date_interpreted,
        is_deceased=patient.is_deceased,
        died_on=patient.died_on,
        identifiers=tuple(one.identifier for one in copy.numbers if one.identifier),
        address_line=contact.address_line if contact else "",
        postcode=contact.postcode if contact else "",
        city=contact.city if contact else "",
        phone=contact.phone if contact else "",
        email=contact.email if contact else "",
        gp_name=contact.gp_name if contact else "",
    )


def _paper(one: Joined, rank: int) -> fhir.Paper:
    return fhir.Paper(
        id=type(one.owner_id)(int=one.owner_id.int ^ (rank << 8)),  # a document has a PDF and a CDA: two resources
        title=one.title,
        at=one.at,
        replaced=one.replaced,
        path=one.path if one.data else "",
        content_type=one.content_type,
        sha1=hashlib.sha1(one.data, usedforsecurity=False).digest() if one.data else b"",
        size=len(one.data),
    )


def _remarks(patient: Patient) -> tuple[str, ...]:
    """What must be known beside the name: a birth date that is not wholly known, a death."""
    said = []
    if patient.birth_date_interpreted:
        day = patient.birth_date
        by_month = len(fhir.known_birth(day, interpreted=True)) > len("1960")
        known = f"le mois et l’année, {day:%m/%Y}" if by_month else f"l’année, {day:%Y}"
        said.append(f"Date de naissance incomplète\u00a0: on connaît {known}.")
        said.append(f"Le {french.date_short(day)} est la date que la règle nationale fait retenir.")
    if patient.died_on:
        said.append(f"Décès le {french.date_short(patient.died_on)}.")
    elif patient.is_deceased:
        said.append("Décès connu, sans sa date.")
    return tuple(said)


def _where(reader: dict[str, Any]) -> str:
    """From where somebody read, and under which identity when it was another one."""
    return ", ".join(part for part in (reader["where"], reader.get("mark", "")) if part)


def _words(wish: Wish) -> str:
    about = f" ({wish.principal.label})" if wish.principal else ""
    return f"{str(wish.get_subject_display()).capitalize()}{about}\u00a0: {wish.get_answer_display()}"


def _json(data: Any) -> bytes:
    return json.dumps(data, ensure_ascii=False, indent=2).encode()
