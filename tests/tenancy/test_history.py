"""What a clinical row was before a change is kept, by the database itself (VAL-05, ADM-10)."""

import pytest
from django.db import ProgrammingError, transaction

from dcc.audit.models import RowVersion
from patients.access import grant
from patients.models import AccessReason, Contact
from tests.tenancy.test_walls import make_patient


def test_a_changed_contact_keeps_what_it_was(working_as):
    with working_as("alice") as alice:
        patient = make_patient()
        grant(patient_id=patient.pk, to=alice.acting_as.principal, reason=AccessReason.CREATION, by=alice)
        contact = Contact.objects.create(region_id=1, patient=patient, city="Nantes")
        contact.city = "Vannes"
        contact.save()
        Contact.objects.filter(pk=contact.pk).update(city="Vannes")  # changes nothing: nothing is kept
        kept = RowVersion.objects.get(table_name="patients_contact", row_id=str(contact.pk))
        assert kept.before["city"] == "Nantes"
        assert kept.changed_by == alice.pk
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            RowVersion.objects.update(before={})
    with working_as("metro"):
        assert not RowVersion.objects.exists(), "the history of a file is behind the same wall as the file"
