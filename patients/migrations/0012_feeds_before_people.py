"""What feeds say before people: contacts and relatives, evidence of conflicts, merges that the cell takes back."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import dcc.tenancy.isolation

SQL = """
-- The worker wakes only for regions where somebody of the cell asked for something.
CREATE FUNCTION dcc_regions_with_feed_undos() RETURNS SETOF smallint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT DISTINCT m.region_id FROM patients_feedmerge m
     WHERE m.undone_at IS NULL AND m.undo_asked_at IS NOT NULL AND m.undo_refused = '';
$$;
REVOKE ALL ON FUNCTION dcc_regions_with_feed_undos() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION dcc_regions_with_feed_undos() TO dcc_worker;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("patients", "0011_what_goes_and_who_read"),
    ]

    operations = [
        migrations.AddField(
            "contact", "email", models.EmailField("adresse électronique", blank=True, db_default="", default="")
        ),
        migrations.AddField(
            "relative",
            "fed_by",
            models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="organisations.organisation",
            ),
        ),
        migrations.AlterField(
            "relative",
            "added_by",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddConstraint(
            "relative",
            models.CheckConstraint(
                condition=models.Q(("added_by__isnull", True), ("fed_by__isnull", True), _connector="XOR"),
                name="relative_of_a_desk_or_a_feed",
            ),
        ),
        migrations.AddField("feedconflict", "said", models.JSONField(default=dict)),
        migrations.AlterField(
            "feedconflict",
            "kind",
            models.CharField(
                choices=[
                    ("collision", "collision probable"),
                    ("same_ins", "même INS pour deux identités"),
                    ("two_ins", "fusion de deux INS différentes"),
                    ("identifier_taken", "nouveau numéro déjà en usage"),
                    ("already_redirected", "numéro déjà fusionné ou remplacé"),
                    ("visit_of_another", "venue d’un autre patient"),
                    ("two_files", "deux dossiers de deux régions"),
                ],
                max_length=18,
            ),
        ),
        migrations.RemoveConstraint("feedmerge", "feedmerge_wall"),
        migrations.AddField(
            "feedmerge",
            "kind",
            models.CharField(
                choices=[
                    ("merged", "fusion (A40)"),
                    ("renamed", "changement d’IPP (A47)"),
                    ("same_ins", "même INS qualifiée"),
                ],
                default="merged",
                max_length=8,
            ),
        ),
        migrations.AddField("feedmerge", "authority", models.CharField(blank=True, max_length=40)),
        migrations.AddField("feedmerge", "gone_value", models.CharField("IPP disparu", blank=True, max_length=40)),
        migrations.AddField("feedmerge", "kept_value", models.CharField("IPP conservé", blank=True, max_length=40)),
        migrations.AddField("feedmerge", "undo_asked_at", models.DateTimeField(null=True)),
        migrations.AddField(
            "feedmerge",
            "undo_asked_by",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField("feedmerge", "undo_refused", models.CharField(blank=True, max_length=300)),
        migrations.AlterField("feedmerge", "undone_why", models.CharField("motif", blank=True, max_length=300)),
        migrations.AddIndex(
            "feedmerge",
            models.Index(
                condition=models.Q(("undone_at__isnull", True)), fields=["region", "at"], name="feedmerge_in_force"
            ),
        ),
        migrations.AddConstraint(
            "feedmerge", dcc.tenancy.isolation.RegionWall(name="feedmerge_wall", web="SU", worker="SIU")
        ),
        migrations.RunSQL(SQL, "DROP FUNCTION dcc_regions_with_feed_undos();"),
    ]
