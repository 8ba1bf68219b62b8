"""Pairs for the cell of identity vigilance: to examine, uncertain, homonyms, to confirm, merged and ready to undo."""

from dataclasses import dataclass
from datetime import timedelta

from dcc.demo.stories.backstage import Backstage, Person, ago
from patients.doubles.actions import ask_merge, judge
from patients.doubles.lifecycle import DoubleTransition
from patients.doubles.proposals import propose_for
from patients.doubles.survivor import survivor_of
from patients.doubles.tasks import carry_out_one
from patients.models import Double, DoubleSearch, DoubleStatus, Patient

CELL = "identites"
SEARCHED = timedelta(minutes=3)  # how long after its creation an identity is compared to the others


@dataclass(frozen=True, slots=True, kw_only=True)
class Twice:
    """Two identities that look alike, where each was created, how long ago, and what was decided of them."""

    first: Person
    second: Person
    desks: tuple[str, str]
    days: tuple[int, int]
    decision: DoubleTransition | None = None
    reason: str = ""
    after: int = 0  # days from the signal to the decision


def _person(birth_name: str, given: str, born: str, sex: str, insee: str, **more: str) -> Person:
    return Person(birth_name=birth_name, given=given, born=born, sex=sex, insee=insee, **more)


T = DoubleTransition
PAIRS = {
    # A letter heard otherwise, at two desks
    "typo": Twice(
        first=_person("Gouézec", "Soazig", "17041957", "F", "29019", used="Morvan", ipp="0048219001"),
        second=_person("Gouezek", "Soazic", "17041957", "F", "29019", used="Morvan"),
        desks=("demandeur", "metropole"),
        days=(140, 2),
    ),
    # Day and month swapped
    "swapped": Twice(
        first=_person("Lescoat", "Corentin", "04111958", "M", "44109"),
        second=_person("Lescoat", "Corentin", "11041958", "M", "44109", ipp="0048219002"),
        desks=("secretaire", "demandeur"),
        days=(61, 5),
    ),
    # The married name typed as the birth name
    "exchanged": Twice(
        first=_person("Kervella", "Maryvonne", "23091949", "F", "29075", used="Ollivier"),
        second=_person("Ollivier", "Maryvonne", "23091949", "F", "29075", used="Kervella"),
        desks=("metropole", "secretaire"),
        days=(210, 9),
    ),
    # Half a compound name, half a compound given name
    "compound": Twice(
        first=_person("Bonnaventure-Riou", "Jean-Yves", "02061963", "M", "35238", given_names="Jean-Yves Marie"),
        second=_person("Bonnaventure", "Jean", "02061963", "M", "35238"),
        desks=("demandeur", "metropole"),
        days=(95, 12),
    ),
    "used_given": Twice(
        first=_person("Tran", "Thi Lan", "02021971", "F", "99243", used="Nguyen", used_given="Lan"),
        second=_person("Nguyen", "Lan", "02021971", "F", "99243"),
        desks=("metropole", "secretaire"),
        days=(330, 1),
    ),
    "unsure": Twice(
        first=_person("Le Gall", "Yvette", "30011944", "F", "22278"),
        second=_person("Le Gal", "Yvette", "30011945", "F", "22278", used="Guivarc'h"),
        desks=("secretaire", "demandeur"),
        days=(70, 33),
        decision=T.UNSURE,
        reason="Année de naissance différente, acte de naissance demandé à la mairie",
        after=3,
    ),
    "homonyms": Twice(
        first=_person("Le Floch", "Yannick", "12021971", "M", "56121"),
        second=_person("Le Floch", "Yannick", "12021971", "M", "56121", given_names="Yannick Alan"),
        desks=("secretaire", "metropole"),
        days=(120, 64),
        decision=T.HOMONYM,
        reason="Deux cartes d’identité vues le même jour, adresses et médecins traitants différents",
        after=6,
    ),
    "cousins": Twice(
        first=_person("Cozic", "Anne", "05051968", "F", "29151", used="Le Dez"),
        second=_person("Cozic", "Anna", "05051968", "F", "29151"),
        desks=("demandeur", "secretaire"),
        days=(180, 92),
        decision=T.HOMONYM,
        reason="Deux cousines, confirmé par téléphone auprès des deux médecins traitants",
        after=11,
    ),
    # Merged, and nothing came since: it can be undone
    "merged": Twice(
        first=_person("Tréhorel", "Annick", "14121952", "F", "44184", used="Salaün", ipp="0048219010"),
        second=_person("Trehorel", "Annik", "14121952", "F", "44184", used="Salaun"),
        desks=("secretaire", "demandeur"),
        days=(88, 19),
        decision=T.MERGE,
        reason="Même carte d’identité, même adresse, erreur de saisie au second accueil",
        after=4,
    ),
}  # fmt: skip
TO_CONFIRM = "Même carte Vitale, même adresse\u00a0: le jour de naissance a été mal recopié"


def tell_pairs(backstage: Backstage, qualified: Patient) -> dict[str, tuple[Patient, Patient]]:
    """Create both identities of each pair, propose it, decide it; both patients by the key of PAIRS.

    `qualified` gets a double whose merge waits for a second person.
    """
    told = {key: _create(backstage, one) for key, one in PAIRS.items()}
    later = _person("Pat-Trois", "Dominique", "29031979", "F", "51215", used="Lagarde")
    told["asked"] = (qualified, backstage.create(later, by="metropole", days=8))
    both = [patient for pair in told.values() for patient in pair]
    for patient in both:
        propose_for(patient)
    DoubleSearch.objects.filter(identity__in=both).delete()
    for double in Double.objects.select_related("first", "second"):
        later_made = max(double.first.created_at, double.second.created_at)
        Double.objects.filter(pk=double.pk).update(found_at=later_made + SEARCHED)
    for key, one in PAIRS.items():
        if one.decision:
            _decide(backstage, told[key], one.decision, one.reason, days=one.days[1] - one.after)
    _decide(backstage, told["asked"], T.ASK, TO_CONFIRM, days=7)
    return told


def carry_out_merges() -> int:
    """What the worker does of the merges asked for; how many were done."""
    waiting = list(Double.objects.filter(status=DoubleStatus.MERGING).values_list("pk", flat=True))
    return sum(bool(merge and merge.done_at) for merge in map(carry_out_one, waiting))


def _create(backstage: Backstage, one: Twice) -> tuple[Patient, Patient]:
    first = backstage.create(one.first, by=one.desks[0], days=one.days[0])
    return first, backstage.create(one.second, by=one.desks[1], days=one.days[1])


def _decide(
    backstage: Backstage, pair: tuple[Patient, Patient], decision: DoubleTransition, reason: str, *, days: int
) -> None:
    double = Double.objects.filter(pk__in=Double.objects.about(pair[0].pk)).about(pair[1].pk).get()
    with backstage.acting(CELL) as cell:
        if decision in (T.MERGE, T.ASK):
            kept = survivor_of(*pair).kept
            ask_merge(double_id=double.pk, kept_id=kept.pk, reason=reason, by=cell)
        else:
            judge(double_id=double.pk, transition=decision, reason=reason, by=cell)
    at = ago(days)
    Double.objects.filter(pk=double.pk).update(decided_at=at, first_decided_at=at)
