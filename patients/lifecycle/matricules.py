"""The matricule of an identity: held sealed with its OID, sent to the history when it is no longer the one in force."""

from datetime import date
from uuid import UUID

from django.utils import timezone

from dcc.lib.crypto import decrypt_field, encrypt_field
from dcc.lib.ids import uuid7
from dcc.master_keys import keyring
from patients.documents.ins_seal import context_of, seal
from patients.identity.ins import Ins, read_ins
from patients.ins_index import ins_hash
from patients.insi.choice import platform
from patients.lifecycle.states import Channel, InsEnd
from patients.models import FormerIns, Patient


class InsHeldByAnother(Exception):
    """Another identity bears this matricule: one person in two files, or a mistake. Nobody decides that alone."""

    def __init__(self, holder: Patient) -> None:
        super().__init__(str(holder.pk))
        self.holder = holder


def held(patient: Patient) -> Ins | None:
    """The matricule in force, whatever the status: to compare and to keep, never to send (see ins_seal.opened)."""
    if patient.ins_sealed is None:
        return None
    matricule = decrypt_field(bytes(patient.ins_sealed), keyring=keyring(), context=context_of(patient.pk))
    return read_ins(matricule, patient.ins_oid, platform=platform(), check_key=False)


def hold(patient: Patient, ins: Ins, *, source: Channel) -> list[str]:
    """Give an identity its matricule, unsaved; the names of the changed columns. Raises InsHeldByAnother."""
    hashed = ins_hash(ins.matricule, ins.oid)
    others = Patient.objects.living_records().filter(ins_hash=hashed).exclude(pk=patient.pk)
    if other := others.first():
        raise InsHeldByAnother(other)
    if patient.ins_hash is not None and bytes(patient.ins_hash) != hashed:
        end(patient, InsEnd.REPLACED)
    patient.ins_sealed, patient.ins_hash, patient.ins_oid = seal(ins.matricule, patient_id=patient.pk), hashed, ins.oid
    patient.ins_source, patient.ins_confirmed_at = source, timezone.now()
    return ["ins_sealed", "ins_hash", "ins_oid", "ins_source", "ins_confirmed_at"]


def end(patient: Patient, why: InsEnd) -> list[str]:
    """Take the matricule in force to the history, unsaved on the patient; the names of the changed columns."""
    ins = held(patient)
    if ins is None:
        return []
    remember(patient, ins, why, ended_on=timezone.localdate())
    patient.ins_sealed = patient.ins_hash = patient.ins_confirmed_at = None
    patient.ins_oid = patient.ins_source = ""
    return ["ins_sealed", "ins_hash", "ins_oid", "ins_source", "ins_confirmed_at"]


def remember(
    patient: Patient, ins: Ins, why: InsEnd, *, started_on: date | None = None, ended_on: date | None = None
) -> None:
    """Keep a former matricule, once: the identity is still found by it."""
    hashed = ins_hash(ins.matricule, ins.oid)
    if FormerIns.objects.filter(patient=patient, hash=hashed, why=why).exists():
        return
    row = uuid7()
    FormerIns.objects.create(
        id=row,
        region_id=patient.region_id,
        patient=patient,
        sealed=encrypt_field(ins.matricule, keyring=keyring(), context=former_context(row)),
        hash=hashed,
        oid=ins.oid,
        why=why,
        started_on=started_on,
        ended_on=ended_on,
    )


def former_context(row_id: UUID) -> str:
    """What a former matricule is sealed to: its own row, since a merge may give it to another patient."""
    return f"patient.former_ins:{row_id}"


def opened_former(row: FormerIns) -> str:
    """The matricule of a former INS. Raises dcc.lib.crypto.KeyMissing or ContentTampered."""
    return decrypt_field(bytes(row.sealed), keyring=keyring(), context=former_context(row.pk))
