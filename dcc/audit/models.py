"""What happened, insert-only, and the seals that chain it (architecture §9, ADM-10)."""

from django.db import models
from django.utils import timezone

from dcc.lib.ids import uuid7
from dcc.tenancy.isolation import EventWall, SealWall


class AuditEvent(models.Model):
    """One fact: who did what to what, about which patient. No foreign keys: it outlives all."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    region_id = models.SmallIntegerField(null=True)  # null: a platform event, such as a sign-in
    recorded_at = models.DateTimeField(default=timezone.now)
    event = models.CharField(max_length=60)
    actor_id = models.BigIntegerField(null=True)
    actor = models.CharField(max_length=200)
    organisation = models.CharField(max_length=200, blank=True)
    object_type = models.CharField(max_length=40, blank=True)
    object_id = models.CharField(max_length=40, blank=True)
    patient_id = models.UUIDField(null=True)
    details = models.JSONField(default=dict)  # never a trait, never an INS
    reference = models.CharField(max_length=8, blank=True)

    class Meta:
        constraints = [EventWall(name="auditevent_wall", sealed=True)]
        indexes = [
            models.Index(fields=["region_id", "recorded_at"], name="auditevent_region"),
            models.Index(fields=["patient_id", "recorded_at"], name="auditevent_patient"),
            models.Index(fields=["object_id"], name="auditevent_object"),
            models.Index(fields=["recorded_at"], name="auditevent_recorded"),
            models.Index(
                fields=["recorded_at", "id"],
                condition=models.Q(patient_id__isnull=True),
                name="auditevent_no_patient",
            ),
            models.Index(
                fields=["event", "recorded_at"],
                condition=models.Q(patient_id__isnull=True),
                name="auditevent_event",
            ),
            models.Index(
                fields=["actor", "recorded_at"],
                condition=models.Q(patient_id__isnull=True),
                name="auditevent_actor",
            ),
            models.Index(
                fields=["event", "recorded_at"],
                condition=models.Q(patient_id__isnull=False),
                name="auditevent_patient_event",
            ),
            models.Index(
                fields=["actor", "recorded_at"],
                condition=models.Q(patient_id__isnull=False),
                name="auditevent_patient_actor",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.recorded_at:%d/%m/%Y %H:%M} {self.event} {self.actor}"


class AuditSeal(models.Model):
    """One link: the digest of an event chained to the one before it in its region (0: the platform's chain)."""

    chain = models.SmallIntegerField()
    position = models.BigIntegerField()
    event_id = models.UUIDField(unique=True)
    digest = models.BinaryField(max_length=32)
    link = models.BinaryField(max_length=32)
    sealed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            SealWall(name="auditseal_wall"),
            models.UniqueConstraint(fields=["chain", "position"], name="auditseal_position_once"),
        ]


class RowVersion(models.Model):
    """What a clinical row was before each change, written by a trigger whoever changed it (VAL-05, ADM-10)."""

    region_id = models.SmallIntegerField()
    patient_id = models.UUIDField(null=True)
    table_name = models.CharField(max_length=63)
    row_id = models.CharField(max_length=40)
    operation = models.CharField(max_length=6)  # UPDATE or DELETE
    before = models.JSONField()
    changed_at = models.DateTimeField(default=timezone.now)
    changed_by = models.BigIntegerField(null=True)  # the user of the scope; null for a worker

    class Meta:
        constraints = [EventWall(name="rowversion_wall", web="S", worker="", actor="changed_by")]
        indexes = [
            models.Index(fields=["table_name", "row_id", "changed_at"], name="rowversion_row"),
            models.Index(fields=["patient_id", "changed_at"], name="rowversion_patient"),
        ]
