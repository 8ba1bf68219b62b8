"""National code lists of the forms (topography CIM-10, morphology CIM-O-3): searched on the server, never sent whole.

    python -m rcp.sheets.code_lists jdv_tumeur.tsv jdv_morphologie.tsv

packs the lists. Input: tables « jdv, oid, code, libelle, codeSystem » of the ANS value sets. Output, one gzip a list:
a line naming the source, a line with the code system, then « code<tab>label » in the official order.
"""

import gzip
import re
import sys
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "codes"
# Canonical of a value set, without its version → its packed file.
FILES = {
    "https://dcc.example/fhir/ValueSet/topographie-cim10": "topographie-cim10",
    "https://dcc.example/fhir/ValueSet/morphologie-cimo3": "morphologie-cimo3",
}
SHOWN = 20
SOURCE = "Agence du numérique en santé, jeux de valeurs du CI-SIS"


@dataclass(frozen=True, slots=True, kw_only=True)
class Concept:
    code: str
    label: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeList:
    system: str
    concepts: dict[str, Concept]

    def coding(self, concept: Concept) -> dict[str, Any]:
        return {"system": self.system, "code": concept.code, "display": concept.label}


def known(canonical: str) -> bool:
    return canonical.split("|")[0] in FILES


def find(canonical: str, text: str) -> dict[str, Any] | None:
    """The coding of a code, alone or before its label as the field shows it (« C50.4 Tumeur… »); None when unknown."""
    if not known(canonical):
        return None
    codes = code_list(canonical)
    concept = codes.concepts.get(text.strip().partition(" ")[0].upper())
    return codes.coding(concept) if concept else None


def search(canonical: str, text: str, limit: int = SHOWN) -> list[Concept]:
    """Concepts whose code begins with `text`, or whose label has a word beginning with each of its words."""
    wanted = _words(text)
    if not wanted or not known(canonical):
        return []
    concepts = code_list(canonical).concepts.values()
    by_code = [one for one in concepts if one.code.startswith(text.strip().upper())]
    by_words = [
        one for one in concepts if one not in by_code and all(any(w.startswith(t) for w in one.words) for t in wanted)
    ]
    by_words.sort(key=lambda one: not one.words[0].startswith(wanted[0]))
    return (by_code + by_words)[:limit]


@cache
def code_list(canonical: str) -> CodeList:
    """Read a packed list once. KeyError for a value set that is not packaged."""
    path = FOLDER / f"{FILES[canonical.split('|')[0]]}.txt.gz"
    _, system, *lines = gzip.decompress(path.read_bytes()).decode().splitlines()
    rows = (line.split("\t") for line in lines)
    return CodeList(
        system=system,
        concepts={code: Concept(code=code, label=label, words=tuple(_words(label))) for code, label in rows},
    )


def _words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", text.lower()).encode("ascii", "ignore").decode()
    return re.findall(r"[a-z0-9]+", plain)


def pack(table: Path, target: Path) -> None:
    """Write one packed list from an ANS table."""
    rows = [line.split("\t") for line in table.read_text(encoding="utf-8").splitlines()[1:]]
    lines = [f"{SOURCE}, {rows[0][0]} ({rows[0][1]})", f"urn:oid:{rows[0][4].strip()}"]
    lines += [f"{code}\t{label.replace(chr(39), chr(8217)).strip()}" for _, _, code, label, _ in rows]
    target.write_bytes(gzip.compress("\n".join(lines).encode(), compresslevel=9, mtime=0))


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for table, name in zip(sys.argv[1:], FILES.values(), strict=True):
        pack(Path(table), FOLDER / f"{name}.txt.gz")
