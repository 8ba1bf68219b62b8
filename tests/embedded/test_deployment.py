"""Production by containers, checked without an engine: what the files say, and the build's steps run by hand."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from dcc.embedded import programs
from dcc.embedded.state import PROJECT

COMPOSE: dict[str, Any] = yaml.safe_load((PROJECT / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
FURTHER = {name: PROJECT / f"docker/{name}.yml" for name in ("insi", "antivirus")}  # given beside it, when wanted
OURS = {name: service for name, service in SERVICES.items() if service["image"].startswith("dcc:")}
DOCKERFILE = (PROJECT / "Dockerfile").read_text()
INSTRUCTIONS = [
    line.split(maxsplit=1)
    for line in re.sub(r"\\\n", " ", re.sub(r"^#.*\n", "", DOCKERFILE, flags=re.MULTILINE)).splitlines()
    if line.strip()
]
EXAMPLE = (PROJECT / "docker/production.env.example").read_text()


def context_files() -> Iterator[Path]:
    """What `docker build` would send, by .dockerignore: everything refused, then a list of exceptions, in order."""
    patterns = [line for line in (PROJECT / ".dockerignore").read_text().splitlines() if line and line[0] != "#"]
    assert patterns.pop(0) == "*"
    allowed = [pattern[1:] for pattern in patterns if pattern.startswith("!")]
    refused = [pattern for pattern in patterns if not pattern.startswith(("!", "**"))]
    for name in allowed:
        root = PROJECT / name
        for path in [root] if root.is_file() else root.rglob("*"):
            relative = path.relative_to(PROJECT)
            within = any(relative.is_relative_to(pattern) for pattern in refused)
            if path.is_file() and not within and "__pycache__" not in relative.parts:
                yield relative


def test_the_processes_are_those_of_the_demo() -> None:
    commands = {name: tuple(service["command"].split()) for name, service in OURS.items()}
    assert set(OURS) == {"web", "code-worker", "worker", "beat", "sealer", "migrate"}
    for name, expected in (
        ("web", programs.GUNICORN),
        ("code-worker", programs.CODE_WORKER),
        ("worker", programs.WORKER),
        ("beat", programs.BEAT),
        ("sealer", ("python", *programs.SEALER)),
        ("migrate", ("python", "manage.py", "migrate", "--no-input")),
    ):
        assert commands[name][: len(expected)] == expected, name


def test_the_image_starts_the_web_server_by_default() -> None:
    (command,) = [value for instruction, value in INSTRUCTIONS if instruction == "CMD"]
    assert yaml.safe_load(command) == SERVICES["web"]["command"].split()


@pytest.mark.parametrize("name", [name for name in OURS if "manage.py" in OURS[name]["command"]])
def test_every_management_command_exists(name: str) -> None:
    verb = OURS[name]["command"].split()[2]
    ours = list(PROJECT.glob(f"*/management/commands/{verb}.py"))
    ours += list(PROJECT.glob(f"*/*/management/commands/{verb}.py"))
    assert ours or verb == "migrate", f"manage.py {verb} does not exist"


def test_each_process_has_the_database_role_of_its_work() -> None:
    roles = {name: service["environment"].get("DCC_DB_USER") for name, service in OURS.items()}
    assert roles == {
        "web": "dcc_web",
        "code-worker": "dcc_worker",
        "worker": "dcc_worker",
        "beat": "dcc_worker",
        "sealer": "dcc_sealer",
        "migrate": None,
    }
    holders = [name for name, service in OURS.items() if "DCC_DB_OWNER_PASSWORD" in service["environment"]]
    assert holders == ["migrate"], "the owner passes the walls: only migrations know its password"


@pytest.mark.parametrize("name", SERVICES)
def test_containers_are_hardened(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert not {"privileged", "network_mode", "pid", "devices"} & set(service)
    assert "healthcheck" in service or name in {"migrate", "sealer"}
    assert "ports" not in service or name == "proxy"
    assert not any("docker.sock" in volume for volume in service.get("volumes", []))


def test_only_the_proxy_and_the_senders_reach_the_outside() -> None:
    open_networks = {name for name, network in COMPOSE["networks"].items() if not network.get("internal")}
    outward = {name for name, service in SERVICES.items() if open_networks & set(service["networks"])}
    assert outward == {"proxy", "code-worker", "worker"}


def test_what_is_added_for_insi_or_an_antivirus_is_for_the_web_alone() -> None:
    added = {name: yaml.safe_load(file.read_text()) for name, file in FURTHER.items()}
    assert {name: (set(one), set(one["services"])) for name, one in added.items()} == dict.fromkeys(
        FURTHER, ({"services"}, {"web"})
    )
    assert all(set(one["services"]["web"]) <= {"environment", "volumes", "networks"} for one in added.values())
    assert added["insi"]["services"]["web"]["networks"] == [*SERVICES["web"]["networks"], "out"]
    assert "networks" not in added["antivirus"]["services"]["web"]


def test_images_are_pinned_to_a_version_and_named_without_a_host() -> None:
    images = [service["image"] for name, service in SERVICES.items() if name not in OURS]
    images += [value.split()[0] for instruction, value in INSTRUCTIONS if instruction == "FROM"]
    for image in images:
        name, _, tag = image.rpartition(":")
        assert re.match(r"\d", tag), image
        assert "." not in name.partition("/")[0], image


def test_no_secret_is_written_and_every_variable_is_in_the_example() -> None:
    for name, service in SERVICES.items():
        for variable, value in service["environment"].items():
            if re.search("PASSWORD|SECRET|KEYS|AUTH$", variable):
                assert re.fullmatch(r"\$\{\w+:[?-]\}", value), f"{name}: {variable}"
    files = (PROJECT / "docker-compose.yml", *FURTHER.values())
    used = {variable for file in files for variable in re.findall(r"\$\{(\w+)", file.read_text())}
    explained = set(re.findall(r"^(\w+)=", EXAMPLE, flags=re.MULTILINE))
    assert used == explained
    assert not re.search(r"(PASSWORD|SECRET_KEY|MASTER_KEYS)=.", EXAMPLE)


def test_settings_read_every_variable_given_to_our_processes() -> None:
    base = (PROJECT / "dcc/settings/base.py").read_text()
    read = {f"DCC_{name}" for name in re.findall(r"(?:env|flag)\(f?[\"'](\w+)", base)}
    further = [yaml.safe_load(file.read_text())["services"]["web"] for file in FURTHER.values()]
    given = {variable for service in (*OURS.values(), *further) for variable in service["environment"]}
    assert given - read == {"DJANGO_SETTINGS_MODULE"}


def test_database_passwords_are_set_for_every_role() -> None:
    script = (PROJECT / "docker/postgres/20-passwords.sh").read_text()
    roles = re.findall(r"'(dcc_\w+)'", (PROJECT / "dcc/embedded/roles.sql").read_text())
    assert set(re.findall(r"ALTER ROLE (\w+) .*PASSWORD", script)) == set(roles)
    for variable in re.findall(r"\$(DCC_\w+)", script):
        assert variable in SERVICES["postgres"]["environment"]
    subprocess.run(["bash", "-n", PROJECT / "docker/postgres/20-passwords.sh"], check=True)


def test_the_dockerfile_keeps_the_rules() -> None:
    kinds = [instruction for instruction, _ in INSTRUCTIONS]
    last_stage = INSTRUCTIONS[len(kinds) - 1 - kinds[::-1].index("FROM") :]
    assert kinds.count("FROM") == 2
    assert "ADD" not in kinds
    assert [value for instruction, value in last_stage if instruction == "USER"] == ["10001:10001"]
    runs = [value for instruction, value in INSTRUCTIONS if instruction == "RUN"]
    assert any("--require-hashes -r requirements.lock" in run for run in runs)
    assert not any(re.search(r"curl|wget|sudo", run) for run in runs)
    for run in runs:
        if "apt-get install" in run:
            assert "--no-install-recommends" in run
            assert "rm -rf /var/lib/apt/lists/*" in run
    version = re.search(r"^UV_VERSION := (\S+)", (PROJECT / "Makefile").read_text(), flags=re.MULTILINE)
    assert version
    assert f"uv=={version.group(1)}" in DOCKERFILE


def test_the_context_holds_the_product_and_nothing_else() -> None:
    tops = {path.parts[0] for path in context_files()}
    configuration = (PROJECT / "pyproject.toml").read_text()
    packages = re.search(r"^root_packages = \[(.*)\]", configuration, flags=re.MULTILINE)
    assert packages
    assert tops == {*re.findall(r'"(\w+)"', packages.group(1)), "templates", "manage.py", "requirements.lock", "docker"}
    assert not [path for path in context_files() if path.is_relative_to("dcc/embedded") or path.suffix == ".env"]


def test_the_steps_of_the_build_work_on_the_context_alone(tmp_path: Path) -> None:
    """As the image is built: no demo, no laptop servers, production settings; then what each process imports."""
    for relative in context_files():
        (tmp_path / relative).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(PROJECT / relative, tmp_path / relative)
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("DCC_", "DJANGO_"))}
    environment |= {"DJANGO_SETTINGS_MODULE": "dcc.settings.base", "DCC_SECRET_KEY": "collectstatic-only"}
    assert "collectstatic --no-input --verbosity 0 --ignore 'dcc/css/*' --ignore 'django_htmx/*'" in DOCKERFILE
    for command in (
        ["-m", "dcc.ui.assets"],
        [
            "manage.py",
            "collectstatic",
            "--no-input",
            "--verbosity",
            "0",
            "--ignore",
            "dcc/css/*",
            "--ignore",
            "django_htmx/*",
        ],
        ["-c", "import dcc.wsgi, dcc.celery; dcc.celery.app.loader.import_default_modules()"],
    ):
        done = subprocess.run(
            [sys.executable, *command], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
    assert any((tmp_path / "staticfiles").rglob("*.br")), "static files are compressed once, at build time"
