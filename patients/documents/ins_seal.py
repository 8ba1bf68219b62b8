"""The sealed matricule INS of an identity: written by the flow that qualifies it, opened only to be rendered.

Bound to the patient's row: a token copied to another patient does not open (D21).
"""

from uuid import UUID

from dcc.lib.crypto import decrypt_field, encrypt_field
from dcc.master_keys import keyring
from patients.models import IdentityStatus, Patient


def context_of(patient_id: UUID) -> str:
    return f"patient.ins:{patient_id}"


def seal(matricule: str, *, patient_id: UUID) -> bytes:
    """The token that Patient.ins_sealed holds for this matricule (15 characters, key included)."""
    return encrypt_field(matricule, keyring=keyring(), context=context_of(patient_id))


def opened(patient: Patient) -> str:
    """The matricule that may leave with documents: '' unless the identity is qualified and holds one.

    Raises dcc.lib.crypto.KeyMissing or ContentTampered.
    """
    if patient.status != IdentityStatus.QUALIFIED or not patient.ins_sealed:
        return ""
    return decrypt_field(bytes(patient.ins_sealed), keyring=keyring(), context=context_of(patient.pk))
