"""What patients decide and ask: wishes, requests, exports, retention; sharing and opposition held by the grants.

Irreversible: the functions it replaces are those of 0002, 0003 and 0004, and going back would forget oppositions.
"""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import dcc.lib.ids
import dcc.tenancy.isolation

SQL = """
-- The opposition to all sharing is said by the latest information; one to an organisation by the latest wish about it.
CREATE FUNCTION dcc_opposes_sharing(p_patient uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT coalesce((SELECT i.opposition = 'sharing' FROM patients_information i WHERE i.patient_id = p_patient
                      ORDER BY i.recorded_at DESC LIMIT 1), false);
$$;

CREATE FUNCTION dcc_opposed_principals(p_patient uuid) RETURNS SETOF int
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT principal_id FROM (
        SELECT DISTINCT ON (w.principal_id) w.principal_id, w.answer FROM patients_wish w
         WHERE w.patient_id = p_patient AND w.subject = 'organisation' AND w.principal_id IS NOT NULL
         ORDER BY w.principal_id, w.recorded_at DESC) latest
     WHERE answer = 'opposed';
$$;

-- An organisation the patient opposes, or a person who works for opposed organisations only.
CREATE FUNCTION dcc_is_opposed(p_patient uuid, p_principal int) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH opposed AS MATERIALIZED (SELECT principal FROM dcc_opposed_principals(p_patient) principal),
         places AS (SELECT o.principal_id FROM accounts_user u
                      JOIN accounts_membership m ON m.user_id = u.id AND m.revoked_at IS NULL
                       AND m.starts_at <= now() AND m.expires_at > now() AND dcc_in_scope(m.region_id)
                      JOIN organisations_organisation o ON o.id = m.organisation_id
                     WHERE u.principal_id = p_principal)
    SELECT EXISTS (SELECT 1 FROM opposed)
       AND (p_principal IN (SELECT principal FROM opposed)
            OR EXISTS (SELECT 1 FROM places)
               AND NOT EXISTS (SELECT 1 FROM places WHERE principal_id NOT IN (SELECT principal FROM opposed)));
$$;

-- What the patient's recorded will no longer allows is closed, each time with its event. An opposition to all sharing
-- leaves the file to the teams that wrote it; nothing is closed that no row asks for, whoever calls.
CREATE FUNCTION dcc_apply_opposition(p_patient uuid, p_actor text) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_user bigint := nullif(current_setting('dcc.user_id', true), '')::bigint;
    v_sharing boolean := dcc_opposes_sharing(p_patient);
    v_closed int := 0;
    a record;
BEGIN
    IF v_user IS NULL THEN
        RAISE EXCEPTION 'patient out of scope' USING ERRCODE = 'DC003';
    END IF;
    FOR a IN UPDATE patients_access c SET expires_at = now()
              WHERE c.patient_id = p_patient AND c.expires_at > now() AND dcc_in_scope(c.region_id)
                AND (v_sharing AND c.reason IN ('sharing', 'meeting', 'referring', 'treating')
                     OR dcc_is_opposed(p_patient, c.principal_id))
             RETURNING c.region_id, c.principal_id, c.reason
    LOOP
        v_closed := v_closed + 1;
        INSERT INTO audit_auditevent (id, region_id, recorded_at, event, actor_id, actor, organisation, object_type,
                                      object_id, patient_id, details, reference)
        VALUES (uuidv7(), a.region_id, now(), 'patients.access_ended', v_user, p_actor, '', 'patients.access',
                a.principal_id::text, p_patient,
                jsonb_build_object('reason', a.reason, 'principal', a.principal_id, 'opposition', true), '');
    END LOOP;
    RETURN v_closed;
END $$;

-- What a reader to whom the file is closed must know before breaking the glass: nothing else of the patient's wishes.
CREATE FUNCTION dcc_opposition_to_me(p_patient uuid) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT CASE
        WHEN NOT EXISTS (SELECT 1 FROM patients_patient p WHERE p.id = p_patient AND dcc_in_scope(p.region_id))
             OR coalesce(current_setting('dcc.principals', true), '') = '' THEN ''
        WHEN dcc_opposes_sharing(p_patient) THEN 'sharing'
        WHEN EXISTS (SELECT 1 FROM unnest(nullif(current_setting('dcc.principals', true), '')::int[]) mine
                      WHERE dcc_is_opposed(p_patient, mine)) THEN 'organisation'
        ELSE '' END;
$$;

-- Whoever cares for the patient, as opposed to whoever the file was shared with or opened to exceptionally.
CREATE FUNCTION dcc_in_care_team(p_patient uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT 1 FROM patients_access a
                    WHERE a.patient_id = p_patient AND a.expires_at > now() AND dcc_in_scope(a.region_id)
                      AND a.reason NOT IN ('sharing', 'break_glass')
                      AND a.principal_id = ANY (nullif(current_setting('dcc.principals', true), '')::int[]));
$$;

-- A grant never shortens one that is there. Who does not see a file may open it only to one of their own principals:
-- by creating the identity (nobody has an access yet), by registering the patient, or exceptionally, for themselves
-- alone. Whoever sees it may open it to others of the network, but only the care team shares it, for a year at most.
-- What the patient opposes is refused, but for exceptional accesses. Expiry is mandatory where D2/D9 want it.
CREATE OR REPLACE FUNCTION dcc_grant_access(
    p_patient uuid, p_principal int, p_reason text, p_expires timestamptz, p_actor text, p_details jsonb
) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_region smallint;
    v_user bigint := nullif(current_setting('dcc.user_id', true), '')::bigint;
    v_own boolean := coalesce(p_principal = ANY (nullif(current_setting('dcc.principals', true), '')::int[]), false);
    v_new boolean;
BEGIN
    SELECT region_id INTO v_region FROM patients_patient WHERE id = p_patient;
    IF v_user IS NULL OR v_region IS NULL OR NOT coalesce(dcc_in_scope(v_region), false) THEN
        RAISE EXCEPTION 'patient out of scope' USING ERRCODE = 'DC003';
    END IF;
    IF NOT coalesce(dcc_principal_in_scope(p_principal), false) THEN
        RAISE EXCEPTION 'principal out of scope' USING ERRCODE = 'DC003';
    END IF;
    IF NOT dcc_may_see(p_patient) AND NOT (v_own AND p_reason IN ('creation', 'registration', 'break_glass')) THEN
        RAISE EXCEPTION 'only who sees a file may open it to others' USING ERRCODE = 'DC003';
    END IF;
    IF p_reason = 'creation'
       AND (NOT v_own OR EXISTS (SELECT 1 FROM patients_access WHERE patient_id = p_patient)) THEN
        RAISE EXCEPTION 'a file is opened by its creation once' USING ERRCODE = 'DC003';
    END IF;
    IF p_reason IN ('break_glass', 'sharing', 'meeting') AND p_expires IS NULL
       OR p_reason = 'sharing' AND p_expires > now() + interval '367 days' THEN
        RAISE EXCEPTION 'this access must expire' USING ERRCODE = 'DC003';
    END IF;
    IF p_reason = 'sharing' AND NOT dcc_in_care_team(p_patient) THEN
        RAISE EXCEPTION 'only the care team shares a file' USING ERRCODE = 'DC003';
    END IF;
    IF p_reason = 'break_glass' AND p_expires > now() + interval '4 hours 1 minute' THEN
        RAISE EXCEPTION 'exceptional access lasts four hours at most' USING ERRCODE = 'DC003';
    END IF;
    IF p_reason = 'break_glass'
       AND NOT (v_own AND p_principal = (SELECT principal_id FROM accounts_user WHERE id = v_user)) THEN
        RAISE EXCEPTION 'exceptional access is for oneself' USING ERRCODE = 'DC003';
    END IF;
    IF p_reason <> 'break_glass' AND dcc_is_opposed(p_patient, p_principal)
       OR p_reason = 'sharing' AND dcc_opposes_sharing(p_patient) THEN
        RAISE EXCEPTION 'the patient opposes this' USING ERRCODE = 'DC004';
    END IF;
    INSERT INTO patients_access (region_id, patient_id, principal_id, reason, why, granted_by, granted_at, expires_at)
    VALUES (v_region, p_patient, p_principal, p_reason, coalesce(p_details ->> 'why', ''), v_user, now(),
            coalesce(p_expires, '9999-01-01 00:00:00+00'))
    ON CONFLICT (patient_id, principal_id, reason) DO UPDATE
        SET expires_at = excluded.expires_at, granted_at = now(), granted_by = excluded.granted_by, why = excluded.why
        WHERE patients_access.expires_at < excluded.expires_at
    RETURNING true INTO v_new;
    IF v_new THEN
        INSERT INTO audit_auditevent (id, region_id, recorded_at, event, actor_id, actor, organisation, object_type,
                                      object_id, patient_id, details, reference)
        VALUES (uuidv7(), v_region, now(), 'patients.access_granted', v_user, p_actor, '', 'patients.access',
                p_principal::text, p_patient,
                p_details || jsonb_build_object('reason', p_reason, 'principal', p_principal, 'expires', p_expires), '');
    END IF;
    RETURN coalesce(v_new, false);
END $$;

-- Before its time end the access of a meeting, by who sees the file, and a sharing, by the care team or who received it.
CREATE OR REPLACE FUNCTION dcc_end_access(p_patient uuid, p_principal int, p_reason text, p_actor text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_user bigint := nullif(current_setting('dcc.user_id', true), '')::bigint;
    v_own boolean := coalesce(p_principal = ANY (nullif(current_setting('dcc.principals', true), '')::int[]), false);
    v_region smallint;
BEGIN
    IF v_user IS NULL OR NOT dcc_may_see(p_patient) THEN
        RAISE EXCEPTION 'only who sees a file may close it to others' USING ERRCODE = 'DC003';
    END IF;
    IF p_reason IS NULL OR p_reason NOT IN ('meeting', 'sharing') THEN
        RAISE EXCEPTION 'only the access of a meeting or a sharing ends before its time' USING ERRCODE = 'DC003';
    END IF;
    IF p_reason = 'sharing' AND NOT v_own AND NOT dcc_in_care_team(p_patient) THEN
        RAISE EXCEPTION 'only the care team ends a sharing' USING ERRCODE = 'DC003';
    END IF;
    UPDATE patients_access SET expires_at = now()
     WHERE patient_id = p_patient AND principal_id = p_principal AND reason = p_reason AND expires_at > now()
       AND dcc_in_scope(region_id)
    RETURNING region_id INTO v_region;
    IF v_region IS NULL THEN
        RETURN false;
    END IF;
    INSERT INTO audit_auditevent (id, region_id, recorded_at, event, actor_id, actor, organisation, object_type,
                                  object_id, patient_id, details, reference)
    VALUES (uuidv7(), v_region, now(), 'patients.access_ended', v_user, p_actor, '', 'patients.access',
            p_principal::text, p_patient, jsonb_build_object('reason', p_reason, 'principal', p_principal), '');
    RETURN true;
END $$;

DROP FUNCTION dcc_access_list(uuid);
CREATE FUNCTION dcc_access_list(p_patient uuid)
RETURNS TABLE (principal_id int, label text, kind text, reason text, granted_at timestamptz, expires_at timestamptz,
               why text, granted_by text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT a.principal_id, p.label, p.kind, a.reason, a.granted_at, a.expires_at, a.why,
           (SELECT g.label FROM accounts_user u JOIN tenancy_principal g ON g.id = u.principal_id
             WHERE u.id = a.granted_by)
      FROM patients_access a JOIN tenancy_principal p ON p.id = a.principal_id
     WHERE a.patient_id = p_patient AND dcc_may_see(p_patient)
     ORDER BY a.granted_at DESC;
$$;

CREATE OR REPLACE FUNCTION dcc_record_opposition(p_id uuid, p_patient uuid, p_given_on date, p_given_by text)
RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_region smallint;
    v_user bigint := nullif(current_setting('dcc.user_id', true), '')::bigint;
    v_last record;
BEGIN
    SELECT region_id INTO v_region FROM patients_patient WHERE id = p_patient;
    IF v_user IS NULL OR v_region IS NULL OR NOT coalesce(dcc_in_scope(v_region), false)
       OR coalesce(current_setting('dcc.principals', true), '') = '' THEN
        RAISE EXCEPTION 'patient out of scope' USING ERRCODE = 'DC003';
    END IF;
    SELECT given_on, given_by, opposition INTO v_last FROM patients_information
     WHERE patient_id = p_patient ORDER BY recorded_at DESC LIMIT 1;
    IF v_last.opposition = 'sharing' AND v_last.given_on = p_given_on AND v_last.given_by = p_given_by THEN
        RETURN false;
    END IF;
    INSERT INTO patients_information (id, region_id, patient_id, given_on, given_by, opposition, recorded_by_id,
                                      recorded_at)
    VALUES (p_id, v_region, p_patient, p_given_on, p_given_by, 'sharing', v_user, clock_timestamp());
    PERFORM dcc_apply_opposition(p_patient, (SELECT p.label FROM accounts_user u
                                               JOIN tenancy_principal p ON p.id = u.principal_id
                                              WHERE u.id = v_user));
    RETURN true;
END $$;

-- One list to review: exceptional accesses, or openings that a rule found unusual (p_what).
DROP FUNCTION dcc_glass_breaks(uuid, boolean, timestamptz, uuid, int);
CREATE FUNCTION dcc_glass_breaks(p_event uuid, p_reviewed boolean, p_at timestamptz, p_id uuid, p_limit int,
                                 p_what text DEFAULT 'patients.glass_broken')
RETURNS TABLE (id uuid, recorded_at timestamptz, actor_id bigint, actor varchar, organisation varchar,
               region_id smallint, patient_id uuid, why text, until text,
               reviewed_at timestamptz, reviewer varchar, verdict text, comment text, rule text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET plan_cache_mode = force_custom_plan AS $$
DECLARE
    v_regions smallint[] := nullif(current_setting('dcc.regions', true), '')::smallint[];
BEGIN
    IF current_setting('dcc.audits', true) IS DISTINCT FROM 'on'
       OR p_what IS NULL OR p_what NOT IN ('patients.glass_broken', 'patients.opened_unusually') THEN
        RETURN;
    END IF;
    RETURN QUERY
    SELECT e.id, e.recorded_at, e.actor_id, e.actor, e.organisation, e.region_id, e.patient_id,
           e.details ->> 'why', e.details ->> 'until',
           r.recorded_at, r.actor, r.details ->> 'verdict', r.details ->> 'comment', e.details ->> 'rule'
      FROM audit_auditevent e
      LEFT JOIN LATERAL (SELECT v.recorded_at, v.actor, v.details FROM audit_auditevent v
                          WHERE v.object_id = e.id::text AND v.region_id = e.region_id
                            AND v.event IN ('patients.glass_reviewed', 'patients.unusual_reviewed')
                          ORDER BY v.recorded_at LIMIT 1) r ON true
     WHERE e.event = p_what AND e.patient_id IS NOT NULL AND e.region_id = ANY (v_regions)
       AND (p_event IS NULL OR e.id = p_event)
       AND (p_reviewed IS NULL OR (r.recorded_at IS NOT NULL) = p_reviewed)
       AND (p_at IS NULL OR e.recorded_at <= p_at AND (e.recorded_at, e.id) < (p_at, p_id))
     ORDER BY e.recorded_at DESC, e.id DESC LIMIT least(p_limit, 200);
END $$;

-- Which founding regions have an export or a list of eliminations to work on: the beat sees no row itself.
CREATE FUNCTION dcc_requests_due(p_what text) RETURNS SETOF smallint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT DISTINCT region_id FROM patients_export
     WHERE p_what = 'exports' AND state IN ('producing', 'ready') AND next_attempt_at <= now()
    UNION
    SELECT DISTINCT region_id FROM patients_retentionlist
     WHERE p_what = 'retention' AND status IN ('drawing', 'signed');
$$;

REVOKE ALL ON FUNCTION dcc_opposes_sharing(uuid), dcc_opposed_principals(uuid), dcc_is_opposed(uuid, int),
    dcc_in_care_team(uuid), dcc_opposition_to_me(uuid), dcc_apply_opposition(uuid, text), dcc_access_list(uuid),
    dcc_glass_breaks(uuid, boolean, timestamptz, uuid, int, text), dcc_requests_due(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION dcc_opposition_to_me(uuid), dcc_apply_opposition(uuid, text), dcc_access_list(uuid),
    dcc_in_care_team(uuid), dcc_glass_breaks(uuid, boolean, timestamptz, uuid, int, text) TO dcc_web;
GRANT EXECUTE ON FUNCTION dcc_requests_due(text) TO dcc_worker;

CREATE TRIGGER insert_only BEFORE DELETE ON patients_wish FOR EACH ROW EXECUTE FUNCTION dcc_insert_only();
CREATE TRIGGER history AFTER UPDATE OR DELETE ON patients_request FOR EACH ROW EXECUTE FUNCTION dcc_keep_history();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("patients", "0008_documents_received"),
        ("audit", "0005_auditors"),
        ("organisations", "0001_initial"),
        ("tenancy", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Export",
            fields=[
                ("id", models.UUIDField(default=dcc.lib.ids.uuid7, editable=False, primary_key=True, serialize=False)),
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
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Request",
            fields=[
                ("id", models.UUIDField(default=dcc.lib.ids.uuid7, editable=False, primary_key=True, serialize=False)),
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
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="RetentionLine",
            fields=[
                ("id", models.UUIDField(default=dcc.lib.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("list_id", models.UUIDField()),
                ("last_passage_on", models.DateField()),
                ("over_on", models.DateField()),
                ("rule", models.CharField(max_length=12)),
                ("kept", models.CharField(blank=True, max_length=300, verbose_name="conservé parce que")),
                ("eliminated_at", models.DateTimeField(null=True)),
                ("contents", models.PositiveIntegerField(default=0)),
                ("digest", models.BinaryField(max_length=32, null=True)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="RetentionList",
            fields=[
                ("id", models.UUIDField(default=dcc.lib.ids.uuid7, editable=False, primary_key=True, serialize=False)),
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
            ],
        ),
        migrations.CreateModel(
            name="Wish",
            fields=[
                ("id", models.UUIDField(default=dcc.lib.ids.uuid7, editable=False, primary_key=True, serialize=False)),
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
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.RemoveConstraint(
            model_name="information",
            name="patients_information_wall",
        ),
        migrations.AddField(
            model_name="access",
            name="why",
            field=models.CharField(blank=True, db_default="", max_length=300),
        ),
        migrations.AddField(
            model_name="information",
            name="document",
            field=models.CharField(blank=True, db_default="", max_length=120, verbose_name="document remis"),
        ),
        migrations.AddField(
            model_name="information",
            name="document_version",
            field=models.CharField(blank=True, db_default="", max_length=20, verbose_name="version du document"),
        ),
        migrations.AddField(
            model_name="information",
            name="means",
            field=models.CharField(
                blank=True,
                choices=[
                    ("oral", "de vive voix"),
                    ("paper", "document remis en main propre"),
                    ("post", "par courrier"),
                    ("mail", "par messagerie sécurisée"),
                ],
                db_default="",
                max_length=8,
                verbose_name="moyen",
            ),
        ),
        migrations.AddConstraint(
            model_name="information",
            constraint=dcc.tenancy.isolation.PatientWall(
                name="patients_information_wall", patient="patient_id", web="SI", worker="SIU"
            ),
        ),
        migrations.AddField(
            model_name="export",
            name="asked_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="export",
            name="patient",
            field=models.ForeignKey(
                db_constraint=False,
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="patients.patient",
            ),
        ),
        migrations.AddField(
            model_name="export",
            name="region",
            field=models.ForeignKey(
                editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenancy.region"
            ),
        ),
        migrations.AddField(
            model_name="request",
            name="closed_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="request",
            name="patient",
            field=models.ForeignKey(
                db_constraint=False,
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="patients.patient",
            ),
        ),
        migrations.AddField(
            model_name="request",
            name="recorded_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="request",
            name="region",
            field=models.ForeignKey(
                editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenancy.region"
            ),
        ),
        migrations.AddField(
            model_name="retentionline",
            name="patient",
            field=models.ForeignKey(
                db_constraint=False,
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="patients.patient",
            ),
        ),
        migrations.AddField(
            model_name="retentionline",
            name="region",
            field=models.ForeignKey(
                editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenancy.region"
            ),
        ),
        migrations.AddField(
            model_name="retentionlist",
            name="drawn_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="retentionlist",
            name="first_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="retentionlist",
            name="organisation",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="organisations.organisation",
            ),
        ),
        migrations.AddField(
            model_name="retentionlist",
            name="region",
            field=models.ForeignKey(
                editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenancy.region"
            ),
        ),
        migrations.AddField(
            model_name="retentionlist",
            name="second_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="wish",
            name="patient",
            field=models.ForeignKey(
                db_constraint=False,
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="patients.patient",
            ),
        ),
        migrations.AddField(
            model_name="wish",
            name="principal",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenancy.principal"
            ),
        ),
        migrations.AddField(
            model_name="wish",
            name="recorded_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="wish",
            name="region",
            field=models.ForeignKey(
                editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenancy.region"
            ),
        ),
        migrations.AddIndex(
            model_name="export",
            index=models.Index(fields=["patient", "asked_at"], name="export_patient_x"),
        ),
        migrations.AddIndex(
            model_name="export",
            index=models.Index(
                condition=models.Q(("state__in", ["producing", "ready"])),
                fields=["region", "next_attempt_at"],
                name="export_due",
            ),
        ),
        migrations.AddConstraint(
            model_name="export",
            constraint=dcc.tenancy.isolation.PatientWall(
                name="export_wall", patient="patient_id", web="SIU", worker="SIU"
            ),
        ),
        migrations.AddConstraint(
            model_name="export",
            constraint=dcc.tenancy.isolation.SameRegionReference(
                column="patient_id",
                name="export_patient",
                on_delete="NO ACTION",
                region="region_id",
                to="patients.Patient",
            ),
        ),
        migrations.AddConstraint(
            model_name="export",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ciphertext__isnull", False), ("expires_at__isnull", False), ("state", "ready")),
                    models.Q(models.Q(("state", "ready"), _negated=True), ("ciphertext__isnull", True)),
                    _connector="OR",
                ),
                name="export_bytes_while_ready",
            ),
        ),
        migrations.AddIndex(
            model_name="request",
            index=models.Index(fields=["patient", "recorded_at"], name="request_patient_x"),
        ),
        migrations.AddIndex(
            model_name="request",
            index=models.Index(
                condition=models.Q(("status", "open")), fields=["region", "due_on"], name="request_open"
            ),
        ),
        migrations.AddConstraint(
            model_name="request",
            constraint=dcc.tenancy.isolation.PatientWall(
                name="request_wall", patient="patient_id", web="SIU", worker="SIU"
            ),
        ),
        migrations.AddConstraint(
            model_name="request",
            constraint=dcc.tenancy.isolation.SameRegionReference(
                column="patient_id",
                name="request_patient",
                on_delete="NO ACTION",
                region="region_id",
                to="patients.Patient",
            ),
        ),
        migrations.AddConstraint(
            model_name="retentionline",
            constraint=dcc.tenancy.isolation.PatientWall(
                name="retentionline_wall", patient="patient_id", web="SIU", worker="SIU"
            ),
        ),
        migrations.AddConstraint(
            model_name="retentionline",
            constraint=dcc.tenancy.isolation.SameRegionReference(
                column="patient_id",
                name="retentionline_patient",
                on_delete="NO ACTION",
                region="region_id",
                to="patients.Patient",
            ),
        ),
        migrations.AddConstraint(
            model_name="retentionline",
            constraint=models.UniqueConstraint(fields=("list_id", "patient"), name="retentionline_once"),
        ),
        migrations.AddIndex(
            model_name="retentionlist",
            index=models.Index(fields=["organisation", "drawn_at"], name="retentionlist_organisation_x"),
        ),
        migrations.AddConstraint(
            model_name="retentionlist",
            constraint=dcc.tenancy.isolation.RegionWall(name="retentionlist_wall", web="SIU", worker="SIU"),
        ),
        migrations.AddConstraint(
            model_name="retentionlist",
            constraint=dcc.tenancy.isolation.SameRegionReference(
                column="organisation_id",
                name="retentionlist_organisation",
                on_delete="NO ACTION",
                region="region_id",
                to="organisations.Organisation",
            ),
        ),
        migrations.AddConstraint(
            model_name="retentionlist",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("second_by__isnull", True),
                    models.Q(("first_by__isnull", False), models.Q(("second_by", models.F("first_by")), _negated=True)),
                    _connector="OR",
                ),
                name="retentionlist_two_persons",
            ),
        ),
        migrations.AddConstraint(
            model_name="retentionlist",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status__in", ["signed", "done"]), _negated=True),
                    ("second_by__isnull", False),
                    _connector="OR",
                ),
                name="retentionlist_executed_once_signed",
            ),
        ),
        migrations.AddIndex(
            model_name="wish",
            index=models.Index(fields=["patient", "subject", "recorded_at"], name="wish_patient_x"),
        ),
        migrations.AddConstraint(
            model_name="wish",
            constraint=dcc.tenancy.isolation.PatientWall(
                name="wish_wall", patient="patient_id", web="SI", worker="SIU"
            ),
        ),
        migrations.AddConstraint(
            model_name="wish",
            constraint=dcc.tenancy.isolation.SameRegionReference(
                column="patient_id",
                name="wish_patient",
                on_delete="NO ACTION",
                region="region_id",
                to="patients.Patient",
            ),
        ),
        migrations.RunSQL(SQL, migrations.RunSQL.noop),
    ]
