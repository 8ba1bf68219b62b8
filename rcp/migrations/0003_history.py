"""Clinical rows keep what they were before each change; sheets have their own events, deliveries their attempts."""

from django.db import migrations

TABLES = (
    "patients_patient",
    "patients_patientidentifier",
    "patients_contact",
    "rcp_case",
    "rcp_correspondent",
    "rcp_meeting",
    "rcp_attendance",
    "rcp_caseattachment",
)


class Migration(migrations.Migration):
    dependencies = [("rcp", "0002_freeze"), ("audit", "0003_row_history")]
    operations = [
        migrations.RunSQL(
            f"CREATE TRIGGER history AFTER UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION dcc_keep_history();",
            f"DROP TRIGGER history ON {table};",
        )
        for table in TABLES
    ]
