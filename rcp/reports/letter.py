"""The words of a report that are made from its data: opening sentence, identity, quorum, validation.

Everything here is text for the template, in French, agreed with the patient; nothing here knows HTML or PDF.
"""

import re
import unicodedata
from dataclasses import dataclass

from dcc.lib import french
from patients.identity.names import comparison_key
from rcp.reports.data import (
    AnonymousPatient,
    AttendanceMode,
    Attendee,
    IdentityStatus,
    Level,
    Patient,
    Professional,
    Quorum,
    ReportData,
)

ADULT = 18  # years: nobody writes "Mme" to a child
SEXES = {"M": "Masculin", "F": "Féminin", "I": "Indéterminé"}
STATUSES = {
    IdentityStatus.PROVISIONAL: "Identité provisoire",
    IdentityStatus.RETRIEVED: "Identité récupérée",
    IdentityStatus.VALIDATED: "Identité validée",
    IdentityStatus.QUALIFIED: "Identité qualifiée",
}
MODES = {
    AttendanceMode.ROOM: "en salle",
    AttendanceMode.REMOTE: "à distance",
    AttendanceMode.WRITTEN: "avis écrit",
}
ADVICE = (
    "L’avis de la RCP est une proposition collégiale. Le médecin référent en décide avec le patient, peut s’en écarter "
    "et dit alors pourquoi dans le dossier."
)
LONG_QUESTION = 420  # characters: a longer question is printed after the proposal, which keeps its place on page 1


@dataclass(frozen=True, slots=True)
class Trait:
    """A labelled value of the identity block; identifiers are set in slashed zeros."""

    label: str
    value: str
    identifier: bool = False


@dataclass(frozen=True, slots=True)
class Correspondent:
    """A professional of the patient and her place in the care."""

    quality: str
    person: Professional


def title(data: ReportData) -> str:
    """Name the document, as in the title of the PDF."""
    whose = "cas anonyme" if isinstance(data.patient, AnonymousPatient) else usual_name(data.patient)
    return f"Compte rendu de RCP {data.order_number} – {whose}"


def usual_name(patient: Patient) -> str:
    """The name a patient goes by: used name when there is one, then given name."""
    return f"{patient.used_name or patient.birth_name} {patient.used_given_name or patient.first_given_name}"


def birth_words(patient: Patient) -> str:
    """Say the birth name of who goes by another: ``née ABHERVE FRANCOISE``; nothing when both are one."""
    used = usual_name(patient)
    if comparison_key(used) == comparison_key(f"{patient.birth_name} {patient.first_given_name}"):
        return ""
    born = french.agree(patient.sex, "né", "née")
    return f"{born}{french.NBSP}{patient.birth_name} {patient.first_given_name}"


def _said_name(patient: Patient) -> str:
    """The usual name inside a sentence: « LE GUILLOU Françoise »."""
    received = (patient.used_given_name_received, patient.first_given_name_received)  # often one and the same name
    used = said_given_name(patient.used_given_name, *received)
    return f"{patient.used_name or patient.birth_name} {used or _said_first_name(patient)}"


def _said_birth_words(patient: Patient) -> str:
    """The birth name inside a sentence: « née ABHERVE Françoise »; nothing when both are one."""
    strict = birth_words(patient)
    return strict.removesuffix(patient.first_given_name) + _said_first_name(patient) if strict else ""


def _said_first_name(patient: Patient) -> str:
    return said_given_name(patient.first_given_name, patient.first_given_name_received)


def said_given_name(strict: str, *received: str) -> str:
    """A given name as it was typed, « Hélène », where its letters are those of the strict trait; else the trait.

    What was typed in one case is set as a name; in capitals without accents it says no more than the trait.
    """
    for text in received:
        typed = " ".join(unicodedata.normalize("NFC", text).split())
        if comparison_key(typed) != comparison_key(strict) or (typed.isupper() and typed.isascii()):
            continue
        one_case = typed.isupper() or typed.islower()
        return re.sub(r"\w+", lambda word: word.group().capitalize(), typed) if one_case else typed
    return strict


def footer_name(data: ReportData) -> str:
    """Recall on each page whose report it is."""
    patient = data.patient
    if isinstance(patient, AnonymousPatient):
        return "Cas anonyme"
    names = ", ".join(filter(None, (usual_name(patient), birth_words(patient))))
    return f"{names}, {french.date_short(patient.birth_date)}"


def traits(data: ReportData) -> list[Trait]:
    """List the strict traits, then the identifiers, in the order identity rules print them."""
    patient = data.patient
    if isinstance(patient, AnonymousPatient):
        return _anonymous_traits(patient)
    born = f"{french.agree(patient.sex, 'né', 'née').capitalize()} le"
    age = french.age(patient.birth_date, data.meeting.held_on) if patient.birth_date <= data.meeting.held_on else ""
    rows = [
        Trait("Nom de naissance", patient.birth_name),
        _given_names(patient),
        Trait(born, french.date_short(patient.birth_date) + (f" ({age})" if age else "")),
        Trait("Sexe", SEXES.get(patient.sex, SEXES["I"])),
        Trait("Lieu de naissance", f"{patient.birth_place_label} ({patient.birth_place_code})"),
    ]
    if patient.used_name:
        rows.append(Trait("Nom utilisé", patient.used_name))
    if patient.used_given_name:
        rows.append(Trait("Prénom utilisé", patient.used_given_name))
    rows.append(Trait("Identité", STATUSES[patient.identity_status]))
    rows += [Trait(f"IPP {ipp.establishment}", ipp.value, identifier=True) for ipp in patient.ipps]
    if patient.ins_matricule:
        rows.append(Trait("Matricule INS", french.ins_matricule(patient.ins_matricule), identifier=True))
        rows.append(Trait("OID", patient.ins_oid, identifier=True))
    return rows


def _given_names(patient: Patient) -> Trait:
    """The list of given names, or the first alone under its own label: the list is never said when it is not known."""
    if patient.given_names:
        return Trait("Prénoms de naissance", patient.given_names)
    return Trait("Premier prénom de naissance", patient.first_given_name)


def _anonymous_traits(patient: AnonymousPatient) -> list[Trait]:
    rows = []
    if patient.age_years is not None:
        rows.append(Trait("Âge", french.counted(patient.age_years, "an")))
    if patient.sex:
        rows.append(Trait("Sexe", SEXES.get(patient.sex, SEXES["I"])))
    return rows


def opening(data: ReportData) -> str:
    """Say in one sentence who was discussed, when and before whom."""
    day = french.date_long(data.meeting.held_on)
    if data.level == Level.REGISTERED:
        registered = f"a été enregistré à la {data.board} du {day}"
        return f"Le dossier {_of_whom(data)} {registered}, sans discussion en réunion."
    sentence = f"Le dossier {_of_whom(data)} a été discuté le {day}"
    return f"{sentence}{_before_whom(data.quorum)}."


def _of_whom(data: ReportData) -> str:
    patient = data.patient
    if isinstance(patient, AnonymousPatient):
        return f"n°{french.NBSP}{data.order_number}, présenté sans identité,"
    words = [f"{_civility(data, patient)}{_said_name(patient)}", _said_birth_words(patient)]
    if patient.birth_date <= data.meeting.held_on:
        words.append(french.age(patient.birth_date, data.meeting.held_on))
    return f"{', '.join(filter(None, words))},"


def _civility(data: ReportData, patient: Patient) -> str:
    if patient.birth_date > data.meeting.held_on or patient.sex not in ("M", "F"):
        return french.agree(patient.sex, "du patient ", "de la patiente ") if patient.sex in ("M", "F") else "de "
    if french.age_years(patient.birth_date, data.meeting.held_on) < ADULT:
        return french.agree(patient.sex, "du jeune patient ", "de la jeune patiente ")
    return f"de {french.agree(patient.sex, 'M.', 'Mme')}{french.NBSP}"


def _before_whom(quorum: Quorum | None) -> str:
    counted = [person for person in quorum.attendees if person.counts] if quorum else []
    if not counted:
        return ""
    doctors = f"{french.in_words(len(counted))} {french.plural(len(counted), 'médecin')}"
    count = len({person.specialty for person in counted})
    specialties = f"{french.in_words(count, feminine=True)} {french.plural(count, 'spécialité')}"
    return f" avec l’avis de {doctors} de {specialties}"


def quorum_state(data: ReportData) -> str:
    """State the quorum in a few words (MTG-07)."""
    quorum = data.quorum
    if quorum is None:
        return f"Cas enregistré{french.NBSP}: le quorum ne s’applique pas."
    counted = [person for person in quorum.attendees if person.counts]
    doctors = french.counted(len(counted), "médecin")
    specialties = french.counted(len({person.specialty for person in counted}), "spécialité")
    states = {True: "Quorum atteint", False: "Quorum non atteint", None: "Quorum non vérifié"}
    return f"{states[quorum.reached]}{french.NBSP}: {doctors}, {specialties}."


def quorum_sentence(data: ReportData) -> str:
    """State the quorum, what lacked and the rule of the board."""
    quorum = data.quorum
    rule = f"Règle de la RCP{french.NBSP}: {quorum.rule}" if quorum and quorum.rule else ""
    missing = quorum.missing if quorum else ""
    return " ".join(f"{one.rstrip('.')}." for one in (quorum_state(data), missing, rule) if one)


def attendance(person: Attendee) -> str:
    """Say how a person took part, and whether the quorum counts her."""
    return MODES[person.mode] + ("" if person.counts else ", hors quorum")


def to_represent(data: ReportData) -> str:
    """Warn that the case comes back before the board, with its reason when it is the quorum (D7)."""
    proposal = data.proposal
    if not proposal.to_represent and proposal.to_represent_on is None:
        return ""
    when = f" le {french.date_short(proposal.to_represent_on)}" if proposal.to_represent_on else ""
    why = " (quorum non atteint)" if data.quorum and data.quorum.reached is False else ""
    return f"À représenter{when}{why}"


def replaced(data: ReportData) -> str:
    """Say which version this one cancels, and why (D6)."""
    old = data.replaces
    if old is None:
        return ""
    when = french.date_short(old.validated_at)
    return f"Annule et remplace la version {old.version} du {when}."


def validation(data: ReportData) -> str:
    """Sign: who validated, in which quality, when; then who countersigned."""
    signed = data.validation
    sentence = f"Validé le {french.date_short(signed.at)} à {french.time_short(signed.at)} par {_signature(signed.by)}"
    if signed.countersigned_by is None or signed.countersigned_at is None:
        return f"{sentence}."
    moment = signed.countersigned_at
    when = f"{french.date_short(moment)} à {french.time_short(moment)}"
    return f"{sentence}, contresigné le {when} par {_signature(signed.countersigned_by)}."


def _signature(person: Professional) -> str:
    number = f"RPPS{french.NBSP}{person.rpps}" if person.rpps else ""
    return ", ".join(filter(None, (person.name, person.role or person.specialty, number)))


def information(data: ReportData) -> str:
    """Recall that the patient was told of the RCP, by whom and when."""
    if data.informed_on is None:
        return ""
    sex = data.patient.sex
    who = french.agree(sex, "Patient informé", "Patiente informée") if sex in ("M", "F") else "Information donnée"
    by = f", par {data.informed_by}" if data.informed_by else ""
    return f"{who} de la présentation de son dossier en RCP le {french.date_short(data.informed_on)}{by}."


def correspondents(data: ReportData) -> list[Correspondent]:
    """List who asked for the opinion and who follows the patient."""
    named = (
        ("Demandeur", data.requester),
        ("Médecin référent", data.referring_doctor),
        ("Médecin traitant", data.general_practitioner),
    )
    rows = [Correspondent(quality, person) for quality, person in named if person is not None]
    return rows + [Correspondent(person.role or "Correspondant", person) for person in data.correspondents]


def fingerprint(data: ReportData) -> str:
    """Group the content hash by eight so that two can be compared by eye."""
    digest = data.content_hash
    return " ".join(digest[i : i + 8] for i in range(0, len(digest), 8))
