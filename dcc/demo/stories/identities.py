"""Identities at each step of their life: provisional, validated, qualified by INSi, doubtful, a minor, a deceased.

Those with an INS are the fictitious people of the test platform of INSi, which the local responder knows; the others
are invented. Some are left unasked: « Chercher l’INS » finds them.
"""

from dataclasses import dataclass, field

from dcc.accounts.models import User
from dcc.demo.stories.backstage import Backstage, Person, ago, day
from patients.actions import update_contact
from patients.lifecycle.actions import act_on, add_relative, note_death, validate
from patients.lifecycle.asking import accept, ask
from patients.lifecycle.history import last_line
from patients.lifecycle.states import IdentityDocument, Relation
from patients.lifecycle.transitions import IdentityAct
from patients.models import Patient

DESK = "secretaire"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Where somebody's identity stands: the document shown, whether INSi was asked, what was said of it."""

    person: Person
    days: int
    document: IdentityDocument | None = None
    with_representative: bool = False
    insi: str = ""  # the given name asked with
    act: tuple[IdentityAct, str] | None = None
    relatives: tuple[dict[str, str], ...] = field(default=())
    died: int = 0  # days ago
    contact: dict[str, str] = field(default_factory=dict)


TOWN = {"postcode": "44990", "city": "Port-Navailles", "gp_name": "Dr Paul Mazurier"}
STEPS = {
    "dominique": Step(
        person=Person(
            birth_name="Pat-Trois", given="Dominique", born="28031979", sex="F", insee="51215", used="Lagarde",
            given_names="Dominique Marie-Louise", ipp="0048217306",
        ),
        days=34,
        document=IdentityDocument.CARD,
        insi="DOMINIQUE",
        contact=TOWN | {"address_line": "8, venelle du Sémaphore", "phone": "0261911708"},
        relatives=({"relation": Relation.TRUSTED, "name": "Mme Inès Lagarde", "phone": "0261911709"},),
    ),
    "ruth": Step(
        person=Person(birth_name="Nessi", given="Ruth", born="14071977", sex="F", insee="63220", ipp="0048217412"),
        days=21,
        insi="RUTH",
        contact=TOWN | {"address_line": "21, rue des Goélands"},
    ),
    "marie": Step(
        person=Person(
            birth_name="D'Aeion Coeur", given="Marie", born="02081955", sex="F", insee="14168", used="Le Guillou",
            ipp="0048217518",
        ),
        days=9,
        document=IdentityDocument.PASSPORT,
    ),
    "pierre_alain": Step(
        person=Person(
            birth_name="Ecetinsi", given="Pierre-Alain", born="14072009", sex="M", insee="63220",
            given_names="Pierre-Alain Muriel Floriant",
        ),
        days=47,
        document=IdentityDocument.FAMILY_BOOK,
        with_representative=True,
        insi="PIERRE-ALAIN",
        relatives=(
            {"relation": Relation.MOTHER, "name": "Mme Muriel Ecetinsi", "phone": "0261911722"},
            {"relation": Relation.FATHER, "name": "M. Floriant Ecetinsi", "phone": "0261911723"},
        ),
    ),
    "anthony": Step(
        person=Person(birth_name="Corse", given="Anthony", born="15011980", sex="M", insee="2A004"),
        days=160,
        document=IdentityDocument.CARD,
        insi="ANTHONY",
        died=12,
    ),
    "saveria": Step(
        person=Person(birth_name="Corse", given="Saveria", born="09031980", sex="F", insee="2B033"),
        days=6,
        act=(IdentityAct.DOUBT, "La personne dit s’appeler Savéria Santoni, et n’a aucune pièce d’identité"),
    ),
    "jean_paul": Step(
        person=Person(
            birth_name="Double", given="Jean", born="01121984", sex="M", insee="76451", given_names="Jean Paul"
        ),
        days=75,
        document=IdentityDocument.CARD,
        act=(IdentityAct.MARK_HOMONYM, "Jean Marc Double, né le même jour à l’étranger, est suivi au même endroit"),
    ),
    "jean_marc": Step(
        person=Person(
            birth_name="Double", given="Jean", born="01121984", sex="M", insee="99351", given_names="Jean Marc"
        ),
        days=74,
        document=IdentityDocument.RESIDENCE,
        act=(IdentityAct.MARK_HOMONYM, "Jean Paul Double, né le même jour à Mont-Saint-Aignan"),
    ),
    "lina": Step(
        person=Person(
            birth_name="Kerbrat", given="Lina", born="19052019", sex="F", insee="29019", given_names="Lina Rozenn"
        ),
        days=15,
        relatives=(),  # a minor whose representative is still to be written down
    ),
}  # fmt: skip


def tell_identities(backstage: Backstage) -> dict[str, Patient]:
    """Create them all at the secretary's desk; who is who, by the key of STEPS."""
    return {key: _tell(backstage, step) for key, step in STEPS.items()}


def _tell(backstage: Backstage, step: Step) -> Patient:
    patient = backstage.create(step.person, by=DESK)
    with backstage.acting(DESK) as desk:
        _walk(patient, step, desk)
    backstage.date_back(patient, at=ago(step.days))
    patient.refresh_from_db()
    return patient


def _walk(patient: Patient, step: Step, desk: User) -> None:
    if step.document:
        validate(
            patient=patient, document=step.document, with_representative=step.with_representative, by=desk,
            seen=last_line(patient.pk),
        )  # fmt: skip
    if step.insi:
        patient.refresh_from_db()
        accept(call=ask(patient=patient, given_name=step.insi, by=desk), by=desk)
    if step.act:
        act, reason = step.act
        act_on(patient=patient, act=act, by=desk, seen=last_line(patient.pk), reason=reason)
    for told in step.relatives:
        add_relative(patient=patient, by=desk, **told)
    if step.contact:
        update_contact(patient=patient, values=step.contact, by=desk)
    if step.died:
        note_death(patient=patient, deceased=True, died_on=day(step.died), by=desk)
