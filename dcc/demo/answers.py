"""Answers of a demonstration sheet: a typical situation, and the patient's ground drawn at random around it."""

import random
from datetime import date
from typing import Any

from dcc.demo.clinical import Situation, answers_of
from dcc.demo.ground import ground_of
from dcc.lib.french import age_years
from rcp.sheets.engine import Compiled, Evaluation
from rcp.sheets.engine.items import Item

TEXTS = {
    "tronc.commentaire_rcp": (
        "Décision à partager en consultation d’annonce.",
        "Transmettre au médecin traitant et à l’infirmière de coordination.",
    ),
    "tronc.souhait": (
        "garder son autonomie à domicile",
        "parler des effets du traitement avant de décider",
        "venir avec un proche à chaque consultation",
    ),
}
# Bounds of what a clinic sees, inside those of the form.
NUMBERS = {
    "tronc.creat_clair": (58, 105),
    "tronc.fevg": (55, 68),
    "tronc.tabac_pa": (5, 30),
    "tronc.perte_poids": (0, 3),
}
# Chapters whose questions are drawn at random: none of them depends on the disease.
DRAWN = frozenset({"tronc.ch.terrain", "tronc.ch.oncogeriatrie"})
# A choice that would contradict the rest when drawn: comorbidities and their scores come together (ground.py).
NOT_DRAWN = frozenset({"tronc.comorb", "tronc.charlson_comorb", "tronc.anticoag", "tronc.taille", "tronc.poids"})
# What a letter of this clinic would say, among the answers the form offers.
LIKELY = {
    "tronc.tabac": ("jamais", "jamais", "sevre", "actif"),
    "tronc.alcool": ("non", "non", "occasionnel"),
    "tronc.expo_pro": ("non",),
    "tronc.directives": ("personne_confiance", "personne_confiance", "non_aborde"),
    "tronc.social": ("ras", "ras", "vit_seul", "aidant_present"),
    "tronc.g8_fait": ("oui",),
    "tronc.g8_a": ("2", "2", "1"),
    "tronc.g8_c": ("2", "2", "1"),
    "tronc.g8_e": ("2",),
    "tronc.g8_p": ("0.5", "1", "1", "2"),
}
ADULT = 18
GERIATRIC = ("tronc.g8_", "tronc.avis_onco_ger")  # a screening half done says nothing, one done calls for an advice
LOST_MUCH, G8_ABNORMAL = 5, 14
BUILD = ("tronc.taille", "tronc.poids", "tronc.oms")


class Filler:
    """Answers for one form; the random source is given, so the demonstration is the same at each run."""

    def __init__(self, form: Compiled, draw: random.Random) -> None:
        self.form, self.draw = form, draw

    def fill(self, situation: Situation, context: dict[str, Any], *, share: float, decided: bool) -> dict[str, Any]:
        """The situation, what validation wants and a share of the patient's ground; nothing that is left closed."""
        form, on = self.form, date.fromisoformat(context["session"]["date"])
        age = age_years(date.fromisoformat(context["patient"]["birthDate"]), on)
        pinned = answers_of(situation, form, on, decided=decided)
        ground = {form.path(link_id): value for link_id, value in self._ground(age, context).items()}
        if form.path("tronc.comorb") in pinned:
            ground = {path: value for path, value in ground.items() if path in (form.path(one) for one in BUILD)}
        evaluation = form.evaluate({**ground, **pinned}, context)
        for item in self._drawn(age):
            path = form.path(item.link_id)
            wanted = item.required or item.required_at_validation is not False or item.link_id.startswith(GERIATRIC)
            if path in pinned or path in ground or not evaluation.is_enabled(path):
                continue
            if wanted or self.draw.random() < share:
                value = self._value(item, self._told(item, evaluation))
                if value is not None:
                    evaluation.change(path, value)
        if decided and self.draw.random() < share:
            comment = form.path("tronc.commentaire_rcp")
            evaluation.change(comment, self.draw.choice(TEXTS["tronc.commentaire_rcp"]))
        return {path: value for path, value in evaluation.answers.items() if evaluation.is_enabled(path)}

    def _ground(self, age: int, context: dict[str, Any]) -> dict[str, Any]:
        found = {}
        for link_id, typed in ground_of(self.draw, age=age, female=context["patient"]["gender"] == "female").items():
            item = self.form.item(link_id)
            chosen = [option.value for code in str(typed).split("+") if (option := item.option(code))]
            found[link_id] = (chosen if item.repeats else chosen[0]) if item.options else typed
        return found

    def _drawn(self, age: int) -> list[Item]:
        """The questions drawn for a patient: a child's ground has nothing of an adult's habits."""
        if age < ADULT:
            return []
        return [
            item
            for item in self.form.items.values()
            if item.is_question
            and self._top(item) in DRAWN
            and item.link_id not in NOT_DRAWN
            and not (item.calculated or item.hidden or item.read_only)
        ]

    def _top(self, item: Item) -> str:
        while item.parent:
            item = self.form.item(item.parent)
        return item.link_id

    def _told(self, item: Item, evaluation: Evaluation) -> str | None:
        """What the sheet already implies: weight loss and performance in the G8, then the advice it calls for."""
        path, answers = self.form.path, evaluation.answers
        limited = (answers.get(path("tronc.oms")) or {}).get("code") in ("2", "3", "4")
        match item.link_id:
            case "tronc.g8_b":
                lost = float(answers.get(path("tronc.perte_poids")) or 0)  # percent over six months
                return "0" if lost >= LOST_MUCH else "2" if lost >= 1 else "3"
            case "tronc.g8_c" if limited:
                return "1"
            case "tronc.g8_p" if limited:
                return "0"
            case "tronc.avis_onco_ger":
                return "demande" if float(evaluation.calculated[path("tronc.g8")]) <= G8_ABNORMAL else "non_demande"
        return None

    def _value(self, item: Item, key: str | None = None) -> Any:
        draw = self.draw
        if item.options:
            keys = LIKELY.get(item.link_id) or tuple(option.key for option in item.options)
            option = item.option(key or draw.choice(keys))
            assert option is not None, f"{item.link_id} no longer offers one of its likely answers"
            return [option.value] if item.repeats else option.value
        if item.link_id in NUMBERS:
            low, high = NUMBERS[item.link_id]
            value = low + (high - low) * draw.betavariate(2, 3)
            return round(value) if item.type == "integer" else f"{round(value, 1):g}"
        bank = TEXTS.get(item.link_id)
        return draw.choice(bank) if bank else None
