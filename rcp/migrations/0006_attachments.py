"""Documents attached to cases; who had detached one is kept."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import dcc.lib.ids
import dcc.tenancy.isolation


class Migration(migrations.Migration):
    dependencies = [
        ("patients", "0008_documents_received"),
        ("rcp", "0005_facts"),
        ("tenancy", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="CaseAttachment",
            fields=[
                ("id", models.UUIDField(default=dcc.lib.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("attached_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "attached_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attachments",
                        to="rcp.case",
                    ),
                ),
                (
                    "document",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="patients.receiveddocument",
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
                "abstract": False,
                "indexes": [
                    models.Index(fields=["document"], name="caseattachment_document_x"),
                    models.Index(fields=["patient"], name="caseattachment_patient_x"),
                ],
                "constraints": [
                    dcc.tenancy.isolation.PatientWall(
                        name="caseattachment_wall", patient="patient_id", web="SID", worker="SIU"
                    ),
                    dcc.tenancy.isolation.SameRegionReference(
                        column="patient_id",
                        name="caseattachment_patient",
                        on_delete="NO ACTION",
                        region="region_id",
                        to="patients.Patient",
                    ),
                    dcc.tenancy.isolation.SameRegionReference(
                        column="case_id",
                        name="caseattachment_case",
                        on_delete="NO ACTION",
                        region="region_id",
                        to="rcp.Case",
                    ),
                    dcc.tenancy.isolation.SameRegionReference(
                        column="document_id",
                        name="caseattachment_document",
                        on_delete="NO ACTION",
                        region="region_id",
                        to="patients.ReceivedDocument",
                    ),
                    models.UniqueConstraint(fields=("case", "document"), name="caseattachment_once"),
                ],
            },
        ),
        migrations.RunSQL(
            "CREATE TRIGGER history AFTER UPDATE OR DELETE ON rcp_caseattachment"
            " FOR EACH ROW EXECUTE FUNCTION dcc_keep_history();",
            "DROP TRIGGER history ON rcp_caseattachment;",
        ),
    ]
