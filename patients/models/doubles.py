"""Pairs of identities that may be one person, what was decided of them, and merges with all it takes to undo them."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Greatest, Least
from django.utils import timezone

from dcc.accounts.models import User
from dcc.lib.ids import uuid7
from dcc.organisations.models import Organisation
from dcc.tenancy.isolation import PatientWall, RegionWall, SameRegionReference
from dcc.tenancy.models import RegionModel
from patients.models.access import PatientModel
from patients.models.identity import IdentityStatus, Patient


class DoubleStatus(models.TextChoices):
    TO_EXAMINE = "to_examine", "à examiner"
    REPORTED = "reported", "signalé par une personne"  # stays for the cell to judge, whatever the traits become
    UNSURE = "unsure", "incertain"
    HOMONYM = "homonym", "homonymes"
    ASKED = "asked", "fusion à confirmer"  # by a second person: one of the identities is qualified
    MERGING = "merging", "fusion en cours"
    MERGED = "merged", "fusionnées"
    UNDO_ASKED = "undo_asked", "annulation à confirmer"  # by a second person too, and merged until then
    UNDOING = "undoing", "annulation en cours"
    UNDONE = "undone", "fusion annulée"
    CLEARED = "cleared", "écarté"  # the traits were corrected, or one of the two was merged elsewhere


WAITING = (DoubleStatus.TO_EXAMINE, DoubleStatus.REPORTED, DoubleStatus.UNSURE, DoubleStatus.ASKED)


class DoubleQuerySet(models.QuerySet["Double"]):
    def waiting(self) -> "DoubleQuerySet":
        """What is still two identities that a person of the cell has to look at."""
        return self.filter(status__in=WAITING)

    def about(self, patient_id: object) -> "DoubleQuerySet":
        return self.filter(models.Q(first_id=patient_id) | models.Q(second_id=patient_id))


class Double(RegionModel):
    """A pair, stored once whichever way it is found, with the evidence it was proposed on (PAT-05)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    first = models.ForeignKey(Patient, models.PROTECT, related_name="+", db_constraint=False)
    second = models.ForeignKey(Patient, models.PROTECT, related_name="+", db_constraint=False)
    status = models.CharField(max_length=10, choices=DoubleStatus, default=DoubleStatus.TO_EXAMINE)
    score = models.FloatField()
    probable = models.BooleanField(default=False)  # from the threshold of the worklist; below it, to review
    collision = models.BooleanField(default=False)  # one matricule, traits that differ
    evidence = models.JSONField(default=list)  # [{trait, label, outcome, points, detail, left, right}…]
    # Where the later of the two was created: the establishment whose desk can prevent the next one.
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+", db_constraint=False)
    found_at = models.DateTimeField(default=timezone.now)
    # Somebody at a desk who thinks they are one person, and why; nobody where the worker found the pair by itself.
    reported_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    reported_at = models.DateTimeField(null=True)
    reported_why = models.CharField("motif du signalement", max_length=300, blank=True, default="", db_default="")
    first_decided_at = models.DateTimeField(null=True)  # how long it waited for a person
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    reason = models.CharField("motif", max_length=300, blank=True)
    # Whom this judgement marked homonym, and unmarks when it is taken back; not who a desk had marked before.
    marked = ArrayField(models.UUIDField(), default=list, db_default=[])

    objects = DoubleQuerySet.as_manager()

    class Meta:
        constraints = [
            RegionWall(name="double_wall"),
            SameRegionReference(name="double_first", column="first_id", to="patients.Patient"),
            SameRegionReference(name="double_second", column="second_id", to="patients.Patient"),
            models.UniqueConstraint(fields=["region", "id"], name="double_region_id"),
            models.UniqueConstraint(
                "region", Least("first", "second"), Greatest("first", "second"), name="double_once"
            ),  # whichever way round
            models.CheckConstraint(condition=~models.Q(first=models.F("second")), name="double_of_two"),
            models.CheckConstraint(
                condition=models.Q(reported_by__isnull=True, reported_at__isnull=True)
                | models.Q(reported_by__isnull=False, reported_at__isnull=False),
                name="double_reported_by_somebody",
            ),
        ]
        indexes = [
            models.Index(fields=["region", "status", "found_at"], name="double_worklist"),
        ]

    def __str__(self) -> str:
        return f"doublon {self.get_status_display()}"


class Merge(RegionModel):
    """One merge, from who asked for it to its undoing: `lost` became an alias of `kept`."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    double = models.ForeignKey(Double, models.PROTECT, related_name="merges", db_constraint=False)
    kept = models.ForeignKey(Patient, models.PROTECT, related_name="+", db_constraint=False)
    lost = models.ForeignKey(Patient, models.PROTECT, related_name="+", db_constraint=False)
    rule = models.CharField(max_length=120)  # why this one survives, in French
    reason = models.CharField("motif", max_length=300)
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    confirmed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)  # refused or given up before it was done
    done_at = models.DateTimeField(null=True)
    rows = models.PositiveIntegerField(default=0)  # moved, and counted in every table before and after
    tables = models.PositiveSmallIntegerField(default=0)
    undo_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    undo_confirmed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    undo_reason = models.CharField("motif", max_length=300, blank=True)
    undone_at = models.DateTimeField(null=True)
    obstacles = ArrayField(models.CharField(max_length=300), default=list)  # what stopped the last try, in French
    # [{key, label, at, to}…]: what is new since the merge and belongs to nobody yet; `to` is kept, lost or "".
    unallocated = models.JSONField(default=list)

    class Meta:
        constraints = [
            RegionWall(name="merge_wall"),
            SameRegionReference(name="merge_double", column="double_id", to="patients.Double"),
            SameRegionReference(name="merge_kept", column="kept_id", to="patients.Patient"),
            SameRegionReference(name="merge_lost", column="lost_id", to="patients.Patient"),
            models.UniqueConstraint(fields=["region", "id"], name="merge_region_id"),
            models.UniqueConstraint(
                fields=["lost"],
                condition=models.Q(done_at__isnull=False, undone_at__isnull=True),
                name="merge_in_force_once",
            ),
            models.UniqueConstraint(
                fields=["double"],
                condition=models.Q(closed_at__isnull=True, undone_at__isnull=True),
                name="merge_one_at_a_time",
            ),
            models.CheckConstraint(condition=~models.Q(kept=models.F("lost")), name="merge_of_two"),
            models.CheckConstraint(
                condition=~models.Q(confirmed_by=models.F("asked_by")), name="merge_confirmed_by_another"
            ),
            models.CheckConstraint(
                condition=~models.Q(undo_confirmed_by=models.F("undo_by")), name="merge_undo_confirmed_by_another"
            ),
        ]
        indexes = [
            models.Index(fields=["kept", "done_at"], name="merge_kept_x"),
            models.Index(fields=["region", "done_at"], name="merge_done_x"),
        ]

    @property
    def in_force(self) -> bool:
        return self.done_at is not None and self.undone_at is None

    def close(self) -> None:
        """It was refused, or given up, and never done; unsaved."""
        self.closed_at = timezone.now()


class MergedTable(PatientModel):
    """What a merge did to one table: the rows that moved, those that were the survivor's own, the counts (PAT-05).

    Behind wall 2, with the survivor's file: what a file holds, even counted, is not the network's to know.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    merge = models.ForeignKey(Merge, models.PROTECT, related_name="merged_tables", db_constraint=False)
    table_name = models.CharField(max_length=63)
    moved = ArrayField(models.CharField(max_length=40), default=list)  # the original patient of these is the lost one
    own = ArrayField(models.CharField(max_length=40), default=list)
    left = ArrayField(models.CharField(max_length=40), default=list)  # one a patient only: kept with the lost identity
    changed = models.JSONField(default=dict)  # {row: {column: [before, after]}}
    lost_before = models.PositiveIntegerField()
    kept_before = models.PositiveIntegerField()
    lost_after = models.PositiveIntegerField()
    kept_after = models.PositiveIntegerField()

    class Meta:
        constraints = [
            PatientWall(name="mergedtable_wall", web="S"),
            SameRegionReference(name="mergedtable_patient", column="patient_id", to="patients.Patient"),
            SameRegionReference(name="mergedtable_merge", column="merge_id", to="patients.Merge"),
            models.UniqueConstraint(fields=["merge", "table_name"], name="mergedtable_once"),
            models.CheckConstraint(
                condition=models.Q(lost_before__gte=models.F("lost_after"), kept_after__gte=models.F("kept_before")),
                name="mergedtable_counts",
            ),
        ]


class NoticeKind(models.TextChoices):
    """Messages of IHE PAM: merge, and a new announcement of an identity that a merge had taken."""

    A40 = "A40", "fusion (A40)"
    A31 = "A31", "mise à jour (A31)"


class NoticeState(models.TextChoices):
    WAITING = "waiting", "à envoyer"
    SENT = "sent", "envoyé"
    CANCELLED = "cancelled", "annulé"  # undone before it left


class IdentityNotice(RegionModel):
    """What an establishment that numbers one of the two must be told: a row before it is a message."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    merge = models.ForeignKey(Merge, models.PROTECT, related_name="notices", db_constraint=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", db_constraint=False)
    kind = models.CharField(max_length=3, choices=NoticeKind)
    state = models.CharField(max_length=9, choices=NoticeState, default=NoticeState.WAITING)
    # {"kept": {"id", "ipps"}, "lost": {"id", "ipps"}}: identifiers as they were, no trait and never an INS
    content = models.JSONField()
    created_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            RegionWall(name="identitynotice_wall", web="S"),
            SameRegionReference(name="identitynotice_merge", column="merge_id", to="patients.Merge"),
            SameRegionReference(
                name="identitynotice_organisation", column="organisation_id", to="organisations.Organisation"
            ),
            models.UniqueConstraint(fields=["merge", "organisation", "kind"], name="identitynotice_once"),
        ]
        indexes = [
            models.Index(
                fields=["region", "created_at"], condition=models.Q(state="waiting"), name="identitynotice_due"
            )
        ]


class DoubleSearch(RegionModel):
    """An identity to look doubles up for: created, or its traits changed. A trigger writes it, the sweep empties it."""

    id = models.BigAutoField(primary_key=True)
    identity = models.OneToOneField(Patient, models.CASCADE, related_name="+", db_constraint=False)
    since = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            RegionWall(name="doublesearch_wall", web="", worker="SIUD"),
            SameRegionReference(
                name="doublesearch_identity", column="identity_id", to="patients.Patient", on_delete="CASCADE"
            ),
        ]
        indexes = [models.Index(fields=["region", "id"], name="doublesearch_due")]


class IdentityCount(RegionModel):
    """How many identities had each status on a day: indicators never count a million rows while somebody waits."""

    id = models.BigAutoField(primary_key=True)
    counted_on = models.DateField()
    status = models.CharField(max_length=5, choices=IdentityStatus)
    count = models.PositiveIntegerField()

    class Meta:
        constraints = [
            RegionWall(name="identitycount_wall", web="S"),
            models.UniqueConstraint(fields=["region", "counted_on", "status"], name="identitycount_once"),
        ]
