"""What patients decide and ask: wishes, requests, exports, retention."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import dcc.lib.ids
import dcc.tenancy.isolation
from dcc.lib.tables import CreateTables

SQL = """
-- Which founding regions have an export or a list of eliminations to work on: the beat sees no row itself.
CREATE FUNCTION dcc_requests_due(p_what text) RETURNS SETOF smallint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT DISTINCT region_id FROM patients_export
     WHERE p_what = 'exports' AND state IN ('producing', 'ready') AND next_attempt_at <= now()
    UNION
    SELECT DISTINCT region_id FROM patients_retentionlist
     WHERE p_what = 'retention' AND status IN ('drawing', 'signed');
$$;
REVOKE ALL ON FUNCTION dcc_requests_due(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION dcc_requests_due(text) TO dcc_worker;

CREATE TRIGGER insert_only BEFORE DELETE ON patients_wish FOR EACH ROW EXECUTE FUNCTION dcc_insert_only();
CREATE TRIGGER history AFTER UPDATE OR DELETE ON patients_request FOR EACH ROW EXECUTE FUNCTION dcc_keep_history();
"""
REVERSE = """
DROP TRIGGER history ON patients_request; DROP TRIGGER insert_only ON patients_wish;
DROP FUNCTION dcc_requests_due(text);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("patients", "0005_documents_received"),
        ("audit", "0003_row_history"),
    ]

    operations = [
        CreateTables(
            [
                migrations.CreateModel(
                    name="Wish",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=dcc.lib.ids.uuid7, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        (
                            "subject",
                            models.CharField(
                                choices=[
                                    ("hosting", "hébergement des données de santé"),
                                    ("organisation", "partage avec une organisation"),
                                    ("watch", "surveillance des ouvertures du dossier"),
                                ],
                                max_length=12,
                                verbose_name="sujet",
                            ),
                        ),
                        (
                            "answer",
                            models.CharField(
                                choices=[("agreed", "accord"), ("opposed", "opposition"), ("withdrawn", "retrait")],
                                max_length=9,
                                verbose_name="réponse",
                            ),
                        ),
                        ("said_on", models.DateField(verbose_name="exprimée le")),
                        ("said_to", models.CharField(max_length=150, verbose_name="recueillie par")),
                        (
                            "means",
                            models.CharField(
                                choices=[
                                    ("oral", "de vive voix"),
                                    ("paper", "document remis en main propre"),
                                    ("post", "par courrier"),
                                    ("mail", "par messagerie sécurisée"),
                                ],
                                max_length=8,
                                verbose_name="moyen",
                            ),
                        ),
                        ("recorded_at", models.DateTimeField(default=django.utils.timezone.now)),
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
                            "principal",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="tenancy.principal",
                            ),
                        ),
                        (
                            "recorded_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
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
                        "indexes": [models.Index(fields=["patient", "subject", "recorded_at"], name="wish_patient_x")],
                        "constraints": [
                            dcc.tenancy.isolation.PatientWall(
                                name="wish_wall", patient="patient_id", web="SI", worker="SIU"
                            ),
                            dcc.tenancy.isolation.SameRegionReference(
                                column="patient_id",
                                name="wish_patient",
                                on_delete="NO ACTION",
                                region="region_id",
                                to="patients.Patient",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Request",
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
                                    ("access", "accès au dossier"),
                                    ("rectification", "rectification"),
                                    ("opposition", "opposition"),
                                ],
                                max_length=13,
                                verbose_name="demande",
                            ),
                        ),
                        (
                            "status",
                            models.CharField(
                                choices=[("open", "à traiter"), ("answered", "satisfaite"), ("refused", "refusée")],
                                default="open",
                                max_length=8,
                            ),
                        ),
                        ("asked_on", models.DateField(verbose_name="reçue le")),
                        ("asked_by", models.CharField(max_length=150, verbose_name="présentée par")),
                        (
                            "means",
                            models.CharField(
                                choices=[
                                    ("oral", "de vive voix"),
                                    ("paper", "document remis en main propre"),
                                    ("post", "par courrier"),
                                    ("mail", "par messagerie sécurisée"),
                                ],
                                max_length=8,
                                verbose_name="moyen",
                            ),
                        ),
                        ("about", models.TextField(blank=True, max_length=1000, verbose_name="objet")),
                        ("due_on", models.DateField(verbose_name="réponse due le")),
                        ("recorded_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("answer", models.TextField(blank=True, max_length=1000, verbose_name="réponse")),
                        ("closed_at", models.DateTimeField(null=True)),
                        (
                            "closed_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
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
                            "recorded_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
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
                            models.Index(fields=["patient", "recorded_at"], name="request_patient_x"),
                            models.Index(
                                condition=models.Q(("status", "open")), fields=["region", "due_on"], name="request_open"
                            ),
                        ],
                        "constraints": [
                            dcc.tenancy.isolation.PatientWall(
                                name="request_wall", patient="patient_id", web="SIU", worker="SIU"
                            ),
                            dcc.tenancy.isolation.SameRegionReference(
                                column="patient_id",
                                name="request_patient",
                                on_delete="NO ACTION",
                                region="region_id",
                                to="patients.Patient",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Export",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=dcc.lib.ids.uuid7, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("producing", "en préparation"),
                                    ("ready", "prêt"),
                                    ("failed", "préparation en échec"),
                                    ("deleted", "supprimé"),
                                ],
                                default="producing",
                                max_length=9,
                            ),
                        ),
                        ("progress", models.PositiveSmallIntegerField(default=0)),
                        ("asked_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("readers", models.JSONField(default=list)),
                        ("attempts", models.PositiveSmallIntegerField(default=0)),
                        ("next_attempt_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("ready_at", models.DateTimeField(null=True)),
                        ("expires_at", models.DateTimeField(null=True)),
                        ("size", models.PositiveIntegerField(null=True)),
                        ("sha256", models.BinaryField(max_length=32, null=True)),
                        ("key_id", models.CharField(blank=True, max_length=40)),
                        ("wrapped_key", models.BinaryField(null=True)),
                        ("ciphertext", models.BinaryField(null=True)),
                        (
                            "asked_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
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
                        "indexes": [
                            models.Index(fields=["patient", "asked_at"], name="export_patient_x"),
                            models.Index(
                                condition=models.Q(("state__in", ["producing", "ready"])),
                                fields=["region", "next_attempt_at"],
                                name="export_due",
                            ),
                        ],
                        "constraints": [
                            dcc.tenancy.isolation.PatientWall(
                                name="export_wall", patient="patient_id", web="SIU", worker="SIU"
                            ),
                            dcc.tenancy.isolation.SameRegionReference(
                                column="patient_id",
                                name="export_patient",
                                on_delete="NO ACTION",
                                region="region_id",
                                to="patients.Patient",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("ciphertext__isnull", False), ("expires_at__isnull", False), ("state", "ready")
                                    ),
                                    models.Q(models.Q(("state", "ready"), _negated=True), ("ciphertext__isnull", True)),
                                    _connector="OR",
                                ),
                                name="export_bytes_while_ready",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RetentionList",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=dcc.lib.ids.uuid7, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("drawing", "en préparation"),
                                    ("drawn", "à signer"),
                                    ("signed", "signée, en cours d’exécution"),
                                    ("done", "exécutée"),
                                    ("dropped", "abandonnée"),
                                ],
                                default="drawing",
                                max_length=8,
                            ),
                        ),
                        ("drawn_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("size", models.PositiveIntegerField(default=0)),
                        ("first_at", models.DateTimeField(null=True)),
                        ("second_at", models.DateTimeField(null=True)),
                        ("done_at", models.DateTimeField(null=True)),
                        (
                            "drawn_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "first_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
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
                        (
                            "second_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["organisation", "drawn_at"], name="retentionlist_organisation_x")
                        ],
                        "constraints": [
                            dcc.tenancy.isolation.RegionWall(name="retentionlist_wall", web="SIU", worker="SIU"),
                            dcc.tenancy.isolation.SameRegionReference(
                                column="organisation_id",
                                name="retentionlist_organisation",
                                on_delete="NO ACTION",
                                region="region_id",
                                to="organisations.Organisation",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("second_by__isnull", True),
                                    models.Q(
                                        ("first_by__isnull", False),
                                        models.Q(("second_by", models.F("first_by")), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="retentionlist_two_persons",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("status__in", ["signed", "done"]), _negated=True),
                                    ("second_by__isnull", False),
                                    _connector="OR",
                                ),
                                name="retentionlist_executed_once_signed",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RetentionLine",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=dcc.lib.ids.uuid7, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("list_id", models.UUIDField()),
                        ("last_passage_on", models.DateField()),
                        ("over_on", models.DateField()),
                        ("rule", models.CharField(max_length=12)),
                        ("kept", models.CharField(blank=True, max_length=300, verbose_name="conservé parce que")),
                        ("eliminated_at", models.DateTimeField(null=True)),
                        ("contents", models.PositiveIntegerField(default=0)),
                        ("digest", models.BinaryField(max_length=32, null=True)),
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
                        "constraints": [
                            dcc.tenancy.isolation.PatientWall(
                                name="retentionline_wall", patient="patient_id", web="SIU", worker="SIU"
                            ),
                            dcc.tenancy.isolation.SameRegionReference(
                                column="patient_id",
                                name="retentionline_patient",
                                on_delete="NO ACTION",
                                region="region_id",
                                to="patients.Patient",
                            ),
                            models.UniqueConstraint(fields=("list_id", "patient"), name="retentionline_once"),
                        ],
                    },
                ),
            ]
        ),
        migrations.RunSQL(SQL, REVERSE),
    ]
