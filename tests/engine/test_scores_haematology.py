"""The scores of the haematology form, at their thresholds; expected values are counted by hand on the published tables.

IPI (Shipp 1993), FLIPI (Solal-Céligny 2004), IPS (Hasenclever 1998), ISS (Greipp 2005), R-ISS (Palumbo 2015), Binet
(1981), Rai (1975), ELN 2022 (Döhner), IPSS-R (Greenberg 2012); the form gives no R-IPI.
"""

from typing import Any

import pytest

from tests.engine import goldens
from tests.engine.test_scores import aged, computed

HAEMATO = goldens.sheet("hemato")


def score(link_id: str, family: str, typed: dict[str, Any], age: int = 50, sex: str = "female") -> Any:
    named = {one if one.startswith("tronc.") else f"hemato.{one}": text for one, text in typed.items()}
    given = {one: text for one, text in named.items() if text is not None}
    return computed(HAEMATO, f"hemato.{link_id}", {"hemato.famille": family, **given}, aged(age, sex))


IPI = {"tronc.oms": "1", "ldh": "1", "ann_arbor": "ii_bulky", "ipi_sites": "1"}


@pytest.mark.parametrize(
    ("changed", "age", "points"),
    [
        ({}, 60, 0), ({}, 61, 1), ({"tronc.oms": "2"}, 60, 1), ({"ldh": "1,1"}, 60, 1), ({"ann_arbor": "iii"}, 60, 1),
        ({"ann_arbor": "iv"}, 60, 1), ({"ipi_sites": "2"}, 60, 1), ({"ldh": "0,9", "tronc.oms": "4"}, 60, 1),
        ({"tronc.oms": "2", "ldh": "2", "ann_arbor": "iv", "ipi_sites": "3"}, 61, 5),
        ({"ipi_sites": None, "e": "non"}, 60, 0), ({"ipi_sites": None, "e": "multiple"}, 60, None),
        ({"ldh": None}, 60, None), ({"tronc.oms": None}, 60, None), ({"ann_arbor": None}, 60, None),
    ],
)  # fmt: skip
def test_ipi(changed: dict[str, Any], age: int, points: int | None) -> None:
    """One point each: over 60, performance 2 or more, LDH over normal, stage III or IV, over one extranodal site."""
    assert score("ipi", "lnh_agressif", IPI | changed, age) == points


FLIPI = {"ldh": "1", "ann_arbor": "ii", "flipi_hb": "12", "flipi_aires": "4"}


@pytest.mark.parametrize(
    ("changed", "age", "points"),
    [
        ({}, 60, 0), ({}, 61, 1), ({"ann_arbor": "iii"}, 60, 1), ({"flipi_hb": "11,9"}, 60, 1), ({"ldh": "1,2"}, 60, 1),
        ({"flipi_aires": "5"}, 60, 1), ({"flipi_hb": None}, 60, None),
        ({"ldh": "2", "ann_arbor": "iv", "flipi_hb": "8", "flipi_aires": "9"}, 75, 5),
    ],
)  # fmt: skip
def test_flipi(changed: dict[str, Any], age: int, points: int | None) -> None:
    """One point each: over 60, stage III or IV, haemoglobin under 12 g/dL, LDH over normal, over four nodal areas."""
    assert score("flipi", "lnh_indolent", FLIPI | changed, age) == points


IPS = {"ann_arbor": "iii", "ips_albumine": "40", "ips_hb": "10,5", "ips_gb": "7", "ips_lympho": "0,6"}


@pytest.mark.parametrize(
    ("changed", "age", "sex", "points"),
    [
        ({}, 44, "female", 0), ({}, 45, "female", 1), ({}, 44, "male", 1), ({"ann_arbor": "iv"}, 44, "female", 1),
        ({"ips_albumine": "39"}, 44, "female", 1), ({"ips_hb": "10,4"}, 44, "female", 1),
        ({"ips_gb": "14,9", "ips_lympho": "1,2"}, 44, "female", 0),
        ({"ips_gb": "15", "ips_lympho": "1,2"}, 44, "female", 1),
        ({"ips_lympho": "0,5"}, 44, "female", 1),  # under 0.6 G/L
        ({"ips_gb": "10", "ips_lympho": "0,8"}, 44, "female", 0),  # 8 % exactly
        ({"ips_gb": "10", "ips_lympho": "0,7"}, 44, "female", 1),  # 7 %, though over 0.6 G/L
        ({"ann_arbor": "iv", "ips_albumine": "30", "ips_hb": "9", "ips_gb": "20", "ips_lympho": "0,4"}, 60, "male", 7),
        ({"ips_albumine": None}, 44, "female", None), ({"ann_arbor": "ii"}, 44, "female", None),
    ],
)  # fmt: skip
def test_ips(changed: dict[str, Any], age: int, sex: str, points: int | None) -> None:
    """One point each of the seven of an advanced Hodgkin lymphoma."""
    assert score("ips", "hodgkin", IPS | changed, age, sex) == points


@pytest.mark.parametrize(
    ("b2m", "albumin", "stage"),
    [
        ("3,4", "35", "1"), ("3,4", "34", "2"), ("3,5", "45", "2"), ("5,4", "20", "2"), ("5,5", "45", "3"),
        ("5,5", None, "3"), ("3,4", None, None), (None, "40", None),
    ],
)  # fmt: skip
def test_iss(b2m: str | None, albumin: str | None, stage: str | None) -> None:
    assert score("mm_iss", "myelome", {"b2m": b2m, "iss_albumine": albumin}) == stage


@pytest.mark.parametrize(
    ("b2m", "cyto", "ldh", "stage"),
    [
        ("3", ["standard"], "1", "1"), ("3", ["standard"], "1,1", "2"), ("3", ["t_4_14"], "1", "2"),
        ("4", ["del_17p"], "3", "2"), ("6", ["standard"], "1", "2"), ("6", ["standard"], "1,1", "3"),
        ("6", ["t_14_16"], "1", "3"), ("6", ["del_17p"], None, "3"), ("6", ["gain_1q"], "1", "2"),
        ("3", ["non_fait"], "1", None), ("6", None, "1", None),
    ],
)  # fmt: skip
def test_r_iss(b2m: str, cyto: list[str] | None, ldh: str | None, stage: str | None) -> None:
    """High risk is del(17p), t(4;14) or t(14;16); a gain of 1q alone is not in this table."""
    typed = {"b2m": b2m, "iss_albumine": "40", "mm_cyto": cyto, "ldh": ldh}
    assert score("mm_riss", "myelome", typed) == stage


@pytest.mark.parametrize(
    ("hb", "platelets", "nodes", "spleen", "liver", "binet", "rai"),
    [
        ("14", "200", "0", "non", "non", "a", "0"), ("14", "200", "1", "non", "non", "a", "1"),
        ("14", "200", "2", "non", "non", "a", "1"), ("14", "200", "3", "non", "non", "b", "1"),
        ("14", "200", "1", "oui", "oui", "b", "2"),  # spleen and liver are areas of Binet
        ("14", "200", "0", "oui", "non", "a", "2"), ("11", "100", "2", "non", "oui", "b", "2"),
        ("10,9", "100", "0", "non", "non", "a", "3"), ("10", "100", "3", "non", "non", "b", "3"),
        ("9,9", "100", "0", "non", "non", "c", "3"), ("14", "99", "0", "non", "non", "c", "4"),
        ("14", None, "0", "non", "non", None, None), (None, "99", None, None, None, "c", "4"),
    ],
)  # fmt: skip
def test_binet_and_rai(
    hb: str | None, platelets: str | None, nodes: str | None, spleen: str | None, liver: str | None, binet: str | None,
    rai: str | None,
) -> None:  # fmt: skip
    typed = {"llc_hb": hb, "llc_plaquettes": platelets, "llc_aires": nodes, "llc_rate": spleen, "llc_foie": liver}
    assert (score("llc_binet", "llc", typed), score("llc_rai", "llc", typed)) == (binet, rai)


ELN = {"eln_complet": "oui", "eln_caryo": ["normal"], "eln_genes": ["aucun"]}


@pytest.mark.parametrize(
    ("changed", "risk"),
    [
        ({}, "intermediaire"), ({"eln_caryo": ["t_8_21"]}, "favorable"), ({"eln_caryo": ["inv_16"]}, "favorable"),
        ({"eln_caryo": ["inv_16"], "la_mut": ["flt3_itd"]}, "favorable"), ({"la_mut": ["npm1"]}, "favorable"),
        ({"la_mut": ["npm1", "flt3_itd"]}, "intermediaire"), ({"la_mut": ["flt3_itd"]}, "intermediaire"),
        ({"la_mut": ["npm1", "flt3_tkd"]}, "favorable"), ({"la_mut": ["cebpa_bzip"]}, "favorable"),
        ({"eln_caryo": ["t_9_11"]}, "intermediaire"), ({"eln_caryo": ["kmt2a_autre"]}, "defavorable"),
        ({"eln_caryo": ["t_6_9"]}, "defavorable"), ({"eln_caryo": ["t_9_22"]}, "defavorable"),
        ({"eln_caryo": ["inv_3"]}, "defavorable"), ({"eln_caryo": ["m7"]}, "defavorable"),
        ({"eln_caryo": ["complexe"]}, "defavorable"), ({"eln_caryo": ["monosomal"]}, "defavorable"),
        ({"eln_caryo": ["m5"], "la_mut": ["npm1"]}, "defavorable"),  # an adverse karyotype outweighs NPM1
        ({"la_mut": ["tp53"]}, "defavorable"), ({"la_mut": ["runx1"]}, "defavorable"),
        ({"eln_genes": ["srsf2"]}, "defavorable"),
        ({"eln_genes": ["srsf2"], "la_mut": ["npm1"]}, "favorable"),  # they do not count beside a favourable subtype
        ({"eln_complet": "non"}, None), ({"eln_caryo": ["non_fait"]}, None), ({"la_mut": ["pml_rara"]}, None),
    ],
)  # fmt: skip
def test_eln_2022(changed: dict[str, Any], risk: str | None) -> None:
    assert score("la_eln", "lam", ELN | changed) == risk


GOOD = {
    "ipssr_cyto": "bon", "ipssr_blastes": "2", "ipssr_hb": "10", "ipssr_plaquettes": "100", "ipssr_pnn": "0,8",
}  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "group"),
    [
        ({}, "tres_bas"),  # 1
        ({"ipssr_plaquettes": "99"}, "tres_bas"),  # 1.5
        ({"ipssr_plaquettes": "49"}, "bas"),  # 2
        ({"ipssr_pnn": "0,7", "ipssr_plaquettes": "99"}, "bas"),  # 2
        ({"ipssr_blastes": "2,1", "ipssr_hb": "9,9"}, "bas"),  # 3
        ({"ipssr_blastes": "4,9", "ipssr_hb": "7,9"}, "intermediaire"),  # 3.5
        ({"ipssr_blastes": "5", "ipssr_hb": "8", "ipssr_plaquettes": "50"}, "intermediaire"),  # 4.5
        ({"ipssr_blastes": "10", "ipssr_hb": "7,9", "ipssr_plaquettes": "50"}, "haut"),  # 5
        ({"ipssr_cyto": "mauvais", "ipssr_blastes": "10,1"}, "haut"),  # 6
        ({"ipssr_cyto": "mauvais", "ipssr_blastes": "10,1", "ipssr_pnn": "0,7"}, "tres_haut"),  # 6.5
        ({"ipssr_cyto": "tres_mauvais", "ipssr_hb": "9"}, "haut"),  # 5
        ({"ipssr_cyto": "intermediaire"}, "bas"),  # 2
        ({"ipssr_cyto": "tres_bon", "ipssr_blastes": "3"}, "tres_bas"),  # 1
        ({"ipssr_pnn": None}, None),
    ],
)  # fmt: skip
def test_ipss_r(changed: dict[str, Any], group: str | None) -> None:
    """Cytogenetics 0 to 4, blasts 0 to 3, haemoglobin 0 to 1.5, platelets 0 to 1, neutrophils 0 or 0.5."""
    assert score("smd_ipss", "smd", GOOD | changed) == group
