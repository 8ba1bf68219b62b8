"""The stage each form computes, for every T, N and M of its tables (UICC 8), and by hand where the source has none."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import pytest

from rcp.sheets.engine import Compiled
from tests.engine import goldens
from tests.engine.conftest import TODAY
from tests.engine.source_forms import by_stat, needs_source, option_called, read

Rules = list[list[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A table of the source in a form: how its organ is chosen (stat key → label) and what else the stage reads.

    ``part`` picks « I » or « II » where the table says « I/II », by the grade given. ``reviewed`` are the stages where
    the form follows the edition against the table.
    """

    table: str
    chosen: dict[str, str] = field(default_factory=dict)
    kind: str = ""
    age: int = 60
    part: int = 0
    reviewed: dict[tuple[str, ...], str] = field(default_factory=dict)


# The table's own note: T1b is IA after pathology, but IB before it (clinical stage, UICC 8).
CLINICAL_T1B: Final = {("T1b", "N0", "M0"): "IB"}
SITES: Final[dict[str, tuple[Site, ...]]] = {
    "sein": (Site(table="sein"),),
    "colorectal": (
        Site(table="colorectal", chosen={"cr_site": "Caecum"}),
        Site(table="colorectal", chosen={"cr_site": "Charnière recto-sigmoïdienne"}),
        Site(table="colorectal", chosen={"cr_site": "Bas rectum"}),
    ),
    "thorax": (Site(table="poumon", chosen={"th_type": "CBNPC"}),),
    "prostate": (Site(table="prostate"),),
    "uro": (
        Site(table="vessie", chosen={"ur_organe": "Vessie"}),
        Site(table="rein", chosen={"ur_organe": "Rein"}),
    ),
    "vads": (
        Site(table="vads", chosen={"va_site": "Langue mobile"}),
        Site(table="vads", chosen={"va_site": "Amygdale", "va_p16": "Négatif"}),
        Site(table="oropharynx_p16", chosen={"va_site": "Amygdale", "va_p16": "Positif"}, kind="c"),
    ),
    "gyneco": (Site(table="col", chosen={"gy_organe": "Col"}),),
    "melanome": (Site(table="melanome", chosen={"ml_type": "Mélanome"}, kind="c", reviewed=CLINICAL_T1B),),
    "sarcome": (
        Site(table="sarcome_tm", chosen={"sa_famille": "Tissus mous", "sa_site": "Membre profond", "sa_fnclcc": "1"}),
        Site(
            table="sarcome_tm",
            chosen={"sa_famille": "Tissus mous", "sa_site": "Membre profond", "sa_fnclcc": "3"},
            part=1,
        ),
    ),
    "hpb": (
        Site(table="pancreas", chosen={"hp_organe": "Pancréas"}),
        Site(table="chc", chosen={"hp_organe": "CHC"}),
    ),
    "estomac": (Site(table="estomac", chosen={"es_site": "Antre"}, kind="p"),),
    "thyroide": (Site(table="thyroide_diff", chosen={"ty_groupe": "Papillaire"}),),
}
TRIED = [(code, site) for code, sites in SITES.items() if code in goldens.CODES for site in sites]


class Staged:
    """A form with its organ chosen, whose T, N and M are changed."""

    def __init__(self, code: str, site: Site) -> None:
        self.form: Compiled = goldens.sheet(code)
        given: dict[str, Any] = {}
        for stat, label in site.chosen.items():
            item = by_stat(self.form)[stat]
            given[self.form.path(item.link_id)] = option_called(item, label).value
        given[self.form.path("tronc.date_diag")] = "2024-12"  # the last month whose edition is the 8th at every site
        if site.kind:
            given |= self._of("tronc.tnm_type", site.kind)
        context = {"patient": {"gender": "female"}, "session": {"date": TODAY.isoformat()}, "age": site.age}
        self.evaluation = self.form.evaluate(given, context)

    def _of(self, link_id: str, key: str) -> dict[str, Any]:
        option = self.form.item(link_id).option(key)
        assert option is not None, (link_id, key)
        return {self.form.path(link_id): option.value}

    def answer(self, link_id: str, key: str) -> None:
        for path, value in self._of(link_id, key).items():
            self.evaluation.change(path, value)

    def stage(self) -> str | None:
        found = self.evaluation.calculated.get(self.form.path("tronc.stade"))
        return found["code"] if found else None

    def stages(self, *lists: list[str]) -> Iterator[tuple[tuple[str, ...], str | None]]:
        """Each (T, N, M) with the stage it gives."""
        for codes in itertools.product(*lists):
            for part, code in zip("tnm", codes, strict=True):
                self.answer(f"tronc.tnm_{part}", code.replace(" ", ""))
            yield codes, self.stage()


def expected(rules: Rules, codes: tuple[str, ...], part: int = 0) -> str | None:
    """The first rule that fits; « I/II » gives its ``part``."""

    def fits(pattern: str, code: str) -> bool:
        return any(p == "*" or p == code or (p.endswith("*") and code.startswith(p[:-1])) for p in pattern.split(","))

    found = next((stage for stage, *rule in rules if all(map(fits, rule, codes))), None)
    parts = found.split("/") if found else []
    return parts[min(part, len(parts) - 1)] if parts else None


@needs_source
@pytest.mark.parametrize(
    ("code", "site"), TRIED, ids=[f"{code}-{site.table}-{n}" for n, (code, site) in enumerate(TRIED)]
)
def test_the_stage_follows_the_table_for_every_t_n_m(code: str, site: Site) -> None:
    table = read("tnm_uicc8.json")[site.table]
    staged = Staged(code, site)
    lists = [list(table[part]) for part in "TNM"]
    wrong = [
        (codes, found, wanted)
        for codes, found in staged.stages(*lists)
        if found != (wanted := site.reviewed.get(codes) or expected(table["stades"], codes, site.part))
    ]
    assert not wrong, wrong[:20]
    for part, codes in zip("tnm", lists, strict=True):  # back to a group that has a stage
        staged.answer(f"tronc.tnm_{part}", codes[-1].replace(" ", ""))
    assert staged.stage() is not None
    staged.answer("tronc.tnm_version", "uicc7")
    assert staged.stage() is None  # another edition: no stage by our table


@needs_source
def test_every_table_of_the_source_is_tried() -> None:
    tables = {name for name, table in read("tnm_uicc8.json").items() if "stades" in table}
    assert tables == {site.table for sites in SITES.values() for site in sites}


# UICC 8, anal canal and perianal skin.
ANUS: Final[Rules] = [
    ["IV", "*", "*", "M1"], ["0", "Tis", "N0", "M0"], ["I", "T1", "N0", "M0"], ["IIA", "T2", "N0", "M0"],
    ["IIB", "T3", "N0", "M0"], ["IIIA", "T1,T2", "N1*", "M0"], ["IIIB", "T4", "N0", "M0"],
    ["IIIC", "T3,T4", "N1*", "M0"],
]  # fmt: skip
# UICC 8, appendix; its M1b depends on the grade.
APPENDIX: Final[Rules] = [
    ["IVC", "*", "*", "M1c"], ["IVA", "*", "*", "M1a"], ["0", "Tis*", "N0", "M0"], ["I", "T1,T2", "N0", "M0"],
    ["IIA", "T3", "N0", "M0"], ["IIB", "T4a", "N0", "M0"], ["IIC", "T4b", "N0", "M0"], ["IIIA", "T1,T2", "N1*", "M0"],
    ["IIIB", "T3,T4*", "N1*", "M0"], ["IIIC", "*", "N2", "M0"],
]  # fmt: skip
ANAL_LISTS = (["TX", "T0", "Tis", "T1", "T2", "T3", "T4"], ["NX", "N0", "N1a", "N1b", "N1c"], ["M0", "M1"])
APPENDIX_LISTS = (
    ["TX", "T0", "Tis", "Tis(LAMN)", "T1", "T2", "T3", "T4a", "T4b"],
    ["NX", "N0", "N1a", "N1b", "N1c", "N2"],
    ["M0", "M1a", "M1c"],
)


@pytest.mark.parametrize(
    ("site", "rules", "lists"),
    [
        ("Canal anal", ANUS, ANAL_LISTS),
        ("Marge anale", ANUS, ANAL_LISTS),
        ("Appendice", APPENDIX, APPENDIX_LISTS),
    ],
)
def test_the_anus_and_the_appendix_have_their_own_stages(site: str, rules: Rules, lists: tuple[list[str], ...]) -> None:
    staged = Staged("colorectal", Site(table="", chosen={"cr_site": site}))
    wrong = [(codes, found) for codes, found in staged.stages(*lists) if found != expected(rules, codes)]
    assert not wrong


def test_peritoneal_metastases_of_the_appendix_are_staged_by_grade() -> None:
    for grade, stage in (("Bien", "IVA"), ("Moyennement", "IVB"), ("Indifférencié", "IVB")):
        staged = Staged("colorectal", Site(table="", chosen={"cr_site": "Appendice", "cr_grade": grade}))
        assert dict(staged.stages(["T4a"], ["N0"], ["M1b"])) == {("T4a", "N0", "M1b"): stage}
    staged = Staged("colorectal", Site(table="", chosen={"cr_site": "Appendice"}))
    assert dict(staged.stages(["T4a"], ["N0"], ["M1b"])) == {("T4a", "N0", "M1b"): None}


def test_no_site_no_stage() -> None:
    staged = Staged("colorectal", Site(table=""))
    assert dict(staged.stages(["T3"], ["N0"], ["M0"])) == {("T3", "N0", "M0"): None}
