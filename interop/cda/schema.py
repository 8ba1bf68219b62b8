"""Validation against the CDA schema (CDA_extended.xsd of the ANS kit), which the product does not carry."""

from functools import lru_cache
from pathlib import Path
from threading import Lock

from lxml import etree

from interop.cda.header import UnreadableDocument, parse_safely

_ONE_AT_A_TIME = Lock()  # a schema keeps the errors of its last validation


def validate(xml: bytes, xsd_dir: Path) -> list[str]:
    """Return the schema errors of a document, one line each (line number, message); empty means valid.

    `xsd_dir` is the folder that holds CDA_extended.xsd. Entities and network access are refused on both sides.
    """
    try:
        root = parse_safely(xml)
    except UnreadableDocument as error:
        return [str(error)]
    schema = _schema(xsd_dir.resolve())
    with _ONE_AT_A_TIME:
        schema.validate(root)
        return [f"{entry.line}: {entry.message}" for entry in schema.error_log]  # type: ignore[attr-defined]


@lru_cache(maxsize=2)
def _schema(xsd_dir: Path) -> etree.XMLSchema:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    return etree.XMLSchema(etree.parse(str(xsd_dir / "CDA_extended.xsd"), parser))
