"""Accesses are granted, listed and ended through functions that write the reason and the event with them (wall 2)."""

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

-- A grant never shortens one that is there. Who does not see a file may open it only to one of their own principals:
-- by creating the identity (nobody has an access yet), by registering the patient, or exceptionally, for themselves
-- alone. Whoever sees it may open it to others of the network. Expiry is mandatory where D2/D9 want it.
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
       OR p_reason = 'sharing' AND p_expires > now() + interval '400 days' THEN
        RAISE EXCEPTION 'this access must expire' USING ERRCODE = 'DC003';
    END IF;
    IF p_reason = 'break_glass' AND p_expires > now() + interval '4 hours 1 minute' THEN
        RAISE EXCEPTION 'exceptional access lasts four hours at most' USING ERRCODE = 'DC003';
    END IF;
    IF p_reason = 'break_glass'
       AND NOT (v_own AND p_principal = (SELECT principal_id FROM accounts_user WHERE id = v_user)) THEN
        RAISE EXCEPTION 'exceptional access is for oneself' USING ERRCODE = 'DC003';
    END IF;
    INSERT INTO patients_access (region_id, patient_id, principal_id, reason, granted_by, granted_at, expires_at)
    VALUES (v_region, p_patient, p_principal, p_reason, v_user, now(), coalesce(p_expires, '9999-01-01 00:00:00+00'))
    ON CONFLICT (patient_id, principal_id, reason) DO UPDATE
        SET expires_at = excluded.expires_at, granted_at = now(), granted_by = excluded.granted_by
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

-- Only the access of a meeting is ended before its time, by who sees the file; the others expire or stay.
CREATE FUNCTION dcc_end_access(p_patient uuid, p_principal int, p_reason text, p_actor text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_user bigint := nullif(current_setting('dcc.user_id', true), '')::bigint;
    v_region smallint;
BEGIN
    IF v_user IS NULL OR NOT dcc_may_see(p_patient) THEN
        RAISE EXCEPTION 'only who sees a file may close it to others' USING ERRCODE = 'DC003';
    END IF;
    IF p_reason IS DISTINCT FROM 'meeting' THEN
        RAISE EXCEPTION 'only the access of a meeting ends before its time' USING ERRCODE = 'DC003';
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
RETURNS TABLE (principal_id int, label text, kind text, reason text, granted_at timestamptz, expires_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT a.principal_id, p.label, p.kind, a.reason, a.granted_at, a.expires_at
      FROM patients_access a JOIN tenancy_principal p ON p.id = a.principal_id
     WHERE a.patient_id = p_patient AND dcc_may_see(p_patient)
     ORDER BY a.granted_at DESC;
$$;

REVOKE ALL ON FUNCTION dcc_grant_access(uuid, int, text, timestamptz, text, jsonb) FROM PUBLIC;
REVOKE ALL ON FUNCTION dcc_end_access(uuid, int, text, text) FROM PUBLIC;
REVOKE ALL ON FUNCTION dcc_access_list(uuid) FROM PUBLIC;
REVOKE ALL ON FUNCTION dcc_principal_in_scope(int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION dcc_grant_access(uuid, int, text, timestamptz, text, jsonb) TO dcc_web;
GRANT EXECUTE ON FUNCTION dcc_end_access(uuid, int, text, text) TO dcc_web;
GRANT EXECUTE ON FUNCTION dcc_access_list(uuid) TO dcc_web;

-- A document's data never changes; its content is written once. Merge moves a row to another patient (worker only),
-- rotation and elimination touch the wrapped key alone.
CREATE FUNCTION dcc_document_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'documents are never deleted' USING ERRCODE = 'DC001';
    END IF;
    IF (NEW.id, NEW.kind, NEW.version, NEW.data, NEW.data_hash, NEW.source_id, NEW.issued_at, NEW.issued_by)
       IS DISTINCT FROM
       (OLD.id, OLD.kind, OLD.version, OLD.data, OLD.data_hash, OLD.source_id, OLD.issued_at, OLD.issued_by)
       OR (NEW.patient_id <> OLD.patient_id AND current_user = 'dcc_web') THEN
        RAISE EXCEPTION 'an issued document is frozen' USING ERRCODE = 'DC001';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER frozen BEFORE UPDATE OR DELETE ON patients_document
    FOR EACH ROW EXECUTE FUNCTION dcc_document_frozen();

CREATE FUNCTION dcc_content_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR current_user = 'dcc_web'
       OR (NEW.id, NEW.owner_id, NEW.kind, NEW.sha256, NEW.size, NEW.ciphertext, NEW.written_at)
          IS DISTINCT FROM
          (OLD.id, OLD.owner_id, OLD.kind, OLD.sha256, OLD.size, OLD.ciphertext, OLD.written_at) THEN
        RAISE EXCEPTION 'content is written once' USING ERRCODE = 'DC001';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER frozen BEFORE UPDATE OR DELETE ON patients_content
    FOR EACH ROW EXECUTE FUNCTION dcc_content_frozen();
"""
REVERSE = """
DROP TRIGGER frozen ON patients_content; DROP TRIGGER frozen ON patients_document;
DROP FUNCTION dcc_content_frozen(); DROP FUNCTION dcc_document_frozen();
DROP FUNCTION dcc_access_list(uuid); DROP FUNCTION dcc_end_access(uuid, int, text, text);
DROP FUNCTION dcc_grant_access(uuid, int, text, timestamptz, text, jsonb); DROP FUNCTION dcc_principal_in_scope(int);
DROP FUNCTION dcc_may_see(uuid); DROP FUNCTION dcc_in_scope(smallint);
"""


class Migration(migrations.Migration):
    dependencies = [("patients", "0001_initial"), ("audit", "0001_initial"), ("accounts", "0002_scope_functions")]
    operations = [migrations.RunSQL(SQL, REVERSE)]
