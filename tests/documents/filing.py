"""Documents put in a file by the product's own actions, in the current scope."""

from datetime import date
from typing import Any

from patients.documents.formats import format_of
from patients.documents.intake import Sent
from patients.documents.received_actions import Description, file_document, receive_files
from patients.models import Patient, ReceivedDocument
from tests.documents import samples_received as samples


def received(patient: Patient, by: Any, data: bytes = b"", name: str = "") -> ReceivedDocument:
    data = data or samples.pdf()
    reception = receive_files(patient=patient, sent=[Sent(name=name or f"cr.{format_of(data)}", data=data)], by=by)
    assert not reception.refused
    return reception.added[0]


def told(kind: str = "pathology", **words: Any) -> Description:
    usual = {"title": "Pièce opératoire", "author": "Dr Anne Morvan", "origin": "Labo ACP Estuaire"}
    return Description(kind=kind, **(usual | {"dated_on": date(2026, 11, 2)} | words))


def filed(patient: Patient, by: Any, data: bytes = b"", **words: Any) -> ReceivedDocument:
    document = received(patient, by, data)
    return file_document(document_id=document.pk, description=told(**words), by=by)
