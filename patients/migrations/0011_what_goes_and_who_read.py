"""Elimination of what is in clear, teams with an opposed member, readers of a merged file, doubles reported by hand.

The freezing triggers get a condition rather than another body: what they forbid to everybody is written once.
Irreversible: going back would forget oppositions, and bring no eliminated file back.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import dcc.tenancy.isolation

ELIMINATION = """
-- True only inside the functions below: a process cannot take the role of the owner, whatever it sets.
CREATE FUNCTION dcc_eliminating() RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT current_user = 'dcc_owner' AND coalesce(current_setting('dcc.eliminating', true), '') = 'on';
$$;

-- Whatever freezes or keeps rows for good gives way to an elimination, and to nothing else. The audit stays.
DO $$
DECLARE
    t record;
BEGIN
    FOR t IN SELECT tgname, tgrelid::regclass AS rel, pg_get_triggerdef(oid) AS def FROM pg_trigger
              WHERE NOT tgisinternal AND tgname IN ('frozen', 'insert_only')
                AND tgrelid::regclass::text NOT IN ('audit_auditevent', 'audit_auditseal', 'rcp_formversion')
    LOOP
        EXECUTE format('DROP TRIGGER %I ON %s', t.tgname, t.rel);
        EXECUTE replace(t.def, ' FOR EACH ROW EXECUTE ',
                        ' FOR EACH ROW WHEN (dcc_eliminating() IS NOT TRUE) EXECUTE ');
    END LOOP;
END $$;

-- The identities that a line eliminates: its patient, and those merged into it. Only of a list two persons signed.
CREATE FUNCTION dcc_line_identities(p_line uuid) RETURNS SETOF uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_patient uuid;
BEGIN
    SELECT l.patient_id INTO v_patient FROM patients_retentionline l JOIN patients_retentionlist s ON s.id = l.list_id
     WHERE l.id = p_line AND l.kept = '' AND l.eliminated_at IS NULL AND s.status = 'signed'
       AND s.first_by_id <> s.second_by_id AND dcc_in_scope(l.region_id) AND dcc_in_scope(s.region_id);
    IF v_patient IS NULL THEN
        RAISE EXCEPTION 'nobody signed for this' USING ERRCODE = 'DC003';
    END IF;
    RETURN QUERY
    WITH RECURSIVE gone AS (
        SELECT v_patient AS id UNION
        SELECT p.id FROM patients_patient p JOIN gone ON p.merged_into_id = gone.id)
    SELECT id FROM gone;
END $$;

-- One table about patients: its rows go (no values), or these columns are overwritten. Gives how many rows.
CREATE FUNCTION dcc_eliminate_rows(p_line uuid, p_table text, p_values jsonb) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_ids uuid[] := ARRAY(SELECT dcc_line_identities(p_line));
    v_into text;
    v_from text;
    v_count int;
BEGIN
    IF p_values ?| ARRAY['id', 'region_id', 'patient_id']
       OR NOT EXISTS (SELECT 1 FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid
                       WHERE c.conrelid = to_regclass(quote_ident(p_table)) AND c.contype = 'f'
                         AND c.confrelid = 'patients_patient'::regclass
                         AND a.attname = 'patient_id' AND a.attnum = ANY (c.conkey)) THEN
        RAISE EXCEPTION '% is not about patients', p_table USING ERRCODE = 'DC003';
    END IF;
    PERFORM set_config('dcc.eliminating', 'on', true);
    IF p_values IS NULL THEN
        EXECUTE format('DELETE FROM %I WHERE patient_id = ANY ($1)', p_table) USING v_ids;
    ELSE
        SELECT string_agg(quote_ident(name), ', ' ORDER BY name), string_agg('r.' || quote_ident(name), ', ' ORDER BY name)
          INTO v_into, v_from FROM jsonb_object_keys(p_values) name;
        EXECUTE format('UPDATE %1$I SET (%2$s) = (SELECT %3$s FROM jsonb_populate_record(NULL::%1$I, $2) r)'
                       ' WHERE patient_id = ANY ($1)', p_table, v_into, v_from) USING v_ids, p_values;
    END IF;
    GET DIAGNOSTICS v_count = ROW_COUNT;
    PERFORM set_config('dcc.eliminating', 'off', true);
    RETURN v_count;
END $$;

-- What feeds said: statements are the identity itself (ADR 10), raw messages lose their bytes and keep their answer.
CREATE FUNCTION dcc_eliminate_feeds(p_line uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_feeds uuid[];
    v_numbers uuid[];
    v_messages uuid[];
BEGIN
    v_feeds := ARRAY(WITH RECURSIVE gone AS (
        SELECT dcc_line_identities(p_line) AS id UNION
        SELECT f.id FROM patients_feedidentity f JOIN gone ON f.merged_into = gone.id)
      SELECT id FROM gone);
    v_numbers := ARRAY(SELECT n.id FROM patients_feednumber n WHERE n.identity_id = ANY (v_feeds));
    v_messages := ARRAY(
        SELECT s.message_id FROM patients_statement s WHERE s.number_id = ANY (v_numbers)
        UNION SELECT r.message_id FROM patients_redirection r
               WHERE r.number_id = ANY (v_numbers) OR r.target_id = ANY (v_numbers)
        UNION SELECT m.message_id FROM patients_movement m JOIN patients_visit v ON v.id = m.visit_id
               WHERE v.number_id = ANY (v_numbers)
        UNION SELECT g.message_id FROM patients_feedmerge g WHERE g.gone = ANY (v_feeds) OR g.kept = ANY (v_feeds)
        UNION SELECT w.id FROM patients_feedmessage w WHERE w.identity = ANY (v_feeds));
    UPDATE patients_feedmessage SET key_id = '', wrapped_key = '', ciphertext = '', alerts = '[]'
     WHERE id = ANY (v_messages);
    DELETE FROM patients_movement WHERE visit_id IN (SELECT v.id FROM patients_visit v WHERE v.number_id = ANY (v_numbers));
    DELETE FROM patients_visit WHERE number_id = ANY (v_numbers);
    DELETE FROM patients_statement WHERE number_id = ANY (v_numbers);
    DELETE FROM patients_feedmerge WHERE gone = ANY (v_feeds) OR kept = ANY (v_feeds);
    DELETE FROM patients_redirection WHERE number_id = ANY (v_numbers) OR target_id = ANY (v_numbers);
    DELETE FROM patients_feedtraits WHERE number_id = ANY (v_numbers);
    DELETE FROM patients_feednumber WHERE id = ANY (v_numbers);
    DELETE FROM patients_feedidentity WHERE id = ANY (v_feeds);
    DELETE FROM patients_feedconflict WHERE identity = ANY (v_feeds) OR other_identity = ANY (v_feeds);
END $$;

-- The identity becomes a tombstone that no search finds; pairs and merges lose their evidence; the history of every
-- row of the file goes, but not that of a row which a merge, undone since, had brought here for a time.
CREATE FUNCTION dcc_eliminate_identity(p_line uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_ids uuid[] := ARRAY(SELECT dcc_line_identities(p_line));
    v_table text;
BEGIN
    PERFORM set_config('dcc.eliminating', 'on', true);
    UPDATE patients_double SET evidence = '[]', reason = '', reported_why = '',
           status = CASE WHEN status IN ('to_examine', 'reported', 'unsure') THEN 'cleared' ELSE status END
     WHERE first_id = ANY (v_ids) OR second_id = ANY (v_ids);
    UPDATE patients_identitynotice n SET content = '{}',
           state = CASE WHEN n.state = 'waiting' THEN 'cancelled' ELSE n.state END
      FROM patients_merge m WHERE m.id = n.merge_id AND (m.kept_id = ANY (v_ids) OR m.lost_id = ANY (v_ids));
    UPDATE patients_merge SET reason = '', undo_reason = '', obstacles = '{}', unallocated = '[]'
     WHERE kept_id = ANY (v_ids) OR lost_id = ANY (v_ids);
    UPDATE patients_retentionline SET kept = 'éliminé depuis' WHERE patient_id = ANY (v_ids) AND kept <> '';
    UPDATE patients_patient SET
           birth_name = '(dossier éliminé)', birth_name_received = '', birth_name_key = '~', birth_name_sound = '~',
           first_given_name = '(dossier éliminé)', first_given_name_received = '', first_given_name_key = '~',
           given_name_sound = '~', given_names = '', given_names_received = '', given_names_key = '',
           used_name = '', used_name_received = '', used_name_key = '', used_name_sound = '',
           used_given_name = '', used_given_name_received = '', used_given_name_key = '', used_given_name_sound = '',
           birth_date = '0001-01-01', birth_date_interpreted = false, billing_birth_date = '', sex = 'I',
           birth_insee = '00000', birth_postcode = '', birth_place = '', is_deceased = false, died_on = NULL,
           status = 'PROV', ins_sealed = NULL, ins_hash = NULL, ins_oid = '', ins_source = '', ins_confirmed_at = NULL,
           is_homonym = false, is_doubtful = false, is_fictitious = false, is_anonymous = false, document_kind = '',
           document_checked_on = NULL, fed_by_id = NULL, duplicate_reason = ''
     WHERE id = ANY (v_ids);
    DELETE FROM patients_doublesearch WHERE identity_id = ANY (v_ids);
    FOR v_table IN SELECT DISTINCT h.table_name FROM audit_rowversion h WHERE h.patient_id = ANY (v_ids) LOOP
        IF v_table = 'patients_patient' THEN
            DELETE FROM audit_rowversion WHERE table_name = v_table AND row_id = ANY (v_ids::text[]);
        ELSE
            EXECUTE format(
                'DELETE FROM audit_rowversion h WHERE h.table_name = $2 AND h.patient_id = ANY ($1) AND NOT EXISTS'
                ' (SELECT 1 FROM %I r WHERE r.id::text = h.row_id AND r.patient_id <> ALL ($1))', v_table)
              USING v_ids, v_table;
            EXECUTE format(
                'DELETE FROM audit_rowversion h USING %I r WHERE r.patient_id = ANY ($1) AND h.table_name = $2'
                ' AND h.row_id = r.id::text', v_table) USING v_ids, v_table;
        END IF;
    END LOOP;
    PERFORM set_config('dcc.eliminating', 'off', true);
END $$;

REVOKE ALL ON FUNCTION dcc_line_identities(uuid), dcc_eliminate_rows(uuid, text, jsonb), dcc_eliminate_feeds(uuid),
    dcc_eliminate_identity(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION dcc_line_identities(uuid), dcc_eliminate_rows(uuid, text, jsonb), dcc_eliminate_feeds(uuid),
    dcc_eliminate_identity(uuid) TO dcc_worker;
"""

OPPOSITION = """
-- Who of a team works for opposed organisations only. Such a team as a whole is never given the file (D3).
CREATE FUNCTION dcc_opposed_members(p_patient uuid, p_team int) RETURNS SETOF int
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT u.principal_id FROM accounts_principalmember t JOIN accounts_user u ON u.id = t.user_id
     WHERE t.principal_id = p_team AND t.expires_at > now() AND EXISTS (SELECT 1 FROM dcc_opposed_principals(p_patient))
       AND dcc_is_opposed(p_patient, u.principal_id);
$$;

-- One person gets what their team would have had, with its event; `why` says it, and finds it again when that ends.
CREATE FUNCTION dcc_open_to_member(p_patient uuid, p_team int, p_member int, p_reason text, p_expires timestamptz,
                                   p_actor text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_region smallint := (SELECT region_id FROM patients_patient WHERE id = p_patient);
    v_user bigint := nullif(current_setting('dcc.user_id', true), '')::bigint;
    v_why text := left('Membre de ' || (SELECT label FROM tenancy_principal WHERE id = p_team), 300);
    v_ends timestamptz := least(p_expires, now() + interval '1 year');
    v_new boolean;
BEGIN
    INSERT INTO patients_access (region_id, patient_id, principal_id, reason, why, granted_by, granted_at, expires_at)
    VALUES (v_region, p_patient, p_member, p_reason, v_why, v_user, now(), v_ends)
    ON CONFLICT (patient_id, principal_id, reason) DO UPDATE
        SET expires_at = excluded.expires_at, granted_at = now(), granted_by = excluded.granted_by, why = excluded.why
        WHERE patients_access.expires_at < excluded.expires_at
    RETURNING true INTO v_new;
    IF v_new THEN
        INSERT INTO audit_auditevent (id, region_id, recorded_at, event, actor_id, actor, organisation, object_type,
                                      object_id, patient_id, details, reference)
        SELECT uuidv7(), v_region, now(), 'patients.access_granted', v_user, p_actor, '', 'patients.access',
               p_member::text, p_patient,
               jsonb_build_object('label', p.label, 'reason', p_reason, 'principal', p_member, 'expires', v_ends,
                                  'team', p_team, 'opposition', true), ''
          FROM tenancy_principal p WHERE p.id = p_member;
    END IF;
END $$;

-- A team with an opposed member: the team's own access is closed and says so, its other members have theirs. Gives how
-- many those are. The closed row also tells whoever joins later that they are to be given one (see the trigger).
CREATE FUNCTION dcc_open_to_members(p_patient uuid, p_team int, p_reason text, p_expires timestamptz, p_actor text)
RETURNS int LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_member int;
    v_count int := 0;
BEGIN
    INSERT INTO patients_access (region_id, patient_id, principal_id, reason, why, granted_by, granted_at, expires_at)
    SELECT p.region_id, p.id, p_team, p_reason, 'Opposition\u00a0: ouvert à chacun de ses autres membres',
           nullif(current_setting('dcc.user_id', true), '')::bigint, now(), now()
      FROM patients_patient p WHERE p.id = p_patient
    ON CONFLICT (patient_id, principal_id, reason) DO UPDATE
        SET expires_at = least(patients_access.expires_at, now()), why = excluded.why;
    FOR v_member IN
        SELECT DISTINCT u.principal_id FROM accounts_principalmember t JOIN accounts_user u ON u.id = t.user_id
         WHERE t.principal_id = p_team AND t.expires_at > now()
           AND u.principal_id NOT IN (SELECT dcc_opposed_members(p_patient, p_team))
    LOOP
        PERFORM dcc_open_to_member(p_patient, p_team, v_member, p_reason, p_expires, p_actor);
        v_count := v_count + 1;
    END LOOP;
    RETURN v_count;
END $$;

ALTER FUNCTION dcc_grant_access(uuid, int, text, timestamptz, text, jsonb) RENAME TO dcc_grant_one;
CREATE FUNCTION dcc_grant_access(
    p_patient uuid, p_principal int, p_reason text, p_expires timestamptz, p_actor text, p_details jsonb
) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM dcc_opposed_members(p_patient, p_principal)) THEN
        RETURN dcc_grant_one(p_patient, p_principal, p_reason, p_expires, p_actor, p_details);
    END IF;
    IF nullif(current_setting('dcc.user_id', true), '') IS NULL OR NOT coalesce(dcc_may_see(p_patient), false)
       OR NOT coalesce(dcc_principal_in_scope(p_principal), false)
       OR p_reason NOT IN ('registration', 'meeting')
       OR p_reason = 'meeting' AND (p_expires IS NULL OR NOT dcc_in_care_team(p_patient)) THEN
        RAISE EXCEPTION 'only who sees a file may open it to a team' USING ERRCODE = 'DC003';
    END IF;
    IF dcc_open_to_members(p_patient, p_principal, p_reason, coalesce(p_expires, '9999-01-01 00:00:00+00'), p_actor) = 0 THEN
        RAISE EXCEPTION 'the patient opposes this' USING ERRCODE = 'DC004';
    END IF;
    RETURN true;
END $$;

ALTER FUNCTION dcc_apply_opposition(uuid, text) RENAME TO dcc_close_opposed;
CREATE FUNCTION dcc_apply_opposition(p_patient uuid, p_actor text) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_closed int := dcc_close_opposed(p_patient, p_actor);
    a record;
BEGIN
    FOR a IN SELECT c.principal_id, c.reason, c.expires_at, c.region_id FROM patients_access c
              WHERE c.patient_id = p_patient AND c.expires_at > now() AND dcc_in_scope(c.region_id)
                AND EXISTS (SELECT 1 FROM dcc_opposed_members(p_patient, c.principal_id))
    LOOP
        PERFORM dcc_open_to_members(p_patient, a.principal_id, a.reason, a.expires_at, p_actor);
        INSERT INTO audit_auditevent (id, region_id, recorded_at, event, actor_id, actor, organisation, object_type,
                                      object_id, patient_id, details, reference)
        VALUES (uuidv7(), a.region_id, now(), 'patients.access_ended',
                nullif(current_setting('dcc.user_id', true), '')::bigint, p_actor, '', 'patients.access',
                a.principal_id::text, p_patient,
                jsonb_build_object('reason', a.reason, 'principal', a.principal_id, 'opposition', true), '');
        v_closed := v_closed + 1;
    END LOOP;
    RETURN v_closed;
END $$;

-- The access of a team that became its members' ends with each of them.
ALTER FUNCTION dcc_end_access(uuid, int, text, text) RENAME TO dcc_end_one;
CREATE FUNCTION dcc_end_access(p_patient uuid, p_principal int, p_reason text, p_actor text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_ended boolean := dcc_end_one(p_patient, p_principal, p_reason, p_actor);
BEGIN
    UPDATE patients_access m SET expires_at = now()
      FROM tenancy_principal team, accounts_principalmember t JOIN accounts_user u ON u.id = t.user_id
     WHERE team.id = p_principal AND p_reason = 'meeting' AND t.principal_id = p_principal
       AND m.patient_id = p_patient AND m.principal_id = u.principal_id AND m.reason = p_reason
       AND m.why = left('Membre de ' || team.label, 300) AND m.expires_at > now() AND dcc_in_scope(m.region_id);
    RETURN v_ended OR FOUND;
END $$;

-- Who joins a team later: an opposed person never gains a file by it, anybody else is given those closed to the team.
CREATE FUNCTION dcc_joined_team() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_member int := (SELECT principal_id FROM accounts_user WHERE id = NEW.user_id);
    v_actor text := coalesce((SELECT p.label FROM accounts_user u JOIN tenancy_principal p ON p.id = u.principal_id
                               WHERE u.id = nullif(current_setting('dcc.user_id', true), '')::bigint),
                             'composition d’une équipe');
    a record;
BEGIN
    FOR a IN SELECT c.patient_id, c.reason, c.expires_at FROM patients_access c
              WHERE c.principal_id = NEW.principal_id AND c.expires_at > now()
                AND c.patient_id IN (
                    SELECT w.patient_id FROM patients_wish w
                     WHERE w.subject = 'organisation' AND w.answer = 'opposed'
                       AND w.principal_id IN (SELECT o.principal_id FROM accounts_membership m
                                                JOIN organisations_organisation o ON o.id = m.organisation_id
                                               WHERE m.user_id = NEW.user_id))
                AND dcc_is_opposed(c.patient_id, v_member)
    LOOP
        PERFORM dcc_open_to_members(a.patient_id, NEW.principal_id, a.reason, a.expires_at, v_actor);
    END LOOP;
    FOR a IN SELECT c.patient_id, c.reason FROM patients_access c
              WHERE c.principal_id = NEW.principal_id AND c.why LIKE 'Opposition%' AND NEW.expires_at > now()
                AND NOT dcc_is_opposed(c.patient_id, v_member)
    LOOP
        PERFORM dcc_open_to_member(a.patient_id, NEW.principal_id, v_member, a.reason, NEW.expires_at, v_actor);
    END LOOP;
    RETURN NULL;
END $$;
CREATE TRIGGER joined_team AFTER INSERT OR UPDATE OF expires_at ON accounts_principalmember
    FOR EACH ROW EXECUTE FUNCTION dcc_joined_team();

-- Which of these the patient opposes: asked by who sees the file, or by a worker, before something leaves.
CREATE FUNCTION dcc_opposed_among(p_patient uuid, p_principals int[]) RETURNS SETOF int
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT one FROM unnest(p_principals) one
     WHERE EXISTS (SELECT 1 FROM patients_patient p WHERE p.id = p_patient AND dcc_in_scope(p.region_id))
       AND (dcc_may_see(p_patient) OR coalesce(current_setting('dcc.user_id', true), '') = '')
       AND dcc_is_opposed(p_patient, one);
$$;

REVOKE ALL ON FUNCTION dcc_opposed_members(uuid, int), dcc_open_to_members(uuid, int, text, timestamptz, text),
    dcc_open_to_member(uuid, int, int, text, timestamptz, text), dcc_grant_one(uuid, int, text, timestamptz, text, jsonb),
    dcc_grant_access(uuid, int, text, timestamptz, text, jsonb), dcc_close_opposed(uuid, text),
    dcc_apply_opposition(uuid, text), dcc_end_one(uuid, int, text, text), dcc_end_access(uuid, int, text, text),
    dcc_opposed_among(uuid, int[]), dcc_joined_team() FROM PUBLIC, dcc_web;
GRANT EXECUTE ON FUNCTION dcc_grant_access(uuid, int, text, timestamptz, text, jsonb), dcc_apply_opposition(uuid, text),
    dcc_end_access(uuid, int, text, text), dcc_opposed_among(uuid, int[]) TO dcc_web;
GRANT EXECUTE ON FUNCTION dcc_opposed_among(uuid, int[]) TO dcc_worker;
"""

READERS = """
-- Who opened a file: under its own identity, under those merged into it, and, once a merge is undone, through the file
-- that held it meanwhile. Whoever sees the file reads this list, and nothing else of the other identities.
CREATE FUNCTION dcc_file_readers(p_patient uuid, p_limit int)
RETURNS TABLE (actor varchar, organisation varchar, times int, documents int, broken int, last timestamptz,
               joined uuid, since timestamptz, until timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH RECURSIVE own AS (
        SELECT p_patient AS id WHERE dcc_may_see(p_patient)
        UNION SELECT p.id FROM patients_patient p JOIN own ON p.merged_into_id = own.id),
    through AS (
        SELECT m.kept_id AS id, m.done_at AS since, m.undone_at AS until FROM patients_merge m
         WHERE m.lost_id = p_patient AND m.undone_at IS NOT NULL AND dcc_may_see(p_patient)
        UNION
        SELECT m.kept_id, greatest(m.done_at, t.since), least(coalesce(m.undone_at, t.until), t.until)
          FROM patients_merge m JOIN through t ON t.id = m.lost_id
         WHERE m.done_at < t.until AND coalesce(m.undone_at, t.until) > t.since),
    read AS (
        SELECT e.actor, e.organisation, e.event, e.recorded_at, nullif(own.id, p_patient) AS joined,
               NULL::timestamptz AS since, NULL::timestamptz AS until
          FROM own JOIN audit_auditevent e ON e.patient_id = own.id
        UNION ALL
        SELECT e.actor, e.organisation, e.event, e.recorded_at, NULL, t.since, t.until
          FROM through t JOIN audit_auditevent e ON e.patient_id = t.id
         WHERE e.recorded_at >= t.since AND e.recorded_at < t.until)
    SELECT r.actor, r.organisation, count(*) FILTER (WHERE r.event = 'patients.opened')::int,
           count(*) FILTER (WHERE r.event = 'patients.document_read')::int,
           count(*) FILTER (WHERE r.event = 'patients.glass_broken')::int, max(r.recorded_at), r.joined, r.since, r.until
      FROM read r
     WHERE r.event IN ('patients.opened', 'patients.document_read', 'patients.glass_broken', 'patients.export_read')
     GROUP BY r.actor, r.organisation, r.joined, r.since, r.until ORDER BY max(r.recorded_at) DESC LIMIT least(p_limit, 500);
$$;
REVOKE ALL ON FUNCTION dcc_file_readers(uuid, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION dcc_file_readers(uuid, int) TO dcc_web;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("patients", "0008_reviews"),
        ("accounts", "0002_scope_functions"),
        ("rcp", "0005_facts"),  # whose freezing triggers are given their condition here
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            "double",
            "status",
            models.CharField(
                choices=[
                    ("to_examine", "à examiner"),
                    ("reported", "signalé par une personne"),
                    ("unsure", "incertain"),
                    ("homonym", "homonymes"),
                    ("asked", "fusion à confirmer"),
                    ("merging", "fusion en cours"),
                    ("merged", "fusionnées"),
                    ("undo_asked", "annulation à confirmer"),
                    ("undoing", "annulation en cours"),
                    ("undone", "fusion annulée"),
                    ("cleared", "écarté"),
                ],
                default="to_examine",
                max_length=10,
            ),
        ),
        migrations.AddField("double", "reported_at", models.DateTimeField(null=True)),
        migrations.AddField(
            "double",
            "reported_by",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            "double",
            "reported_why",
            models.CharField(
                blank=True, db_default="", default="", max_length=300, verbose_name="motif du signalement"
            ),
        ),
        migrations.RemoveConstraint("double", "double_wall"),
        migrations.AddConstraint("double", dcc.tenancy.isolation.RegionWall(name="double_wall")),
        migrations.AddConstraint(
            "double",
            models.CheckConstraint(
                condition=models.Q(reported_by__isnull=True, reported_at__isnull=True)
                | models.Q(reported_by__isnull=False, reported_at__isnull=False),
                name="double_reported_by_somebody",
            ),
        ),
        migrations.RunSQL(ELIMINATION),
        migrations.RunSQL(OPPOSITION),
        migrations.RunSQL(READERS),
    ]
