"""Every member of a definition is one FHIR R4 knows, of its type and not empty; every extension is known or harmless.

A member that is silently ignored (R5, STU3, a slip of the pen, ``"required": "true"``) changes what a form means.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rcp.sheets.engine import profile
from rcp.sheets.engine.definition import Issue, issue
from rcp.sheets.engine.fhir_members import MAX_STRING, MEMBERS, OTHER_VERSIONS, PRIMITIVES, VALUE_OF

_MOST = 100  # findings past which the author has enough to do
# Where an extension hangs: a nested one has a url that only its parent understands.
_NESTED = "part"


def check_members(questionnaire: Mapping[str, Any]) -> list[Issue]:
    """Walk a well-shaped definition; findings name the nearest item."""
    found: list[Issue] = []
    pending: list[tuple[Any, str, str | None]] = [(questionnaire, "Questionnaire", None)]
    while pending and len(found) < _MOST:
        holder, kind, above = pending.pop()
        link_id = holder.get("linkId", above) if kind == "Item" else above
        for code, name, message in _members(holder, kind, link_id, pending):
            where = f"Item « {str(link_id)[:64]} »" if link_id else "Formulaire"
            severity = "warning" if code in ("emptyList", "unknownExtension") else "error"
            path = None if link_id else name
            found.append(issue(severity, code, f"{where} : {message}", link_id=link_id, path=path))
    return found


def _members(
    holder: Mapping[str, Any], kind: str, link_id: str | None, pending: list[tuple[Any, str, str | None]]
) -> Iterator[tuple[str, str, str]]:
    expected = MEMBERS[kind if kind != _NESTED else "Extension"]
    if kind == "Extension":
        yield from _extension(holder)
    for name, value in holder.items():
        said = name[:60]
        wanted = expected.get(name)
        if name.startswith("_") and expected.get(name[1:], "Any")[0].islower():
            wanted = "shadow"
        elif wanted is None and kind in ("Extension", _NESTED) and name.startswith("value"):
            wanted = "any"
        if wanted is None or wanted == "refused":
            remedy = OTHER_VERSIONS.get(name, "vérifiez son nom ou retirez-le")
            code = "modifierExtension" if name == "modifierExtension" else "unknownMember"
            yield code, said, f"« {said} » n’est pas pris en charge en FHIR R4 ; {remedy}."
        else:
            yield from _value(name, value, wanted, kind, link_id, pending)


def _value(
    name: str, value: Any, wanted: str, kind: str, link_id: str | None, pending: list[tuple[Any, str, str | None]]
) -> Iterator[tuple[str, str, str]]:
    if value is None or value == "":
        yield "empty", name, f"« {name} » est vide, ce que FHIR refuse. Remplissez-le ou retirez-le."
        return
    if value in ([], {}):
        yield "emptyList", name, f"« {name} » est vide. Remplissez-le ou retirez-le."
        return
    if wanted == "shadow":
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, Mapping):
                pending.extend((e, "Extension", link_id) for e in one.get("extension") or () if isinstance(e, Mapping))
        return
    type_name = wanted.removesuffix("*")
    for one in value if wanted.endswith("*") and isinstance(value, list) else [value]:
        if type_name == "any":
            continue
        if type_name in PRIMITIVES:
            if not PRIMITIVES[type_name](one):
                yield "shape", name, _wrong(name, one)
        elif isinstance(one, Mapping):
            nested = kind in ("Extension", _NESTED) and name == "extension"
            pending.append((one, _NESTED if nested else type_name, link_id))
        else:
            yield "shape", name, _wrong(name, one)


def _wrong(name: str, value: Any) -> str:
    if isinstance(value, str) and len(value) > MAX_STRING:
        return f"« {name} » dépasse {MAX_STRING} caractères. Raccourcissez-le."
    shown = str(value)[:40] if isinstance(value, (str, int, float)) else "cette valeur"
    return f"« {name} » n’a pas la forme attendue en FHIR R4 (« {shown} »). Corrigez-le."


def _extension(extension: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    url = str(extension.get("url"))
    said = url if len(url) <= 160 else f"{url[:160]}…"
    refused = _refused(url)
    if refused:
        yield "unsupportedExtension", said, f"{refused} n’est pas pris en charge. Retirez l’extension « {said} »."
    elif url not in profile.KNOWN_EXTENSIONS:
        message = f"l’extension « {said} » est gardée mais sans effet. Vérifiez qu’elle est utile."
        yield "unknownExtension", said, message
    elif url in VALUE_OF:
        borne = [key for key in extension if key.startswith("value") or key == "extension"]
        if len(borne) != 1 or borne[0] not in VALUE_OF[url]:
            wanted = " ou ".join(VALUE_OF[url])
            message = f"l’extension « {said} » doit porter {wanted}, et rien d’autre. Corrigez-la."
            yield "extensionType", said, message


def _refused(url: str) -> str:
    """What is refused, by the last part of the address: a construct keeps its name from one FHIR edition to another."""
    if url in profile.KNOWN_EXTENSIONS:
        return ""
    if url.startswith(profile.REFUSED_PREFIX):
        return "un élément de FHIR R5"
    if not url.startswith("http://hl7.org/fhir/"):
        return ""
    last = url.rsplit("/", 1)[-1]
    for prefix in ("sdc-questionnaire-", "questionnaire-", "sdc-", "cqif-"):
        last = last.removeprefix(prefix)
    return profile.REFUSED_EXTENSIONS.get(last, "")
