"""An identity that the local INSi knows, and what a desk does with it."""

from patients.lifecycle import actions, asking
from patients.lifecycle.history import last_line
from patients.lifecycle.states import IdentityDocument
from patients.lifecycle.transitions import IdentityAct
from patients.models import Patient
from tests.patients.conftest import created

PAT_TROIS = ("Pat-Trois", "Dominique", "28031979")
MATRICULE, OID = "279035121518989", "1.2.250.1.213.1.4.10"


def pat_trois(by, **traits):
    return created(by, *PAT_TROIS, **{"insee": "51215", **traits})


def seen(patient):
    return last_line(patient.pk)


def again(patient):
    return Patient.objects.get(pk=patient.pk)


def validated(patient, by, document=IdentityDocument.CARD):
    return actions.validate(patient=patient, document=document, by=by, seen=seen(patient))


def retrieved(patient, by, given_name="DOMINIQUE"):
    return asking.accept(call=asking.ask(patient=again(patient), given_name=given_name, by=by), by=by)


def doubted(patient, by):
    return actions.act_on(patient=patient, act=IdentityAct.DOUBT, by=by, seen=seen(patient), reason="Deux cartes")
