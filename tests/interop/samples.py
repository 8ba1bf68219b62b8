"""Fixed identifiers and a reduced CDA that the interoperability tests share."""

from datetime import timedelta, timezone

from interop.terminologies import oids
from interop.terminologies.identifiers import Identifier

PARIS = timezone(timedelta(hours=1))
INS_TEST = Identifier(root=oids.INS_NIR_TEST, extension="279035121518989")
DOCUMENT_ID = Identifier(root="2.25.113059749145936325402354257176981405696")
PREVIOUS_ID = Identifier(root="2.25.198759749145936325402354257176981405697")


def small_cda(
    *identifiers: Identifier, replaces: Identifier | None = None, document_id: Identifier = DOCUMENT_ID
) -> bytes:
    """A CDA reduced to what a message must agree with."""
    ids = "".join(f'<id root="{item.root}" extension="{item.extension}"/>' for item in identifiers)
    parent = (
        (
            f'<relatedDocument typeCode="RPLC"><parentDocument><id root="{replaces.root}"/></parentDocument>'
            "</relatedDocument>"
        )
        if replaces
        else ""
    )
    return (
        '<ClinicalDocument xmlns="urn:hl7-org:v3">'
        f'<id root="{document_id.root}"/><code code="34794-8" codeSystem="{oids.LOINC}"/><title>CR de RCP</title>'
        f"<recordTarget><patientRole>{ids}</patientRole></recordTarget>{parent}</ClinicalDocument>"
    ).encode()
