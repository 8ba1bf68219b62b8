"""A network of working size, in one database kept from run to run: what a page reads there, not in an empty one.

20 000 patients, 40 000 cases with sheets, answers, correspondents, documents and deliveries, half of them of the 3C
whose secretary is asked: the reader for whom a wall that hashes or scans costs most.
"""

import hashlib
import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import psycopg

from tests.conftest import build_template, drop_database, owner_connection, template_name
from tests.reports.samples import TYPICAL

PATIENTS = 20_000
# Filled in this order; each statement is one INSERT … SELECT. `n` runs through what is made.
STATEMENTS = """
CREATE TABLE crowd AS
SELECT n, uuidv7() AS id, (1 + n % 2)::smallint AS region,
       upper(substr(translate(md5(n::text), '0123456789', 'ghijklmnop'), 1, 8)) AS name,
       upper(substr(translate(md5((n / 3)::text), '0123456789', 'ghijklmnop'), 9, 6)) AS given
  FROM generate_series(1, {patients}) n;

INSERT INTO patients_patient (id, region_id, birth_name, birth_name_received, birth_name_key, first_given_name,
    first_given_name_received, first_given_name_key, given_names, birth_date, birth_date_interpreted, sex, birth_insee,
    birth_postcode, birth_place, used_name, used_name_key, used_given_name, used_given_name_key, birth_name_sound,
    used_name_sound, given_name_sound, used_given_name_sound, status, ins_oid, created_at, duplicate_reason)
SELECT id, region, name, name, name, given, given, given, given, date '1930-01-01' + n % 25000, false,
       (ARRAY['F', 'M'])[1 + n % 2], '44109', '44000', 'Nantes', '', '', '', '', substr(name, 1, 4), '',
       substr(given, 1, 4), '', 'PROV', '', now() - n * interval '1 minute', '' FROM crowd;

INSERT INTO patients_patientidentifier (id, region_id, patient_id, organisation_id, value, since)
SELECT uuidv7(), c.region, c.id, o.id, 'P' || c.n, now() FROM crowd c
  JOIN organisations_organisation o ON o.finess = CASE c.region WHEN 1 THEN '440000016' ELSE '350000014' END;

INSERT INTO patients_contact (id, region_id, patient_id, address_line, postcode, city, phone, gp_name, gp_rpps,
    gp_mssante_address, gp_address, updated_at)
SELECT uuidv7(), region, id, '1, quai', '44000', 'Nantes', '', 'Dr Paul Mazurier', '', '', '', now() FROM crowd;

CREATE TABLE room AS
SELECT n, uuidv7() AS id, 1000000 + n AS principal, b.id AS board, b.region_id AS region,
    b.principal_id AS board_principal,
       o.principal_id AS holder, o.id AS organisation, now() + interval '20 days' - n * interval '9 hours' AS at
  FROM generate_series(1, {patients} / 12) n
  JOIN rcp_board b ON b.code = CASE n % 2 WHEN 0 THEN 'DIG' ELSE 'SEI' END AND b.region_id < 9
  JOIN organisations_organisation o ON o.id = b.organisation_id;

INSERT INTO tenancy_principal (id, kind, label) SELECT principal, 'meeting', 'réunion ' || n FROM room;

INSERT INTO rcp_meeting (id, region_id, board_id, starts_at, ends_at, closes_at, place, mode, capacity, status,
    principal_id)
SELECT id, region, board, at, at + interval '90 minutes', at - interval '1 day', '', 'mixed', 25,
       CASE WHEN at > now() THEN 'planned' ELSE 'closed' END, principal FROM room;

INSERT INTO rcp_attendance (id, region_id, meeting_id, user_id, name, profession, specialty, presence, remote, is_guest)
SELECT uuidv7(), r.region, r.id, u.id, u.last_name, u.profession, u.specialty, 'expected', false, false
  FROM room r JOIN rcp_boardmember m ON m.board_id = r.board JOIN accounts_user u ON u.id = m.user_id;

INSERT INTO accounts_principalmember (region_id, principal_id, user_id, starts_at, expires_at)
SELECT r.region, r.principal, m.user_id, now(), r.at + interval '30 days'
  FROM room r JOIN rcp_boardmember m ON m.board_id = r.board WHERE r.at > now() - interval '30 days';

CREATE TABLE passage AS
SELECT 2 * c.n + k AS n, uuidv7() AS id, uuidv7() AS information, uuidv7() AS sheet, uuidv7() AS document,
    c.id AS patient,
       c.region, r.id AS meeting, r.at, r.board_principal, r.holder, r.organisation, r.n AS room
  FROM crowd c CROSS JOIN generate_series(0, 1) k
  JOIN room r ON r.n = 1 + ((2 * c.n + k) / 25 + k * {patients} / 25) % ({patients} / 12);

INSERT INTO patients_information (id, region_id, patient_id, given_on, given_by, opposition, recorded_by_id,
    recorded_at)
SELECT information, region, patient, at, 'Dr Kerjean', '', (SELECT id FROM accounts_user WHERE email LIKE 'bob@%'), at
  FROM passage;

INSERT INTO patients_access (region_id, patient_id, principal_id, reason, granted_at, expires_at)
SELECT DISTINCT ON (p.patient, o.principal) p.region, p.patient, o.principal, 'registration', p.at,
    timestamptz '9999-01-01 00:00:00+00'
  FROM passage p CROSS JOIN LATERAL (VALUES (p.board_principal), (p.holder),
       ((SELECT principal_id FROM organisations_organisation
          WHERE finess = CASE WHEN p.room % 2 = 1 THEN '440000016' ELSE '350000014' END))) o (principal);

INSERT INTO rcp_case (id, region_id, patient_id, meeting_region_id, meeting_id, status, level, position, motive,
    question,
    urgency, mode, anonymous, information_id, requester_id, requester_name, requester_organisation_id, requested_at,
    registered_by_id, registered_organisation_id, registered_at, order_number, order_year, order_label, validated_at,
    validated_by_id, discussed_at, status_reason, representation_due)
SELECT p.id, p.region, p.patient, r.region, p.meeting, CASE WHEN p.at > now() THEN 'registered' ELSE 'validated' END,
       'discussed', 1 + p.n % 25, 'initial', 'Traitement ?', 'standard', 'room', false, p.information, u.id,
    'Dr Kerjean',
       p.organisation, p.at - interval '5 days', u.id, p.organisation, p.at - interval '5 days', p.n, 2026, 'X-' || p.n,
       p.at, u.id, p.at, '', false
  FROM passage p JOIN room r ON r.id = p.meeting
  JOIN accounts_user u ON u.email = CASE p.n % 3 WHEN 0 THEN 'bob@dcc.example' ELSE 'helias@dcc.example' END;

INSERT INTO rcp_correspondent (id, region_id, patient_id, case_id, role, name, rpps, mssante_address, postal_address)
SELECT uuidv7(), region, patient, id, 'gp', 'Dr Paul Mazurier', '', 'p@essai.mssante.fr', '' FROM passage;

INSERT INTO rcp_sheet (id, region_id, patient_id, case_id, form_id, status, rev, version, replace_reason, response,
    report,
    content_hash, frozen_at, created_at)
SELECT p.sheet, p.region, p.patient, p.id, f.id, d.status, 1, 1, '', d.response, d.response, d.hash, d.at, p.at
  FROM passage p JOIN rcp_formversion f ON f.code = 'sein'
  CROSS JOIN LATERAL (SELECT CASE WHEN p.at > now() THEN 'draft' ELSE 'frozen' END AS status,
       CASE WHEN p.at <= now() THEN '{{}}'::jsonb END AS response,
    CASE WHEN p.at <= now() THEN '\\x00'::bytea END AS hash,
       CASE WHEN p.at <= now() THEN p.at END AS at) d;

ALTER TABLE rcp_answer DISABLE TRIGGER frozen;
INSERT INTO rcp_answer (id, region_id, patient_id, sheet_id, path, value, ver, rev, origin, to_confirm, author_id,
    author_name, updated_at)
SELECT uuidv7(), p.region, p.patient, p.sheet, 'tronc.ch.terrain/tronc.poids', '60', 1, 1, 'typed', false, u.id,
       'Dr Kerjean', p.at FROM passage p JOIN accounts_user u ON u.email = 'bob@dcc.example';
ALTER TABLE rcp_answer ENABLE TRIGGER frozen;

INSERT INTO rcp_answerevent (id, region_id, patient_id, sheet_id, op_id, path, value, base_ver, ver, rev, outcome,
    author_id, at)
SELECT uuidv7(), p.region, p.patient, p.sheet, uuidv7(), 'tronc.ch.terrain/tronc.poids', '60', 0, 1, 1, 'applied', u.id,
       p.at FROM passage p JOIN accounts_user u ON u.email = 'bob@dcc.example';

INSERT INTO patients_document (id, region_id, patient_id, kind, title, state, version, data, data_hash, source_id,
    issued_at, issued_by, ready_at, attempts, next_attempt_at, last_error)
SELECT document, region, patient, 'rcp_report', 'Compte rendu de RCP X-' || n, 'ready', 1,
       CASE WHEN n % 500 = 1 THEN s.data ELSE '{{}}' END, '\\x00', id, at, 'Dr Kerjean', at, 1, at, ''
  FROM passage, sample s WHERE at <= now();

INSERT INTO patients_content (id, region_id, patient_id, owner_id, kind, sha256, size, key_id, wrapped_key, ciphertext,
    written_at)
SELECT uuidv7(), region, patient, document, 'ack', '\\x00', 1, 'k', '\\x00', '\\x00', at FROM passage WHERE at <= now();

INSERT INTO patients_receiveddocument (id, region_id, patient_id, status, kind, title, author, origin, dated_on, format,
    file_name, sha256, size, pages, identity_differs, version, added_by_id, added_by_name, added_at, filed_at,
    withdrawn_by, withdrawn_because)
SELECT uuidv7(), c.region, c.id, CASE k WHEN 2 THEN 'draft' ELSE 'filed' END, CASE k WHEN 0 THEN 'pathology' ELSE
    'imaging' END, '', 'Dr Morvan', 'Labo', current_date - c.n % 900, CASE k WHEN 1 THEN 'tif' ELSE 'pdf' END, 'cr',
    sha256((c.n || '-' || k)::bytea), 1000, 1, false, 1, u.id, 'Dr Kerjean', now(),
    CASE WHEN k < 2 THEN now() END, '', ''
  FROM crowd c CROSS JOIN generate_series(0, 2) k JOIN accounts_user u ON u.email = 'bob@dcc.example';

INSERT INTO rcp_caseattachment (id, region_id, patient_id, case_id, document_id, attached_by_id, attached_at)
SELECT uuidv7(), p.region, p.patient, p.id, r.id, r.added_by_id, now()
  FROM passage p JOIN patients_receiveddocument r ON r.patient_id = p.patient AND r.status = 'filed';

INSERT INTO messaging_delivery (id, region_id, patient_id, document_id, three_c_id, channel, recipient_key, recipient,
    occasion, status, control_id, attempts, next_attempt_at, receipt, last_error, last_error_detail, planned_at,
    sent_at)
SELECT uuidv7(), p.region, p.patient, p.document, p.organisation, k.channel, k.channel || p.n,
       '{{"name": "Dr Paul Mazurier", "role": "médecin traitant", "postal_address": "1, rue\\n44000 Nantes"}}', 'first',
       CASE WHEN p.n % 400 = 0 AND k.channel = 'mssante' THEN 'refused' WHEN p.n % 500 = 1 AND k.channel = 'paper'
            THEN 'to_print' WHEN k.channel = 'paper' THEN 'printed' ELSE 'sent' END,
       k.channel || p.n, 1, p.at, '{{}}', CASE WHEN p.n % 400 = 0 THEN 'Adresse inconnue. Corrigez-la.' ELSE '' END, '',
       p.at, p.at
  FROM passage p CROSS JOIN (VALUES ('mssante'), ('paper')) k (channel) WHERE p.at <= now();

INSERT INTO messaging_deliveryattempt (id, region_id, patient_id, delivery_id, number, started_at, ended_at, outcome,
    message, detail)
SELECT uuidv7(), region_id, patient_id, id, 1, planned_at, planned_at, 'sent', '', '' FROM messaging_delivery;

INSERT INTO audit_auditevent (id, region_id, recorded_at, event, actor_id, actor, organisation, object_type, object_id,
    patient_id, details, reference)
SELECT uuidv7(), p.region, p.at, 'patients.opened', 2, 'Dr Kerjean', '', 'patients.patient', p.patient::text, p.patient,
       '{{}}', '' FROM passage p;

INSERT INTO audit_auditevent (id, region_id, recorded_at, event, actor_id, actor, organisation, object_type, object_id,
    details, reference)
SELECT uuidv7(), 1 + n % 2, now() - n * interval '5 minutes', 'rcp.meeting_list_printed', n % 16 + 1,
       CASE n % 16 WHEN 0 THEN 'Mme Alice Le Bihan' ELSE 'Dr Yann Hélias' END, '', '', '', '{{}}', ''
  FROM generate_series(1, {patients}) n;

-- Exceptional accesses, one passage in fifty, reviewed but for those of the last week.
INSERT INTO audit_auditevent (id, region_id, recorded_at, event, actor_id, actor, organisation, object_type, object_id,
    patient_id, details, reference)
SELECT p.case_event, p.region, p.at, 'patients.glass_broken', 2, 'Dr Denis Weiss', '', 'patients.patient',
       p.patient::text, p.patient, '{{"why": "essai", "until": "plus tard"}}', ''
  FROM (SELECT *, uuidv7() AS case_event FROM passage WHERE n % 50 = 0 AND at <= now()) p;
INSERT INTO audit_auditevent (id, region_id, recorded_at, event, actor_id, actor, organisation, object_type, object_id,
    patient_id, details, reference)
SELECT uuidv7(), e.region_id, e.recorded_at + interval '1 day', 'patients.glass_reviewed', 3, 'Aude Prigent', '',
       'audit.auditevent', e.id::text, e.patient_id, '{{"verdict": "justified", "comment": ""}}', ''
  FROM audit_auditevent e WHERE e.event = 'patients.glass_broken' AND e.recorded_at < now() - interval '7 days';

-- Pairs that may be one person, one identity in ten, of which a fifth waits for the cell.
INSERT INTO patients_double (id, region_id, first_id, second_id, status, score, probable, collision, evidence, found_at,
    reason)
SELECT uuidv7(), region_id, id, other, CASE WHEN n % 50 = 0 THEN 'to_examine' ELSE 'homonym' END, 9, n % 20 = 0, false,
       '[]', now() - n * interval '1 minute', ''
  FROM (SELECT region_id, id, lead(id) OVER (PARTITION BY region_id ORDER BY id) AS other,
               row_number() OVER (ORDER BY id) AS n FROM patients_patient) p
 WHERE other IS NOT NULL AND n % 10 = 0;

-- Conflicts of feeds and merges received, one identity in a hundred, of which a tenth waits for the cell.
INSERT INTO patients_feedconflict (id, region_id, kind, about_authority, about_value, other_authority, other_value,
    identity, said, times, reported_at, last_reported_at, settled_at, settled_by, settled_how)
SELECT uuidv7(), region_id, 'collision', 'essai', n::text, '', '', id, '{{}}', 1, now(), now(),
       CASE WHEN n % 1000 = 0 THEN NULL ELSE now() END, CASE WHEN n % 1000 = 0 THEN '' ELSE 'Mme Vera Hamon' END,
       CASE WHEN n % 1000 = 0 THEN '' ELSE 'Deux personnes' END
  FROM (SELECT region_id, id, row_number() OVER (ORDER BY id) AS n FROM patients_patient) p WHERE n % 100 = 0;
INSERT INTO patients_feedmerge (id, region_id, kind, authority, gone_value, kept_value, gone, kept, moved, kept_number,
    at, undo_refused, undone_by, undone_why)
SELECT uuidv7(), region_id, 'merged', '', '', '', id, other, '{{}}', id, now() - n * interval '1 minute', '', '', ''
  FROM (SELECT region_id, id, lead(id) OVER (PARTITION BY region_id ORDER BY id) AS other,
               row_number() OVER (ORDER BY id) AS n FROM patients_patient) p
 WHERE other IS NOT NULL AND n % 100 = 0;

DROP TABLE crowd; DROP TABLE room; DROP TABLE passage; DROP TABLE sample
"""


def volume_database() -> str:
    """The name of the filled database, built if there is none; one process builds, the others wait."""
    source = template_name()
    content = hashlib.sha256(Path(__file__).read_bytes()).hexdigest()[:6]
    name = f"{source.replace('template', 'volume')}_{content}"
    build_template(source)
    with owner_connection("postgres") as connection:
        connection.execute("SELECT pg_advisory_lock(744)")
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            return name
        forget_former(connection)
        draft = f"{name}_draft"
        drop_database(draft)
        connection.execute("SELECT pg_advisory_lock(743)")
        connection.execute(f'CREATE DATABASE "{draft}" TEMPLATE "{source}" STRATEGY FILE_COPY')
        connection.execute("SELECT pg_advisory_unlock(743)")
        with owner_connection(draft) as filled:
            fill(filled)
        connection.execute(f'ALTER DATABASE "{draft}" RENAME TO "{name}"')
    return name


def forget_former(connection: psycopg.Connection[Any]) -> None:
    """Volumes of former migrations, unless somebody is still reading them."""
    found = connection.execute("SELECT datname FROM pg_database WHERE datname LIKE 'dcc\\_volume\\_%%'")
    for (name,) in found.fetchall():
        with suppress(psycopg.errors.ObjectInUse):
            connection.execute(f'DROP DATABASE "{name}"')


def fill(connection: psycopg.Connection[Any]) -> None:
    """Foreign keys step aside while a million rows that respect them are written, and come back unchecked."""
    keys = connection.execute(
        "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE contype = 'f' AND connamespace = 'public'::regnamespace"
    ).fetchall()
    for table, name, _ in keys:
        connection.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
    sample = json.dumps({"report": json.loads(TYPICAL.to_json()), "header": {}})
    connection.execute("CREATE TABLE sample (data jsonb)")
    connection.execute("INSERT INTO sample VALUES (%s)", [sample])
    for statement in STATEMENTS.format(patients=PATIENTS).split(";"):
        connection.execute(statement.strip())
    for table, name, definition in keys:
        connection.execute(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition} NOT VALID')
    connection.execute("ANALYZE")
