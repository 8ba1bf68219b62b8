"""Who sees which rows, said a second time in plain Python: sets and dates, no SQL of the policies.

The facts are read by the owner, who sees everything; the rules below are typed by hand from architecture §4.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connections

# What each table is, by hand: a table that is in none of these sets fails test_no_table_is_forgotten.
NETWORK = {  # seen by the whole network
    "organisations_organisation", "patients_patient", "patients_patientidentifier", "rcp_board", "rcp_boardmember",
    "rcp_meeting", "rcp_attendance", "rcp_ordercounter", "messaging_feed", "patients_formerins",
    "patients_identityregime", "patients_feedconflict", "patients_feedmerge", "patients_retentionlist",
    "patients_double", "patients_merge", "patients_identitynotice", "patients_identitycount",
}  # fmt: skip
FILE = {  # about a patient: seen by those to whom the file is open
    "patients_contact", "patients_document", "patients_content", "patients_information", "patients_receiveddocument",
    "messaging_delivery", "messaging_deliveryattempt", "rcp_case", "rcp_correspondent", "rcp_sheet", "rcp_answer",
    "rcp_answerevent", "rcp_caseattachment",
    "patients_identitychange", "patients_insicall", "patients_relative", "patients_visit",
    "patients_wish", "patients_request", "patients_export", "patients_retentionline",
    "patients_mergedtable",
}  # fmt: skip
OWN_OR_NETWORK = {"accounts_membership", "accounts_principalmember"}
ACCESSES = {"patients_access"}
EVENTS = {"audit_auditevent": "actor_id", "audit_rowversion": "changed_by"}
MACHINERY = {"audit_auditseal"}
FEEDS = {  # what feeds say: for the workers alone, by region
    "patients_feedmessage", "patients_feedidentity", "patients_feednumber", "patients_feedtraits",
    "patients_statement", "patients_redirection", "patients_movement",
}  # fmt: skip
QUEUES = {"patients_doublesearch"}  # written by a trigger, for the workers alone, by region
UNREAD = {"rcp_fact"}  # no process reads or writes it: tests/facts
WALLED = NETWORK | FILE | OWN_OR_NETWORK | ACCESSES | set(EVENTS) | MACHINERY | FEEDS | QUEUES
OPEN_TO_ALL = {
    "tenancy_network", "tenancy_region", "tenancy_principal", "accounts_user", "rcp_formversion", "rcp_statkey",
}  # fmt: skip

FACTS = ("id", "region_id", "patient_id", "principal_id", "user_id", "actor_id", "changed_by", "recorded_at", "event")
FACTS += ("opposition",)
TO_OPEN = {"creation", "registration", "break_glass"}  # reasons that may open a file one does not see yet
TO_EXPIRE = {"break_glass", "sharing", "meeting"}
OF_THE_TEAM = {"sharing", "referring", "treating", "meeting"}  # given by the care team only
OUTSIDE = {"sharing", "break_glass"}  # reasons that make nobody a member of the care team


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """What a scope comes down to: nothing at all when the membership is not a current one of that person."""

    user: int | None = None
    regions: frozenset[int] = frozenset()
    principals: frozenset[int] = frozenset()
    audits: bool = False  # the network's auditor, as opposed to that of a 3C or of an establishment


@dataclass(slots=True)
class Oracle:
    """The facts at one moment, and what follows from them."""

    now: datetime = field(default_factory=lambda: datetime.now(UTC))
    tables: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    network_of: dict[int, int] = field(default_factory=dict)
    people: dict[int, tuple[int, bool]] = field(default_factory=dict)
    networks: set[UUID] = field(default_factory=set)  # organisations that are a network
    organisations: dict[UUID, tuple[int, bool]] = field(default_factory=dict)
    region_of: dict[int, int] = field(default_factory=dict)  # of the principal of an organisation
    memberships: list[dict[str, Any]] = field(default_factory=list)
    teams: list[dict[str, Any]] = field(default_factory=list)
    accesses: list[dict[str, Any]] = field(default_factory=list)

    def reader(self, user: int, membership: UUID | None) -> Reader:
        found = [m for m in self.memberships if m["id"] == membership and m["user_id"] == user]
        if not found or not self.is_current(found[0]):
            return Reader(user=user)
        habilitation = found[0]
        network = self.network_of[habilitation["region_id"]]
        regions = frozenset(region for region, its in self.network_of.items() if its == network)
        principals: set[int] = set()
        if habilitation["clinical"]:
            principals = {self.organisations[habilitation["organisation_id"]][0], self.people[user][0]}
            for team in self.teams:
                if team["user_id"] == user and team["region_id"] in regions and self.is_between(team):
                    principals.add(team["principal_id"])
        audits = habilitation["role"] == "auditor" and habilitation["organisation_id"] in self.networks
        return Reader(user=user, regions=regions, principals=frozenset(principals), audits=audits)

    def is_between(self, dated: dict[str, Any]) -> bool:
        return dated["starts_at"] <= self.now < dated["expires_at"]

    def is_current(self, membership: dict[str, Any]) -> bool:
        active, closed = self.people[membership["user_id"]][1], self.organisations[membership["organisation_id"]][1]
        return active and not closed and membership["revoked_at"] is None and self.is_between(membership)

    def open_files(self, reader: Reader) -> set[UUID]:
        """Every patient with a current access for one of the reader's principals, whatever the region."""
        return {
            access["patient_id"]
            for access in self.accesses
            if access["principal_id"] in reader.principals and access["expires_at"] > self.now
        }

    def seen(self, reader: Reader) -> dict[str, set[str]]:
        """The keys that each walled table must show to this reader."""
        files = self.open_files(reader)
        return {
            table: {str(row["id"]) for row in rows if self._shows(table, row, reader, files)}
            for table, rows in self.tables.items()
            if table in WALLED
        }

    def worked_here(self, person: int | None, at: datetime, reader: Reader) -> bool:
        """Whether somebody had a habilitation in the reader's network at that moment."""
        return any(
            m["user_id"] == person
            and m["region_id"] in reader.regions
            and m["starts_at"] <= at < min(m["expires_at"], m["revoked_at"] or m["expires_at"])
            for m in self.memberships
        )

    def _shows(self, table: str, row: dict[str, Any], reader: Reader, files: set[UUID]) -> bool:
        here = row.get("region_id") in reader.regions
        if table in NETWORK:
            return here
        if table in FILE:
            return here and row["patient_id"] in files
        if table in OWN_OR_NETWORK:
            return here or row["user_id"] == reader.user
        if table in ACCESSES:
            return here and row["principal_id"] in reader.principals
        if table in EVENTS:
            if row["region_id"] is None:
                person = row[EVENTS[table]]
                if (
                    reader.audits
                    and table == "audit_auditevent"
                    and self.worked_here(person, row["recorded_at"], reader)
                ):
                    return True
                return reader.user is not None and person == reader.user
            return here and (row["patient_id"] is None or row["patient_id"] in files)
        return False

    def seen_by_worker(self, regions: set[int]) -> dict[str, set[str]]:
        """Founding regions only; it writes events and reads none, and copies the heads of the chains."""
        return {
            table: {
                str(row["id"])
                for row in rows
                if table not in EVENTS and (table in MACHINERY or row["region_id"] in regions)
            }
            for table, rows in self.tables.items()
            if table in WALLED
        }

    def cares(self, reader: Reader, patient: UUID) -> bool:
        """Whether the reader is of the care team: an access that is neither a sharing nor exceptional."""
        return any(
            access["patient_id"] == patient
            and access["principal_id"] in reader.principals
            and access["region_id"] in reader.regions
            and access["expires_at"] > self.now
            and access["reason"] not in OUTSIDE
            for access in self.accesses
        )

    def opposes(self, patient: UUID) -> bool:
        """Whether the latest information about this patient says that they oppose all sharing (D3)."""
        told = [row for row in self.tables["patients_information"] if row["patient_id"] == patient]
        return bool(told) and max(told, key=lambda row: row["recorded_at"])["opposition"] == "sharing"

    def knows(self, reader: Reader, principal: int) -> bool:
        """Whether a principal is of the reader's network: an organisation, somebody who works there, a team."""
        for place, _ in self.organisations.values():
            if place == principal:
                return self.region_of[principal] in reader.regions
        users = [user for user, (own, _) in self.people.items() if own == principal]
        if users:
            return any(m["user_id"] == users[0] and m["region_id"] in reader.regions for m in self.memberships)
        return all(one["region_id"] in reader.regions for one in self.teams if one["principal_id"] == principal)

    def grant(self, reader: Reader, patient: UUID, to: int, reason: str, expires: datetime | None) -> bool | None:
        """What granting must answer: None refused, True when it opens or prolongs, False when it changes nothing."""
        region = next(row["region_id"] for row in self.tables["patients_patient"] if row["id"] == patient)
        if reader.user is None or region not in reader.regions or not self.knows(reader, to):
            return None
        own = to in reader.principals
        if patient not in self.open_files(reader) and not (own and reason in TO_OPEN):
            return None
        if reason == "creation" and (not own or any(access["patient_id"] == patient for access in self.accesses)):
            return None
        if reason == "break_glass" and not (own and to == self.people[reader.user][0]):
            return None
        if reason in TO_EXPIRE and expires is None:
            return None
        if reason == "sharing" and expires is not None and expires > self.now + timedelta(days=367):
            return None
        if reason in OF_THE_TEAM and not self.cares(reader, patient):
            return None
        if reason == "sharing" and self.opposes(patient):
            return None
        if reason == "break_glass" and expires is not None and expires > self.now + timedelta(hours=4, minutes=1):
            return None
        until = expires or datetime(9999, 1, 1, tzinfo=UTC)
        had = [
            access["expires_at"]
            for access in self.accesses
            if (access["patient_id"], access["principal_id"], access["reason"]) == (patient, to, reason)
        ]
        return not had or had[0] < until


def read_facts(alias: str) -> Oracle:
    """Everything there is, read by the owner."""
    oracle = Oracle()
    with connections[alias].cursor() as cursor:
        cursor.execute(
            "SELECT table_name, array_agg(column_name::text) FROM information_schema.columns"
            " WHERE table_schema = 'public' AND column_name = ANY (%s) GROUP BY 1",
            [list(FACTS)],
        )
        columns = {table: sorted(names) for table, names in cursor.fetchall() if table in WALLED}

        def rows(sql: str) -> list[dict[str, Any]]:
            cursor.execute(sql)
            names = [column.name for column in cursor.description]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

        for table, names in columns.items():
            oracle.tables[table] = rows(f'SELECT {", ".join(names)} FROM "{table}"')
        oracle.network_of = {one["id"]: one["network_id"] for one in rows("SELECT id, network_id FROM tenancy_region")}
        people = rows("SELECT id, principal_id, is_active FROM accounts_user")
        oracle.people = {one["id"]: (one["principal_id"], one["is_active"]) for one in people}
        places = rows("SELECT id, principal_id, region_id, kind, closed_at FROM organisations_organisation")
        oracle.organisations = {one["id"]: (one["principal_id"], one["closed_at"] is not None) for one in places}
        oracle.networks = {one["id"] for one in places if one["kind"] == "network"}
        oracle.region_of = {one["principal_id"]: one["region_id"] for one in places}
        oracle.memberships = rows("SELECT * FROM accounts_membership")
        oracle.teams = rows("SELECT * FROM accounts_principalmember")
        oracle.accesses = rows("SELECT * FROM patients_access ORDER BY id")
    oracle.now = datetime.now(UTC)
    return oracle
