"""Random people, teams, patients and accesses, committed by the owner; then random events that change who sees what."""

import random
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction

from dcc.accounts.models import Membership, PrincipalMember, User
from dcc.audit.models import AuditEvent, RowVersion
from dcc.lib.clock import NEVER
from dcc.organisations.models import Organisation
from dcc.tenancy.models import Network, Principal, PrincipalKind, Region
from patients.models import Access, AccessReason, Patient
from rcp.models import Board, FormVersion, Meeting
from tests.walls.oracle import FEEDS, FILE, NETWORK
from tests.walls.rows import Rows, models_of

OWNER = "walls_owner"
DAY = timedelta(days=1)


class Population:
    """What was made, for the draws that follow; every row is committed by the owner."""

    def __init__(self, seed: int) -> None:
        self.draw = random.Random(seed)
        self.rows = Rows(self.draw)
        self.users: list[User] = list(User.objects.using(OWNER).order_by("pk"))
        self.organisations: list[Organisation] = list(Organisation.objects.using(OWNER).order_by("name"))
        self.memberships: list[Membership] = list(
            Membership.objects.using(OWNER).order_by("user", "organisation__name")
        )
        self.teams: list[Principal] = []
        self.patients: list[Patient] = []
        self.networks: list[Network] = list(Network.objects.using(OWNER).order_by("pk"))
        self.regions: list[int] = list(Region.objects.using(OWNER).order_by("pk").values_list("pk", flat=True))
        self.rows.learn(*self.users, *self.organisations, *FormVersion.objects.using(OWNER))
        self.rows.learn(*Board.objects.using(OWNER).order_by("region", "code"))

    def around(self, *, past: float = 0.3) -> tuple[datetime, datetime]:
        """A start and an end on either side of now: current more often than not."""
        now, dice = datetime.now(UTC), self.draw.random()
        if dice < past:
            return now - 9 * DAY, now - self.draw.choice([timedelta(minutes=1), DAY])
        if dice < past + 0.1:
            return now + DAY, NEVER
        return now - DAY, self.draw.choice([NEVER, now + timedelta(hours=4)])

    def save(self, instances: Iterable[Any]) -> None:
        batch: list[Any] = []
        with transaction.atomic(using=OWNER):
            for one in instances:
                if batch and type(batch[-1]) is not type(one):
                    type(batch[0]).objects.using(OWNER).bulk_create(batch)
                    batch = []
                batch.append(one)
            if batch:
                type(batch[0]).objects.using(OWNER).bulk_create(batch)

    # What there is

    def found_network(self) -> None:
        rank = len(self.networks) + 1
        network = Network.objects.using(OWNER).create(slug=f"reseau-{rank}", name=f"Réseau {rank}")
        self.networks.append(network)
        for _ in range(self.draw.randrange(1, 3)):
            number = max(self.regions) + 1
            region = Region(id=number, network=network, code=f"region-{number}", name=f"Région {number}")
            region.save(using=OWNER)
            self.regions.append(number)
            root = self.rows.new(Organisation, number)
            self.organisations += [root, self.rows.new(Organisation, number, kind="practice", parent_id=root.pk)]
        self.save(self.rows.take())

    def hire(self, count: int) -> None:
        for rank in range(count):
            principal = self.rows.principal()
            principal.kind = PrincipalKind.USER
            address = f"p{rank}-{self.draw.randbytes(5).hex()}@essai.example"
            user = self.rows.new(User, None, email=address, rpps="", password="!", principal_id=principal.pk)
            user.is_active = self.draw.random() > 0.1
            self.users.append(user)
        self.save(self.rows.take())

    def habilitate(self, count: int) -> None:
        for _ in range(count):
            user, organisation = self.draw.choice(self.users), self.draw.choice(self.organisations)
            if any((m.user_id, m.organisation_id) == (user.pk, organisation.pk) for m in self.memberships):
                continue
            starts, expires = self.around(past=0.15)
            given = {"user_id": user.pk, "organisation_id": organisation.pk, "starts_at": starts, "expires_at": expires}
            clinical, dice = self.draw.random() < 0.7, self.draw.random()
            given["role"] = "physician" if clinical or dice < 0.3 else "auditor"
            one = self.rows.new(Membership, organisation.region_id, clinical=clinical, **given)
            one.revoked_at = starts if self.draw.random() < 0.1 else None
            self.memberships.append(one)
        self.save(self.rows.take())

    def gather(self, count: int) -> None:
        """Boards and meetings, whose members come from anywhere, for a time."""
        for _ in range(count):
            region = self.draw.choice(self.regions)
            team = self.rows.new(self.draw.choice([Board, Meeting]), region)
            principal = Principal(pk=team.principal_id)
            self.teams.append(principal)
            for user in self.draw.sample(self.users, k=self.draw.randrange(2, 5)):
                self.join(principal, user, region)
        self.save(self.rows.take())

    def join(self, team: Principal, user: User, region: int) -> None:
        starts, expires = self.around(past=0.2)
        given = {"principal_id": team.pk, "user_id": user.pk, "starts_at": starts, "expires_at": expires}
        self.rows.new(PrincipalMember, region, **given)

    def admit(self, count: int) -> None:
        """Patients, with a row or two in every table about them, and events with and without a region."""
        for _ in range(count):
            region = self.draw.choice(self.regions)
            patient = self.rows.new(Patient, region)
            self.patients.append(patient)
            for model in models_of(FILE) * 2:
                if model._meta.label != "patients.Contact" or not self.known(model, patient):
                    self.rows.new(model, region, patient)
            for actor in self.draw.sample(self.users, k=2):
                self.rows.new(AuditEvent, region, patient, region_id=region, actor_id=actor.pk)
                self.rows.new(RowVersion, region, patient, region_id=region, changed_by=actor.pk)
        self.save(self.rows.take())

    def known(self, model: type, patient: Patient) -> list[Any]:
        return self.rows.known.get((model, patient.region_id, patient.pk), [])

    def furnish(self) -> None:
        """Something in every table of the network, in every region."""
        for region in self.regions:
            for model in models_of(NETWORK | FEEDS):
                about = self.draw.choice([one for one in self.patients if one.region_id == region] or [None])
                names = {field.attname for field in model._meta.concrete_fields}
                if model not in (Organisation, Patient) and (about or "patient_id" not in names):
                    self.rows.new(model, region, about)
            self.rows.new(AuditEvent, region, None, region_id=region, actor_id=self.draw.choice(self.users).pk)
        for user in self.users:
            self.rows.new(AuditEvent, None, None, region_id=None, actor_id=user.pk)
            before = datetime.now(UTC) - 30 * DAY  # before any habilitation of the population
            self.rows.new(AuditEvent, None, None, region_id=None, actor_id=user.pk, recorded_at=before)
        self.save(self.rows.take())

    def open_files(self, per_patient: int) -> None:
        """Accesses of every reason, past and current, for principals of any region."""
        everyone = [*(u.principal_id for u in self.users), *(o.principal_id for o in self.organisations)]
        everyone += [team.pk for team in self.teams] * 2
        made, now = {}, datetime.now(UTC)
        for patient in self.patients:
            for _ in range(self.draw.randrange(per_patient + 1)):
                ends = self.draw.choice([NEVER, now + DAY, now - timedelta(minutes=2), now - DAY])
                key = (patient.pk, self.draw.choice(everyone), self.draw.choice(AccessReason.values))
                given = dict(zip(("patient_id", "principal_id", "reason"), key, strict=True))
                made[key] = Access(region_id=patient.region_id, expires_at=ends, **given)
        Access.objects.using(OWNER).bulk_create(made.values(), ignore_conflicts=True)

    # What happens

    def something_happens(self) -> str:
        """One event that changes who sees what, committed; its name, for the story of a failure."""
        happening = self.draw.choice(
            [self.revoke, self.expire, self.close, self.leave, self.arrive, self.lapse, self.move_region, self.merge]
        )
        happening()
        return happening.__name__

    def revoke(self) -> None:
        now = datetime.now(UTC)
        Membership.objects.using(OWNER).filter(pk=self.draw.choice(self.memberships).pk).update(revoked_at=now)

    def expire(self) -> None:
        starts, expires = self.around()
        one = Membership.objects.using(OWNER).filter(pk=self.draw.choice(self.memberships).pk)
        one.update(starts_at=starts, expires_at=expires)

    def close(self) -> None:
        now = self.draw.choice([None, datetime.now(UTC)])
        Organisation.objects.using(OWNER).filter(pk=self.draw.choice(self.organisations).pk).update(closed_at=now)

    def leave(self) -> None:
        User.objects.using(OWNER).filter(pk=self.draw.choice(self.users).pk).update(
            is_active=self.draw.choice([True, False])
        )

    def arrive(self) -> None:
        team, user = self.draw.choice(self.teams), self.draw.choice(self.users)
        mine = PrincipalMember.objects.using(OWNER).filter(principal=team, user=user)
        if mine.exists():
            mine.update(expires_at=datetime.now(UTC) - timedelta(minutes=1))
        else:
            self.join(team, user, self.draw.choice(self.regions))
            self.save(self.rows.take())

    def lapse(self) -> None:
        ends = self.draw.choice([datetime.now(UTC) - timedelta(seconds=30), NEVER])
        Access.objects.using(OWNER).filter(patient=self.draw.choice(self.patients)).update(expires_at=ends)

    def move_region(self) -> None:
        Region.objects.using(OWNER).filter(pk=self.draw.choice(self.regions)).update(
            network=self.draw.choice(self.networks)
        )

    def merge(self) -> None:
        one, other = self.draw.sample(self.networks, k=2)
        Region.objects.using(OWNER).filter(network=one).update(network=other)

    def each_condition(self) -> None:
        """One clinical habilitation with open files for each condition that closes a scope, otherwise current."""
        now, clinical = datetime.now(UTC), [one for one in self.memberships if one.clinical]
        once = list({one.organisation_id: one for one in {one.user_id: one for one in clinical}.values()}.values())
        mine = Membership.objects.using(OWNER)
        mine.filter(pk__in=[one.pk for one in once]).update(revoked_at=None, starts_at=now - DAY, expires_at=NEVER)
        Organisation.objects.using(OWNER).filter(pk__in=[one.organisation_id for one in once]).update(closed_at=None)
        User.objects.using(OWNER).filter(pk__in=[one.user_id for one in once]).update(is_active=True)
        for one in once:
            for patient in self.draw.sample(self.patients, k=3):
                principal = self.draw.choice([one.organisation.principal_id, one.user.principal_id])
                given = {"patient_id": patient.pk, "principal_id": principal, "reason": AccessReason.TREATING}
                Access.objects.using(OWNER).get_or_create(**given, defaults={"region_id": patient.region_id})
        User.objects.using(OWNER).filter(pk=once[0].user_id).update(is_active=False)
        Organisation.objects.using(OWNER).filter(pk=once[1].organisation_id).update(closed_at=now)
        mine.filter(pk=once[2].pk).update(revoked_at=now)
        mine.filter(pk=once[3].pk).update(starts_at=now + DAY)
        mine.filter(pk=once[4].pk).update(expires_at=now - DAY)
        for team, dates in zip(self.teams, [(-DAY, -DAY / 2), (DAY, 2 * DAY)] * 3, strict=False):
            guest = self.draw.choice(once[5:])
            PrincipalMember.objects.using(OWNER).filter(principal=team, user=guest.user_id).delete()
            given = {"starts_at": now + dates[0], "expires_at": now + dates[1]}
            PrincipalMember.objects.using(OWNER).create(
                region_id=guest.region_id, principal=team, user_id=guest.user_id, **given
            )
            for patient in self.patients:
                given = {"patient_id": patient.pk, "principal_id": team.pk, "reason": AccessReason.SHARING}
                Access.objects.using(OWNER).get_or_create(**given, defaults={"region_id": patient.region_id})

    def split(self) -> None:
        """A merged network comes apart again: accesses given across it remain, and must open nothing."""
        regions = Region.objects.using(OWNER)
        regions.update(network=self.networks[0])
        self.open_files(3)
        for rank, region in enumerate(self.regions):
            regions.filter(pk=region).update(network=self.networks[rank % 2])


def populate(seed: int, *, size: int = 1) -> Population:
    """A world of a few networks, `size` times 12 patients, 14 people and 22 habilitations."""
    people = Population(seed)
    people.found_network()
    people.hire(14 * size)
    people.habilitate(22 * size)
    people.gather(8 * size)
    people.admit(12 * size)
    people.furnish()
    people.open_files(6)
    return people
