"""Meetings (séances) and attendance."""

from django.db import models
from django.utils import timezone

from dcc.accounts.models import User
from dcc.lib.ids import uuid7
from dcc.organisations.models import Organisation
from dcc.tenancy.isolation import RegionWall, SameRegionReference
from dcc.tenancy.models import Principal, RegionModel
from rcp.models.boards import Board, MeetingMode, Person


class MeetingStatus(models.TextChoices):
    PLANNED = "planned", "prévue"
    OPEN = "open", "en cours"
    CLOSED = "closed", "terminée"
    CANCELLED = "cancelled", "annulée"


class Meeting(RegionModel):
    """One session of a board."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    board = models.ForeignKey(Board, models.PROTECT, related_name="meetings", db_constraint=False)
    starts_at = models.DateTimeField("début")
    ends_at = models.DateTimeField("fin")
    closes_at = models.DateTimeField("clôture des inscriptions")
    place = models.CharField("lieu", max_length=200, blank=True)
    mode = models.CharField("mode", max_length=6, choices=MeetingMode)
    capacity = models.PositiveSmallIntegerField("dossiers")
    status = models.CharField(max_length=9, choices=MeetingStatus, default=MeetingStatus.PLANNED)
    chair = models.ForeignKey(User, models.PROTECT, related_name="+", null=True)  # who presides, and may validate (D5)
    opened_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    principal = models.OneToOneField(Principal, models.PROTECT, related_name="meeting", editable=False)

    class Meta:
        constraints = [
            RegionWall(name="meeting_wall"),
            SameRegionReference(name="meeting_board", column="board_id", to="rcp.Board"),
            models.UniqueConstraint(fields=["region", "id"], name="meeting_region_id"),
            models.UniqueConstraint(fields=["region", "board", "starts_at"], name="meeting_once"),
            models.CheckConstraint(condition=models.Q(ends_at__gt=models.F("starts_at")), name="meeting_ends_after"),
        ]
        indexes = [models.Index(fields=["region", "starts_at"], name="meeting_calendar")]

    def __str__(self) -> str:
        return f"{self.board} du {timezone.localtime(self.starts_at):%d/%m/%Y}"

    @property
    def held_on(self) -> "timezone.datetime.date":  # type: ignore[name-defined]
        return timezone.localtime(self.starts_at).date()


class Presence(models.TextChoices):
    EXPECTED = "expected", "attendu"
    PRESENT = "present", "présent"
    ABSENT = "absent", "absent"
    WRITTEN = "written", "avis écrit"


class Attendance(Person, RegionModel):
    """Someone expected or present at a meeting; a guest from another hospital has a row of their own."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="attendances", db_constraint=False)
    user = models.ForeignKey(User, models.PROTECT, related_name="+", null=True)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", null=True, db_constraint=False)
    presence = models.CharField(max_length=8, choices=Presence, default=Presence.EXPECTED)
    remote = models.BooleanField("en visio", default=False)
    arrived_at = models.DateTimeField(null=True)
    left_at = models.DateTimeField(null=True)
    is_guest = models.BooleanField(default=False)

    class Meta:
        constraints = [
            RegionWall(name="attendance_wall", web="SIUD"),
            SameRegionReference(name="attendance_meeting", column="meeting_id", to="rcp.Meeting"),
            models.UniqueConstraint(
                fields=["region", "meeting", "user"], condition=models.Q(user__isnull=False), name="attendance_once"
            ),
        ]
        indexes = [models.Index(fields=["user"], name="attendance_user")]


class OrderCounter(RegionModel):
    """The last order number given to a board in a year: gapless, its row is the lock (D1)."""

    board = models.ForeignKey(Board, models.PROTECT, related_name="+", db_constraint=False)
    year = models.PositiveSmallIntegerField()
    last_number = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            RegionWall(name="ordercounter_wall"),
            SameRegionReference(name="ordercounter_board", column="board_id", to="rcp.Board"),
            models.UniqueConstraint(fields=["region", "board", "year"], name="ordercounter_once"),
        ]
