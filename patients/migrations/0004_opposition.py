"""An opposition is recorded without opening the file of the person who opposes (D3)."""

from django.db import migrations

SQL = """
-- Wall 2 would want an access first: opening a file to a team because the patient refuses to share it makes no sense.
-- False when the latest information says exactly that already.
CREATE FUNCTION dcc_record_opposition(p_id uuid, p_patient uuid, p_given_on date, p_given_by text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_region smallint;
    v_user bigint := nullif(current_setting('dcc.user_id', true), '')::bigint;
    v_last record;
BEGIN
    SELECT region_id INTO v_region FROM patients_patient WHERE id = p_patient;
    IF v_user IS NULL OR v_region IS NULL OR NOT coalesce(dcc_in_scope(v_region), false)
       OR coalesce(current_setting('dcc.principals', true), '') = '' THEN
        RAISE EXCEPTION 'patient out of scope' USING ERRCODE = 'DC003';
    END IF;
    SELECT given_on, given_by, opposition INTO v_last FROM patients_information
     WHERE patient_id = p_patient ORDER BY recorded_at DESC LIMIT 1;
    IF v_last.opposition = 'sharing' AND v_last.given_on = p_given_on AND v_last.given_by = p_given_by THEN
        RETURN false;
    END IF;
    INSERT INTO patients_information (id, region_id, patient_id, given_on, given_by, opposition, recorded_by_id,
                                      recorded_at)
    VALUES (p_id, v_region, p_patient, p_given_on, p_given_by, 'sharing', v_user, clock_timestamp());
    RETURN true;
END $$;
REVOKE ALL ON FUNCTION dcc_record_opposition(uuid, uuid, date, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION dcc_record_opposition(uuid, uuid, date, text) TO dcc_web;
"""
REVERSE = "DROP FUNCTION dcc_record_opposition(uuid, uuid, date, text);"


class Migration(migrations.Migration):
    dependencies = [("patients", "0003_glass_reviews")]
    operations = [migrations.RunSQL(SQL, REVERSE)]
