"""The functions that run as the owner step over the walls: a closed list, each with its readers and its own rule."""

from django.db import connection

from dcc.tenancy.scope import user_scope
from tests.walls.oracle import read_facts
from tests.walls.population import OWNER, populate

# Who may call what, typed by hand: a new one is added here by a person who read it.
ROLES = {"dcc_web", "dcc_worker", "dcc_sealer", "dcc_listener", "dcc_backup"}
AS_OWNER = {
    "dcc_access_list": {"dcc_web"},
    "dcc_apply_opposition": {"dcc_web"},
    "dcc_audited_events": {"dcc_web"},
    "dcc_close_opposed": set(),  # asked by dcc_apply_opposition only
    "dcc_document_readers": {"dcc_web"},  # of a document the caller sees, wherever it was read
    "dcc_double_cases": {"dcc_web", "dcc_worker"},  # of the pairs the cell examines: board, date and state
    "dcc_eliminate_feeds": {"dcc_worker"},  # of the file of a line that two persons signed, as the three others
    "dcc_eliminate_identity": {"dcc_worker"},
    "dcc_eliminate_rows": {"dcc_worker"},
    "dcc_end_access": {"dcc_web"},
    "dcc_end_one": set(),  # asked by dcc_end_access only
    "dcc_fact_cases": {"dcc_worker"},
    "dcc_file_facts": {"dcc_web", "dcc_worker"},
    "dcc_file_readers": {"dcc_web"},  # of a file the caller sees
    "dcc_file_stat_keys": {"dcc_worker"},
    "dcc_glass_breaks": {"dcc_web"},
    "dcc_grant_access": {"dcc_web"},
    "dcc_grant_one": set(),  # asked by dcc_grant_access only
    "dcc_hold_meetings": {"dcc_worker"},
    "dcc_in_care_team": {"dcc_web"},  # reads the caller's own scope
    "dcc_insi_answers_due": {"dcc_worker"},
    "dcc_is_opposed": set(),  # asked by the functions of the grants only
    "dcc_joined_team": set(),  # a trigger: it cannot be called
    "dcc_keep_history": ROLES,  # a trigger: it cannot be called
    "dcc_line_identities": {"dcc_worker"},
    "dcc_may_see": ROLES,  # reads the caller's own scope
    "dcc_meeting_load": {"dcc_web", "dcc_worker"},
    "dcc_move_rows": {"dcc_worker"},  # between the two identities of a merge that was asked for
    "dcc_my_memberships": {"dcc_web"},
    "dcc_open_scope": {"dcc_web"},
    "dcc_open_to_member": set(),  # asked by the functions of the grants only
    "dcc_open_to_members": set(),
    "dcc_note_homonym": {"dcc_web"},  # a line of the history of a pair the cell judges; reads nothing
    "dcc_opposed_among": {"dcc_web", "dcc_worker"},  # of a file the caller sees
    "dcc_opposed_members": set(),
    "dcc_opposed_principals": set(),
    "dcc_opposes_sharing": set(),
    "dcc_opposition_to_me": {"dcc_web"},
    "dcc_principal_in_scope": set(),  # asked by dcc_grant_access only
    "dcc_record_opposition": {"dcc_web"},
    "dcc_regions_due": {"dcc_worker"},
    "dcc_regions_with_doubles": {"dcc_worker"},
    "dcc_regions_with_feed_undos": {"dcc_worker"},
    "dcc_requests_due": {"dcc_worker"},
    "dcc_watch_doubles": ROLES,  # a trigger: it cannot be called
}


def test_what_runs_as_the_owner_is_this_list(walls_database):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.proname, p.proconfig,"
            " array_agg(r.rolname::text) FILTER (WHERE has_function_privilege(r.oid, p.oid, 'EXECUTE'))"
            " FROM pg_proc p, pg_roles r WHERE p.pronamespace = 'public'::regnamespace AND p.prosecdef"
            " AND r.rolname = ANY (%s) GROUP BY p.oid, 1, 2",
            [sorted(ROLES)],
        )
        found = {name: (config, set(roles or [])) for name, config, roles in cursor.fetchall()}
    assert {name: roles for name, (_, roles) in found.items()} == AS_OWNER
    for name, (config, _) in found.items():
        assert "search_path=public, pg_temp" in config, f"{name} would look tables up where its caller says"


def test_the_load_of_a_meeting_is_told_within_its_network_only(walls_database):
    people = populate(7)
    facts = read_facts(OWNER)
    with connection.cursor() as cursor:
        for one in people.memberships[:12]:
            reader = facts.reader(one.user_id, one.pk)
            meetings = {row["id"]: row["region_id"] for row in facts.tables["rcp_meeting"]}
            with user_scope(user_id=one.user_id, membership_id=one.pk):
                cursor.execute("SELECT meeting_id, live FROM dcc_meeting_load(%s)", [list(meetings)])
                told = dict(cursor.fetchall())
            assert {meetings[meeting] for meeting in told} <= reader.regions
            assert bool(told) == bool(reader.regions & {row["region_id"] for row in facts.tables["rcp_case"]})
