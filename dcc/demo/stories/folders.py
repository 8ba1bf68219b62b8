"""What some files hold: documents received, what the patient was told and decided, sharing, requests, copies."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial

from django.utils import timezone

from dcc.accounts.models import User
from dcc.demo.stories.backstage import Backstage, ago, day
from dcc.demo.stories.papers import cda, pdf, picture
from dcc.demo.stories.registering import DOCTOR, next_meeting, register
from patients.consent import leaflet
from patients.consent.actions import Given, Said, inform, record_wish
from patients.documents.intake import Sent
from patients.documents.received_actions import Description, file_document, receive_files
from patients.models import (
    Access,
    AccessReason,
    Information,
    Means,
    Opposition,
    Patient,
    ReceivedDocument,
    ReceivedKind,
    Request,
    RequestKind,
    RequestStatus,
    Wish,
    WishAnswer,
    WishSubject,
)
from patients.requests.actions import Asked, ask_export, close_request, register_request
from patients.sharing.actions import end_sharing, share_file
from rcp.attachments.actions import attach_document
from rcp.models import Case

LABORATORY, HOSPITAL = "Labo ACP Estuaire", "CH de Rochebrune"
KINDS = ReceivedKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A file as it arrived and how it was described."""

    name: str
    data: bytes
    kind: ReceivedKind
    title: str
    author: str
    origin: str
    dated_on: date

    def described(self, *, replaces: ReceivedDocument | None = None) -> Description:
        return Description(
            kind=self.kind, title=self.title, author=self.author, origin=self.origin, dated_on=self.dated_on,
            replaces=replaces, confirmed=True,
        )  # fmt: skip


def tell_folders(
    backstage: Backstage, people: Mapping[str, Patient], pairs: Mapping[str, tuple[Patient, Patient]]
) -> None:
    """What was told to them first, then registrations, then what their files hold."""
    _wishes(backstage, people, pairs["asked"][1])
    cases = _register(backstage, people, pairs)
    _documents_of_dominique(backstage, people["dominique"], cases["dominique"])
    _documents_of_ruth(backstage, people["ruth"], cases["ruth"])
    _letters(backstage, exclude=list(cases.values()))
    _merged_files(backstage, pairs["merged"])
    _sharing(backstage, people)
    _requests(backstage, people)


def _register(
    backstage: Backstage, people: Mapping[str, Patient], pairs: Mapping[str, tuple[Patient, Patient]]
) -> dict[str, Case]:
    breast, digestive = next_meeting("SEI"), next_meeting("DIG")
    wanted = [
        ("dominique", people["dominique"], breast, "Après tumorectomie, faut-il une chimiothérapie adjuvante\u202f?"),
        ("ruth", people["ruth"], breast, "Chirurgie première, ou traitement néoadjuvant\u202f?"),
        ("typo", pairs["typo"][0], breast, "Radiothérapie après mastectomie\u202f?"),
        # Both identities of one person on the same list: the merge says what stops it.
        ("compound", pairs["compound"][0], digestive, "Chimiothérapie avant chirurgie des métastases\u202f?"),
        ("compound_again", pairs["compound"][1], digestive, "Chimiothérapie avant chirurgie hépatique\u202f?"),
    ]
    return {key: register(backstage, patient, meeting, asked) for key, patient, meeting, asked in wanted}


def _file(patient: Patient, paper: Paper, *, by: User, replaces: ReceivedDocument | None = None) -> ReceivedDocument:
    """Add and describe one document, this morning: when it came is never rewritten."""
    added = receive_files(
        patient=patient, sent=[Sent(name=paper.name, data=paper.data)], by=by, replaces=replaces
    ).added[0]
    return file_document(document_id=added.pk, description=paper.described(replaces=replaces), by=by)


def _pathology(patient: Patient, days: int, *, complement: bool) -> Paper:
    lines = [
        f"Patiente\u00a0: {patient.birth_name} {patient.first_given_name}, née le {patient.birth_date:%d/%m/%Y}",
        "Prélèvement\u00a0: tumorectomie du sein droit, ganglion sentinelle",
        "",
        "Carcinome infiltrant de type non spécifique, 18 mm, grade II de SBR (3, 2, 1).",
        "Récepteurs\u00a0: estrogènes 90 %, progestérone 80 %. Ki-67\u00a0: 24 %.",
        "HER2\u00a0: 2+ en immunohistochimie. "
        + ("HIS\u00a0: non amplifié. HER2 négatif." if complement else "HIS demandée, complément à suivre."),
        "Un ganglion sentinelle sur trois porte une micrométastase. Marges saines.",
        "",
        "Document inventé, pour la démonstration.",
    ]
    return Paper(
        name="CR-ACP complement.pdf" if complement else "CR-ACP.pdf",
        data=pdf(LABORATORY, "Compte rendu d’anatomopathologie", lines),
        kind=KINDS.PATHOLOGY, title="pièce opératoire", author="Dr Anne Morvan", origin=LABORATORY, dated_on=day(days),
    )  # fmt: skip


def _documents_of_dominique(backstage: Backstage, patient: Patient, case: Case) -> None:
    image = Paper(
        name="mammographie-droite.png", data=picture("MAMMOGRAPHIE DROITE - IMAGE INVENTEE"),
        kind=KINDS.IMAGING, title="mammographie droite", author="Dr Béa Ménard", origin=HOSPITAL, dated_on=day(30),
    )  # fmt: skip
    biology = Paper(
        name="biologie.xml",
        data=cda(
            patient, code="11502-2", title="Compte rendu d’examens biologiques", author=("Loïc", "Tanguy"),
            origin="Laboratoire du Port", made_on=day(11),
            sections=(
                ("Marqueurs", "CA 15-3\u00a0: 17 kU/L (valeur usuelle inférieure à 30)."),
                ("Hématologie", "Hémoglobine 12,9 g/dL\u00a0; leucocytes 6,1 G/L\u00a0; plaquettes 248 G/L."),
                ("Conclusion", "Bilan sans anomalie avant chimiothérapie."),
            ),
        ),
        kind=KINDS.BIOLOGY, title="bilan préthérapeutique", author="Dr Loïc Tanguy", origin="Laboratoire du Port",
        dated_on=day(11),
    )  # fmt: skip
    operation = Paper(
        name="compte-rendu-operatoire.pdf",
        data=pdf(
            HOSPITAL, "Compte rendu opératoire",
            ["Tumorectomie du sein droit sur repère et ganglion sentinelle.", "Suites simples, sortie le lendemain."],
        ),
        kind=KINDS.SURGERY, title="tumorectomie et ganglion sentinelle", author=DOCTOR, origin=HOSPITAL,
        dated_on=day(20),
    )  # fmt: skip
    with backstage.acting("demandeur") as doctor:
        filed = [_file(patient, paper, by=doctor) for paper in (image, operation)]
        first = _file(patient, _pathology(patient, 16, complement=False), by=doctor)
        filed.append(_file(patient, _pathology(patient, 6, complement=True), by=doctor, replaces=first))
        for document in filed:
            attach_document(case=case, document=document, by=doctor)
    with backstage.acting("secretaire") as desk:
        _file(patient, biology, by=desk)  # to attach, in one click
        receive_files(
            patient=patient,
            sent=[Sent(name="courrier-dr-mazurier.txt", data="Cher confrère, merci de voir Mme Lagarde.".encode())],
            by=desk,
        )  # to describe


def _documents_of_ruth(backstage: Backstage, patient: Patient, case: Case) -> None:
    """A CDA that names somebody else, confirmed too fast: everybody is told."""
    biopsy = Paper(
        name="biopsie.xml",
        data=cda(
            patient, code="60568-3", title="Compte rendu d’anatomopathologie", author=("Anne", "Morvan"),
            origin=LABORATORY, made_on=day(8), given="RUTHANNE", born=date(1979, 7, 14),
            sections=(("Conclusion", "Carcinome infiltrant de type non spécifique, grade III, triple négatif."),),
        ),
        kind=KINDS.PATHOLOGY, title="biopsie du sein gauche", author="Dr Anne Morvan", origin=LABORATORY,
        dated_on=day(8),
    )  # fmt: skip
    scan = Paper(
        name="irm.png", data=picture("IRM MAMMAIRE GAUCHE - IMAGE INVENTEE"), kind=KINDS.IMAGING,
        title="IRM mammaire", author="Dr Béa Ménard", origin=HOSPITAL, dated_on=day(6),
    )  # fmt: skip
    with backstage.acting("secretaire") as desk:
        _file(patient, biopsy, by=desk)
        attach_document(case=case, document=_file(patient, scan, by=desk), by=desk)


def _letters(backstage: Backstage, *, exclude: list[Case]) -> None:
    """The letter of the requester, with the first cases of the next meetings."""
    for code in ("SEI", "DIG", "URO"):
        cases = Case.objects.filter(meeting=next_meeting(code), status__in=["registered", "prepared"])
        for case in (
            cases.exclude(pk__in=[one.pk for one in exclude]).select_related("patient").order_by("position")[:3]
        ):
            letter = Paper(
                name="courrier.pdf",
                data=pdf(
                    HOSPITAL, "Courrier d’adressage",
                    [
                        f"À propos de {case.patient.birth_name} {case.patient.first_given_name}",
                        "",
                        "Cher confrère, je vous remercie de présenter ce dossier à la prochaine réunion.",
                        f"Question posée\u00a0: {case.question}",
                    ],
                ),
                kind=KINDS.LETTER, title="adressage à la RCP", author=case.requester_name, origin=HOSPITAL,
                dated_on=timezone.localdate(case.requested_at),
            )  # fmt: skip
            with backstage.acting("secretaire") as desk:
                attach_document(case=case, document=_file(case.patient, letter, by=desk), by=desk)


def _merged_files(backstage: Backstage, pair: tuple[Patient, Patient]) -> None:
    """Each of the two had its own letter before they were found to be one."""
    for patient, who, title in zip(
        pair, ("secretaire", "demandeur"), ("médecin traitant", "avis chirurgical"), strict=True
    ):
        letter = Paper(
            name=f"{title}.pdf", data=pdf(HOSPITAL, "Courrier", [title.capitalize(), "Document inventé."]),
            kind=KINDS.LETTER, title=title, author=DOCTOR, origin=HOSPITAL, dated_on=day(20),
        )  # fmt: skip
        with backstage.acting(who) as hand:
            _file(patient, letter, by=hand)


def _wishes(backstage: Backstage, people: Mapping[str, Patient], again: Patient) -> None:
    """What people were told and want; Dominique says the same under her second identity, or no merge could be."""
    told = partial(Given, given_by=DOCTOR, document=leaflet.TITLE, document_version=leaflet.VERSION)
    said = Said(said_on=day(20), said_to=DOCTOR, means=Means.ORAL)
    with backstage.acting("secretaire") as desk:
        dominique = people["dominique"]
        inform(patient=dominique, given=told(given_on=day(28), means=Means.PAPER), by=desk)
        record_wish(patient=dominique, subject=WishSubject.HOSTING, answer=WishAnswer.AGREED, said=said, by=desk)
        dunes = backstage.world.organisations["dunes"]
        opposed = partial(
            record_wish, subject=WishSubject.ORGANISATION, answer=WishAnswer.OPPOSED, about=dunes.principal
        )
        opposed(patient=dominique, said=said, by=desk)
        record_wish(patient=people["ruth"], subject=WishSubject.WATCH, answer=WishAnswer.AGREED, said=said, by=desk)
        anonymous = told(given_on=day(7), means=Means.ORAL, opposition=Opposition.NOMINATIVE)
        inform(patient=people["marie"], given=anonymous, by=desk)
        closed = told(given_on=day(60), means=Means.ORAL, opposition=Opposition.SHARING)
        inform(patient=people["jean_paul"], given=closed, by=desk)
    with backstage.acting("metropole") as desk:
        opposed(patient=again, said=said, by=desk)
    told_of = [*people.values(), again]
    for one in Information.objects.filter(patient__in=told_of):
        Information.objects.filter(pk=one.pk).update(recorded_at=_noted(one.given_on))
    for wish in Wish.objects.filter(patient__in=told_of):
        Wish.objects.filter(pk=wish.pk).update(recorded_at=_noted(wish.said_on))


def _noted(on: date) -> datetime:
    """The moment of that day when a desk wrote it down."""
    return timezone.make_aware(datetime.combine(on, time(11, 20)))


def _sharing(backstage: Backstage, people: Mapping[str, Patient]) -> None:
    """One that ends in a month, one that somebody ended, one that is over."""
    users, dominique = backstage.world.users, people["dominique"]
    with backstage.acting("secretaire") as desk:
        share_file(
            patient=dominique, to=users["radiotherapeute@dcc.example"].principal, by=desk,
            why="Avis sur une irradiation partielle", until=timezone.localdate() + timedelta(days=30),
        )  # fmt: skip
        metropole = backstage.world.organisations["3c-metropole"].principal
        share_file(
            patient=dominique, to=metropole, by=desk, why="Présentation à la RCP moléculaire, finalement inutile",
            until=timezone.localdate() + timedelta(days=60),
        )  # fmt: skip
        end_sharing(patient=dominique, principal_id=metropole.pk, by=desk)
        radiologist = users["deux-reseaux@dcc.example"].principal
        share_file(
            patient=people["ruth"], to=radiologist, by=desk, why="Relecture de l’IRM",
            until=timezone.localdate() + timedelta(days=1),
        )  # fmt: skip
    sharing = Access.objects.filter(reason=AccessReason.SHARING)
    sharing.filter(patient=people["ruth"], principal=radiologist).update(granted_at=ago(20), expires_at=ago(2))
    sharing.filter(patient=dominique).update(granted_at=ago(9))
    sharing.filter(patient=dominique, principal=metropole).update(expires_at=ago(4))


def _requests(backstage: Backstage, people: Mapping[str, Patient]) -> None:
    """Late, waiting, answered, refused; and a complete copy being made."""
    wanted = (
        ("dominique", RequestKind.ACCESS, 5, "La patiente, carte d’identité vue", Means.ORAL, "Copie complète", None),
        (
            "ruth", RequestKind.RECTIFICATION, 41, "La patiente", Means.POST,
            "La date de la première consultation est fausse\u00a0: le 3, et non le 13", None,
        ),
        (
            "pierre_alain", RequestKind.ACCESS, 24, "Mme Muriel Ecetinsi, mère, représentante légale", Means.MAIL,
            "Comptes rendus de l’année", None,
        ),
        (
            "marie", RequestKind.RECTIFICATION, 30, "La patiente", Means.POST, "Mon nom utilisé est Le Guillou",
            (RequestStatus.ANSWERED, "Nom utilisé corrigé, courrier envoyé le jour même"),
        ),
        (
            "anthony", RequestKind.ACCESS, 18, "M. Ange Corse, se disant frère", Means.POST, "Dossier complet",
            (RequestStatus.REFUSED, "Aucune preuve de la qualité d’ayant droit, demandée deux fois sans réponse"),
        ),
    )  # fmt: skip
    with backstage.acting("secretaire") as desk:
        for key, kind, days, asked_by, means, about, answered in wanted:
            asked = Asked(kind=kind, asked_on=day(days), asked_by=asked_by, means=means, about=about)
            made = register_request(patient=people[key], asked=asked, by=desk)
            at = ago(days, hour=11)
            Request.objects.filter(pk=made.pk).update(recorded_at=at)
            if answered:
                status, words = answered
                close_request(request_id=made.pk, patient=people[key], status=status, answer=words, by=desk)
                Request.objects.filter(pk=made.pk).update(closed_at=at + timedelta(days=4))
        ask_export(patient=people["dominique"], by=desk)
