"""`python -m dcc.embedded up|down|status|reset|run`: the embedded servers from the command line."""

import argparse
import os
import shlex
import signal
import subprocess
import sys
from types import FrameType

from dcc.embedded.services import LAUNCH_ERRORS, Services
from dcc.embedded.state import AlreadyRunning, State


def main(arguments: list[str] | None = None) -> int:
    """Run one verb; returns the exit code."""
    options = _parser().parse_args(arguments)
    state = State.locate(options.state)
    try:
        match options.verb:
            case "up":
                return _up(Services(state=state))
            case "down":
                Services(state=state).down()
            case "status":
                return _status(Services(state=state))
            case "env":
                for name, value in Services(state=state).environment(role=options.role).items():
                    sys.stdout.write(f"export {name}={shlex.quote(value)}\n")
            case "reset":
                return _reset(state)
            case "run":
                return _run(Services(state=state), options)
    except LAUNCH_ERRORS as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m dcc.embedded", description=__doc__)
    parser.add_argument("--state", help="dossier d’état (défaut\u00a0: $DCC_STATE ou ./.dcc)")
    verbs = parser.add_subparsers(dest="verb", required=True)
    for verb, what in (
        ("up", "démarre PostgreSQL et Valkey"),
        ("down", "les arrête"),
        ("status", "dit ce qui tourne"),
        ("reset", "arrête tout et oublie les données"),
    ):
        verbs.add_parser(verb, help=what)
    env = verbs.add_parser("env", help="écrit les variables d’environnement, pour un shell")
    env.add_argument("--role", default="dcc_web")
    run = verbs.add_parser("run", help="lance une commande avec les services et leurs variables")
    run.add_argument("--role", default="dcc_web")
    run.add_argument("--always-stop", action="store_true", help="arrête les services même s’ils tournaient déjà")
    run.add_argument("command", nargs=argparse.REMAINDER)
    return parser


def _up(services: Services) -> int:
    services.up()
    return _status(services)


def _status(services: Services) -> int:
    status = services.status()
    for name, pid in status.items():
        sys.stdout.write(f"{name:12}{f'en marche (processus {pid})' if pid else 'arrêté'}\n")
    return 0 if all(status.values()) else 3


def _reset(state: State) -> int:
    if not state.root.is_dir():
        return 0
    try:
        with state.lock("demo", wait=False):
            for each in (State(root=state.root / "test"), state):
                Services(state=each).down()
            state.forget()
            sys.stdout.write("Les données de ce dossier sont oubliées.\n")
    except AlreadyRunning:
        sys.stderr.write("La démonstration tourne dans ce dossier\u00a0: arrêtez-la d’abord (Ctrl-C).\n")
        return 1
    return 0


def _run(services: Services, options: argparse.Namespace) -> int:
    """Run a command between up and down; services found running stay so, unless told otherwise."""
    if not options.always_stop:
        return _between_up_and_down(services, options, keep=all(services.status().values()))
    try:
        with services.state.lock("run", wait=False):
            return _between_up_and_down(services, options, keep=False)
    except AlreadyRunning:
        sys.stderr.write("Ces services servent déjà à une autre commande de ce dossier\u00a0: attendez sa fin.\n")
        return 1


def _between_up_and_down(services: Services, options: argparse.Namespace, *, keep: bool) -> int:
    command = options.command[1:] if options.command[:1] == ["--"] else options.command
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        services.up()
        environment = os.environ | services.environment(role=options.role)
        return subprocess.run(command, env=environment, check=False).returncode
    except KeyboardInterrupt:
        return 130
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        if not keep:
            services.down()


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
