"""The world the tests live in, built once in the template database by the owner.

Network Ligéa (regions 1 and 2): 3C Estuaire (CH de Rochebrune, clinique des Dunes) and 3C Métropole (CHU de Valmer).
Network Ardèle (region 9): 3C Plateau (CH des Causses). People are the usual characters: Alice the secretary, Bob the
physician who coordinates, Carol the colleague without the right, Denis from another establishment, Oscar the outsider
of the other network. One user works in both networks.
"""

import os
from datetime import UTC, datetime, time
from typing import Any

# e-mail: (civility, first, last, profession, specialty, [(organisation code, role)…])
PEOPLE: dict[str, tuple[str, str, str, str, str, list[tuple[str, str]]]] = {
    "alice@dcc.example": ("Mme", "Alice", "Le Bihan", "secretaire", "", [("3ce", "secretary_3c")]),
    "bob@dcc.example": ("Dr", "Bob", "Kerjean", "10", "SM36", [("roche", "coordinator")]),
    "helias@dcc.example": ("Dr", "Yann", "Hélias", "10", "SM14", [("roche", "physician")]),
    "oumarou@dcc.example": ("Dr", "Awa", "Oumarou", "10", "SM37", [("valmer", "physician")]),
    "carol@dcc.example": ("Mme", "Carol", "Jézéquel", "60", "", [("roche", "nurse")]),
    "denis@dcc.example": ("Dr", "Denis", "Weiss", "10", "SM24", [("dunes", "physician")]),
    "metro@dcc.example": ("Mme", "Mona", "Tanguy", "secretaire", "", [("3cm", "secretary_3c")]),
    "admin3c@dcc.example": ("M.", "Alan", "Riou", "admin", "", [("3ce", "admin_3c")]),
    "network@dcc.example": ("Mme", "Nadia", "Corlay", "admin", "", [("ligea", "network_admin")]),
    "auditor@dcc.example": ("M.", "Aude", "Prigent", "admin", "", [("ligea", "auditor")]),
    "it@dcc.example": ("M.", "Ivan", "Saliou", "informatique", "", [("roche", "establishment_it")]),
    "stats@dcc.example": ("Mme", "Stella", "Quéré", "admin", "", [("ligea", "statistics")]),
    "vigilance@dcc.example": ("Mme", "Vera", "Hamon", "admin", "", [("3ce", "identity_vigilance")]),
    "pharma@dcc.example": ("Dr", "Paul", "Lopes", "21", "", [("roche", "pharmacist")]),
    "oscar@dcc.example": ("Mme", "Oscarine", "Vidal", "secretaire", "", [("3cp", "secretary_3c")]),
    "both@dcc.example": ("Dr", "Bea", "Ménard", "10", "SM44", [("valmer", "physician"), ("causses", "physician")]),
}
# code: (region, kind, parent, name, short name, FINESS)
ORGANISATIONS: dict[str, tuple[int, str, str | None, str, str, str]] = {
    "ligea": (1, "network", None, "Réseau Ligéa", "Ligéa", ""),
    "nord": (1, "territory", "ligea", "Territoire Nord", "Nord", ""),
    "3ce": (1, "3c", "nord", "3C Estuaire", "3C Estuaire", ""),
    "roche": (1, "establishment", "3ce", "Centre hospitalier de Rochebrune", "CH Rochebrune", "440000016"),
    "dunes": (1, "establishment", "3ce", "Clinique des Dunes", "Clinique des Dunes", "440000024"),
    "3cm": (2, "3c", "ligea", "3C Métropole", "3C Métropole", ""),
    "valmer": (2, "establishment", "3cm", "CHU de Valmer", "CHU Valmer", "350000014"),
    "ardele": (9, "network", None, "Réseau Ardèle", "Ardèle", ""),
    "3cp": (9, "3c", "ardele", "3C Plateau", "3C Plateau", ""),
    "causses": (9, "establishment", "3cp", "Centre hospitalier des Causses", "CH Causses", "480000017"),
}
PASSWORD = "Phare-de-Nividic-1912"


def rpps(number: int) -> str:
    """An invented number whose Luhn key is right."""
    body = f"1012{number:06d}"
    doubled = [int(digit) * (2 - place % 2) for place, digit in enumerate(reversed(body))]
    return f"{body}{-sum(value - 9 * (value > 9) for value in doubled) % 10}"


def build() -> None:
    """Fill an empty, migrated database; runs as dcc_owner."""
    from django.contrib.auth.hashers import make_password

    from dcc.tenancy.models import Network, Region
    from rcp.sheets.definitions import publish_packaged

    publish_packaged()
    for slug, name, regions in (("ligea", "Réseau Ligéa", (1, 2)), ("ardele", "Réseau Ardèle", (9,))):
        network = Network.objects.create(slug=slug, name=name)
        for number in regions:
            Region.objects.create(id=number, network=network, code=f"{slug}-{number}", name=f"{name} {number}")
    organisations: dict[str, Any] = {}
    for code in ORGANISATIONS:
        organisations[code] = _organisation(code, organisations)
    password = make_password(PASSWORD)  # one for all: it is slow by design
    users = {email: _user(email, organisations, password) for email in PEOPLE}
    _board(organisations["3ce"], users, code="SEI", name="Sein", members=("bob", "helias", "oumarou"))
    _board(organisations["3cm"], users, code="DIG", name="Digestif", members=("both",))
    _board(organisations["3cp"], users, code="SEI", name="Sein", members=("both",))


def _organisation(code: str, made: dict[str, Any]) -> Any:
    from dcc.organisations.models import Organisation
    from dcc.tenancy.models import Principal, PrincipalKind

    region, kind, parent, name, short, finess = ORGANISATIONS[code]
    return Organisation.objects.create(
        region_id=region,
        kind=kind,
        parent=made.get(parent or ""),
        name=name,
        short_name=short,
        finess=finess,
        address_line="1, quai des Épreuves",
        postcode="44000",
        city="Port-Navailles",
        mssante_address=f"secretariat.{code}@ligea-essai.mssante.fr" if kind == "3c" else "",
        principal=Principal.objects.create(kind=PrincipalKind.ORGANISATION, label=name),
    )


def _user(email: str, organisations: dict[str, Any], password: str) -> Any:
    from django.conf import settings

    from dcc.accounts.models import Membership, User
    from dcc.roles import ROLES
    from dcc.tenancy.models import Principal, PrincipalKind

    civility, first, last, profession, specialty, memberships = PEOPLE[email]
    user = User(
        email=email,
        civility=civility,
        first_name=first,
        last_name=last,
        profession=profession,
        specialty=specialty,
        rpps=rpps(list(PEOPLE).index(email)) if profession == "10" else "",
        mssante_address=f"{last.lower().replace(' ', '')}@ligea-essai.mssante.fr" if profession == "10" else "",
        cgu_version=settings.CGU_VERSION,
        password=password,
        principal=Principal.objects.create(kind=PrincipalKind.USER, label=f"{first} {last}"),
    )
    user.save()
    for code, role in memberships:
        Membership.objects.create(
            region_id=organisations[code].region_id,
            user=user,
            organisation=organisations[code],
            role=role,
            clinical=ROLES[role].clinical,
        )
    return user


def _board(organisation: Any, users: dict[str, Any], *, code: str, name: str, members: tuple[str, ...]) -> None:
    from dcc.accounts.models import PrincipalMember
    from dcc.tenancy.models import Principal, PrincipalKind
    from rcp.models import Attendance, Board, BoardMember, Meeting

    region = organisation.region_id
    board = Board.objects.create(
        region_id=region,
        organisation=organisation,
        code=code,
        name=name,
        form_code="sein",
        place="Salle Arvor",
        starts_at=time(14, 0),
        quorum_groups=[
            {"roles": ["chirurgien"], "label": "chirurgien"},
            {"roles": ["oncologue"], "label": "oncologue médical"},
            {"roles": ["radiotherapeute"], "label": "radiothérapeute"},
        ]
        if code == "SEI"
        else [],
        principal=Principal.objects.create(kind=PrincipalKind.BOARD, label=f"RCP {name}"),
    )
    meeting = Meeting.objects.create(
        region_id=region,
        board=board,
        starts_at=datetime(2030, 11, 26, 13, 0, tzinfo=UTC),
        ends_at=datetime(2030, 11, 26, 14, 30, tzinfo=UTC),
        closes_at=datetime(2030, 11, 25, 13, 0, tzinfo=UTC),
        place="Salle Arvor",
        mode="mixed",
        capacity=20,
        principal=Principal.objects.create(kind=PrincipalKind.MEETING, label=f"RCP {name} du 26/11/2030"),
    )
    for short in members:
        user = users[f"{short}@dcc.example"]
        BoardMember.objects.create(
            region_id=region, board=board, user=user, role="coordinator" if short == "bob" else "member"
        )
        PrincipalMember.objects.create(region_id=region, principal=board.principal, user=user)
        PrincipalMember.objects.create(region_id=region, principal=meeting.principal, user=user)
        Attendance.objects.create(
            region_id=region,
            meeting=meeting,
            user=user,
            name=user.display_name,
            profession=user.profession,
            specialty=user.specialty,
        )


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dcc.settings.dev")
    import django

    django.setup()
    build()
