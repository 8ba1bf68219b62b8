"""The quorum, computed (D8, MTG-07, MTG-08): pure rules over who is there.

≥ 3 physicians of ≥ 3 specialties, plus the board's groups; one physician counts for one specialty; remote and written
opinions count if the board says so; those who are not physicians never do.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from dcc.accounts.professions import Profession, quorum_role, specialty_label
from dcc.lib.french import counted, join_list

_STOPS_THE_PLURAL = ("de", "d’", "des", "du")
EXPECTED, PRESENT, WRITTEN = "expected", "present", "written"


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """One requirement of the board: `count` physicians of any of these quorum roles."""

    label: str
    roles: frozenset[str]
    count: int = 1

    @property
    def words(self) -> str:
        return self.label if self.count == 1 else f"{self.count} {pluralised(self.label)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    physicians: int = 3
    specialties: int = 3
    groups: tuple[Group, ...] = ()
    remote_counts: bool = True
    written_counts: bool = False

    @property
    def sentence(self) -> str:
        """« au moins 3 médecins de 3 spécialités, dont chirurgien, oncologue médical et radiothérapeute »."""
        base = f"au moins {self.physicians} médecins de {self.specialties} spécialités"
        if not self.groups:
            return base
        return f"{base}, dont {join_list([group.words for group in self.groups])}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Participant:
    """Someone of the room: `presence` is present, written, expected or absent."""

    name: str
    profession: str
    specialty: str
    presence: str
    remote: bool = False

    @property
    def is_physician(self) -> bool:
        return self.profession == Profession.PHYSICIAN and bool(self.specialty)

    def counts(self, rule: Rule) -> bool:
        if not self.is_physician:
            return False
        if self.presence == WRITTEN:
            return rule.written_counts
        return self.presence == PRESENT and (rule.remote_counts or not self.remote)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quorum:
    """What the room makes; `missing_groups` names one seat each, twice when two of the same kind lack."""

    reached: bool
    physicians: int
    specialties: int
    missing_groups: tuple[str, ...] = field(default=())
    missing_physicians: int = 0
    missing_specialties: int = 0

    @property
    def summary(self) -> str:
        """« 5 médecins, 4 spécialités »."""
        return f"{counted(self.physicians, 'médecin')}, {counted(self.specialties, 'spécialité')}"

    @property
    def missing_seats(self) -> int:
        """How many physicians must still come."""
        return max(len(self.missing_groups), self.missing_physicians, self.missing_specialties)

    @property
    def missing_sentence(self) -> str:
        """What lacks, in words to act on; '' when nothing does."""
        parts = [_lacking(label, many) for label, many in Counter(self.missing_groups).items()]
        if others := self.missing_seats - len(self.missing_groups):
            parts.append(self._others(others, named=bool(parts)))
        return f"Il manque {join_list(parts)}" if parts else ""

    def _others(self, many: int, *, named: bool) -> str:
        """Physicians of no required group; those named before may each bring a specialty."""
        if many == 1:
            who = "un autre médecin" if named else "un médecin"
        else:
            who = f"{many} autres médecins" if named else f"{many} médecins"
        new = self.missing_specialties - len(self.missing_groups)
        if new <= 0:
            return who
        if many == 1:
            return f"{who} d’une autre spécialité"
        return f"{who} d’autres spécialités" if new >= many else f"{who}, dont un d’une autre spécialité"


def evaluate(rule: Rule, participants: Sequence[Participant]) -> Quorum:
    """Whether those present make the quorum. A physician counts once, for the one specialty of the directory."""
    counting = [one for one in participants if one.counts(rule)]
    specialties = {specialty_label(one.specialty) or one.specialty for one in counting}
    missing = _unfilled(rule.groups, [quorum_role(one.specialty) for one in counting])
    lacking_physicians = max(0, rule.physicians - len(counting))
    lacking_specialties = max(0, rule.specialties - len(specialties))
    return Quorum(
        reached=not (missing or lacking_physicians or lacking_specialties),
        physicians=len(counting),
        specialties=len(specialties),
        missing_groups=tuple(missing),
        missing_physicians=lacking_physicians,
        missing_specialties=lacking_specialties,
    )


def forecast(rule: Rule, participants: Sequence[Participant]) -> Quorum:
    """The quorum if all those expected come: what the calendar and the cockpit warn about (AGD-10)."""
    return evaluate(rule, [replace(one, presence=PRESENT) if one.presence == EXPECTED else one for one in participants])


def pluralised(label: str) -> str:
    """« oncologues médicaux », « médecins de soins palliatifs », « oncologues ou spécialistes d’organe »."""
    done, ended = [], False
    for word in label.split(" "):
        ended = word != "ou" and (ended or word.startswith(_STOPS_THE_PLURAL))
        if ended or word == "ou" or word[-1:] in "sx":
            done.append(word)
        elif word.endswith("al"):
            done.append(f"{word[:-2]}aux")
        else:
            done.append(f"{word}s")
    return " ".join(done)


def _lacking(label: str, many: int) -> str:
    return f"un {label}" if many == 1 else f"{many} {pluralised(label)}"


def _unfilled(groups: Sequence[Group], roles: list[str]) -> list[str]:
    """Labels of the groups nobody fills, one person filling one place: a bipartite matching by augmenting paths."""
    places = [group for group in groups for _ in range(group.count)]
    holder: dict[int, int] = {}  # person index -> place index

    def seat(place: int, tried: set[int]) -> bool:
        for person, role in enumerate(roles):
            if role in places[place].roles and person not in tried:
                tried.add(person)
                if person not in holder or seat(holder[person], tried):
                    holder[person] = place
                    return True
        return False

    return [places[place].label for place in range(len(places)) if not seat(place, set())]
