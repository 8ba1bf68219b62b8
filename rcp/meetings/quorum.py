"""The quorum, computed (D8, MTG-07, MTG-08): pure rules over who is there.

≥ 3 physicians of ≥ 3 specialties, plus the board's groups; one physician counts for one specialty; remote and written
opinions count if the board says so; those who are not physicians never do.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from dcc.accounts.professions import Profession, quorum_role, specialty_label
from dcc.lib.french import join_list


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """One requirement of the board: somebody of any of these quorum roles."""

    label: str
    roles: frozenset[str]
    count: int = 1


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
        return f"{base}, dont {join_list([group.label for group in self.groups])}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Participant:
    """Someone of the room: `presence` is present, written, expected or absent."""

    name: str
    profession: str
    specialty: str
    presence: str
    remote: bool = False

    def counts(self, rule: Rule) -> bool:
        if self.profession != Profession.PHYSICIAN or not self.specialty:
            return False
        if self.presence == "written":
            return rule.written_counts
        return self.presence == "present" and (rule.remote_counts or not self.remote)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quorum:
    reached: bool
    physicians: int
    specialties: int
    missing_groups: tuple[str, ...] = field(default=())
    missing_physicians: int = 0
    missing_specialties: int = 0

    @property
    def missing_sentence(self) -> str:
        """What lacks, in words to act on; '' when nothing does."""
        parts = [f"un {label}" if not label.startswith("un") else label for label in self.missing_groups]
        if self.missing_physicians and not parts:
            parts.append(f"{self.missing_physicians} médecin{'s' if self.missing_physicians > 1 else ''}")
        if self.missing_specialties and not parts:
            parts.append(f"{self.missing_specialties} autre{'s' if self.missing_specialties > 1 else ''} spécialité")
        return f"Il manque {join_list(parts)}" if parts else ""


def evaluate(rule: Rule, participants: Sequence[Participant]) -> Quorum:
    """Whether those present make the quorum. A physician counts once, for the one specialty of the directory."""
    counted = [one for one in participants if one.counts(rule)]
    specialties = {specialty_label(one.specialty) or one.specialty for one in counted}
    missing = _unfilled(rule.groups, [quorum_role(one.specialty) for one in counted])
    lacking_physicians = max(0, rule.physicians - len(counted))
    lacking_specialties = max(0, rule.specialties - len(specialties))
    return Quorum(
        reached=not (missing or lacking_physicians or lacking_specialties),
        physicians=len(counted),
        specialties=len(specialties),
        missing_groups=tuple(missing),
        missing_physicians=lacking_physicians,
        missing_specialties=lacking_specialties,
    )


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
