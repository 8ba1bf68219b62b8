"""Documents received or added: their own table, whose bytes and history no one rewrites (PAT-12)."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import dcc.lib.ids
import dcc.tenancy.isolation
from dcc.lib.tables import CreateTables

SQL = """
-- What arrived never changes; a description does until it is right, and its former versions are kept (history).
-- A merge moves a row to another patient (worker only).
CREATE FUNCTION dcc_received_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'documents are never deleted' USING ERRCODE = 'DC001';
    END IF;
    IF (NEW.id, NEW.region_id, NEW.format, NEW.file_name, NEW.sha256, NEW.size, NEW.pages, NEW.added_by_id,
        NEW.added_by_name, NEW.added_at)
       IS DISTINCT FROM
       (OLD.id, OLD.region_id, OLD.format, OLD.file_name, OLD.sha256, OLD.size, OLD.pages, OLD.added_by_id,
        OLD.added_by_name, OLD.added_at)
       OR (NEW.patient_id <> OLD.patient_id AND current_user = 'dcc_web')
       OR (OLD.status <> 'draft' AND (NEW.replaces_id, NEW.version, NEW.filed_at)
           IS DISTINCT FROM (OLD.replaces_id, OLD.version, OLD.filed_at))
       OR (OLD.status <> NEW.status AND (OLD.status, NEW.status) NOT IN (
           ('draft', 'filed'), ('draft', 'withdrawn'), ('filed', 'replaced'), ('filed', 'withdrawn'),
           ('replaced', 'filed'), ('replaced', 'withdrawn')))
       OR (OLD.status = 'withdrawn' AND (NEW.kind, NEW.title, NEW.author, NEW.origin, NEW.dated_on, NEW.withdrawn_at,
                                        NEW.withdrawn_by, NEW.withdrawn_because)
           IS DISTINCT FROM (OLD.kind, OLD.title, OLD.author, OLD.origin, OLD.dated_on, OLD.withdrawn_at,
                             OLD.withdrawn_by, OLD.withdrawn_because)) THEN
        RAISE EXCEPTION 'a received document is frozen' USING ERRCODE = 'DC001';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER frozen BEFORE UPDATE OR DELETE ON patients_receiveddocument
    FOR EACH ROW EXECUTE FUNCTION dcc_received_frozen();
CREATE TRIGGER history AFTER UPDATE OR DELETE ON patients_receiveddocument
    FOR EACH ROW EXECUTE FUNCTION dcc_keep_history();
"""
REVERSE = """
DROP TRIGGER history ON patients_receiveddocument; DROP TRIGGER frozen ON patients_receiveddocument;
DROP FUNCTION dcc_received_frozen();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("patients", "0004_doubles"),
        ("audit", "0003_row_history"),
    ]

    operations = [
        CreateTables(
            [
                migrations.CreateModel(
                    name="ReceivedDocument",
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
                                    ("draft", "à décrire"),
                                    ("filed", "classé"),
                                    ("replaced", "remplacé"),
                                    ("withdrawn", "retiré"),
                                ],
                                default="draft",
                                max_length=9,
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("pathology", "anatomopathologie"),
                                    ("genetics", "génétique moléculaire"),
                                    ("surgery", "compte rendu opératoire"),
                                    ("imaging", "imagerie"),
                                    ("biology", "biologie"),
                                    ("letter", "courrier"),
                                    ("stay", "compte rendu d’hospitalisation"),
                                    ("treatment", "traitement antérieur"),
                                    ("board", "RCP d’ailleurs"),
                                    ("other", "autre"),
                                ],
                                max_length=10,
                                verbose_name="type",
                            ),
                        ),
                        ("title", models.CharField(blank=True, max_length=150, verbose_name="intitulé")),
                        ("author", models.CharField(blank=True, max_length=150, verbose_name="auteur")),
                        ("origin", models.CharField(blank=True, max_length=150, verbose_name="origine")),
                        ("dated_on", models.DateField(null=True, verbose_name="date du document")),
                        (
                            "format",
                            models.CharField(
                                choices=[
                                    ("pdf", "PDF"),
                                    ("png", "image PNG"),
                                    ("jpg", "image JPEG"),
                                    ("tif", "image TIFF"),
                                    ("cda", "CDA"),
                                    ("txt", "texte"),
                                ],
                                max_length=3,
                            ),
                        ),
                        ("file_name", models.CharField(max_length=200)),
                        ("sha256", models.BinaryField(max_length=32)),
                        ("size", models.PositiveIntegerField()),
                        ("pages", models.PositiveSmallIntegerField(default=1)),
                        ("identity_differs", models.BooleanField(default=False)),
                        ("version", models.PositiveSmallIntegerField(default=1)),
                        ("added_by_name", models.CharField(max_length=200)),
                        ("added_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("filed_at", models.DateTimeField(null=True)),
                        ("withdrawn_at", models.DateTimeField(null=True)),
                        ("withdrawn_by", models.CharField(blank=True, max_length=200)),
                        ("withdrawn_because", models.CharField(blank=True, max_length=300)),
                        (
                            "added_by",
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
                        (
                            "replaces",
                            models.ForeignKey(
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="replacements",
                                to="patients.receiveddocument",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["patient", "status", "dated_on"], name="received_patient_x"),
                            models.Index(fields=["region", "sha256"], name="received_bytes_x"),
                        ],
                        "constraints": [
                            dcc.tenancy.isolation.PatientWall(
                                name="patients_receiveddocument_wall", patient="patient_id", web="SIU", worker="SIU"
                            ),
                            dcc.tenancy.isolation.SameRegionReference(
                                column="patient_id",
                                name="patients_receiveddocument_patient",
                                on_delete="NO ACTION",
                                region="region_id",
                                to="patients.Patient",
                            ),
                            dcc.tenancy.isolation.SameRegionReference(
                                column="replaces_id",
                                name="received_replaces",
                                on_delete="NO ACTION",
                                region="region_id",
                                to="patients.ReceivedDocument",
                            ),
                            models.UniqueConstraint(fields=("region", "id"), name="received_region_id"),
                            models.UniqueConstraint(
                                condition=models.Q(("status__in", ["filed", "replaced"])),
                                fields=("replaces",),
                                name="received_replaced_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("status__in", ["draft", "withdrawn"]),
                                    models.Q(
                                        ("dated_on__isnull", False),
                                        ("filed_at__isnull", False),
                                        models.Q(("kind", ""), _negated=True),
                                        models.Q(("author", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="received_filed_is_described",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("status", "withdrawn"), _negated=True),
                                    models.Q(
                                        ("withdrawn_at__isnull", False),
                                        models.Q(("withdrawn_because", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="received_withdrawn_says_why",
                            ),
                        ],
                    },
                ),
            ]
        ),
        migrations.RunSQL(SQL, REVERSE),
    ]
