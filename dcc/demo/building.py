"""Fills an empty database with the two demonstration networks; runs as dcc_owner, the same result at each run."""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.utils import timezone

from dcc.accounts.models import Membership, PrincipalMember, User
from dcc.accounts.professions import quorum_role
from dcc.demo.directory import ARDELE, LIGEA, OTHER_FORMS, BoardPlan, Org, ardele_boards, ligea_boards
from dcc.demo.people import BRINGS, NAMED, Pro, professionals, with_luhn
from dcc.organisations.models import Organisation
from dcc.roles import ROLES
from dcc.tenancy.models import Network, Principal, PrincipalKind, Region
from messaging.models import Feed
from rcp.models import Attendance, Board, BoardMember, BoardRole, Meeting, MeetingStatus

PASSWORD = "Phare-de-Nividic-1912"  # noqa: S105  of invented accounts, printed by `make demo`
PARIS = ZoneInfo("Europe/Paris")
MAIL_DOMAIN = "demo-{network}.mssante.fr"
WEEKS_BACK, WEEKS_AHEAD = 6, 6
IN_POST = timedelta(days=400)  # people were here long before what the demonstration tells of them


class World:
    """What has been created so far, by code."""

    def __init__(self) -> None:
        self.organisations: dict[str, Organisation] = {}
        self.users: dict[str, User] = {}
        self.boards: list[Board] = []
        self.meetings: list[Meeting] = []
        self.password = make_password(PASSWORD)


def build_directory(hospital_port: int) -> World:
    """Networks, organisations, people, boards and their meetings."""
    world = World()
    for slug, name, regions in (("ligea", "Réseau Ligéa", (1, 2)), ("ardele", "Réseau Ardèle", (9,))):
        network = Network.objects.create(slug=slug, name=name)
        for number in regions:
            Region.objects.create(id=number, network=network, code=f"{slug}-{number}", name=f"{name}, région {number}")
    for rank, org in enumerate((*LIGEA, *ARDELE)):
        world.organisations[org.code] = _organisation(world, org, rank, hospital_port)
    establishments = [org.code for org in (*LIGEA, *ARDELE) if org.kind == "establishment"]
    for rank, pro in enumerate(professionals(establishments)):
        world.users[pro.email] = _user(world, pro, rank)
    both = world.users["deux-reseaux@dcc.example"]
    _membership(both, world.organisations["causses"], "physician")
    for plan in (*ligea_boards(), *ardele_boards()):
        _board(world, plan)
    return world


def _organisation(world: World, org: Org, rank: int, hospital_port: int) -> Organisation:
    network = "ligea" if org in LIGEA else "ardele"
    made = Organisation.objects.create(
        region_id=org.region,
        kind=org.kind,
        parent=world.organisations.get(org.parent or ""),
        name=org.name,
        short_name=org.short,
        finess=with_luhn(f"{org.department}00{9000 + rank}") if org.kind == "establishment" else "",
        oid=f"1.2.250.1.999.1.{rank + 1}" if org.kind == "establishment" else "",
        phone=f"02 61 91 {rank:02d} 00" if org.city else "",
        address_line=f"{rank + 1}, quai des Épreuves" if org.city else "",
        postcode=org.postcode,
        city=org.city,
        mssante_address=f"secretariat.{org.code}@{MAIL_DOMAIN.format(network=network)}" if org.kind == "3c" else "",
        principal=Principal.objects.create(kind=PrincipalKind.ORGANISATION, label=org.name),
    )
    if org.feed and hospital_port:
        Feed.objects.create(
            region_id=org.region,
            organisation=made,
            host="127.0.0.1",
            port=hospital_port,
            tls=False,
            receiving_application="DPI-DEMO",
            receiving_facility=made.finess,
        )
    return made


def _user(world: World, pro: Pro, rank: int) -> User:
    organisation = world.organisations[pro.organisation]
    network = "ardele" if organisation.region_id == 9 else "ligea"
    # One physician in nine has no secure address: the postal list has something to show (SND-05, SND-11).
    secure = pro.profession == "10" and (rank % 9 != 8 or pro in NAMED)
    user = User.objects.create(
        email=pro.email,
        password=world.password,
        civility=pro.civility,
        first_name=pro.first,
        last_name=pro.last,
        profession=pro.profession,
        specialty=pro.specialty,
        rpps=with_luhn(f"1099{rank:06d}") if pro.profession == "10" else "",
        phone=f"02 61 91 {rank // 100 + 20} {rank % 100:02d}",
        mssante_address=f"{pro.email.partition('@')[0]}@{MAIL_DOMAIN.format(network=network)}" if secure else "",
        cgu_version=settings.CGU_VERSION,
        cgu_accepted_at=timezone.now(),
        principal=Principal.objects.create(
            kind=PrincipalKind.USER, label=f"{pro.civility} {pro.first} {pro.last}".strip()
        ),
    )
    _membership(user, organisation, pro.role)
    return user


def _membership(user: User, organisation: Organisation, role: str) -> None:
    paper = {"signed_by": "Direction", "signed_on": date(2026, 1, 5), "paper_reference": "HAB-2026"}
    Membership.objects.create(
        region_id=organisation.region_id,
        user=user,
        organisation=organisation,
        role=role,
        clinical=ROLES[role].clinical,
        starts_at=timezone.now() - IN_POST,
        **(paper if ROLES[role].paper else {}),
    )


def _board(world: World, plan: BoardPlan) -> None:
    holder = world.organisations[plan.holder]
    region = holder.region_id
    board = Board.objects.create(
        region_id=region,
        organisation=holder,
        code=plan.code,
        name=plan.name,
        kind=plan.kind,
        form_code=plan.form,
        other_forms=list(OTHER_FORMS.get(plan.code[:3], ())),
        place=f"{world.organisations[plan.site].short_name}, salle {('Arvor', 'Glénan', 'Iroise')[plan.weekday % 3]}",
        frequency=plan.frequency,
        weekday=plan.weekday,
        starts_at=time(plan.hour, plan.minute),
        quorum_groups=[{"label": label, "roles": list(roles)} for label, roles in plan.groups],
        principal=Principal.objects.create(kind=PrincipalKind.BOARD, label=f"RCP {plan.name}, {holder.short_name}"),
    )
    world.boards.append(board)
    members = _members(world, board, plan)
    BoardMember.objects.bulk_create(
        BoardMember(
            region_id=region,
            board=board,
            user=user,
            role=BoardRole.COORDINATOR if rank == 0 else BoardRole.MEMBER,
        )
        for rank, user in enumerate(members)
    )
    PrincipalMember.objects.bulk_create(
        PrincipalMember(region_id=region, principal=board.principal, user=user, starts_at=timezone.now() - IN_POST)
        for user in members
    )
    _meetings(world, board, plan, members)


def _members(world: World, board: Board, plan: BoardPlan) -> list[User]:
    """Six physicians of different specialties from the establishments around the board's 3C, coordinator first."""
    near = {code for code, org in world.organisations.items() if org.parent_id == board.organisation_id}
    memberships = Membership.objects.filter(
        organisation__in=[world.organisations[code] for code in near], user__profession="10"
    ).select_related("user")
    pool = sorted((one.user for one in memberships), key=lambda user: user.pk)
    chosen: dict[str, User] = {}
    if plan.code == "SEI" and board.region_id == 1:
        chosen = {
            user.specialty: user
            for email in ("medecin", "demandeur", "radiotherapeute")
            for user in [world.users[f"{email}@dcc.example"]]
        }
    offset = len(world.boards) % max(1, len(pool))
    usual = BRINGS.get(plan.code[:3], ())
    turned = sorted(pool[offset:] + pool[:offset], key=lambda user: user.specialty not in usual)
    for _, roles in plan.groups:  # those the quorum wants come first
        wanted = (user for user in turned if quorum_role(user.specialty) in roles)
        if not any(quorum_role(one) in roles for one in chosen) and (found := next(wanted, None)):
            chosen[found.specialty] = found
    for user in turned:
        if len(chosen) < 7:
            chosen.setdefault(user.specialty, user)
    return list(chosen.values())


def _meetings(world: World, board: Board, plan: BoardPlan, members: list[User]) -> None:
    monday = timezone.localdate() - timedelta(days=timezone.localdate().weekday())
    step = {"weekly": 1, "fortnightly": 2, "monthly": 4}[plan.frequency]
    for week in range(-WEEKS_BACK, WEEKS_AHEAD, step):
        day = monday + timedelta(weeks=week, days=plan.weekday)
        starts = datetime.combine(day, board.starts_at, PARIS)
        past = starts < timezone.now() - timedelta(hours=3)
        meeting = Meeting.objects.create(
            region_id=board.region_id,
            board=board,
            starts_at=starts,
            ends_at=starts + timedelta(minutes=board.minutes),
            closes_at=starts - timedelta(hours=board.closes_hours_before),
            place=board.place,
            mode=board.mode,
            capacity=board.capacity,
            status=MeetingStatus.CLOSED if past else MeetingStatus.PLANNED,
            chair=members[0] if members else None,
            opened_at=starts if past else None,
            closed_at=starts + timedelta(minutes=board.minutes) if past else None,
            principal=Principal.objects.create(kind=PrincipalKind.MEETING, label=f"{board} du {starts:%d/%m/%Y}"),
        )
        world.meetings.append(meeting)
        Attendance.objects.bulk_create(_attendances(meeting, members, past))
        PrincipalMember.objects.bulk_create(
            PrincipalMember(
                region_id=board.region_id,
                principal=meeting.principal,
                user=user,
                starts_at=timezone.now() - IN_POST,
                expires_at=meeting.ends_at + timedelta(days=30),
            )
            for user in members
        )


def _attendances(meeting: Meeting, members: list[User], past: bool) -> list[Attendance]:
    return [
        Attendance(
            region_id=meeting.region_id,
            meeting=meeting,
            user=user,
            name=user.display_name,
            profession=user.profession,
            specialty=user.specialty,
            presence="present" if past and rank < 6 else "absent" if past else "expected",
            remote=rank % 3 == 2,
            arrived_at=meeting.starts_at if past and rank < 6 else None,
        )
        for rank, user in enumerate(members)
    ]


def accounts() -> list[dict[str, Any]]:
    """The accounts printed by `make demo` and listed on the demonstration's sign-in page."""
    names = {org.code: org.short for org in (*LIGEA, *ARDELE)}
    return [
        {
            "email": pro.email,
            "name": f"{pro.civility} {pro.first} {pro.last}",
            "role": ROLES[pro.role].label,
            "organisation": names[pro.organisation],
        }
        for pro in NAMED
    ]
