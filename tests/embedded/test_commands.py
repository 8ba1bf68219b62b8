"""The two commands: what the Makefile and CI promise, checked where it costs nothing."""

import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from dcc.embedded import demo, system_packages
from dcc.embedded.processes import free_port
from dcc.embedded.programs import Demo, Ports
from dcc.embedded.state import PROJECT, State
from tests.embedded.conftest import PLAIN

MAKEFILE = (PROJECT / "Makefile").read_text()


def recipe(target: str) -> str:
    found = re.search(rf"^{target}:.*\n((?:\t.*\n)+)", MAKEFILE, flags=re.MULTILINE)
    assert found, target
    return found.group(1)


def test_ci_runs_what_a_developer_runs() -> None:
    script = PROJECT / ".ci/run"
    lines = [line for line in script.read_text().splitlines() if line and not line.startswith("#")]
    assert lines == ["set -euo pipefail", 'cd "$(dirname "$0")/.."', "make test"]
    assert script.stat().st_mode & 0o111


def test_make_test_runs_every_guard() -> None:
    everything = recipe("lint") + recipe("types") + recipe("checks")
    for guard in (
        "ruff check .",
        "ruff format --check .",
        "djlint",
        "mypy",
        "lint-imports",
        "makemigrations --check",
        "check --deploy --fail-level WARNING",
        "pytest -n $(WORKERS)",
    ):
        assert guard in everything
    assert re.search(r"^test: lint types$", MAKEFILE, flags=re.MULTILINE)
    assert "--ignore" not in recipe("checks")


def test_nothing_names_a_registry() -> None:
    for name in ("Makefile", "Dockerfile", "requirements.lock", "requirements-dev.lock", ".ci/run"):
        assert not re.search(r"https?://|--(extra-)?index-url|--find-links", (PROJECT / name).read_text()), name


def test_only_the_web_port_is_fixed(tmp_path: Path) -> None:
    state = State(root=tmp_path)
    ports = Ports(web=8000, mssante=1001, mail=1002, hospital=1003)
    made_of = Demo(state=state, ports=ports, environment={})
    made = [made_of.web(), *made_of.peers(), *made_of.background()]
    literal = re.compile(r":?(?<![\d.])\d{4,5}$")
    found = {part for program in made for part in program.command if literal.search(part)}
    assert found == {"127.0.0.1:8000", "1001", "1002", "1003"}
    assert len({program.log for program in made}) == len(made)


def test_a_port_already_taken_is_said_in_french(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        refused = subprocess.run(
            [sys.executable, "-m", "dcc.embedded.demo"],
            cwd=PROJECT,
            capture_output=True,
            text=True,
            timeout=30,
            env=PLAIN | {"DCC_STATE": str(tmp_path / "state"), "PORT": str(port)},
            check=False,
        )
    assert refused.returncode == 1
    assert f"port {port} est déjà pris" in refused.stdout
    assert not (tmp_path / "state" / "pg").exists()


def test_a_second_demo_in_the_same_folder_is_refused(tmp_path: Path) -> None:
    state = State(root=tmp_path / "state")
    with state.lock("demo", wait=False):
        refused = subprocess.run(
            [sys.executable, "-m", "dcc.embedded.demo"],
            cwd=PROJECT,
            capture_output=True,
            text=True,
            timeout=30,
            env=PLAIN | {"DCC_STATE": str(state.root), "PORT": str(free_port())},
            check=False,
        )
    assert refused.returncode == 1
    assert "tourne déjà" in refused.stdout


def need(*, present: bool) -> system_packages.Need:
    return system_packages.Need(purpose="x", present=lambda: present, command=lambda: ["apt-get", "install", "libx"])


def test_without_root_the_exact_command_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(system_packages.NEEDS, "x", need(present=False))
    monkeypatch.setattr(system_packages.os, "geteuid", lambda: 1000)
    (sentence,) = system_packages.ensure(["x"])
    assert sentence.endswith("sudo apt-get update && sudo apt-get install libx")


def test_nothing_is_said_of_what_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(system_packages.NEEDS, "x", need(present=True))
    assert system_packages.ensure(["x"]) == []


def test_a_browser_that_does_not_run_is_no_browser(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    stub = tmp_path / "chromium"
    stub.write_text("#!/bin/sh\necho this needs the snap; exit 1\n")
    stub.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    assert system_packages.browser() is None
    stub.write_text("#!/bin/sh\nexit 0\n")
    assert system_packages.browser() == str(stub)


def test_ports_of_the_peers_are_kept_from_one_run_to_the_next_unless_taken(tmp_path: Path) -> None:
    state = State(root=tmp_path)
    first = demo.choose_ports(state, web=8000)
    assert demo.choose_ports(state, web=8001) == Ports(
        web=8001, mssante=first.mssante, mail=first.mail, hospital=first.hospital
    )
    with socket.socket() as other:
        other.bind(("127.0.0.1", first.hospital))
        other.listen()
        moved = demo.choose_ports(state, web=8000)
    assert moved.hospital != first.hospital
    assert moved.mail == first.mail
