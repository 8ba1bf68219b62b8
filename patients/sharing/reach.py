"""The patient of a page that only who sees the file may use: 404 for anybody else, as for what does not exist."""

from uuid import UUID

from django.http import Http404
from django.shortcuts import get_object_or_404

from patients.access import may_see
from patients.models import Patient


def open_patient(patient_id: UUID) -> Patient:
    """The patient whose file is open to the current scope. Raises Http404."""
    patient = get_object_or_404(Patient, pk=patient_id)
    if not may_see(patient.pk):
        raise Http404
    return patient
