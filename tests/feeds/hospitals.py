"""Hospitals that feed the product, and what their messages leave in PostgreSQL, read by the owner."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connections

from dcc.audit.record import System
from dcc.organisations.models import Organisation
from dcc.tenancy.scope import regions_scope
from interop.pam.hearing import Policy
from interop.pam.outcome import Outcome
from interop.pam.person import Identity, identity_of
from interop.pam.record import LocalId, Record
from interop.pam_store.cluster import load_numbers
from interop.pam_store.receiving import receive
from interop.pam_store.source import DESK, Source, source_of
from interop.pam_store.stays import load_stay
from interop.pam_store.wire import clean
from patients.models import FeedIdentity, FeedNumber, Patient, PatientIdentifier, Visit
from tests.conftest import owner_connection
from tests.interop.pam_feed import AUTHORITY, NOW, OTHER_AUTHORITY, Adt, Hospital

SAMPLE_AUTHORITY = "000897406"
REGIONS = (1, 2)
TABLES = (
    "patients_movement, patients_visit, patients_feedconflict, patients_feedmerge, patients_redirection,"
    " patients_statement, patients_feedtraits, patients_feednumber, patients_feedidentity, patients_feedmessage,"
    " patients_contact, patients_relative, patients_double, patients_doublesearch,"
    " patients_patientidentifier, patients_formerins, patients_identitychange, patients_access, patients_patient"
)
# What no order of arrival may change; times, keys and random bytes left out.
SHOWN = (
    "birth_name, first_given_name, given_names, used_name, used_given_name, birth_date, birth_date_interpreted, sex,"
    " birth_insee, birth_place, birth_name_key, birth_name_sound, status, encode(ins_hash, 'hex'), ins_oid, is_homonym,"
    " is_doubtful, is_deceased, died_on, document_kind, fed_by_id::text, merged_into_id IS NULL"
)


class Feeds:
    """CH Rochebrune (region 1) says AUTHORITY, CHU Valmer (region 2) says OTHER_AUTHORITY."""

    def __init__(self, database: str) -> None:
        self.database = database
        self.sources: dict[str, Source] = {}

    def forget_everything(self) -> None:
        """A few rows: quicker deleted than truncated, and keys are checked at commit."""
        with owner_connection(self.database) as owner, owner.transaction():
            for table in TABLES.split(","):
                owner.execute(f"DELETE FROM {table}")

    def open(self) -> None:
        with owner_connection(self.database) as owner:
            owner.execute("SET dcc.regions = '{1,2}'")
            owner.execute(
                "INSERT INTO patients_identityregime"
                " (id, region_id, organisation_id, regime, changed_at, changed_by_id)"
                " SELECT gen_random_uuid(), o.region_id, o.id, 'follower', now(), (SELECT min(id) FROM accounts_user)"
                " FROM organisations_organisation o WHERE o.short_name IN ('CH Rochebrune', 'CHU Valmer')"
                " ON CONFLICT (organisation_id) DO NOTHING"
            )
        with regions_scope(REGIONS):
            roche = Organisation.objects.get(short_name="CH Rochebrune")
            valmer = Organisation.objects.get(short_name="CHU Valmer")
            self.sources[AUTHORITY] = source_of(roche, names=(AUTHORITY, "CH", SAMPLE_AUTHORITY))
            self.sources[OTHER_AUTHORITY] = source_of(valmer, names=(OTHER_AUTHORITY,))

    @property
    def policy_of_memory(self) -> Policy:
        """What the first hospital's feed accepts, authorities under their OID: for a registry in memory."""
        source = self.sources[AUTHORITY]
        assert source.policy.authorities is not None
        return replace(source.policy, authorities=dict.fromkeys(source.policy.authorities, AUTHORITY))

    def source(self, message: Adt | bytes) -> Source:
        ids = message.ids if isinstance(message, Adt) else ""
        return self.sources[OTHER_AUTHORITY if OTHER_AUTHORITY in ids else AUTHORITY]

    def send(self, *messages: Adt | bytes, now: datetime = NOW) -> Outcome[UUID]:
        """Receive messages in the order given; return the last outcome."""
        for message in messages:
            raw = message if isinstance(message, bytes) else message.raw()
            source = self.source(message)
            outcome = receive(raw, source=source, by=System(f"flux de {source.name}"), now=now)
        return outcome

    # What is left

    @contextmanager
    def reading(self) -> Iterator[None]:
        with regions_scope(REGIONS):
            yield

    @contextmanager
    def as_owner(self) -> Iterator[None]:
        """The default connection as dcc_owner, as the commands of maintenance have it."""
        default, role = connections["default"], settings.DB_SET_ROLE
        user = default.settings_dict["USER"]
        default.close()
        default.settings_dict["USER"], settings.DB_SET_ROLE = "dcc_owner", ""
        try:
            yield
        finally:
            default.close()
            default.settings_dict["USER"], settings.DB_SET_ROLE = user, role

    def known_as(self, value: str, authority: str = AUTHORITY) -> LocalId:
        return LocalId(authority=self.sources[authority].authority, value=value)

    def patient(self, value: str, authority: str = AUTHORITY) -> Patient:
        """The living patient that a number leads to."""
        number = self.known_as(value, authority)
        with self.reading():
            row = FeedNumber.objects.get(authority=number.authority, value=number.value)
            patient = Patient.objects.get(pk=row.identity_id)
            return patient if patient.merged_into is None else patient.merged_into

    def patients(self) -> list[Patient]:
        with self.reading():
            return list(Patient.objects.living_records().order_by("created_at"))

    def identities(self) -> list[Identity]:
        """Everybody as the statements stored say, authorities by their OID."""
        oids = {source.authority: oid for oid, source in self.sources.items()}
        with self.reading():
            keys = list(FeedIdentity.objects.filter(merged_into__isnull=True).values_list("pk", flat=True))
            groups = load_numbers(keys)
        people = []
        for group in groups.values():
            records = [translated(known.record, oids) for known in group]
            said = [record for record in records if record.identifier.authority != DESK]
            if any(record.standing for record in said):  # a number nothing stands of is nobody
                people.append(identity_of(said))
        return people

    @property
    def state(self) -> list[str]:
        """Everything that is known, to compare with a registry in memory (`state_of`)."""
        oids = {source.authority: oid for oid, source in self.sources.items()}
        visits = []
        with self.reading():
            for row in Visit.objects.all():
                number = LocalId(authority=row.authority, value=row.value)
                stay = load_stay(row.region_id, number)
                assert stay is not None
                record = stay.record
                whose = record.patient and translated_id(record.patient, oids)
                visits.append((translated_id(number, oids), record.visit, whose))
        return told(self.identities(), visits)

    def shown(self) -> list[Any]:
        """What a user may see of everybody: patients, their numbers, their visits."""
        with owner_connection(self.database) as owner:
            rows = owner.execute(
                f"SELECT {SHOWN}, (SELECT array_agg((i.value, i.ended_at IS NULL)::text ORDER BY i.value)"
                " FROM patients_patientidentifier i WHERE i.patient_id = p.id),"
                " (SELECT concat_ws('|', c.address_line, c.postcode, c.city, c.phone, c.email, c.gp_name, c.gp_rpps,"
                "   c.gp_mssante_address, c.gp_address) FROM patients_contact c WHERE c.patient_id = p.id),"
                " (SELECT array_agg((r.relation, r.name, r.phone)::text ORDER BY r.name) FROM patients_relative r"
                "   WHERE r.patient_id = p.id AND r.ended_at IS NULL),"
                " (SELECT array_agg((v.value, v.status)::text ORDER BY v.value) FROM patients_visit v"
                "   WHERE v.patient_id = p.id)"
                " FROM patients_patient p WHERE merged_into_id IS NULL"
            ).fetchall()
        return sorted(rows, key=repr)

    def count(self, table: str) -> int:
        with owner_connection(self.database) as owner:
            row = owner.execute(f"SELECT count(*) FROM {table}").fetchone()
            assert row is not None
            return int(row[0])

    def everything(self) -> dict[str, list[str]]:
        """Every row that a message may write, whole."""
        with owner_connection(self.database) as owner:
            names = TABLES.replace(" ", "").split(",")
            return {
                name: sorted(row for (row,) in owner.execute(f"SELECT t::text FROM {name} t").fetchall())
                for name in names
            }

    def coherent(self) -> None:
        """Nothing stored contradicts anything else: numbers lead to living identities, patients show what is said."""
        with owner_connection(self.database) as owner:
            faults = owner.execute(
                "SELECT 'number of a merged identity', n.value FROM patients_feednumber n"
                "  JOIN patients_feedidentity i ON i.id = n.identity_id WHERE i.merged_into IS NOT NULL"
                " UNION ALL SELECT 'identifier of another', n.value FROM patients_feednumber n"
                "  JOIN patients_patientidentifier p ON p.id = n.identifier WHERE p.patient_id <> n.identity_id"
                " UNION ALL SELECT 'one INS, two patients', string_agg(p.id::text, ' ') FROM patients_patient p"
                "  WHERE merged_into_id IS NULL AND ins_hash IS NOT NULL GROUP BY ins_hash HAVING count(*) > 1"
                " UNION ALL SELECT 'patient without a number', p.id::text FROM patients_patient p"
                "  WHERE merged_into_id IS NULL AND NOT is_doubtful"
                "   AND NOT EXISTS (SELECT 1 FROM patients_patientidentifier i"
                "    WHERE i.patient_id = p.id AND i.ended_at IS NULL)"
                " UNION ALL SELECT 'visit of another', v.value FROM patients_visit v JOIN patients_feednumber n"
                "  ON n.id = v.number_id JOIN patients_patient p ON p.id = n.identity_id"
                "  WHERE v.patient_id IS DISTINCT FROM CASE WHEN v.status <> 'aside' THEN p.id END"
            ).fetchall()
        assert faults == [], faults


def state_of(memory: Hospital) -> list[str]:
    """The same of a registry in memory."""
    visits = [(number, visit.visit, visit.patient) for number, visit in memory.registry.visits.items()]
    return told(memory.registry.identities.values(), visits)


def told(identities: Iterable[Identity], visits: Iterable[Any]) -> list[str]:
    return [*sorted(repr(plain(one)) for one in identities), *sorted(repr(plain(one)) for one in visits)]


def plain(value: Any) -> Any:
    """A value whose representation says nothing of the zone its instants were written in."""
    if isinstance(value, datetime):
        return value.astimezone(UTC)
    if is_dataclass(value):
        return {item.name: plain(getattr(value, item.name)) for item in fields(value)}
    if isinstance(value, tuple):
        return tuple(plain(item) for item in value)
    if isinstance(value, str):
        return clean(value)  # U+0000, which PostgreSQL has no place for
    return sorted(value) if isinstance(value, frozenset) else value


def translated(record: Record, oids: dict[str, str]) -> Record:
    redirect = record.redirect
    if redirect is not None:
        redirect = replace(redirect, target=translated_id(redirect.target, oids))
    return replace(record, identifier=translated_id(record.identifier, oids), redirect=redirect)


def translated_id(number: LocalId, oids: dict[str, str]) -> LocalId:
    return replace(number, authority=oids.get(number.authority, number.authority))


def identifiers_of(patient: Patient) -> dict[str, bool]:
    """The numbers shown of a patient, and whether each is in force."""
    rows = PatientIdentifier.objects.filter(patient=patient)
    return {row.value: row.ended_at is None for row in rows}
