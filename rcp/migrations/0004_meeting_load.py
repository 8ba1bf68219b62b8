"""How full a meeting is: under wall 2 one sees some of its cases only, so the count is a function's. It tells no name."""

from django.db import migrations

SQL = """
CREATE FUNCTION dcc_meeting_load(p_meetings uuid[])
RETURNS TABLE (meeting_id uuid, live integer, last_position integer)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT c.meeting_id,
           (count(*) FILTER (WHERE c.status NOT IN ('cancelled', 'postponed', 'refused')))::integer,
           max(c.position)::integer
      FROM rcp_case c
     WHERE c.meeting_id = ANY (p_meetings) AND dcc_in_scope(c.meeting_region_id)
     GROUP BY c.meeting_id;
$$;
REVOKE ALL ON FUNCTION dcc_meeting_load(uuid[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION dcc_meeting_load(uuid[]) TO dcc_web, dcc_worker;
"""


class Migration(migrations.Migration):
    dependencies = [("rcp", "0003_history")]
    operations = [migrations.RunSQL(SQL, "DROP FUNCTION dcc_meeting_load(uuid[]);")]
