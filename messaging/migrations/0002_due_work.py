"""Beat asks which regions have work due, then opens one scope for each: it sees no row itself."""

from django.db import migrations

SQL = """
CREATE FUNCTION dcc_regions_due(p_what text) RETURNS SETOF smallint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT DISTINCT region_id FROM messaging_delivery
     WHERE p_what = 'deliveries' AND status IN ('due', 'sending') AND next_attempt_at <= now()
       AND (leased_until IS NULL OR leased_until <= now())
    UNION
    SELECT DISTINCT region_id FROM patients_document
     WHERE p_what = 'documents' AND state = 'producing' AND next_attempt_at <= now();
$$;
REVOKE ALL ON FUNCTION dcc_regions_due(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION dcc_regions_due(text) TO dcc_worker;
"""


class Migration(migrations.Migration):
    dependencies = [("messaging", "0001_initial"), ("patients", "0007_access_functions")]
    operations = [migrations.RunSQL(SQL, "DROP FUNCTION dcc_regions_due(text);")]
