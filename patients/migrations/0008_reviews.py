"""Exceptional accesses and unusual openings as those who audit a network review them: who, when, whom, why, what was said."""

from django.db import migrations

SQL = """
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
REVOKE ALL ON FUNCTION dcc_glass_breaks(uuid, boolean, timestamptz, uuid, int, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION dcc_glass_breaks(uuid, boolean, timestamptz, uuid, int, text) TO dcc_web;
"""
REVERSE = "DROP FUNCTION dcc_glass_breaks(uuid, boolean, timestamptz, uuid, int, text);"


class Migration(migrations.Migration):
    dependencies = [("patients", "0007_access_functions"), ("audit", "0005_auditors")]
    operations = [migrations.RunSQL(SQL, REVERSE)]
