"""PostgreSQL and Valkey of our own: they start, survive a power cut, and leave nothing behind."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import redis

from dcc.embedded.postgres import Postgres
from dcc.embedded.processes import socket_answers
from dcc.embedded.services import Services
from dcc.embedded.state import PROJECT, SOCKET_FOLDER_LIMIT, AlreadyRunning, State, StateRefused
from tests.embedded.conftest import PLAIN


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    """Services shared by the tests of this module, durable as in the demo."""
    services = Services(state=State(root=tmp_path_factory.mktemp("services")), fast=False)
    services.up()
    yield services
    services.down()
    assert services.status() == {"postgresql": None, "valkey": None}


def connect(services: Services, user: str) -> psycopg.Connection:
    return services.postgres.connect(user=user, dbname="dcc")


def command(state: State, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "dcc.embedded", "--state", str(state.root), *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env=PLAIN | environment,
        cwd=PROJECT,
    )


def test_no_role_of_the_product_can_pass_the_walls(running: Services) -> None:
    with running.postgres.connect() as connection:
        rows = connection.execute(
            "SELECT rolname, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolinherit FROM pg_roles "
            "WHERE rolname LIKE 'dcc%' ORDER BY rolname"
        ).fetchall()
    assert rows == [
        ("dcc_backup", False, True, False, False, True),
        ("dcc_listener", False, False, False, False, True),
        ("dcc_owner", False, False, False, True, True),
        ("dcc_sealer", False, False, False, False, True),
        ("dcc_test", False, False, False, False, False),
        ("dcc_web", False, False, False, False, True),
        ("dcc_worker", False, False, False, False, True),
    ]


def test_the_owner_creates_the_extensions_that_migrations_need(running: Services) -> None:
    with connect(running, "dcc_owner") as connection:
        for extension in ("pg_trgm", "unaccent", "btree_gist", "btree_gin", "fuzzystrmatch"):
            connection.execute(f"CREATE EXTENSION IF NOT EXISTS {extension}")
        assert connection.execute("SELECT datcollate FROM pg_database WHERE datname = 'dcc'").fetchone() == ("C.UTF-8",)


def test_the_role_of_the_tests_becomes_the_unprivileged_roles_and_nothing_more(running: Services) -> None:
    with connect(running, "dcc_test") as connection:
        for role in ("dcc_web", "dcc_worker", "dcc_sealer", "dcc_listener"):
            connection.execute(f"SET ROLE {role}")
            connection.execute("RESET ROLE")
        for role in ("dcc_owner", "dcc_backup", "postgres"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(f"SET ROLE {role}")


def test_an_unprivileged_role_creates_nothing(running: Services) -> None:
    with connect(running, "dcc_web") as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("CREATE TABLE public.stray (id int)")


def test_nothing_listens_on_the_network(running: Services) -> None:
    with running.postgres.connect() as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
        assert connection.execute("SHOW fsync").fetchone() == ("on",)
    assert redis.Redis.from_url(running.valkey.url).config_get("port") == {"port": "0"}
    assert running.state.run.stat().st_mode & 0o077 == 0


def test_committed_rows_survive_a_power_cut(running: Services) -> None:
    with connect(running, "dcc_owner") as connection:
        connection.execute("CREATE TABLE kept (id int)")
        connection.execute("INSERT INTO kept SELECT generate_series(1, 1000)")
    running.postgres.kill()
    running.valkey.kill()
    assert running.status() == {"postgresql": None, "valkey": None}
    running.up()
    with connect(running, "dcc_owner") as connection:
        assert connection.execute("SELECT count(*) FROM kept").fetchone() == (1000,)
        connection.execute("DROP TABLE kept")
    assert redis.Redis.from_url(running.valkey.url).ping()


def test_a_second_start_finds_the_first(running: Services) -> None:
    before = running.status()
    another = command(running.state, "up")
    assert another.returncode == 0, another.stderr
    assert running.status() == before


def test_a_pid_given_to_another_process_since_does_not_prevent_the_start(running: Services) -> None:
    running.down()
    (running.state.pg / "postmaster.pid").write_text(f"{os.getpid()}\n{running.state.pg}\n0\n5432\n")
    (running.state.run / "kv.pid").write_text(str(os.getpid()))
    assert running.status() == {"postgresql": None, "valkey": None}
    running.down()  # must not signal this very process
    running.up()
    assert all(running.status().values())


def test_servers_whose_socket_was_swept_from_tmp_are_started_again(running: Services) -> None:
    running.valkey.socket.unlink()
    before = running.valkey.pid()
    running.up()
    assert running.valkey.pid() not in (None, before)
    assert socket_answers(running.valkey.socket)


def test_the_launcher_can_be_piped_and_its_environment_reaches_the_command(running: Services) -> None:
    shown = command(running.state, "run", "--role", "dcc_worker", "--", "sh", "-c", "echo $DCC_DB_USER $DCC_DB_HOST")
    assert shown.stdout.split() == ["dcc_worker", str(running.state.run)]
    assert all(running.status().values()), "services found running stay so"


def test_a_command_that_fails_still_stops_the_services_it_started(state: State) -> None:
    result = command(state, "run", "--", "sh", "-c", "exit 7", DCC_PG_FAST="1")
    assert result.returncode == 7, result.stderr
    assert Services(state=state).status() == {"postgresql": None, "valkey": None}


def test_reset_forgets_our_files_and_spares_those_of_others(state: State) -> None:
    foreign = state.root / "precious.txt"
    foreign.write_text("keep")
    Services(state=state, fast=True).up()
    assert command(state, "reset").returncode == 0
    assert [path.name for path in state.root.iterdir()] == ["precious.txt"]
    assert Services(state=state).status() == {"postgresql": None, "valkey": None}


def test_a_killed_creation_of_the_cluster_is_begun_again(state: State) -> None:
    (state.root / "pg.new").mkdir()
    (state.root / "pg.new" / "PG_VERSION").write_text("18\n")
    postgres = Postgres(state=state, fast=True)
    postgres.start()
    try:
        assert postgres.is_up()
    finally:
        postgres.stop()


def test_secrets_are_private_and_kept_between_runs(state: State) -> None:
    first, second = (Services(state=state).environment(role="dcc_web") for _ in range(2))
    assert first == second
    assert len(first["DCC_SECRET_KEY"]) >= 50
    for path in (state.secrets, Path(first["DCC_SMTP_CLIENT_KEY"])):
        assert path.stat().st_mode & 0o077 == 0


def test_a_deep_checkout_uses_a_short_private_folder_for_its_sockets(tmp_path: Path) -> None:
    deep = State(root=tmp_path / ("long-name-" * 12))
    other = State(root=tmp_path / ("long-nome-" * 12))
    deep.prepare()
    try:
        assert len(str(deep.run)) <= SOCKET_FOLDER_LIMIT
        assert deep.run != other.run
        assert deep.run.stat().st_mode & 0o777 == 0o700
    finally:
        deep.forget()
    assert not deep.run.exists()


def test_a_socket_folder_prepared_by_someone_else_is_refused(tmp_path: Path) -> None:
    deep = State(root=tmp_path / ("long-name-" * 12))
    deep.run.symlink_to(tmp_path)
    try:
        with pytest.raises(StateRefused):
            deep.prepare()
    finally:
        deep.run.unlink()


def test_one_demo_at_a_time_in_a_folder(state: State) -> None:
    with state.lock("demo", wait=False):
        refused = command(state, "reset")
        assert refused.returncode == 1
        assert "Ctrl-C" in refused.stderr
        with pytest.raises(AlreadyRunning), state.lock("demo", wait=False):
            pass


def test_an_interrupted_command_stops_what_it_started(state: State) -> None:
    launcher = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "dcc.embedded",
            "--state",
            str(state.root),
            "run",
            "--",
            sys.executable,
            "-c",
            "print('ready', flush=True); import time; time.sleep(60)",
        ],
        env=PLAIN | {"DCC_PG_FAST": "1"},
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert launcher.stdout is not None
    assert launcher.stdout.readline() == "ready\n"
    launcher.send_signal(signal.SIGTERM)
    assert launcher.wait(20) == 130
    launcher.stdout.close()
    assert Services(state=state).status() == {"postgresql": None, "valkey": None}
