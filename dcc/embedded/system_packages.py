"""`python -m dcc.embedded.system_packages pango chromium`: what no wheel brings, found or installed.

As root on Debian or Ubuntu the packages are installed; otherwise the exact command is printed and the caller
goes on: the demo runs without PDF, the tests say which ones they skip.
"""

import ctypes.util
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemPackage:
    """A need, how to see that it is met, and the Debian packages that meet it."""

    purpose: str
    present: Callable[[], bool]
    packages: tuple[str, ...]


def _has_pango() -> bool:
    return all(ctypes.util.find_library(name) for name in ("pango-1.0", "pangoft2-1.0", "harfbuzz-subset"))


def _has_chromium() -> bool:
    return any(shutil.which(name) for name in BROWSERS)


NEEDS = {
    "pango": SystemPackage(
        purpose="la fabrication des PDF",
        present=_has_pango,
        packages=("libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0"),
    ),
    "chromium": SystemPackage(
        purpose="les tests dans un vrai navigateur", present=_has_chromium, packages=("chromium",)
    ),
}


def install_command(names: list[str]) -> list[str]:
    """The apt command that brings everything these needs ask for."""
    packages = [package for name in names for package in NEEDS[name].packages]
    return ["apt-get", "install", "-y", "--no-install-recommends", *packages]


def ensure(names: list[str]) -> list[str]:
    """Install what is missing when root; returns the French sentences to show, empty when nothing is missing."""
    missing = [name for name in names if not NEEDS[name].present()]
    if not missing:
        return []
    command = install_command(missing)
    if os.geteuid() == 0 and shutil.which("apt-get"):
        quiet = {"stdin": subprocess.DEVNULL, "capture_output": True, "check": False}
        environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(["apt-get", "update", "-q"], env=environment, **quiet)  # type: ignore[call-overload]
        subprocess.run(command, env=environment, **quiet)  # type: ignore[call-overload]
    return [
        f"Il manque de quoi assurer {NEEDS[name].purpose}. À lancer une fois : "
        f"sudo apt-get update && sudo {' '.join(install_command([name]))}"
        for name in missing
        if not NEEDS[name].present()
    ]


def main(names: list[str]) -> int:
    """Exit code 0 even when something is missing: the caller goes on without it."""
    unknown = [name for name in names if name not in NEEDS]
    if unknown:
        sys.stderr.write(f"Besoin inconnu : {', '.join(unknown)}\n")
        return 2
    for sentence in ensure(names):
        sys.stdout.write(sentence + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
