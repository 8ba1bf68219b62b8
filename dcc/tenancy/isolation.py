"""Row-level security declared like any other constraint, so that makemigrations writes it.

Every table declares exactly one of these; tests/architecture walks the models and the catalogue of PostgreSQL and
refuses silence. Rights are letters: S select, I insert, U update, D delete.
"""

from typing import Any

from django.db.models import BaseConstraint

REGION = "{t}.region_id = ANY ((SELECT nullif(current_setting('dcc.regions', true), '')::smallint[])::smallint[])"
# One index probe per row: OFFSET 0 keeps PostgreSQL from hashing every patient the reader may see.
ACCESS = (
    "EXISTS (SELECT 1 FROM patients_access a WHERE a.patient_id = {t}.{c}"
    " AND a.principal_id = ANY ((SELECT nullif(current_setting('dcc.principals', true), '')::int[])::int[])"
    " AND a.expires_at > now() OFFSET 0)"
)
# One who audits a network reads the sign-ins of its people, for the time they have had a role in it.
AUDITED = (
    "(SELECT current_setting('dcc.audits', true) = 'on') AND EXISTS (SELECT 1 FROM accounts_membership m"
    " WHERE m.user_id = {t}.{c} AND m.starts_at <= {t}.recorded_at"
    " AND {t}.recorded_at < least(m.expires_at, m.revoked_at)"
    " AND m.region_id = ANY ((SELECT nullif(current_setting('dcc.regions', true), '')::smallint[])::smallint[])"
    " OFFSET 0)"
)
ME = "(SELECT nullif(current_setting('dcc.user_id', true), '')::bigint)"
VERBS = {"S": "SELECT", "I": "INSERT", "U": "UPDATE", "D": "DELETE"}


class Isolation(BaseConstraint):
    """Base of the declarations: privileges by role, then policies."""

    sealer = ""

    def __init__(self, *, name: str, web: str = "SIU", worker: str = "SIU") -> None:
        super().__init__(name=name)
        self.web, self.worker = web, worker

    def policies(self, table: str) -> list[tuple[str, str, str, str]]:
        """Rows of (role, verb, using, with check); an empty condition is left out."""
        raise AssertionError("each isolation says its policies")

    @staticmethod
    def grants(table: str, **rights: str) -> str:
        sql = ""
        for role, letters in rights.items():
            if letters:
                sql += f'GRANT {", ".join(VERBS[letter] for letter in letters)} ON "{table}" TO dcc_{role};'
        return sql

    def create_sql(self, model: Any, schema_editor: Any) -> str:
        """At the end of the migration: policies name tables, and keys name constraints, that it may create later."""
        schema_editor.deferred_sql.append(self.declaration(model))
        return ""

    def constraint_sql(self, model: Any, schema_editor: Any) -> str:
        return self.create_sql(model, schema_editor)

    def declaration(self, model: Any) -> str:
        table = model._meta.db_table
        sql = self.grants(table, web=self.web, worker=self.worker, sealer=self.sealer, backup="S")
        if rows := self.policies(table):
            sql += f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY; ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY;'
            sql += f'CREATE POLICY "{self.name}_owner" ON "{table}" TO dcc_owner USING (true) WITH CHECK (true);'
        for number, (role, verb, using, check) in enumerate(rows):
            sql += f'CREATE POLICY "{self.name}_{number}" ON "{table}" FOR {verb} TO dcc_{role}'
            sql += (f" USING ({using})" if using else "") + (f" WITH CHECK ({check})" if check else "") + ";"
        return sql

    def remove_sql(self, model: Any, schema_editor: Any) -> str:
        table = model._meta.db_table
        sql = f'REVOKE ALL ON "{table}" FROM dcc_web, dcc_worker, dcc_sealer, dcc_listener, dcc_backup;'
        if rows := self.policies(table):
            names = [f"{self.name}_owner", *(f"{self.name}_{number}" for number in range(len(rows)))]
            sql += "".join(f'DROP POLICY "{name}" ON "{table}";' for name in names)
            sql += (
                f'ALTER TABLE "{table}" NO FORCE ROW LEVEL SECURITY; ALTER TABLE "{table}" DISABLE ROW LEVEL SECURITY;'
            )
        return sql

    def validate(self, *args: Any, **kwargs: Any) -> None:
        """Nothing to check in Python: PostgreSQL holds the rule."""

    def deconstruct(self) -> tuple[str, Any, dict[str, Any]]:
        path, args, kwargs = super().deconstruct()
        return path, args, {**kwargs, **{key: getattr(self, key) for key in self.ARGUMENTS}}

    ARGUMENTS: tuple[str, ...] = ("web", "worker")

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self.deconstruct() == other.deconstruct()  # type: ignore[attr-defined]

    __hash__ = BaseConstraint.__hash__


class GlobalTable(Isolation):
    """No wall, and the reason why: the closed list is in tests/architecture."""

    ARGUMENTS = ("web", "worker", "reason")

    def __init__(self, *, name: str, reason: str, web: str = "S", worker: str = "S") -> None:
        super().__init__(name=name, web=web, worker=worker)
        self.reason = reason

    def policies(self, table: str) -> list[tuple[str, str, str, str]]:
        return []


class RegionWall(Isolation):
    """Wall 1: the rows of the network's founding regions, for the web as for the workers."""

    def policies(self, table: str) -> list[tuple[str, str, str, str]]:
        region = REGION.format(t=table)
        return [("web", "ALL", region, region), ("worker", "ALL", region, region)]


class PatientWall(Isolation):
    """Walls 1 and 2: the web sees a row only through a current access to its patient."""

    ARGUMENTS = ("web", "worker", "patient")

    def __init__(self, *, name: str, patient: str = "patient_id", web: str = "SIU", worker: str = "SIU") -> None:
        super().__init__(name=name, web=web, worker=worker)
        self.patient = patient

    def policies(self, table: str) -> list[tuple[str, str, str, str]]:
        region, access = REGION.format(t=table), ACCESS.format(t=table, c=self.patient)
        both = f"{region} AND {access}"
        return [("web", "ALL", both, both), ("worker", "ALL", region, region)]


class OwnOrRegion(Isolation):
    """Rows of the network, and one's own wherever they are (memberships: one signs in before choosing a network)."""

    ARGUMENTS = ("web", "worker", "user")

    def __init__(self, *, name: str, user: str = "user_id", web: str = "SIU", worker: str = "S") -> None:
        super().__init__(name=name, web=web, worker=worker)
        self.user = user

    def policies(self, table: str) -> list[tuple[str, str, str, str]]:
        region = REGION.format(t=table)
        return [
            ("web", "SELECT", f"{region} OR {table}.{self.user} = {ME}", ""),
            ("web", "INSERT", "", region),
            ("web", "UPDATE", region, region),  # one's own in another network is read, never changed from here
            ("web", "DELETE", region, ""),
            ("worker", "ALL", region, region),
        ]


class OwnPrincipals(Isolation):
    """The accesses themselves: one's own, never writable by the web (grants go through one function)."""

    def __init__(self, *, name: str, web: str = "S", worker: str = "SIU") -> None:
        super().__init__(name=name, web=web, worker=worker)

    def policies(self, table: str) -> list[tuple[str, str, str, str]]:
        region = REGION.format(t=table)
        mine = (
            f"{table}.principal_id = ANY ((SELECT nullif(current_setting('dcc.principals', true), '')::int[])::int[])"
        )
        return [("web", "SELECT", f"{region} AND {mine}", ""), ("worker", "ALL", region, region)]


class EventWall(Isolation):
    """Audit: anyone records, a reader sees the network's events, those about a patient only with access to them.

    `sealed`: the sealer reads every event, and whoever audits the network reads the sign-ins of its people. What
    auditors read of patients comes from a function that leaves the details out (dcc_audited_events).
    """

    ARGUMENTS = ("web", "worker", "actor", "sealed")

    def __init__(
        self, *, name: str, web: str = "SI", worker: str = "I", actor: str = "actor_id", sealed: bool = False
    ) -> None:
        super().__init__(name=name, web=web, worker=worker)
        self.actor, self.sealed = actor, sealed
        self.sealer = "S" if sealed else ""

    def policies(self, table: str) -> list[tuple[str, str, str, str]]:
        region, access = REGION.format(t=table), ACCESS.format(t=table, c="patient_id")
        own = f"{table}.region_id IS NULL AND {table}.{self.actor} = {ME}"
        here = f"{table}.region_id IS NULL OR {region}"
        reads = f"({region} AND ({table}.patient_id IS NULL OR {access})) OR ({own})"
        rows = []
        if self.sealed:
            reads += f" OR ({table}.region_id IS NULL AND {AUDITED.format(t=table, c=self.actor)})"
            rows.append(("sealer", "SELECT", "true", ""))
        rows.insert(0, ("web", "SELECT", reads, ""))
        return rows + [(role, "INSERT", "", here) for role in ("web", "worker") if "I" in getattr(self, role)]


class SealWall(Isolation):
    """The chains: written by the sealer alone; the worker copies their heads outside the database."""

    sealer = "SI"

    def __init__(self, *, name: str, web: str = "", worker: str = "S") -> None:
        super().__init__(name=name, web=web, worker=worker)

    def policies(self, table: str) -> list[tuple[str, str, str, str]]:
        return [
            ("worker", "SELECT", "true", ""),
            ("sealer", "SELECT", "true", ""),
            ("sealer", "INSERT", "", "true"),
        ]


class SameRegionReference(BaseConstraint):
    """A composite foreign key (region, row): plain ones are checked without row-level security."""

    def __init__(
        self, *, name: str, column: str, to: str, region: str = "region_id", on_delete: str = "NO ACTION"
    ) -> None:
        super().__init__(name=name)
        self.column, self.to, self.region, self.on_delete = column, to, region, on_delete

    def create_sql(self, model: Any, schema_editor: Any) -> str:
        target = model._meta.apps.get_model(self.to)._meta.db_table
        schema_editor.deferred_sql.append(
            f'ALTER TABLE "{model._meta.db_table}" ADD CONSTRAINT "{self.name}"'
            f' FOREIGN KEY ("{self.region}", "{self.column}") REFERENCES "{target}" ("region_id", "id")'
            f" ON DELETE {self.on_delete} DEFERRABLE INITIALLY DEFERRED"
        )
        return ""

    def constraint_sql(self, model: Any, schema_editor: Any) -> str:
        return self.create_sql(model, schema_editor)

    def remove_sql(self, model: Any, schema_editor: Any) -> str:
        return f'ALTER TABLE "{model._meta.db_table}" DROP CONSTRAINT "{self.name}"'

    def validate(self, *args: Any, **kwargs: Any) -> None:
        """Nothing to check in Python: PostgreSQL holds the rule."""

    def deconstruct(self) -> tuple[str, Any, dict[str, Any]]:
        path, args, kwargs = super().deconstruct()
        own = {"column": self.column, "to": self.to, "region": self.region, "on_delete": self.on_delete}
        return path, args, {**kwargs, **own}

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SameRegionReference) and self.deconstruct() == other.deconstruct()

    __hash__ = BaseConstraint.__hash__
