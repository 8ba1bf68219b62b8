"""A local INSi for tests and demonstrations: strict like the real one, it knows a few fictitious people.

Its answers go through the same messages as those of the teleservice. People: the published test set of the CNDA as
far as the sources give it (identity §7), completed with invented ones; every matricule has the test or the demo OID.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from patients.identity.ins import Ins, InsKind
from patients.insi.interface import Answer, Former, InsiCode, InsiIdentity, Question
from patients.insi.messages import read_search, write_answer


def person(
    matricule: str, birth_name: str, given_names: str, sex: str, born: str, insee: str, *former: str
) -> InsiIdentity:
    """One fictitious person of the test platform."""
    return InsiIdentity(
        ins=Ins(matricule=matricule, kind=InsKind.NIR_TEST),
        former=tuple(Former(ins=Ins(matricule=one, kind=InsKind.NIR_TEST)) for one in former),
        birth_name=birth_name,
        given_names=given_names,
        sex=sex,
        birth_date=date.fromisoformat(born),
        birth_insee=insee,
    )


PEOPLE = (
    person("279035121518989", "PAT-TROIS", "DOMINIQUE MARIE-LOUISE", "F", "1979-03-28", "51215"),
    person(
        "109076322083489", "ECETINSI", "PIERRE-ALAIN MURIEL FLORIANT", "M", "2009-07-14", "63220",
        "209076322083439", "209066322012355",
    ),
    person("277076322082910", "NESSI", "RUTH", "F", "1977-07-14", "63220"),
    person("180012A00400168", "CORSE", "ANTHONY", "M", "1980-01-15", "2A004"),
    person("280032B03301269", "CORSE", "SAVERIA", "F", "1980-03-09", "2B033"),
    person("255081416802538", "D'AEION COEUR", "MARIE", "F", "1955-08-02", "14168"),
    person("184127645108946", "DOUBLE", "JEAN PAUL", "M", "1984-12-01", "76451"),
    person("190999910000183", "DOUBLE", "JEAN MARC", "M", "1984-12-01", "99100"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class LocalResponder:
    """A transport that answers by itself, from the people it is given."""

    people: Iterable[InsiIdentity] = PEOPLE

    def __call__(self, message: bytes) -> bytes:
        """Read a search and write its answer."""
        return write_answer(self.answer(read_search(message)))

    def answer(self, question: Question) -> Answer:
        """Exactly one person with exactly these traits, or none."""
        found = [one for one in self.people if _is(one, question)]
        if len(found) == 1:
            return Answer(code=InsiCode.FOUND, identity=found[0])
        return Answer(code=InsiCode.SEVERAL if found else InsiCode.NONE)


def _is(one: InsiIdentity, asked: Question) -> bool:
    names = one.birth_name == asked.birth_name and f"{one.given_names} ".startswith(f"{asked.given_name} ")
    place = not asked.birth_insee or asked.birth_insee == one.birth_insee
    return names and place and one.sex == asked.sex and one.birth_date == asked.birth_date
