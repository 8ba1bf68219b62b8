"""Deliveries, their attempts, and the feeds that hospitals send and receive on."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import dcc.lib.ids
import dcc.tenancy.isolation
from dcc.lib.tables import CreateTables


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("patients", "0001_initial"),
        ("organisations", "0001_initial"),
        ("tenancy", "0001_initial"),
    ]

    operations = [
        CreateTables(
            [
                migrations.CreateModel(
                    name="Delivery",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=dcc.lib.ids.uuid7, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        (
                            "channel",
                            models.CharField(
                                choices=[("mssante", "MSSanté"), ("hl7", "HL7 vers le DPI"), ("paper", "courrier")],
                                max_length=8,
                            ),
                        ),
                        ("recipient_key", models.CharField(max_length=120)),
                        ("recipient", models.JSONField()),
                        ("occasion", models.CharField(default="first", max_length=40)),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("waiting", "en attente du document"),
                                    ("due", "à envoyer"),
                                    ("sending", "en cours d’envoi"),
                                    ("sent", "remis"),
                                    ("to_print", "à imprimer"),
                                    ("printed", "imprimé"),
                                    ("refused", "refusé : à reprendre"),
                                    ("cancelled", "annulé"),
                                ],
                                default="waiting",
                                max_length=9,
                            ),
                        ),
                        ("control_id", models.CharField(max_length=120, unique=True)),
                        ("attempts", models.PositiveSmallIntegerField(default=0)),
                        ("next_attempt_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("leased_until", models.DateTimeField(null=True)),
                        ("sent_at", models.DateTimeField(null=True)),
                        ("receipt", models.JSONField(default=dict)),
                        ("last_error", models.CharField(blank=True, max_length=300)),
                        ("last_error_detail", models.CharField(blank=True, max_length=500)),
                        ("planned_at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "document",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="deliveries",
                                to="patients.document",
                            ),
                        ),
                        (
                            "patient",
                            models.ForeignKey(
                                db_constraint=False,
                                editable=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="patients.patient",
                            ),
                        ),
                        (
                            "region",
                            models.ForeignKey(
                                editable=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="tenancy.region",
                            ),
                        ),
                        (
                            "three_c",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="organisations.organisation",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("status__in", ["due", "sending"])),
                                fields=["region", "next_attempt_at"],
                                name="delivery_due",
                            ),
                            models.Index(fields=["three_c", "status", "planned_at"], name="delivery_basket"),
                            models.Index(fields=["document"], name="delivery_document_x"),
                            models.Index(fields=["patient"], name="delivery_patient_x"),
                        ],
                        "constraints": [
                            dcc.tenancy.isolation.PatientWall(
                                name="delivery_wall", patient="patient_id", web="SIU", worker="SIU"
                            ),
                            dcc.tenancy.isolation.SameRegionReference(
                                column="patient_id",
                                name="delivery_patient",
                                on_delete="NO ACTION",
                                region="region_id",
                                to="patients.Patient",
                            ),
                            dcc.tenancy.isolation.SameRegionReference(
                                column="document_id",
                                name="delivery_document",
                                on_delete="NO ACTION",
                                region="region_id",
                                to="patients.Document",
                            ),
                            models.UniqueConstraint(
                                fields=("region", "document", "channel", "recipient_key", "occasion"),
                                name="delivery_planned_once",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="DeliveryAttempt",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=dcc.lib.ids.uuid7, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("number", models.PositiveSmallIntegerField()),
                        ("started_at", models.DateTimeField()),
                        ("ended_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("outcome", models.CharField(max_length=12)),
                        ("message", models.CharField(blank=True, max_length=300)),
                        ("detail", models.CharField(blank=True, max_length=500)),
                        (
                            "delivery",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="tries",
                                to="messaging.delivery",
                            ),
                        ),
                        (
                            "patient",
                            models.ForeignKey(
                                db_constraint=False,
                                editable=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="patients.patient",
                            ),
                        ),
                        (
                            "region",
                            models.ForeignKey(
                                editable=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="tenancy.region",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [models.Index(fields=["delivery", "number"], name="deliveryattempt_delivery")],
                        "constraints": [
                            dcc.tenancy.isolation.PatientWall(
                                name="deliveryattempt_wall", patient="patient_id", web="S", worker="SI"
                            ),
                            dcc.tenancy.isolation.SameRegionReference(
                                column="patient_id",
                                name="deliveryattempt_patient",
                                on_delete="NO ACTION",
                                region="region_id",
                                to="patients.Patient",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Feed",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=dcc.lib.ids.uuid7, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("host", models.CharField(max_length=200, verbose_name="hôte")),
                        ("port", models.PositiveIntegerField(verbose_name="port")),
                        ("tls", models.BooleanField(default=True, verbose_name="TLS")),
                        (
                            "receiving_application",
                            models.CharField(max_length=60, verbose_name="application destinataire (MSH-5)"),
                        ),
                        (
                            "receiving_facility",
                            models.CharField(max_length=60, verbose_name="établissement destinataire (MSH-6)"),
                        ),
                        ("active", models.BooleanField(default=True, verbose_name="actif")),
                        (
                            "organisation",
                            models.OneToOneField(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="feed",
                                to="organisations.organisation",
                            ),
                        ),
                        (
                            "region",
                            models.ForeignKey(
                                editable=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="tenancy.region",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            dcc.tenancy.isolation.RegionWall(name="feed_wall", web="SIU", worker="SIU"),
                            dcc.tenancy.isolation.SameRegionReference(
                                column="organisation_id",
                                name="feed_organisation",
                                on_delete="NO ACTION",
                                region="region_id",
                                to="organisations.Organisation",
                            ),
                        ],
                    },
                ),
            ]
        ),
    ]
