"""Who searches in the bench: networks, one 3C of three establishments, and as many secretaries as their limit asks for.

One person may search thirty times a minute (patients.limits): the bench has enough of them to ask all its questions
without touching that limit. They open their session as the tests do; what is measured begins after.
"""

from django.conf import settings
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX

from dcc.accounts.models import Membership, User
from dcc.organisations.kinds import OrganisationKind
from dcc.organisations.models import Organisation
from dcc.tenancy.models import Network, Principal, PrincipalKind, Region
from patients.bench.filling import OTHERS, SEARCHED

ROLE = "secretary_3c"


def make_ground(secretaries: int) -> None:
    """Fill an empty, migrated database, as its owner: networks, organisations and those who search."""
    for rank, regions in enumerate((SEARCHED, OTHERS[:2], OTHERS[2:]), start=1):
        network = Network.objects.create(slug=f"banc-{rank}", name=f"Réseau {rank} du banc")
        for number in regions:
            Region.objects.create(id=number, network=network, code=f"banc-{number}", name=f"Région {number} du banc")
    root = _organisation("Réseau du banc", OrganisationKind.NETWORK, None)
    centre = _organisation("3C du banc", OrganisationKind.THREE_C, root)
    for rank, name in enumerate(("Hôpital A du banc", "Hôpital B du banc", "Clinique du banc")):
        _organisation(name, OrganisationKind.ESTABLISHMENT, centre, finess=f"99000000{rank}")
    for number in range(secretaries):
        _secretary(number, centre)


def _organisation(name: str, kind: str, parent: Organisation | None, finess: str = "") -> Organisation:
    principal = Principal.objects.create(kind=PrincipalKind.ORGANISATION, label=name)
    return Organisation.objects.create(
        region_id=SEARCHED[0],
        kind=kind,
        parent=parent,
        name=name,
        short_name=name,
        finess=finess,
        principal=principal,
    )


def _secretary(number: int, centre: Organisation) -> None:
    user = User.objects.create(
        email=f"secretaire{number}@banc.example",
        first_name="Secrétaire",
        last_name=f"Banc {number}",
        profession="secretaire",
        password=UNUSABLE_PASSWORD_PREFIX,
        cgu_version=settings.CGU_VERSION,
        principal=Principal.objects.create(kind=PrincipalKind.USER, label=f"Secrétaire {number} du banc"),
    )
    Membership.objects.create(region_id=SEARCHED[0], user=user, organisation=centre, role=ROLE, clinical=True)
