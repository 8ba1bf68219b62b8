"""Boards (RCP): the directory, their usual members and their quorum rule (AGD-01, AGD-12…17)."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from dcc.accounts.models import User
from dcc.accounts.professions import Profession, specialty_label
from dcc.lib.ids import uuid7
from dcc.organisations.models import Organisation
from dcc.tenancy.isolation import RegionWall, SameRegionReference
from dcc.tenancy.models import Principal, RegionModel


class BoardKind(models.TextChoices):
    ORGAN = "organ", "d’organe"
    RECOURSE = "recourse", "de recours"
    TRANSVERSAL = "transversal", "transversale"
    MOLECULAR = "molecular", "moléculaire"
    PAEDIATRIC = "paediatric", "pédiatrique"


class Frequency(models.TextChoices):
    WEEKLY = "weekly", "chaque semaine"
    FORTNIGHTLY = "fortnightly", "une semaine sur deux"
    MONTHLY = "monthly", "chaque mois"


class MeetingMode(models.TextChoices):
    ROOM = "room", "présentiel"
    REMOTE = "remote", "visioconférence"
    MIXED = "mixed", "présentiel et visio"


class Board(RegionModel):
    """An RCP: who holds it, for which tumours, when, where, with which form and which quorum."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="boards", db_constraint=False)
    code = models.CharField("sigle", max_length=8)  # starts the order numbers: SEI-2026-0413
    name = models.CharField("nom", max_length=120)
    kind = models.CharField("type", max_length=12, choices=BoardKind, default=BoardKind.ORGAN)
    form_code = models.CharField("fiche", max_length=30)  # the pathology form composed with the trunk
    other_forms = ArrayField(models.CharField(max_length=30), default=list, verbose_name="autres fiches")  # FRM-02
    national_number = models.CharField("numéro national", max_length=20, blank=True)
    place = models.CharField("lieu", max_length=200, blank=True)
    mode = models.CharField("mode", max_length=6, choices=MeetingMode, default=MeetingMode.MIXED)
    frequency = models.CharField("fréquence", max_length=11, choices=Frequency, default=Frequency.WEEKLY)
    weekday = models.PositiveSmallIntegerField("jour", default=1)  # Monday 0
    starts_at = models.TimeField("heure")
    minutes = models.PositiveSmallIntegerField("durée (min)", default=90)
    capacity = models.PositiveSmallIntegerField("dossiers par séance", default=20)
    closes_hours_before = models.PositiveSmallIntegerField("clôture (h avant)", default=24)
    remote_counts = models.BooleanField("la visio compte pour le quorum", default=True)
    written_opinion_counts = models.BooleanField("l’avis écrit compte pour le quorum", default=False)
    # [{"roles": ["chirurgien"], "label": "chirurgien"}…]: each group must be represented (D8)
    quorum_groups = models.JSONField("spécialités exigées", default=list)
    quorum_physicians = models.PositiveSmallIntegerField("médecins au moins", default=3)
    quorum_specialties = models.PositiveSmallIntegerField("spécialités au moins", default=3)
    principal = models.OneToOneField(Principal, models.PROTECT, related_name="board", editable=False)
    active = models.BooleanField("active", default=True)

    class Meta:
        constraints = [
            RegionWall(name="board_wall"),
            SameRegionReference(name="board_organisation", column="organisation_id", to="organisations.Organisation"),
            models.UniqueConstraint(fields=["region", "id"], name="board_region_id"),
            models.UniqueConstraint(fields=["region", "code"], name="board_code_once"),
            models.CheckConstraint(
                condition=models.Q(quorum_physicians__gte=3, quorum_specialties__gte=3), name="board_quorum_floor"
            ),  # MTG-08: the national floor is never lowered
        ]

    def __str__(self) -> str:
        return f"RCP {self.name}"


class BoardRole(models.TextChoices):
    COORDINATOR = "coordinator", "coordonnateur"
    MEMBER = "member", "membre"
    SECRETARY = "secretary", "secrétaire"


class BoardMember(RegionModel):
    """A usual participant with the function and specialty attached (AGD-01)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    board = models.ForeignKey(Board, models.CASCADE, related_name="members", db_constraint=False)
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    role = models.CharField(max_length=11, choices=BoardRole, default=BoardRole.MEMBER)

    class Meta:
        constraints = [
            RegionWall(name="boardmember_wall", web="SIUD"),
            SameRegionReference(name="boardmember_board", column="board_id", to="rcp.Board", on_delete="CASCADE"),
            models.UniqueConstraint(fields=["region", "board", "user"], name="boardmember_once"),
        ]


class Person(models.Model):
    """What a room knows of someone present: frozen with the meeting, whatever the directory says later."""

    name = models.CharField("nom", max_length=150)
    profession = models.CharField("profession", max_length=12, choices=Profession)
    specialty = models.CharField("spécialité", max_length=8, blank=True)

    class Meta:
        abstract = True

    @property
    def specialty_label(self) -> str:
        return specialty_label(self.specialty) or self.get_profession_display()
