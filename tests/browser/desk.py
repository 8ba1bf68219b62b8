"""A person in front of a screen: signs in, looks, types; every step is audited by axe, every fault of the page kept."""

import json
import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import axe_playwright_python
from playwright.sync_api import BrowserContext, ConsoleMessage, Locator, Page, Request, Response, expect

from tests.browser.product import CODE, Product
from tests.conftest import PASSWORD

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
# WCAG 2.0 to 2.2 A and AA, and best practices; naming the tags also runs the rules axe leaves out by default.
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
MOST_TABS = 120  # further than this, no hand would go


@dataclass(slots=True, kw_only=True)
class Keyboard:
    """The keyboard and nothing else: counts the keys, as a hand would press them."""

    page: Page
    keys: int = 0
    began: float = field(default_factory=time.monotonic)

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
            self.keys += 1

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)
        self.keys += len(text)

    def tab_to(self, target: Locator, *, back: bool = False) -> None:
        """Tab until `target` has the focus."""
        for _ in range(MOST_TABS):
            if target.evaluate("node => node === document.activeElement"):
                return
            self.press("Shift+Tab" if back else "Tab")
        raise AssertionError(f"{target} is not reached by keyboard; the focus is on {focus_of(self.page)}")

    def fill(self, target: Locator, text: str) -> None:
        self.tab_to(target)
        self.type(text)

    def choose(self, chip: Locator) -> None:
        """Select one radio of a group: Tab to the group, arrows to the answer, Space when it starts empty."""
        group = self.page.locator(f"input[name='{chip.get_attribute('name')}']")
        for _ in range(MOST_TABS):
            if group.evaluate_all("nodes => nodes.includes(document.activeElement)"):
                break
            self.press("Tab")
        for _ in range(group.count()):
            if chip.evaluate("node => node === document.activeElement"):
                break
            self.press("ArrowRight")
        if not chip.is_checked():
            self.press("Space")
        expect(chip).to_be_checked()

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.began


def until(page: Page, holds: str) -> None:
    """Wait for an expression; `wait_for_function` evaluates it again inside the page, which its policy forbids."""
    deadline = time.monotonic() + 10
    while not page.evaluate(holds):
        assert time.monotonic() < deadline, holds
        page.wait_for_timeout(50)


def focus_of(page: Page) -> str:
    return str(page.evaluate("document.activeElement.outerHTML.slice(0, 200)"))


@dataclass(kw_only=True)
class Desk:
    """One browser of one person."""

    product: Product
    context: BrowserContext
    page: Page
    short: str = ""
    story: str = ""
    complaints: list[str] = field(default_factory=list)
    audited: int = 0

    def listen(self, page: Page) -> None:
        """Whatever goes wrong in the page is a failure of the story, unless the story expects it."""
        page.on("console", self._console)
        page.on("response", self._response)
        page.on("pageerror", lambda error: self.complaints.append(f"{page.url}: {error}"))

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            self.complaints.append(f"{self.page.url}: {message.text}")

    def _response(self, answer: Response) -> None:
        missing = answer.status >= 400 and "/static/" in answer.url
        if answer.status >= 500 or missing:
            self.complaints.append(f"{answer.status} {answer.request.method} {answer.url}")

    @property
    def keys(self) -> Keyboard:
        return Keyboard(page=self.page)

    def go(self, path: str) -> Response:
        answer = self.page.goto(self.product.address + path)
        assert answer is not None
        return answer

    def status_of(self, path: str) -> int:
        """What this person gets at this address, without leaving the page."""
        return self.context.request.get(self.product.address + path, max_redirects=0).status

    def ready(self) -> None:
        """The behaviours of the kit are in place: before, a key would go nowhere."""
        self.page.wait_for_selector("html[data-ready]", state="attached")

    def follow(self, link: Locator) -> None:
        """Click, and be on the page it leads to: an audit meanwhile would read the one being left."""
        with self.page.expect_navigation():
            link.click()

    def audit(self) -> None:
        """axe: every rule of WCAG A and AA and best practices, no rule disabled, no element excluded."""
        self.ready()
        if not self.page.evaluate("typeof axe !== 'undefined'"):
            self.page.evaluate(AXE)
        options = json.dumps({"runOnly": {"type": "tag", "values": RULES}, "resultTypes": ["violations"]})
        found: list[dict[str, Any]] = self.page.evaluate(f"axe.run(document, {options}).then(r => r.violations)")
        nodes = [
            f"{one['id']}: {node['html'][:160]} {node['failureSummary']}" for one in found for node in one["nodes"]
        ]
        assert not nodes, f"{self.page.url}\n" + "\n".join(nodes)
        self.audited += 1
        if pictures := os.environ.get("DCC_PICTURES"):  # a folder, to look at each step as the person would
            stem = f"{self.story}-{self.short or 'nobody'}-{self.audited:02}"
            self.page.screenshot(path=Path(pictures) / f"{stem}.png")

    def sign_in(self, short: str, *, keyboard: Keyboard | None = None) -> None:
        """Password, then the code received by mail."""
        self.short = short
        address = f"{short}@dcc.example"
        known = {mail.key for mail in self.product.mails_to(address)}
        self.go("/compte/login/")
        if keyboard is None:
            self.page.get_by_label("Adresse").fill(address)
            self.page.get_by_label("Mot de passe", exact=True).fill(PASSWORD)
            self.page.get_by_role("button", name="Continuer").click()
        else:
            keyboard.fill(self.page.get_by_label("Adresse"), address)
            keyboard.fill(self.page.get_by_label("Mot de passe", exact=True), PASSWORD)
            keyboard.press("Enter")
        code = self.page.get_by_role("textbox", name="Code reçu")
        expect(self.page.get_by_role("heading", level=1)).to_have_text("Code de connexion")
        found = CODE.search(self.product.mail_after(known, address))
        assert found
        if keyboard is None:
            code.fill(found.group(1))
            self.page.get_by_role("button", name="Se connecter").click()
        else:
            keyboard.fill(code, found.group(1))
            keyboard.press("Enter")
        expect(self.page.get_by_role("heading", level=1)).to_have_text("Protéger mon compte")
        self.audit()
        kept = self.page.get_by_role("button", name="J’ai gardé mes codes, continuer")
        if keyboard is None:
            kept.click()
        else:
            keyboard.tab_to(kept)
            keyboard.press("Enter")
        self.page.wait_for_url(lambda url: "/compte/" not in url)

    def report(self, story: str, keys: Keyboard) -> None:
        """How much the hand worked, in the output of `pytest -s` and in the report of the run."""
        sys.stdout.write(f"\n{story} by keyboard: {keys.keys} keys, {keys.seconds:.0f} s\n")

    def keep(self, folder: Path, name: str) -> None:
        """Pictures, pages and the server's log, for whoever looks into a failure."""
        folder.mkdir(exist_ok=True)
        for rank, page in enumerate(self.context.pages):
            stem = f"{name}-{self.short or 'nobody'}-{rank}"
            page.screenshot(path=folder / f"{stem}.png")
            (folder / f"{stem}.html").write_text(page.content())
        (folder / f"{name}-web.log").write_text(self.product.tail("web"))

    def posts_during(self, act: Callable[[], None], path: str) -> int:
        """How many POST requests to addresses holding `path` left the page during `act`."""
        seen: list[str] = []

        def note(request: Request) -> None:
            if request.method == "POST" and path in request.url:
                seen.append(request.url)

        self.page.on("request", note)
        act()
        self.page.remove_listener("request", note)
        return len(seen)
