"""The ground of invented patients: height, weight, comorbidities that go together, by age and sex."""

import random
from typing import Any

# (comorbidities, said, Charlson diseases, anticoagulant), from the most usual; a rule of the clinic, not of statistics.
YOUNG: tuple[tuple[str, str, str, str], ...] = (
    ("aucune", "", "aucune", "aucun"),
    ("aucune", "", "aucune", "aucun"),
    ("aucune", "", "aucune", "aucun"),
    ("respiratoire", "asthme traité", "aucune", "aucun"),
    ("psychiatrique", "syndrome anxieux traité", "aucune", "aucun"),
)
ADULT: tuple[tuple[str, str, str, str], ...] = (
    ("aucune", "", "aucune", "aucun"),
    ("cardiovasculaire", "hypertension artérielle", "aucune", "aucun"),
    ("diabete", "diabète de type 2 équilibré", "diabete", "aucun"),
    ("cardiovasculaire", "coronaropathie avec stent", "infarctus", "antiagregant"),
    ("cardiovasculaire+diabete", "hypertension artérielle et diabète de type 2", "diabete", "antiagregant"),
)
OLD: tuple[tuple[str, str, str, str], ...] = (
    ("cardiovasculaire", "hypertension artérielle", "aucune", "aucun"),
    ("cardiovasculaire", "fibrillation atriale", "aucune", "aod"),
    ("cardiovasculaire+diabete", "hypertension artérielle et diabète de type 2", "diabete", "antiagregant"),
    ("cardiovasculaire+neurologique", "fibrillation atriale, accident ischémique transitoire ancien", "avc", "aod"),
    ("aucune", "", "aucune", "aucun"),
)
# Height in centimetres and weight in kilograms at an age: both sexes together, near the middle of growth charts.
GROWTH = {
    1: (75, 10),
    2: (87, 12),
    4: (102, 16),
    6: (115, 20),
    8: (127, 26),
    10: (138, 32),
    12: (150, 40),
    14: (162, 51),
}
GROWN = 15
PERFORMANCE = {"young": ("0", "0", "0", "1"), "adult": ("0", "0", "1"), "old": ("0", "1", "1", "1")}


def ground_of(draw: random.Random, *, age: int, female: bool) -> dict[str, Any]:
    """Typed answers of the ground by question (codes joined by « + »); nothing here depends on the disease."""
    height, weight = _build(draw, age=age, female=female)
    size = {"tronc.taille": height, "tronc.poids": weight}
    if age < GROWN:
        return size
    group = "young" if age < 45 else "adult" if age < 75 else "old"
    bank = {"young": YOUNG, "adult": ADULT, "old": OLD}[group]
    comorbidity, said, charlson, anticoagulant = draw.choice(bank)
    found = {
        **size,
        "tronc.oms": draw.choice(PERFORMANCE[group]),
        "tronc.comorb": comorbidity,
        "tronc.charlson_comorb": charlson,
        "tronc.anticoag": anticoagulant,
    }
    return {**found, "tronc.comorb_txt": said} if said else found


def _build(draw: random.Random, *, age: int, female: bool) -> tuple[int, str]:
    if age < GROWN:
        height, weight = GROWTH[max(known for known in GROWTH if known <= max(age, 1))]
        return height + draw.randint(-3, 4), f"{round(weight * draw.uniform(0.92, 1.1), 1):g}"
    height = round((162 if female else 175) + min(max(draw.gauss(0, 6), -11), 11))
    return height, f"{round(draw.uniform(20.5, 29.5) * (height / 100) ** 2, 1):g}"
