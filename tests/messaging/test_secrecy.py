"""After a full run the INS is nowhere in clear: no column of any table, no log (D21, SND-09)."""

import logging

from psycopg import sql

from dcc.embedded.faults import Fault, FaultMode
from messaging.sending import claim, deliver
from rcp.reports.production import produce_next
from tests.documents.making import GP, INS, POSTED, SURGEON, give_rpps, issue, make_feed, make_patient

SPACED = " ".join((INS[0], INS[1:3], INS[3:5], INS[5:7], INS[7:10], INS[10:13], INS[13:]))
WRITINGS = (INS, INS[:13], SPACED)


def whole_base(owner) -> dict[str, str]:
    """Every value of every table as text; bytes are read as Latin-1, so that a matricule inside them would show."""
    tables = owner.execute(
        "SELECT relname FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace"
        " WHERE nspname = 'public' AND relkind = 'r' ORDER BY 1"
    ).fetchall()
    found = {}
    for (table,) in tables:
        for row in owner.execute(sql.SQL("SELECT * FROM {}").format(sql.Identifier(table))).fetchall():
            text = " ".join(
                bytes(value).decode("latin-1") if isinstance(value, bytes | memoryview) else str(value) for value in row
            )
            found[table] = found.get(table, "") + text
    return found


def test_the_ins_is_nowhere_in_clear_after_a_full_run(committed, peers, caplog):
    caplog.set_level(logging.DEBUG)
    with committed.as_user("alice") as alice:
        give_rpps()
        feed = make_feed(alice, port=peers.mllp)
        document = issue(by=alice, patient=make_patient(alice, qualified=True), recipients=(GP, SURGEON, POSTED, feed))
    peers.mail_fault(Fault(mode=FaultMode.REFUSE, match=GP.mssante_address))
    with committed.as_worker(1):
        assert produce_next() == 1
        tried = 0
        while claimed := claim():
            assert INS.encode() in claimed.parcel.payload or claimed.delivery.channel == "mssante"
            deliver(claimed)
            tried += 1
    assert tried == 3
    with committed.owner() as owner:
        base = whole_base(owner)
    assert {"patients_content", "messaging_delivery", "audit_auditevent", "patients_document"} <= set(base)
    assert str(document.pk) in base["patients_document"]
    for writing in WRITINGS:
        assert [table for table, text in base.items() if writing in text] == []
        assert writing not in caplog.text


def test_the_search_would_find_it(committed):
    """The test above can fail: a matricule written in clear in any table is found."""
    with committed.as_user("alice") as alice:
        make_patient(alice, birth_place=f"né {SPACED}")
    with committed.owner() as owner:
        base = whole_base(owner)
    assert [table for table, text in base.items() if SPACED in text] == ["patients_patient"]
