"""Answers of INSi are forgotten a day after they came: where some are held too long, and what is said of them then."""

from django.db import migrations, models

SQL = """
-- Which founding regions hold an answer past its day (patients.lifecycle.asking.VALID): the beat sees no row itself.
CREATE FUNCTION dcc_insi_answers_due() RETURNS SETOF smallint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT DISTINCT region_id FROM patients_insicall
     WHERE answer_sealed IS NOT NULL AND asked_at <= now() - interval '24 hours';
$$;
REVOKE ALL ON FUNCTION dcc_insi_answers_due() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION dcc_insi_answers_due() TO dcc_worker;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("patients", "0012_feeds_before_people"),
    ]

    operations = [
        migrations.AlterField(
            "insicall",
            "decision",
            models.CharField(
                blank=True,
                choices=[
                    ("", "en attente"),
                    ("accepted", "acceptée"),
                    ("refused", "écartée"),
                    ("lapsed", "effacée sans décision"),
                ],
                default="",
                max_length=8,
            ),
        ),
        migrations.AddIndex(
            "insicall",
            models.Index(
                condition=models.Q(("answer_sealed__isnull", False)),
                fields=["region", "asked_at"],
                name="insicall_answers_held",
            ),
        ),
        migrations.RunSQL(SQL, "DROP FUNCTION dcc_insi_answers_due();"),
    ]
