"""Who read one document, whichever identity its file was of at the time: a merge moves the document, not the events."""

from django.db import migrations

SQL = """
-- Whoever sees the document reads who opened it, and nothing else of the identities it has belonged to.
CREATE FUNCTION dcc_document_readers(p_document uuid, p_limit int)
RETURNS TABLE (actor varchar, organisation varchar, times int, last timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT e.actor, e.organisation, count(*)::int, max(e.recorded_at)
      FROM patients_receiveddocument d JOIN audit_auditevent e ON e.object_id = d.id::text
     WHERE d.id = p_document AND dcc_may_see(d.patient_id) AND e.event = 'patients.document_read'
     GROUP BY e.actor_id, e.actor, e.organisation ORDER BY max(e.recorded_at) DESC LIMIT least(p_limit, 500);
$$;
REVOKE ALL ON FUNCTION dcc_document_readers(uuid, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION dcc_document_readers(uuid, int) TO dcc_web;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("patients", "0014_search_indexes"),
        ("audit", "0003_row_history"),
    ]

    operations = [migrations.RunSQL(SQL, "DROP FUNCTION dcc_document_readers(uuid, int);")]
