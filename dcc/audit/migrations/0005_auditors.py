"""What those who audit a network read of the events about its patients: who did what to which file, and no detail."""

from django.db import migrations, models

SQL = """
CREATE FUNCTION dcc_audited_events(
    p_since timestamptz, p_until timestamptz, p_actor text, p_actor_end text, p_event text, p_patient uuid,
    p_at timestamptz, p_id uuid, p_limit int
) RETURNS TABLE (id uuid, recorded_at timestamptz, actor varchar, organisation varchar, event varchar,
                 patient_id uuid, reference varchar)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET plan_cache_mode = force_custom_plan AS $$
DECLARE
    v_regions smallint[] := nullif(current_setting('dcc.regions', true), '')::smallint[];
BEGIN
    IF current_setting('dcc.audits', true) IS DISTINCT FROM 'on' THEN
        RETURN;
    END IF;
    RETURN QUERY
    SELECT e.id, e.recorded_at, e.actor, e.organisation, e.event, e.patient_id, e.reference
      FROM audit_auditevent e
     WHERE e.patient_id IS NOT NULL AND e.region_id = ANY (v_regions)
       AND (p_since IS NULL OR e.recorded_at >= p_since) AND (p_until IS NULL OR e.recorded_at < p_until)
       AND (p_actor = '' OR e.actor >= p_actor AND e.actor < p_actor_end)
       AND (p_event = '' OR e.event = p_event) AND (p_patient IS NULL OR e.patient_id = p_patient)
       AND (p_at IS NULL OR e.recorded_at <= p_at AND (e.recorded_at, e.id) < (p_at, p_id))
     ORDER BY e.recorded_at DESC, e.id DESC LIMIT least(p_limit, 200);
END $$;
REVOKE ALL ON FUNCTION dcc_audited_events(timestamptz, timestamptz, text, text, text, uuid, timestamptz, uuid, int)
    FROM PUBLIC;
GRANT EXECUTE ON FUNCTION dcc_audited_events(timestamptz, timestamptz, text, text, text, uuid, timestamptz, uuid, int)
    TO dcc_web;
"""
REVERSE = "DROP FUNCTION dcc_audited_events(timestamptz, timestamptz, text, text, text, uuid, timestamptz, uuid, int);"


class Migration(migrations.Migration):
    dependencies = [("audit", "0004_events_without_patient")]
    operations = [
        migrations.AddIndex(
            model_name="auditevent",
            index=models.Index(
                condition=models.Q(("patient_id__isnull", False)),
                fields=["event", "recorded_at"],
                name="auditevent_patient_event",
            ),
        ),
        migrations.AddIndex(
            model_name="auditevent",
            index=models.Index(
                condition=models.Q(("patient_id__isnull", False)),
                fields=["actor", "recorded_at"],
                name="auditevent_patient_actor",
            ),
        ),
        migrations.RunSQL(SQL, REVERSE),
    ]
