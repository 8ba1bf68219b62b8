"""A server of the kit alone and one Chromium for the browser tests of the interface."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Response, sync_playwright

from dcc.ui import assets

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = next((path for path in map(shutil.which, ("chromium", "chromium-browser", "google-chrome")) if path), None)


@pytest.fixture(scope="package")
def site() -> Iterator[str]:
    """Address of the gallery."""
    assets.build()
    command = [sys.executable, "-m", "tests.ui.server"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield f"http://127.0.0.1:{int(process.stdout.readline())}"
        finally:
            process.terminate()


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """One browser for all the tests."""
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed: apt install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


def is_fault(message: ConsoleMessage) -> bool:
    """Refused by the policy, or thrown; an answer of 422 is not a fault although Chromium logs it."""
    return message.type == "error" and not message.text.startswith("Failed to load resource")


def is_missing(answer: Response) -> bool:
    """A file of ours that is not there."""
    return answer.status >= 400 and "/static/" in answer.url


@pytest.fixture
def page(chromium: Browser, site: str) -> Iterator[Page]:
    """A desk of 1366×768 whose console must stay empty."""
    context = chromium.new_context(viewport={"width": 1366, "height": 768}, locale="fr-FR", base_url=site)
    opened = context.new_page()
    complaints: list[str] = []
    opened.on("console", lambda message: complaints.append(message.text) if is_fault(message) else None)
    opened.on("response", lambda answer: complaints.append(answer.url) if is_missing(answer) else None)
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    yield opened
    context.close()
    assert complaints == []


@pytest.fixture
def desk(page: Page) -> Page:
    """The trial page, its scripts at work."""
    page.goto("/essai/")
    page.wait_for_selector("html[data-ready]", state="attached")
    return page


def focused(page: Page) -> str:
    """The id, or the words, of what has the focus."""
    return str(page.evaluate("document.activeElement.id || document.activeElement.textContent.trim()"))
