"""What begins every save: locks in their order, replay and refusal told apart, the answer that is there. The asker's rights."""

from django.db import migrations

SQL = """
CREATE FUNCTION dcc_take_sheet(p_sheet uuid, p_op uuid, p_path text, p_closed text[],
    OUT state text, OUT rev integer, OUT region_id integer, OUT patient_id uuid,
    OUT ver integer, OUT value jsonb, OUT to_confirm boolean)
LANGUAGE plpgsql VOLATILE SECURITY INVOKER AS $$
DECLARE
    v_case uuid;
    v_patient uuid;
    v_draft boolean := false;
BEGIN
    LOOP
        SELECT s.patient_id INTO v_patient FROM rcp_sheet s WHERE s.id = p_sheet AND s.status = 'draft';
        EXIT WHEN NOT FOUND;
        -- The foreign keys of what is written look the patient up: that lock comes first, in its place in the lock
        -- order, else a save would hold its sheet while it waits for whoever holds the patient and wants the sheet.
        PERFORM FROM patients_patient p WHERE p.id = v_patient FOR KEY SHARE;
        SELECT s.region_id, s.patient_id, s.case_id INTO region_id, patient_id, v_case
          FROM rcp_sheet s WHERE s.id = p_sheet AND s.status = 'draft' AND s.patient_id = v_patient FOR NO KEY UPDATE;
        v_draft := FOUND;
        EXIT WHEN v_draft;  -- otherwise it was frozen, or followed a merged patient, while it was waited for
    END LOOP;
    -- Each statement has its own snapshot, taken after the lock: it sees the save or the submission that held it.
    IF EXISTS (SELECT FROM rcp_answerevent e WHERE e.sheet_id = p_sheet AND e.op_id = p_op) THEN
        state := 'replayed';
    ELSIF NOT v_draft OR EXISTS (SELECT FROM rcp_case c WHERE c.id = v_case AND c.status = ANY (p_closed)) THEN
        state := 'refused';
    ELSE
        state := 'taken';
        UPDATE rcp_sheet s SET rev = s.rev + 1 WHERE s.id = p_sheet RETURNING s.rev INTO rev;
        SELECT a.ver, a.value, a.to_confirm INTO ver, value, to_confirm
          FROM rcp_answer a WHERE a.sheet_id = p_sheet AND a.path = p_path;
    END IF;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("rcp", "0005_facts")]
    operations = [migrations.RunSQL(SQL, "DROP FUNCTION dcc_take_sheet(uuid, uuid, text, text[]);")]
