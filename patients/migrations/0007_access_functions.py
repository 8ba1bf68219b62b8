"""Accesses are granted, listed and ended through functions that write the reason and the event with them (wall 2).

They hold what the patient opposes; an opposition is recorded without opening the file of the person who opposes (D3).
"""

from django.db import migrations

SQL = """
CREATE FUNCTION dcc_in_scope(p_region smallint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT p_region = ANY (nullif(current_setting('dcc.regions', true), '')::smallint[]);
$$;

CREATE FUNCTION dcc_may_see(p_patient uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT 1 FROM patients_access a
                    WHERE a.patient_id = p_patient AND a.expires_at > now() AND dcc_in_scope(a.region_id)
                      AND a.principal_id = ANY (nullif(current_setting('dcc.principals', true), '')::int[]));
$$;

-- A principal of the caller's network: an organisation, a person with a habilitation, a team without outside members.
CREATE FUNCTION dcc_principal_in_scope(p_principal int) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT CASE p.kind
        WHEN 'organisation' THEN EXISTS (SELECT 1 FROM organisations_organisation o
                                          WHERE o.principal_id = p.id AND dcc_in_scope(o.region_id))
        WHEN 'user' THEN EXISTS (SELECT 1 FROM accounts_user u JOIN accounts_membership m ON m.user_id = u.id
                                  WHERE u.principal_id = p.id AND dcc_in_scope(m.region_id))
        ELSE NOT EXISTS (SELECT 1 FROM accounts_principalmember t
                          WHERE t.principal_id = p.id AND dcc_in_scope(t.region_id) IS NOT TRUE)
        END
      FROM tenancy_principal p WHERE p.id = p_principal;
$$;

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
-- alone. Whoever sees it may open it to others of the network by registering, but only the care team shares it, for a
-- year at most, and opens it to a meeting or to doctors in person: a file that is only read opens to nobody for good.
-- What the patient opposes is refused, but for exceptional accesses. Expiry is mandatory where D2/D9 want it.
CREATE FUNCTION dcc_grant_access(
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
    IF p_reason IN ('sharing', 'referring', 'treating', 'meeting') AND NOT dcc_in_care_team(p_patient) THEN
        RAISE EXCEPTION 'only the care team opens a file to others' USING ERRCODE = 'DC003';
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
CREATE FUNCTION dcc_end_access(p_patient uuid, p_principal int, p_reason text, p_actor text) RETURNS boolean
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

-- Wall 2 would want an access first: opening a file to a team because the patient refuses to share it makes no sense.
-- False when the latest information says exactly that already.
CREATE FUNCTION dcc_record_opposition(p_id uuid, p_patient uuid, p_given_on date, p_given_by text)
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

REVOKE ALL ON FUNCTION dcc_principal_in_scope(int), dcc_opposes_sharing(uuid), dcc_opposed_principals(uuid),
    dcc_is_opposed(uuid, int), dcc_apply_opposition(uuid, text), dcc_opposition_to_me(uuid), dcc_in_care_team(uuid),
    dcc_grant_access(uuid, int, text, timestamptz, text, jsonb), dcc_end_access(uuid, int, text, text),
    dcc_access_list(uuid), dcc_record_opposition(uuid, uuid, date, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION dcc_apply_opposition(uuid, text), dcc_opposition_to_me(uuid), dcc_in_care_team(uuid),
    dcc_grant_access(uuid, int, text, timestamptz, text, jsonb), dcc_end_access(uuid, int, text, text),
    dcc_access_list(uuid), dcc_record_opposition(uuid, uuid, date, text) TO dcc_web;
"""
REVERSE = """
DROP FUNCTION dcc_record_opposition(uuid, uuid, date, text);
DROP FUNCTION dcc_access_list(uuid);
DROP FUNCTION dcc_end_access(uuid, int, text, text);
DROP FUNCTION dcc_grant_access(uuid, int, text, timestamptz, text, jsonb);
DROP FUNCTION dcc_in_care_team(uuid);
DROP FUNCTION dcc_opposition_to_me(uuid);
DROP FUNCTION dcc_apply_opposition(uuid, text);
DROP FUNCTION dcc_is_opposed(uuid, int);
DROP FUNCTION dcc_opposed_principals(uuid);
DROP FUNCTION dcc_opposes_sharing(uuid);
DROP FUNCTION dcc_principal_in_scope(int);
DROP FUNCTION dcc_may_see(uuid);
DROP FUNCTION dcc_in_scope(smallint);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("patients", "0006_requests_of_patients"),
        ("audit", "0001_initial"),
        ("accounts", "0002_scope_functions"),
    ]
    operations = [migrations.RunSQL(SQL, REVERSE)]
