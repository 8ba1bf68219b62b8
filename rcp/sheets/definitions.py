"""Published forms: the packaged questionnaires put in the database, and their compiled versions kept in memory."""

import hashlib
import json
from functools import lru_cache
from pathlib import Path
from typing import Any
from uuid import UUID

from rcp.models import Board, FormVersion
from rcp.sheets.engine import Compiled, check_definition, compile_definition, compose

PACKAGED = Path(__file__).parent / "packaged"
TRUNK = "tronc"


class FormRefused(Exception):
    """A packaged form has errors: it is not published."""


def packaged(code: str) -> dict[str, Any]:
    return json.loads((PACKAGED / f"{code}.json").read_text())


def packaged_codes() -> list[str]:
    return sorted(path.stem for path in PACKAGED.glob("*.json"))


def publish_packaged() -> list[FormVersion]:
    """Publish every packaged form, alone (trunk) or composed with the trunk; an unchanged one is left as it is.

    Raises FormRefused naming the first error of a definition.
    """
    trunk = packaged(TRUNK)
    published = []
    for code in packaged_codes():
        questionnaire = trunk if code == TRUNK else compose(trunk, packaged(code))
        errors = [issue["message"] for issue in check_definition(questionnaire) if issue["severity"] == "error"]
        if errors:
            raise FormRefused(f"{code}: {errors[0]}")
        published.append(_publish(code, questionnaire))
    return published


def _publish(code: str, questionnaire: dict[str, Any]) -> FormVersion:
    digest = hashlib.sha256(json.dumps(questionnaire, sort_keys=True, ensure_ascii=False).encode()).digest()
    existing = FormVersion.objects.filter(code=code, digest=digest).first()
    if existing:
        return existing
    base = str(questionnaire.get("version") or "1.0.0")
    taken = FormVersion.objects.filter(code=code, version__in=[base]).exists()
    version = f"{base}+{digest.hex()[:7]}" if taken else base
    return FormVersion.objects.create(
        code=code, version=version, title=questionnaire["title"], questionnaire=questionnaire, digest=digest
    )


def form_for(board: Board) -> FormVersion:
    """The form in force for a board: its usual pathology's, or the trunk alone while it has none."""
    return form_in_force(board.form_code)


def form_in_force(code: str) -> FormVersion:
    """The latest published version of a form, or of the trunk when there is none."""
    forms = FormVersion.objects.order_by("-published_at").defer("questionnaire")
    return forms.filter(code=code).first() or forms.filter(code=TRUNK)[0]


@lru_cache(maxsize=64)
def compiled(form_id: UUID) -> Compiled:
    """The compiled form; published versions are immutable, so the cache never expires."""
    return compile_definition(FormVersion.objects.get(pk=form_id).questionnaire)
