"""Events and seals are never rewritten, whoever asks: privileges refuse the roles, a trigger refuses the owner."""

from django.db import migrations

SQL = """
CREATE FUNCTION dcc_insert_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is insert-only', TG_TABLE_NAME USING ERRCODE = 'DC002';
END $$;
CREATE TRIGGER insert_only BEFORE UPDATE OR DELETE ON audit_auditevent FOR EACH ROW EXECUTE FUNCTION dcc_insert_only();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON audit_auditevent FOR EACH STATEMENT EXECUTE FUNCTION dcc_insert_only();
CREATE TRIGGER insert_only BEFORE UPDATE OR DELETE ON audit_auditseal FOR EACH ROW EXECUTE FUNCTION dcc_insert_only();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON audit_auditseal FOR EACH STATEMENT EXECUTE FUNCTION dcc_insert_only();
"""
REVERSE = """
DROP TRIGGER insert_only ON audit_auditevent; DROP TRIGGER no_truncate ON audit_auditevent;
DROP TRIGGER insert_only ON audit_auditseal; DROP TRIGGER no_truncate ON audit_auditseal;
DROP FUNCTION dcc_insert_only();
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]
    operations = [migrations.RunSQL(SQL, REVERSE)]
