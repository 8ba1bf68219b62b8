"""Facts, the one function that writes them, and the views that count them (architecture §6, ADR 6)."""

import django.db.models.deletion
from django.db import migrations, models

import dcc.tenancy.isolation
from dcc.lib.tables import CreateTables

WRITE = """
-- Most of the table is read through its index alone, which wants its pages known to be visible.
ALTER TABLE rcp_fact SET (autovacuum_vacuum_insert_scale_factor = 0.02);

CREATE FUNCTION dcc_file_stat_keys(p_keys text[]) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    INSERT INTO rcp_statkey (key)
    SELECT DISTINCT u.key FROM unnest(p_keys) AS u(key)
     WHERE NOT EXISTS (SELECT 1 FROM rcp_statkey k WHERE k.key = u.key)
     ORDER BY 1  -- two first validations wait for each other in one order only
    ON CONFLICT (key) DO NOTHING;
$$;

-- The facts of a case are replaced whole: those of its newest validated sheet, or none.
CREATE FUNCTION dcc_file_facts(
    p_region smallint, p_case uuid, p_pathology text, p_centre uuid, p_held_on date, p_facts jsonb) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_count integer;
BEGIN
    IF NOT coalesce(dcc_in_scope(p_region), false) THEN
        RAISE EXCEPTION 'this region is not in the scope' USING ERRCODE = '42501';
    END IF;
    PERFORM dcc_file_stat_keys((SELECT array_agg(f.key) FROM jsonb_to_recordset(p_facts) AS f(key text)));
    DELETE FROM rcp_fact WHERE region_id = p_region AND case_key = p_case;
    INSERT INTO rcp_fact (region_id, stat_key_id, code, case_key, instance, first, pathology, centre_id, held_on,
                          number, flag, day)
    SELECT p_region, k.id, f.code, p_case, f.instance, f.first, p_pathology, p_centre, p_held_on,
           f.number, f.flag, f.day
      FROM jsonb_to_recordset(p_facts) AS f(key text, code text, instance smallint, first boolean,
                                            number double precision, flag boolean, day date)
      JOIN rcp_statkey k ON k.key = f.key;
    GET DIAGNOSTICS v_count = ROW_COUNT;
    RETURN v_count;
END $$;

-- What a rebuilding starts from: cases that are counted and may not exist any more.
CREATE FUNCTION dcc_fact_cases(p_region smallint) RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT DISTINCT case_key FROM rcp_fact WHERE region_id = p_region AND dcc_in_scope(p_region);
$$;

REVOKE ALL ON FUNCTION dcc_file_stat_keys(text[]) FROM PUBLIC;
REVOKE ALL ON FUNCTION dcc_file_facts(smallint, uuid, text, uuid, date, jsonb) FROM PUBLIC;
REVOKE ALL ON FUNCTION dcc_fact_cases(smallint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION dcc_file_facts(smallint, uuid, text, uuid, date, jsonb) TO dcc_web, dcc_worker;
GRANT EXECUTE ON FUNCTION dcc_file_stat_keys(text[]), dcc_fact_cases(smallint) TO dcc_worker;
"""
UNWRITE = """
DROP FUNCTION dcc_fact_cases(smallint);
DROP FUNCTION dcc_file_facts(smallint, uuid, text, uuid, date, jsonb);
DROP FUNCTION dcc_file_stat_keys(text[]);
"""

# A cell below eleven cases is not told. Hidden alone in its line (the partition), it would be told by the total of the
# line: the smallest of the others then goes with it. What is told is rounded to five, a mean to two digits: the total of
# a line, had from another view (an answer every case has, crossed with this one), less its cells that are told, would
# otherwise be the hidden one. An answer crossed with itself is such a total, and no question (ADR 6).
VIEWS = """
CREATE FUNCTION dcc_told(p_cases bigint) RETURNS integer LANGUAGE sql IMMUTABLE
    AS $$ SELECT (5 * round(p_cases / 5.0))::integer $$;

CREATE FUNCTION dcc_mean_told(p_mean double precision) RETURNS double precision LANGUAGE sql IMMUTABLE
    AS $$ SELECT CASE WHEN p_mean = 0 THEN 0
                      ELSE round(p_mean::numeric, 1 - floor(log(abs(p_mean)))::integer)::double precision END $$;

-- Wall 1 for what counts below: nobody reads this one.
CREATE VIEW rcp_facts_here AS
SELECT * FROM rcp_fact f
 WHERE f.region_id = ANY ((SELECT nullif(current_setting('dcc.regions', true), '')::smallint[])::smallint[]);

CREATE VIEW rcp_facts_by_centre WITH (security_barrier) AS
SELECT stat_key_id, pathology, year, centre_id, value,
       CASE WHEN cases >= 11 AND NOT (hidden = 1 AND rank = 1) THEN dcc_told(cases) END AS cases
  FROM (SELECT *, count(*) FILTER (WHERE cases < 11) OVER line AS hidden,
               row_number() OVER (PARTITION BY stat_key_id, pathology, year, centre_id, cases < 11
                                  ORDER BY cases, value) AS rank
          FROM (SELECT stat_key_id, pathology, extract(year FROM held_on)::smallint AS year, centre_id, code AS value,
                       count(DISTINCT case_key) AS cases
                  FROM rcp_facts_here WHERE code <> '' AND day IS NULL GROUP BY 1, 2, 3, 4, 5) cells
        WINDOW line AS (PARTITION BY stat_key_id, pathology, year, centre_id)) ranked;

CREATE VIEW rcp_facts_by_month WITH (security_barrier) AS
SELECT stat_key_id, pathology, year, centre_id, value, month,
       CASE WHEN cases >= 11 AND NOT (hidden = 1 AND rank = 1) THEN dcc_told(cases) END AS cases
  FROM (SELECT *, count(*) FILTER (WHERE cases < 11) OVER line AS hidden,
               row_number() OVER (PARTITION BY stat_key_id, pathology, year, centre_id, value, cases < 11
                                  ORDER BY cases, month) AS rank
          FROM (SELECT stat_key_id, pathology, extract(year FROM held_on)::smallint AS year, centre_id, code AS value,
                       date_trunc('month', held_on::timestamp)::date AS month, count(DISTINCT case_key) AS cases
                  FROM rcp_facts_here WHERE code <> '' AND day IS NULL GROUP BY 1, 2, 3, 4, 5, 6) cells
        WINDOW line AS (PARTITION BY stat_key_id, pathology, year, centre_id, value)) ranked;

CREATE VIEW rcp_facts_crossed WITH (security_barrier) AS
SELECT stat_key_id, other_key_id, pathology, year, value, other_value,
       CASE WHEN cases >= 11 AND NOT (hidden = 1 AND rank = 1) THEN dcc_told(cases) END AS cases
  FROM (SELECT *, count(*) FILTER (WHERE cases < 11) OVER line AS hidden,
               row_number() OVER (PARTITION BY stat_key_id, other_key_id, pathology, year, other_value, cases < 11
                                  ORDER BY cases, value) AS rank
          FROM (SELECT f.stat_key_id, g.stat_key_id AS other_key_id, f.pathology,
                       extract(year FROM f.held_on)::smallint AS year, f.code AS value, g.code AS other_value,
                       count(DISTINCT f.case_key) AS cases
                  FROM rcp_facts_here f
                  JOIN rcp_facts_here g ON g.case_key = f.case_key AND g.pathology = f.pathology
                 WHERE f.stat_key_id <> g.stat_key_id
                   AND f.code <> '' AND f.day IS NULL AND g.code <> '' AND g.day IS NULL
                 GROUP BY 1, 2, 3, 4, 5, 6) cells
        WINDOW line AS (PARTITION BY stat_key_id, other_key_id, pathology, year, other_value)) ranked;

CREATE VIEW rcp_facts_combined WITH (security_barrier) AS
SELECT f.stat_key_id AS first_key_id, g.stat_key_id AS second_key_id, h.stat_key_id AS third_key_id,
       f.code AS first_value, g.code AS second_value, h.code AS third_value,
       CASE WHEN count(DISTINCT f.case_key) >= 11 THEN dcc_told(count(DISTINCT f.case_key)) END AS cases
  FROM rcp_facts_here f
  JOIN rcp_facts_here g ON g.case_key = f.case_key
  JOIN rcp_facts_here h ON h.case_key = f.case_key
 WHERE f.stat_key_id <> g.stat_key_id AND f.stat_key_id <> h.stat_key_id AND g.stat_key_id <> h.stat_key_id
   AND f.code <> '' AND g.code <> '' AND h.code <> ''
 GROUP BY 1, 2, 3, 4, 5, 6;

CREATE VIEW rcp_facts_means WITH (security_barrier) AS
SELECT stat_key_id, pathology,
       CASE WHEN cases >= 11 AND NOT (hidden = 1 AND rank = 1) THEN dcc_told(cases) END AS cases,
       CASE WHEN cases >= 11 AND NOT (hidden = 1 AND rank = 1) THEN dcc_mean_told(mean) END AS mean
  FROM (SELECT *, count(*) FILTER (WHERE cases < 11) OVER line AS hidden,
               row_number() OVER (PARTITION BY stat_key_id, cases < 11 ORDER BY cases, pathology) AS rank
          FROM (SELECT stat_key_id, pathology, count(*) FILTER (WHERE first) AS cases, avg(number) AS mean
                  FROM rcp_facts_here WHERE number IS NOT NULL GROUP BY 1, 2) cells
        WINDOW line AS (PARTITION BY stat_key_id)) ranked;

GRANT SELECT ON rcp_facts_by_centre, rcp_facts_by_month, rcp_facts_crossed, rcp_facts_combined, rcp_facts_means
   TO dcc_web;
REVOKE ALL ON FUNCTION dcc_told(bigint), dcc_mean_told(double precision) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION dcc_told(bigint), dcc_mean_told(double precision) TO dcc_web;
"""
UNVIEW = """
DROP VIEW rcp_facts_means, rcp_facts_combined, rcp_facts_crossed, rcp_facts_by_month, rcp_facts_by_centre,
          rcp_facts_here;
DROP FUNCTION dcc_mean_told(double precision);
DROP FUNCTION dcc_told(bigint);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("rcp", "0004_meeting_load"),
    ]

    operations = [
        CreateTables(
            [
                migrations.CreateModel(
                    name="StatKey",
                    fields=[
                        ("id", models.SmallAutoField(primary_key=True, serialize=False)),
                        ("key", models.TextField(unique=True)),
                    ],
                    options={
                        "constraints": [
                            dcc.tenancy.isolation.GlobalTable(
                                name="statkey_global",
                                reason="names of standardised items, no patient data",
                                web="S",
                                worker="S",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("key__regex", "^[a-z][a-z0-9_.-]{0,63}$")), name="statkey_is_a_key"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Fact",
                    fields=[
                        (
                            "pk",
                            models.CompositePrimaryKey(
                                "region_id",
                                "stat_key_id",
                                "code",
                                "case_key",
                                "instance",
                                blank=True,
                                editable=False,
                                primary_key=True,
                                serialize=False,
                            ),
                        ),
                        ("case_key", models.UUIDField()),
                        ("instance", models.PositiveSmallIntegerField()),
                        ("first", models.BooleanField()),
                        ("pathology", models.TextField()),
                        ("centre_id", models.UUIDField()),
                        ("held_on", models.DateField()),
                        ("code", models.TextField(blank=True)),
                        ("number", models.FloatField(null=True)),
                        ("flag", models.BooleanField(null=True)),
                        ("day", models.DateField(null=True)),
                        (
                            "region",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="tenancy.region",
                            ),
                        ),
                        (
                            "stat_key",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="rcp.statkey",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["region", "stat_key", "pathology", "held_on"],
                                include=("centre_id", "code", "number", "first", "day", "case_key"),
                                name="fact_main_x",
                            ),
                            models.Index(fields=["region", "case_key"], name="fact_case_x"),
                        ],
                        "constraints": [dcc.tenancy.isolation.RegionWall(name="fact_wall", web="", worker="")],
                    },
                ),
            ]
        ),
        migrations.RunSQL(WRITE, UNWRITE),
        migrations.RunSQL(VIEWS, UNVIEW),
    ]
