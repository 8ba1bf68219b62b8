"""What feeds say: messages, numbers, statements, redirections, merges, visits, conflicts (ADR 10)."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import dcc.lib.ids
import dcc.tenancy.isolation
from dcc.lib.tables import CreateTables


class Migration(migrations.Migration):
    dependencies = [
        ("patients", "0002_identity_lifecycle"),
    ]

    operations = [
        CreateTables(
            [
                migrations.CreateModel(
                    name="FeedIdentity",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=dcc.lib.ids.uuid7, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("merged_into", models.UUIDField(null=True)),
                        ("shown", models.BinaryField(max_length=32, null=True)),
                        ("opened_at", models.DateTimeField(default=django.utils.timezone.now)),
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
                            dcc.tenancy.isolation.RegionWall(name="feedidentity_wall", web="", worker="SIU"),
                            models.UniqueConstraint(fields=("region", "id"), name="feedidentity_region_id"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="FeedMessage",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=dcc.lib.ids.uuid7, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("key", models.BinaryField(max_length=32)),
                        ("digest", models.CharField(max_length=64)),
                        ("control_id", models.CharField(max_length=199)),
                        ("event", models.CharField(blank=True, max_length=3)),
                        ("effect", models.CharField(max_length=8)),
                        ("code", models.CharField(max_length=2)),
                        ("ack", models.BinaryField()),
                        ("alerts", models.JSONField(default=list)),
                        ("identity", models.UUIDField(null=True)),
                        ("key_id", models.CharField(max_length=40)),
                        ("wrapped_key", models.BinaryField()),
                        ("ciphertext", models.BinaryField()),
                        ("received_at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "organisation",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
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
                            dcc.tenancy.isolation.RegionWall(name="feedmessage_wall", web="", worker="SI"),
                            dcc.tenancy.isolation.SameRegionReference(
                                column="organisation_id",
                                name="feedmessage_organisation",
                                on_delete="NO ACTION",
                                region="region_id",
                                to="organisations.Organisation",
                            ),
                            models.UniqueConstraint(fields=("region", "id"), name="feedmessage_region_id"),
                            models.UniqueConstraint(fields=("region", "organisation", "key"), name="feedmessage_once"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="FeedConflict",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=dcc.lib.ids.uuid7, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("collision", "collision probable"),
                                    ("same_ins", "même INS pour deux identités"),
                                    ("two_ins", "fusion de deux INS différentes"),
                                    ("identifier_taken", "nouveau numéro déjà en usage"),
                                    ("already_redirected", "numéro déjà fusionné ou remplacé"),
                                    ("visit_of_another", "venue d’un autre patient"),
                                ],
                                max_length=18,
                            ),
                        ),
                        ("about_authority", models.CharField(max_length=40)),
                        ("about_value", models.CharField(max_length=40)),
                        ("other_authority", models.CharField(blank=True, max_length=40)),
                        ("other_value", models.CharField(blank=True, max_length=40)),
                        ("identity", models.UUIDField(null=True)),
                        ("other_identity", models.UUIDField(null=True)),
                        ("times", models.PositiveIntegerField(default=1)),
                        ("reported_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("last_reported_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("settled_at", models.DateTimeField(null=True)),
                        ("settled_by", models.CharField(blank=True, max_length=200)),
                        ("settled_how", models.CharField(blank=True, max_length=300)),
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
                            "message",
                            models.ForeignKey(
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="patients.feedmessage",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("settled_at__isnull", True)),
                                fields=["region", "reported_at"],
                                name="feedconflict_open",
                            )
                        ],
                        "constraints": [
                            dcc.tenancy.isolation.RegionWall(name="feedconflict_wall", web="SU", worker="SIU"),
                            dcc.tenancy.isolation.SameRegionReference(
                                column="message_id",
                                name="feedconflict_message",
                                on_delete="NO ACTION",
                                region="region_id",
                                to="patients.FeedMessage",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("settled_at__isnull", True)),
                                fields=(
                                    "region",
                                    "kind",
                                    "about_authority",
                                    "about_value",
                                    "other_authority",
                                    "other_value",
                                ),
                                name="feedconflict_open_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("settled_at__isnull", True),
                                    models.Q(
                                        models.Q(("settled_by", ""), _negated=True),
                                        models.Q(("settled_how", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="feedconflict_settled_by_somebody",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="FeedNumber",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=dcc.lib.ids.uuid7, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("authority", models.CharField(max_length=40)),
                        ("value", models.CharField(max_length=40)),
                        ("identifier", models.UUIDField(null=True)),
                        ("first_heard_at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "identity",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="numbers",
                                to="patients.feedidentity",
                            ),
                        ),
                        (
                            "identity_region",
                            models.ForeignKey(
                                editable=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="tenancy.region",
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
                        "indexes": [models.Index(fields=["identity"], name="feednumber_identity_x")],
                        "constraints": [
                            dcc.tenancy.isolation.RegionWall(name="feednumber_wall", web="", worker="SIU"),
                            dcc.tenancy.isolation.SameRegionReference(
                                column="identity_id",
                                name="feednumber_identity",
                                on_delete="NO ACTION",
                                region="identity_region_id",
                                to="patients.FeedIdentity",
                            ),
                            models.UniqueConstraint(fields=("region", "id"), name="feednumber_region_id"),
                            models.UniqueConstraint(fields=("region", "authority", "value"), name="feednumber_once"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="FeedTraits",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=dcc.lib.ids.uuid7, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("digest", models.BinaryField(max_length=32)),
                        ("said", models.JSONField()),
                        ("ins_sealed", models.BinaryField(null=True)),
                        ("ins_hash", models.BinaryField(null=True)),
                        ("ins_oid", models.CharField(blank=True, max_length=32)),
                        (
                            "number",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="patients.feednumber",
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
                        "indexes": [
                            models.Index(
                                condition=models.Q(("ins_hash__isnull", False)),
                                fields=["region", "ins_hash"],
                                name="feedtraits_ins",
                            )
                        ],
                        "constraints": [
                            dcc.tenancy.isolation.RegionWall(name="feedtraits_wall", web="", worker="SI"),
                            dcc.tenancy.isolation.SameRegionReference(
                                column="number_id",
                                name="feedtraits_number",
                                on_delete="NO ACTION",
                                region="region_id",
                                to="patients.FeedNumber",
                            ),
                            models.UniqueConstraint(fields=("region", "id"), name="feedtraits_region_id"),
                            models.UniqueConstraint(fields=("region", "number", "digest"), name="feedtraits_once"),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("ins_hash__isnull", True), ("ins_oid", ""), ("ins_sealed__isnull", True)),
                                    models.Q(
                                        ("ins_hash__isnull", False),
                                        ("ins_sealed__isnull", False),
                                        models.Q(("ins_oid", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="feedtraits_ins_with_its_oid",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Redirection",
                    fields=[
                        ("recorded_at", models.DateTimeField()),
                        ("sent_at", models.DateTimeField()),
                        ("control_id", models.CharField(max_length=199)),
                        (
                            "id",
                            models.UUIDField(
                                default=dcc.lib.ids.uuid7, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[("merged", "fusion (A40)"), ("renamed", "changement de numéro (A47)")],
                                max_length=7,
                            ),
                        ),
                        ("ended_at", models.DateTimeField(null=True)),
                        (
                            "message",
                            models.ForeignKey(
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="patients.feedmessage",
                            ),
                        ),
                        (
                            "number",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="patients.feednumber",
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
                            "target",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="patients.feednumber",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            dcc.tenancy.isolation.RegionWall(name="redirection_wall", web="", worker="SIU"),
                            dcc.tenancy.isolation.SameRegionReference(
                                column="number_id",
                                name="redirection_number",
                                on_delete="NO ACTION",
                                region="region_id",
                                to="patients.FeedNumber",
                            ),
                            dcc.tenancy.isolation.SameRegionReference(
                                column="target_id",
                                name="redirection_target",
                                on_delete="NO ACTION",
                                region="region_id",
                                to="patients.FeedNumber",
                            ),
                            dcc.tenancy.isolation.SameRegionReference(
                                column="message_id",
                                name="redirection_message",
                                on_delete="NO ACTION",
                                region="region_id",
                                to="patients.FeedMessage",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("ended_at__isnull", True)),
                                fields=("region", "number"),
                                name="redirection_one_in_force",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="FeedMerge",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=dcc.lib.ids.uuid7, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("gone", models.UUIDField()),
                        ("kept", models.UUIDField()),
                        ("moved", models.JSONField()),
                        ("kept_number", models.UUIDField()),
                        ("at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("undone_at", models.DateTimeField(null=True)),
                        ("undone_by", models.CharField(blank=True, max_length=200)),
                        ("undone_why", models.CharField(blank=True, max_length=300)),
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
                            "message",
                            models.ForeignKey(
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="patients.feedmessage",
                            ),
                        ),
                        (
                            "redirection",
                            models.ForeignKey(
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="patients.redirection",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["gone"], name="feedmerge_gone"),
                            models.Index(fields=["kept"], name="feedmerge_kept"),
                        ],
                        "constraints": [
                            dcc.tenancy.isolation.RegionWall(name="feedmerge_wall", web="", worker="SIU"),
                            dcc.tenancy.isolation.SameRegionReference(
                                column="message_id",
                                name="feedmerge_message",
                                on_delete="NO ACTION",
                                region="region_id",
                                to="patients.FeedMessage",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("undone_at__isnull", True),
                                    models.Q(
                                        models.Q(("undone_by", ""), _negated=True),
                                        models.Q(("undone_why", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="feedmerge_undone_by_somebody",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Statement",
                    fields=[
                        ("recorded_at", models.DateTimeField()),
                        ("sent_at", models.DateTimeField()),
                        ("control_id", models.CharField(max_length=199)),
                        (
                            "id",
                            models.UUIDField(
                                default=dcc.lib.ids.uuid7, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("disputed", models.BooleanField(default=False)),
                        (
                            "message",
                            models.ForeignKey(
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="patients.feedmessage",
                            ),
                        ),
                        (
                            "number",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="patients.feednumber",
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
                            "traits",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="patients.feedtraits",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [models.Index(fields=["number"], name="statement_number_x")],
                        "constraints": [
                            dcc.tenancy.isolation.RegionWall(name="statement_wall", web="", worker="SIU"),
                            dcc.tenancy.isolation.SameRegionReference(
                                column="number_id",
                                name="statement_number",
                                on_delete="NO ACTION",
                                region="region_id",
                                to="patients.FeedNumber",
                            ),
                            dcc.tenancy.isolation.SameRegionReference(
                                column="traits_id",
                                name="statement_traits",
                                on_delete="NO ACTION",
                                region="region_id",
                                to="patients.FeedTraits",
                            ),
                            dcc.tenancy.isolation.SameRegionReference(
                                column="message_id",
                                name="statement_message",
                                on_delete="NO ACTION",
                                region="region_id",
                                to="patients.FeedMessage",
                            ),
                            models.UniqueConstraint(
                                fields=("region", "number", "recorded_at", "sent_at", "control_id"),
                                name="statement_once",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Visit",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=dcc.lib.ids.uuid7, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("authority", models.CharField(max_length=40)),
                        ("value", models.CharField(max_length=60, verbose_name="numéro de venue")),
                        ("status", models.CharField(max_length=9)),
                        ("patient_class", models.CharField(blank=True, max_length=20)),
                        ("medical_unit", models.CharField(blank=True, max_length=60)),
                        ("admitted_at", models.DateTimeField(null=True)),
                        ("discharged_at", models.DateTimeField(null=True)),
                        ("attending", models.JSONField(default=list)),
                        (
                            "number",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="patients.feednumber",
                            ),
                        ),
                        (
                            "patient",
                            models.ForeignKey(
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="patients.patient",
                            ),
                        ),
                        (
                            "patient_region",
                            models.ForeignKey(
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="tenancy.region",
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
                        "indexes": [
                            models.Index(fields=["patient", "admitted_at"], name="visit_patient_x"),
                            models.Index(fields=["number"], name="visit_number_x"),
                        ],
                        "constraints": [
                            dcc.tenancy.isolation.PatientWall(
                                name="visit_wall", patient="patient_id", web="S", worker="SIU"
                            ),
                            dcc.tenancy.isolation.SameRegionReference(
                                column="number_id",
                                name="visit_number",
                                on_delete="NO ACTION",
                                region="region_id",
                                to="patients.FeedNumber",
                            ),
                            dcc.tenancy.isolation.SameRegionReference(
                                column="patient_id",
                                name="visit_patient",
                                on_delete="NO ACTION",
                                region="patient_region_id",
                                to="patients.Patient",
                            ),
                            models.UniqueConstraint(fields=("region", "id"), name="visit_region_id"),
                            models.UniqueConstraint(fields=("region", "authority", "value"), name="visit_once"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Movement",
                    fields=[
                        ("recorded_at", models.DateTimeField()),
                        ("sent_at", models.DateTimeField()),
                        ("control_id", models.CharField(max_length=199)),
                        (
                            "id",
                            models.UUIDField(
                                default=dcc.lib.ids.uuid7, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("said", models.JSONField()),
                        (
                            "message",
                            models.ForeignKey(
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="patients.feedmessage",
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
                            "visit",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="patients.visit",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            dcc.tenancy.isolation.RegionWall(name="movement_wall", web="", worker="SI"),
                            dcc.tenancy.isolation.SameRegionReference(
                                column="visit_id",
                                name="movement_visit",
                                on_delete="NO ACTION",
                                region="region_id",
                                to="patients.Visit",
                            ),
                            dcc.tenancy.isolation.SameRegionReference(
                                column="message_id",
                                name="movement_message",
                                on_delete="NO ACTION",
                                region="region_id",
                                to="patients.FeedMessage",
                            ),
                            models.UniqueConstraint(
                                fields=("region", "visit", "recorded_at", "sent_at", "control_id"), name="movement_once"
                            ),
                        ],
                    },
                ),
            ]
        ),
    ]
