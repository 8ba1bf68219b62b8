"""Plausible invented answers for a sheet, from the form itself: what is open, typed and in its bounds."""

import random
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from rcp.sheets.engine import Compiled
from rcp.sheets.engine.items import Item

TEXTS = {
    "tronc.synthese": (
        "Patient suivi depuis la découverte, bilan complet, pas de complication notable.",
        "Découverte récente, bilan d’extension rassurant, état général conservé.",
        "Antécédent traité il y a plus de dix ans ; nouvelle localisation confirmée par biopsie.",
    ),
    "tronc.bilan_txt": ("Pas d’anomalie à distance.", "Nodule pulmonaire infracentimétrique à surveiller."),
    "tronc.concl_acp": ("Carcinome infiltrant, limites saines.", "Adénocarcinome moyennement différencié."),
    "tronc.commentaire_rcp": (
        "Décision à partager en consultation d’annonce.",
        "Revoir la tolérance avant la deuxième cure.",
    ),
    "tronc.souhait": ("Souhaite garder son autonomie à domicile.", "Craint la chimiothérapie, souhaite en parler."),
}
# Codes of the national lists (CIM-10, CIM-O-3); facts, source: JDV of the FRCP volet.
CIM10, CIMO3 = "http://hl7.org/fhir/sid/icd-10", "http://terminology.hl7.org/CodeSystem/icd-o-3"
CODED = {
    "tronc.topo": (
        {"system": CIM10, "code": "C50.4", "display": "Quadrant supéro-externe du sein"},
        {"system": CIM10, "code": "C50.9", "display": "Sein, sans précision"},
    ),
    "tronc.morpho": (
        {"system": CIMO3, "code": "8500/3", "display": "Carcinome canalaire infiltrant"},
        {"system": CIMO3, "code": "8520/3", "display": "Carcinome lobulaire"},
    ),
}
# Bounds of what a clinic sees, inside those of the form.
NUMBERS = {
    "tronc.taille": (152, 184),
    "tronc.poids": (48, 96),
    "tronc.perte_poids": (0, 9),
    "tronc.creat_clair": (52, 105),
    "tronc.fevg": (52, 68),
    "tronc.tabac_pa": (5, 40),
    "tronc.taille_tum": (8, 42),
    "tronc.g8": (10, 17),
    "tronc.charlson": (0, 4),
    "sein.ca153": (12, 48),
    "sein.taille_irm": (8, 45),
    "sein.ccis_taille": (5, 40),
    "sein.ki67": (4, 45),
}
SKIPPED_CHAPTERS = frozenset({"tronc.ch.inscription", "tronc.ch.discussion", "tronc.ch.decision"})
PLANS = (
    (("chirurgie", "Tumorectomie et ganglion sentinelle"), ("radiotherapie", "Sein entier et boost")),
    (("chimiotherapie", "3 EC puis 3 docétaxel"), ("chirurgie", "Chirurgie après réévaluation")),
    (("radiotherapie", "Hypofractionnée, 15 séances"), ("hormonotherapie", "Anti-aromatase 5 ans")),
)


class Filler:
    """Answers for one form; the random source is given, so the demonstration is the same at each run."""

    def __init__(self, form: Compiled, draw: random.Random) -> None:
        self.form, self.draw = form, draw

    def fill(self, context: dict[str, Any], *, share: float, decided: bool) -> dict[str, Any]:
        """Answer what validation wants and a share of the rest; the decision too when `decided`."""
        evaluation = self.form.evaluate({}, context)
        today = date.fromisoformat(context["session"]["date"])
        for item in self.form.items.values():
            if not item.is_question or item.calculated or item.hidden or item.read_only or self._in_list(item):
                continue
            if item.chapter in SKIPPED_CHAPTERS:
                continue
            path = self.form.path(item.link_id)
            wanted = item.required or item.required_at_validation is not False
            if evaluation.is_enabled(path) and (wanted or self.draw.random() < share):
                value = self._value(item, today)
                if value is not None:
                    evaluation.change(path, value)
        answers = evaluation.answers
        return {**answers, **self._decision(today)} if decided else answers

    def _in_list(self, item: Item) -> bool:
        parent = self.form.items.get(item.parent or "")
        return parent is not None and parent.repeats

    def _value(self, item: Item, today: date) -> Any:
        draw = self.draw
        if item.link_id in CODED:
            return draw.choice(CODED[item.link_id])
        if item.options:
            listed = [option for option in item.options if not option.exclusive] or list(item.options)
            if item.repeats:
                return [option.value for option in draw.sample(listed, min(len(listed), draw.randint(1, 2)))]
            return draw.choice(item.options[: max(2, len(item.options) - 1)]).value
        match item.type:
            case "boolean":
                return draw.random() < 0.4
            case "integer" | "decimal":
                bounds = NUMBERS.get(item.link_id, (item.min_value or 0, item.max_value or 40))
                low, high = float(bounds[0]), float(bounds[1])
                value = low + (high - low) * draw.betavariate(2, 4)
                return round(value) if item.type == "integer" else f"{value:.1f}"
            case "date":
                return (today - timedelta(days=draw.randint(10, 120))).isoformat()
            case "text" | "string":
                bank = TEXTS.get(item.link_id)
                return draw.choice(bank) if bank else None
        return None

    def _decision(self, today: date) -> dict[str, Any]:
        form = self.form
        answers: dict[str, Any] = {form.path("tronc.decision"): self._option("tronc.decision", "proposition")}
        for rank, (kind, detail) in enumerate(self.draw.choice(PLANS), start=1):
            line = str(UUID(int=self.draw.getrandbits(128), version=4))
            start = today + timedelta(days=10 + 30 * rank)
            values = {
                "rang": rank,
                "type": self._option("tronc.propositions.type", kind),
                "precision": detail,
                "debut": start.isoformat(),
            }
            for name, value in values.items():
                if value is not None:
                    answers[form.path(f"tronc.propositions.{name}", line)] = value
        for link, key in (("tronc.intention", "curative"), ("tronc.conforme", "conforme")):
            answers[form.path(link)] = self._option(link, key)
        answers[form.path("tronc.referentiel")] = "Référentiel régional Ligéa, version 2026-09"
        answers[form.path("tronc.commentaire_rcp")] = self.draw.choice(TEXTS["tronc.commentaire_rcp"])
        return answers

    def _option(self, link_id: str, key: str) -> Any:
        item = self.form.item(link_id)
        found = item.option(key) or item.options[0]
        return found.value
