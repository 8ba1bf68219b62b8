"""The datamatrix INS of a qualified identity: the text that its symbol carries (identity §1.9, EXI DIF 02)."""

from dcc.lib.crypto import CryptoError
from patients.identity.datamatrix import InsDatamatrix, write_datamatrix
from patients.identity.refusal import Refused
from patients.identity.symbol import Outline, outline
from patients.lifecycle.matricules import held
from patients.lifecycle.states import IdentityStatus
from patients.models import Patient


class NoDatamatrix(Exception):
    """Only a qualified identity has a datamatrix, and only with its whole list of given names."""


def datamatrix_of(patient: Patient) -> str:
    """Write the payload of the datamatrix INS, ASCII with its separators, for the symbol printed beside the traits.

    Raises NoDatamatrix unless the identity is qualified, or while its list of given names is not known: the first one
    alone would fill another file with a list cut short. Raises DatamatrixRefused or NameRefused when a trait is not in
    the form of the INS; dcc.lib.crypto.KeyMissing or ContentTampered.
    """
    ins = held(patient) if patient.status == IdentityStatus.QUALIFIED else None
    if ins is None or not patient.given_names:
        raise NoDatamatrix
    return write_datamatrix(
        InsDatamatrix(
            ins=ins,
            given_names=patient.given_names,
            birth_name=patient.birth_name,
            sex=patient.sex,
            birth_date=patient.birth_date,
            birth_insee=patient.birth_insee,
        )
    )


def symbol_of(patient: Patient) -> Outline | None:
    """The symbol to draw beside the traits, whoever reads them seeing the matricule; None where none may be drawn."""
    try:
        return outline(datamatrix_of(patient))
    except (NoDatamatrix, Refused, CryptoError):
        return None
