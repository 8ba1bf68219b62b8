"""Once validated nothing changes, whoever asks; merge and elimination pass by their own narrow doors (VAL-02, VAL-03)."""

from django.db import migrations

SQL = """
CREATE FUNCTION dcc_sheet_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'sheets are never deleted' USING ERRCODE = 'DC001';
    END IF;
    IF OLD.status = 'frozen' AND (
        (NEW.id, NEW.case_id, NEW.form_id, NEW.status, NEW.rev, NEW.version, NEW.replaces_id, NEW.replace_reason,
         NEW.content_hash, NEW.frozen_at, NEW.frozen_by_id)
        IS DISTINCT FROM
        (OLD.id, OLD.case_id, OLD.form_id, OLD.status, OLD.rev, OLD.version, OLD.replaces_id, OLD.replace_reason,
         OLD.content_hash, OLD.frozen_at, OLD.frozen_by_id)
        OR ((NEW.response, NEW.report) IS DISTINCT FROM (OLD.response, OLD.report)
            AND NOT (current_user = 'dcc_worker' AND coalesce(current_setting('dcc.elimination', true), '') = 'on'))
        OR (NEW.patient_id <> OLD.patient_id AND current_user <> 'dcc_worker')) THEN
        RAISE EXCEPTION 'the sheet is frozen' USING ERRCODE = 'DC001';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER frozen BEFORE UPDATE OR DELETE ON rcp_sheet FOR EACH ROW EXECUTE FUNCTION dcc_sheet_frozen();

CREATE FUNCTION dcc_answer_of_frozen_sheet() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    v_row rcp_answer := CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
BEGIN
    IF TG_OP = 'UPDATE' AND current_user = 'dcc_worker' AND (NEW.path, NEW.value, NEW.ver)
       IS NOT DISTINCT FROM (OLD.path, OLD.value, OLD.ver) THEN
        RETURN NEW;  -- a merge moves the row, it does not rewrite it
    END IF;
    IF (SELECT status FROM rcp_sheet WHERE id = v_row.sheet_id) IS DISTINCT FROM 'draft' THEN
        RAISE EXCEPTION 'the sheet is frozen' USING ERRCODE = 'DC001';
    END IF;
    RETURN v_row;
END $$;
CREATE TRIGGER frozen BEFORE INSERT OR UPDATE OR DELETE ON rcp_answer
    FOR EACH ROW EXECUTE FUNCTION dcc_answer_of_frozen_sheet();

CREATE TRIGGER insert_only BEFORE DELETE ON rcp_answerevent FOR EACH ROW EXECUTE FUNCTION dcc_insert_only();

CREATE FUNCTION dcc_case_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'cases are never deleted' USING ERRCODE = 'DC001';
    END IF;
    IF OLD.status = 'validated' AND (
        (NEW.status, NEW.meeting_id, NEW.level, NEW.question, NEW.motive, NEW.anonymous, NEW.order_number,
         NEW.order_year, NEW.order_label, NEW.validated_at, NEW.validated_by_id, NEW.requester_id, NEW.requester_name,
         NEW.representation_due)
        IS DISTINCT FROM
        (OLD.status, OLD.meeting_id, OLD.level, OLD.question, OLD.motive, OLD.anonymous, OLD.order_number,
         OLD.order_year, OLD.order_label, OLD.validated_at, OLD.validated_by_id, OLD.requester_id, OLD.requester_name,
         OLD.representation_due)
        OR (NEW.patient_id <> OLD.patient_id AND current_user <> 'dcc_worker')) THEN
        RAISE EXCEPTION 'the case is validated' USING ERRCODE = 'DC001';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER frozen BEFORE UPDATE OR DELETE ON rcp_case FOR EACH ROW EXECUTE FUNCTION dcc_case_frozen();

CREATE FUNCTION dcc_formversion_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a published form never changes: publish another version' USING ERRCODE = 'DC001';
END $$;
CREATE TRIGGER frozen BEFORE UPDATE OR DELETE ON rcp_formversion
    FOR EACH ROW EXECUTE FUNCTION dcc_formversion_frozen();
"""
REVERSE = """
DROP TRIGGER frozen ON rcp_formversion; DROP FUNCTION dcc_formversion_frozen();
DROP TRIGGER frozen ON rcp_case; DROP FUNCTION dcc_case_frozen();
DROP TRIGGER insert_only ON rcp_answerevent;
DROP TRIGGER frozen ON rcp_answer; DROP FUNCTION dcc_answer_of_frozen_sheet();
DROP TRIGGER frozen ON rcp_sheet; DROP FUNCTION dcc_sheet_frozen();
"""


class Migration(migrations.Migration):
    dependencies = [("rcp", "0001_initial"), ("audit", "0002_insert_only"), ("patients", "0007_access_functions")]
    operations = [migrations.RunSQL(SQL, REVERSE)]
