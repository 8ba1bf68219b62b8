"""`python -m dcc.embedded.system_packages pango chromium`: what no wheel brings, found or installed.

As root on Debian or Ubuntu the packages are installed; otherwise the exact command is printed and the caller
goes on: the demo runs without PDF, the tests say which ones they skip.
"""

import ctypes.util
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
APT = ("apt-get", "install", "-y", "--no-install-recommends")


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """What it is for, how to see that it is met, and the command that meets it."""

    purpose: str
    present: Callable[[], bool]
    command: Callable[[], list[str]]


def browser() -> str | None:
    """Path of a Chromium that runs: the system's, else the one Playwright downloaded; None without any.

    Running it matters: Ubuntu's chromium-browser is a stub that asks for a snap.
    """
    downloaded = Path.home().glob(".cache/ms-playwright/chromium-*/chrome-linux*/chrome")
    for candidate in [*map(shutil.which, BROWSERS), *map(str, downloaded)]:
        if candidate and subprocess.run([candidate, "--version"], capture_output=True, check=False).returncode == 0:
            return candidate
    return None


def _has_pango() -> bool:
    return all(ctypes.util.find_library(name) for name in ("pango-1.0", "pangoft2-1.0", "harfbuzz-subset"))


def _pango_command() -> list[str]:
    return [*APT, "libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0"]


def _chromium_command() -> list[str]:
    if _distribution() == "ubuntu":  # where the package is only a snap
        return [sys.executable, "-m", "playwright", "install", "--with-deps", "chromium"]
    return [*APT, "chromium"]


def _distribution() -> str:
    try:
        return platform.freedesktop_os_release()["ID"]
    except (OSError, KeyError):
        return ""


NEEDS = {
    "pango": Need(purpose="la fabrication des PDF", present=_has_pango, command=_pango_command),
    "chromium": Need(
        purpose="les tests dans un vrai navigateur",
        present=lambda: browser() is not None,
        command=_chromium_command,
    ),
}


def ensure(names: list[str]) -> list[str]:
    """Install what is missing when root; returns the French sentences to show, empty when nothing is missing."""
    missing = [NEEDS[name] for name in names if not NEEDS[name].present()]
    if missing and os.geteuid() == 0 and shutil.which("apt-get"):
        for command in (["apt-get", "update", "-q"], *(need.command() for need in missing)):
            subprocess.run(
                command,
                env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                check=False,
            )
    return [
        f"Il manque de quoi assurer {need.purpose}. À lancer une fois\u00a0: "
        f"sudo apt-get update && sudo {' '.join(need.command())}"
        for need in missing
        if not need.present()
    ]


def main(names: list[str]) -> int:
    """Exit code 0 even when something is missing: the caller goes on without it."""
    unknown = [name for name in names if name not in NEEDS]
    if unknown:
        sys.stderr.write(f"Besoin inconnu\u00a0: {', '.join(unknown)}\n")
        return 2
    for sentence in ensure(names):
        sys.stdout.write(sentence + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
