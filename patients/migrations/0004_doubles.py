"""Doubles: pairs, merges with what undoes them, and the few functions that step over wall 2 for them (PAT-05)."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.comparison
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import dcc.lib.ids
import dcc.tenancy.isolation
from dcc.lib.tables import CreateTables

SQL = """
-- Whose traits appeared or changed is looked up for doubles again. DO UPDATE, not DO NOTHING: if the sweep is taking
-- the row at this very moment, this waits and leaves another one.
CREATE FUNCTION dcc_watch_doubles() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO patients_doublesearch (region_id, identity_id, since) VALUES (NEW.region_id, NEW.id, now())
    ON CONFLICT (identity_id) DO UPDATE SET since = excluded.since;
    RETURN NULL;
END $$;
CREATE TRIGGER watch_doubles_new AFTER INSERT ON patients_patient
    FOR EACH ROW EXECUTE FUNCTION dcc_watch_doubles();
CREATE TRIGGER watch_doubles_changed AFTER UPDATE ON patients_patient FOR EACH ROW
    WHEN ((OLD.birth_name, OLD.first_given_name, OLD.given_names, OLD.used_name, OLD.used_given_name, OLD.birth_date,
           OLD.birth_date_interpreted, OLD.sex, OLD.birth_insee, OLD.birth_postcode, OLD.ins_hash, OLD.merged_into_id)
          IS DISTINCT FROM
          (NEW.birth_name, NEW.first_given_name, NEW.given_names, NEW.used_name, NEW.used_given_name, NEW.birth_date,
           NEW.birth_date_interpreted, NEW.sex, NEW.birth_insee, NEW.birth_postcode, NEW.ins_hash, NEW.merged_into_id))
    EXECUTE FUNCTION dcc_watch_doubles();

-- What was written down of a merge stays; it is completed, never taken back. Counts only grow (rows that land late).
CREATE FUNCTION dcc_merge_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE'
       OR (NEW.id, NEW.region_id, NEW.double_id, NEW.kept_id, NEW.lost_id, NEW.asked_by_id, NEW.asked_at, NEW.reason)
          IS DISTINCT FROM
          (OLD.id, OLD.region_id, OLD.double_id, OLD.kept_id, OLD.lost_id, OLD.asked_by_id, OLD.asked_at, OLD.reason)
       OR (OLD.done_at IS NOT NULL AND NEW.done_at IS DISTINCT FROM OLD.done_at)
       OR (OLD.undone_at IS NOT NULL AND NEW.undone_at IS DISTINCT FROM OLD.undone_at)
       OR ((NEW.done_at, NEW.undone_at) IS DISTINCT FROM (OLD.done_at, OLD.undone_at)
           AND current_user = 'dcc_web') THEN
        RAISE EXCEPTION 'what a merge did is not rewritten' USING ERRCODE = 'DC001';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER frozen BEFORE UPDATE OR DELETE ON patients_merge FOR EACH ROW EXECUTE FUNCTION dcc_merge_frozen();

-- Rows of insert-only tables change patient by this door alone: of one table about patients, between the two identities
-- of a merge that was asked for. The others are moved by the worker's own UPDATE, under the triggers that freeze them.
CREATE FUNCTION dcc_move_rows(p_merge uuid, p_table text, p_back boolean, p_rows text[]) RETURNS SETOF text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_merge record;
BEGIN
    SELECT m.kept_id, m.lost_id, m.region_id INTO v_merge FROM patients_merge m
     WHERE m.id = p_merge AND m.closed_at IS NULL AND m.undone_at IS NULL;
    IF v_merge IS NULL OR NOT coalesce(dcc_in_scope(v_merge.region_id), false)
       OR NOT EXISTS (SELECT 1 FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid
                       WHERE c.conrelid = to_regclass(quote_ident(p_table)) AND c.contype = 'f'
                         AND c.confrelid = 'patients_patient'::regclass
                         AND a.attname = 'patient_id' AND a.attnum = ANY (c.conkey)) THEN
        RAISE EXCEPTION 'these rows are of no merge' USING ERRCODE = 'DC003';
    END IF;
    RETURN QUERY EXECUTE format(
        'UPDATE %I SET patient_id = $1 WHERE patient_id = $2 AND region_id = $3 AND id::text = ANY ($4)'
        ' RETURNING id::text', p_table)
    USING CASE WHEN p_back THEN v_merge.lost_id ELSE v_merge.kept_id END,
          CASE WHEN p_back THEN v_merge.kept_id ELSE v_merge.lost_id END, v_merge.region_id, p_rows;
END $$;

-- Who decides of a pair must know that a board is about to hear one of the two, or is hearing them: which board, when,
-- how far. Of no other patient, and nothing of what the case says.
CREATE FUNCTION dcc_double_cases(p_double uuid)
RETURNS TABLE (patient_id uuid, meeting_id uuid, board text, starts_at timestamptz, status text, held boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    RETURN QUERY
    SELECT c.patient_id, m.id, b.name::text, m.starts_at, c.status::text, m.status = 'open'
      FROM patients_double d
      JOIN rcp_case c ON c.patient_id IN (d.first_id, d.second_id)
      JOIN rcp_meeting m ON m.id = c.meeting_id
      JOIN rcp_board b ON b.id = m.board_id
     WHERE d.id = p_double AND dcc_in_scope(d.region_id)
       AND c.status NOT IN ('validated', 'postponed', 'cancelled', 'refused')
     ORDER BY m.starts_at;
END $$;

-- Who judges two people homonyms writes it in the history of both, past wall 2: that act and the one that takes it back,
-- by the caller and now, on a pair of the caller's scope. Nothing of the history is read.
CREATE FUNCTION dcc_note_homonym(
    p_line uuid, p_double uuid, p_patient uuid, p_act text, p_actor text, p_organisation text, p_attributes text,
    p_reason text
) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO patients_identitychange (id, region_id, patient_id, at, by_id, actor, organisation, act, channel,
                                         status_before, status_after, attributes, document_kind, reason, traits)
    SELECT p_line, p.region_id, p.id, now(), nullif(current_setting('dcc.user_id', true), '')::bigint, p_actor,
           p_organisation, p_act, 'SM', p.status, p.status, p_attributes, '', p_reason, '{}'
      FROM patients_double d JOIN patients_patient p ON p.id IN (d.first_id, d.second_id)
     WHERE d.id = p_double AND p.id = p_patient AND dcc_in_scope(d.region_id) AND p_act IN ('homonym', 'no_homonym')
       AND nullif(current_setting('dcc.user_id', true), '') IS NOT NULL;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'this identity is of no pair to judge' USING ERRCODE = 'DC003';
    END IF;
END $$;

-- Lock order: meetings, by key, before patients. SHARE: none of them opens while identities move.
CREATE FUNCTION dcc_hold_meetings(p_double uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM 1 FROM rcp_meeting m
      WHERE m.id IN (SELECT c.meeting_id FROM dcc_double_cases(p_double) c) ORDER BY m.id FOR SHARE;
END $$;

CREATE FUNCTION dcc_regions_with_doubles() RETURNS SETOF smallint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT r.id FROM tenancy_region r
     WHERE EXISTS (SELECT 1 FROM patients_doublesearch s WHERE s.region_id = r.id)
        OR EXISTS (SELECT 1 FROM patients_double d WHERE d.region_id = r.id AND d.status IN ('merging', 'undoing'))
        OR EXISTS (SELECT 1 FROM patients_merge m WHERE m.region_id = r.id AND m.done_at > now() - interval '1 day');
$$;

REVOKE ALL ON FUNCTION dcc_move_rows(uuid, text, boolean, text[]) FROM PUBLIC;
REVOKE ALL ON FUNCTION dcc_double_cases(uuid) FROM PUBLIC;
REVOKE ALL ON FUNCTION dcc_note_homonym(uuid, uuid, uuid, text, text, text, text, text) FROM PUBLIC;
REVOKE ALL ON FUNCTION dcc_hold_meetings(uuid) FROM PUBLIC;
REVOKE ALL ON FUNCTION dcc_regions_with_doubles() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION dcc_double_cases(uuid) TO dcc_web, dcc_worker;
GRANT EXECUTE ON FUNCTION dcc_note_homonym(uuid, uuid, uuid, text, text, text, text, text) TO dcc_web;
GRANT EXECUTE ON FUNCTION dcc_move_rows(uuid, text, boolean, text[]), dcc_hold_meetings(uuid) TO dcc_worker;
GRANT EXECUTE ON FUNCTION dcc_regions_with_doubles() TO dcc_worker;
"""
REVERSE = """
DROP FUNCTION dcc_regions_with_doubles(); DROP FUNCTION dcc_hold_meetings(uuid); DROP FUNCTION dcc_double_cases(uuid);
DROP FUNCTION dcc_note_homonym(uuid, uuid, uuid, text, text, text, text, text);
DROP FUNCTION dcc_move_rows(uuid, text, boolean, text[]);
DROP TRIGGER frozen ON patients_merge; DROP FUNCTION dcc_merge_frozen();
DROP TRIGGER watch_doubles_changed ON patients_patient; DROP TRIGGER watch_doubles_new ON patients_patient;
DROP FUNCTION dcc_watch_doubles();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("patients", "0003_feeds"),
    ]

    operations = [
        CreateTables(
            [
                migrations.CreateModel(
                    name="Double",
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
                                    ("to_examine", "à examiner"),
                                    ("unsure", "incertain"),
                                    ("homonym", "homonymes"),
                                    ("asked", "fusion à confirmer"),
                                    ("merging", "fusion en cours"),
                                    ("merged", "fusionnées"),
                                    ("undoing", "annulation en cours"),
                                    ("undone", "fusion annulée"),
                                    ("cleared", "écarté"),
                                ],
                                default="to_examine",
                                max_length=10,
                            ),
                        ),
                        ("score", models.FloatField()),
                        ("probable", models.BooleanField(default=False)),
                        ("collision", models.BooleanField(default=False)),
                        ("evidence", models.JSONField(default=list)),
                        ("found_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("first_decided_at", models.DateTimeField(null=True)),
                        ("decided_at", models.DateTimeField(null=True)),
                        ("reason", models.CharField(blank=True, max_length=300, verbose_name="motif")),
                        (
                            "marked",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.UUIDField(), db_default=[], default=list, size=None
                            ),
                        ),
                        (
                            "decided_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "first",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="patients.patient",
                            ),
                        ),
                        (
                            "organisation",
                            models.ForeignKey(
                                db_constraint=False,
                                null=True,
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
                            "second",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="patients.patient",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [models.Index(fields=["region", "status", "found_at"], name="double_worklist")],
                        "constraints": [
                            dcc.tenancy.isolation.RegionWall(name="double_wall", web="SU", worker="SIU"),
                            dcc.tenancy.isolation.SameRegionReference(
                                column="first_id",
                                name="double_first",
                                on_delete="NO ACTION",
                                region="region_id",
                                to="patients.Patient",
                            ),
                            dcc.tenancy.isolation.SameRegionReference(
                                column="second_id",
                                name="double_second",
                                on_delete="NO ACTION",
                                region="region_id",
                                to="patients.Patient",
                            ),
                            models.UniqueConstraint(fields=("region", "id"), name="double_region_id"),
                            models.UniqueConstraint(
                                models.F("region"),
                                django.db.models.functions.comparison.Least("first", "second"),
                                django.db.models.functions.comparison.Greatest("first", "second"),
                                name="double_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("first", models.F("second")), _negated=True), name="double_of_two"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="DoubleSearch",
                    fields=[
                        ("id", models.BigAutoField(primary_key=True, serialize=False)),
                        ("since", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "identity",
                            models.OneToOneField(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.CASCADE,
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
                        "indexes": [models.Index(fields=["region", "id"], name="doublesearch_due")],
                        "constraints": [
                            dcc.tenancy.isolation.RegionWall(name="doublesearch_wall", web="", worker="SIUD"),
                            dcc.tenancy.isolation.SameRegionReference(
                                column="identity_id",
                                name="doublesearch_identity",
                                on_delete="CASCADE",
                                region="region_id",
                                to="patients.Patient",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="IdentityCount",
                    fields=[
                        ("id", models.BigAutoField(primary_key=True, serialize=False)),
                        ("counted_on", models.DateField()),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("PROV", "provisoire"),
                                    ("RECUP", "récupérée"),
                                    ("VALI", "validée"),
                                    ("QUAL", "qualifiée"),
                                ],
                                max_length=5,
                            ),
                        ),
                        ("count", models.PositiveIntegerField()),
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
                            dcc.tenancy.isolation.RegionWall(name="identitycount_wall", web="S", worker="SIU"),
                            models.UniqueConstraint(
                                fields=("region", "counted_on", "status"), name="identitycount_once"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Merge",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=dcc.lib.ids.uuid7, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("rule", models.CharField(max_length=120)),
                        ("reason", models.CharField(max_length=300, verbose_name="motif")),
                        ("asked_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("closed_at", models.DateTimeField(null=True)),
                        ("done_at", models.DateTimeField(null=True)),
                        ("rows", models.PositiveIntegerField(default=0)),
                        ("tables", models.PositiveSmallIntegerField(default=0)),
                        ("undo_reason", models.CharField(blank=True, max_length=300, verbose_name="motif")),
                        ("undone_at", models.DateTimeField(null=True)),
                        (
                            "obstacles",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=300), default=list, size=None
                            ),
                        ),
                        ("unallocated", models.JSONField(default=list)),
                        (
                            "asked_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "confirmed_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "double",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="merges",
                                to="patients.double",
                            ),
                        ),
                        (
                            "kept",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="patients.patient",
                            ),
                        ),
                        (
                            "lost",
                            models.ForeignKey(
                                db_constraint=False,
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
                            "undo_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "undo_confirmed_by",
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
                            models.Index(fields=["kept", "done_at"], name="merge_kept_x"),
                            models.Index(fields=["region", "done_at"], name="merge_done_x"),
                        ],
                        "constraints": [
                            dcc.tenancy.isolation.RegionWall(name="merge_wall", web="SIU", worker="SIU"),
                            dcc.tenancy.isolation.SameRegionReference(
                                column="double_id",
                                name="merge_double",
                                on_delete="NO ACTION",
                                region="region_id",
                                to="patients.Double",
                            ),
                            dcc.tenancy.isolation.SameRegionReference(
                                column="kept_id",
                                name="merge_kept",
                                on_delete="NO ACTION",
                                region="region_id",
                                to="patients.Patient",
                            ),
                            dcc.tenancy.isolation.SameRegionReference(
                                column="lost_id",
                                name="merge_lost",
                                on_delete="NO ACTION",
                                region="region_id",
                                to="patients.Patient",
                            ),
                            models.UniqueConstraint(fields=("region", "id"), name="merge_region_id"),
                            models.UniqueConstraint(
                                condition=models.Q(("done_at__isnull", False), ("undone_at__isnull", True)),
                                fields=("lost",),
                                name="merge_in_force_once",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("closed_at__isnull", True), ("undone_at__isnull", True)),
                                fields=("double",),
                                name="merge_one_at_a_time",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("kept", models.F("lost")), _negated=True), name="merge_of_two"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("confirmed_by", models.F("asked_by")), _negated=True),
                                name="merge_confirmed_by_another",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("undo_confirmed_by", models.F("undo_by")), _negated=True),
                                name="merge_undo_confirmed_by_another",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="IdentityNotice",
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
                                choices=[("A40", "fusion (A40)"), ("A31", "mise à jour (A31)")], max_length=3
                            ),
                        ),
                        (
                            "state",
                            models.CharField(
                                choices=[("waiting", "à envoyer"), ("sent", "envoyé"), ("cancelled", "annulé")],
                                default="waiting",
                                max_length=9,
                            ),
                        ),
                        ("content", models.JSONField()),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("sent_at", models.DateTimeField(null=True)),
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
                            "merge",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="notices",
                                to="patients.merge",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("state", "waiting")),
                                fields=["region", "created_at"],
                                name="identitynotice_due",
                            )
                        ],
                        "constraints": [
                            dcc.tenancy.isolation.RegionWall(name="identitynotice_wall", web="S", worker="SIU"),
                            dcc.tenancy.isolation.SameRegionReference(
                                column="merge_id",
                                name="identitynotice_merge",
                                on_delete="NO ACTION",
                                region="region_id",
                                to="patients.Merge",
                            ),
                            dcc.tenancy.isolation.SameRegionReference(
                                column="organisation_id",
                                name="identitynotice_organisation",
                                on_delete="NO ACTION",
                                region="region_id",
                                to="organisations.Organisation",
                            ),
                            models.UniqueConstraint(
                                fields=("merge", "organisation", "kind"), name="identitynotice_once"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="MergedTable",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=dcc.lib.ids.uuid7, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("table_name", models.CharField(max_length=63)),
                        (
                            "moved",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=40), default=list, size=None
                            ),
                        ),
                        (
                            "own",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=40), default=list, size=None
                            ),
                        ),
                        (
                            "left",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=40), default=list, size=None
                            ),
                        ),
                        ("changed", models.JSONField(default=dict)),
                        ("lost_before", models.PositiveIntegerField()),
                        ("kept_before", models.PositiveIntegerField()),
                        ("lost_after", models.PositiveIntegerField()),
                        ("kept_after", models.PositiveIntegerField()),
                        (
                            "merge",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="merged_tables",
                                to="patients.merge",
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
                        "constraints": [
                            dcc.tenancy.isolation.PatientWall(
                                name="mergedtable_wall", patient="patient_id", web="S", worker="SIU"
                            ),
                            dcc.tenancy.isolation.SameRegionReference(
                                column="patient_id",
                                name="mergedtable_patient",
                                on_delete="NO ACTION",
                                region="region_id",
                                to="patients.Patient",
                            ),
                            dcc.tenancy.isolation.SameRegionReference(
                                column="merge_id",
                                name="mergedtable_merge",
                                on_delete="NO ACTION",
                                region="region_id",
                                to="patients.Merge",
                            ),
                            models.UniqueConstraint(fields=("merge", "table_name"), name="mergedtable_once"),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("kept_after__gte", models.F("kept_before")),
                                    ("lost_before__gte", models.F("lost_after")),
                                ),
                                name="mergedtable_counts",
                            ),
                        ],
                    },
                ),
            ]
        ),
        migrations.RunSQL(SQL, REVERSE),
    ]
