"""Exceptional accesses as those who audit a network review them: who, when, which patient, why, what was said of it."""

from django.db import migrations

SQL = """
CREATE FUNCTION dcc_glass_breaks(p_event uuid, p_reviewed boolean, p_at timestamptz, p_id uuid, p_limit int)
RETURNS TABLE (id uuid, recorded_at timestamptz, actor_id bigint, actor varchar, organisation varchar,
               region_id smallint, patient_id uuid, why text, until text,
               reviewed_at timestamptz, reviewer varchar, verdict text, comment text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET plan_cache_mode = force_custom_plan AS $$
DECLARE
    v_regions smallint[] := nullif(current_setting('dcc.regions', true), '')::smallint[];
BEGIN
    IF current_setting('dcc.audits', true) IS DISTINCT FROM 'on' THEN
        RETURN;
    END IF;
    RETURN QUERY
    SELECT e.id, e.recorded_at, e.actor_id, e.actor, e.organisation, e.region_id, e.patient_id,
           e.details ->> 'why', e.details ->> 'until',
           r.recorded_at, r.actor, r.details ->> 'verdict', r.details ->> 'comment'
      FROM audit_auditevent e
      LEFT JOIN LATERAL (SELECT v.recorded_at, v.actor, v.details FROM audit_auditevent v
                          WHERE v.object_id = e.id::text AND v.event = 'patients.glass_reviewed'
                            AND v.region_id = e.region_id
                          ORDER BY v.recorded_at LIMIT 1) r ON true
     WHERE e.event = 'patients.glass_broken' AND e.patient_id IS NOT NULL AND e.region_id = ANY (v_regions)
       AND (p_event IS NULL OR e.id = p_event)
       AND (p_reviewed IS NULL OR (r.recorded_at IS NOT NULL) = p_reviewed)
       AND (p_at IS NULL OR e.recorded_at <= p_at AND (e.recorded_at, e.id) < (p_at, p_id))
     ORDER BY e.recorded_at DESC, e.id DESC LIMIT least(p_limit, 200);
END $$;
REVOKE ALL ON FUNCTION dcc_glass_breaks(uuid, boolean, timestamptz, uuid, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION dcc_glass_breaks(uuid, boolean, timestamptz, uuid, int) TO dcc_web;
"""
REVERSE = "DROP FUNCTION dcc_glass_breaks(uuid, boolean, timestamptz, uuid, int);"


class Migration(migrations.Migration):
    dependencies = [("patients", "0002_access_functions"), ("audit", "0005_auditors")]
    operations = [migrations.RunSQL(SQL, REVERSE)]
