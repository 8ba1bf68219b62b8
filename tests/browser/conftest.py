"""Desks in front of the running product. Pictures of a failed story go to test-results/."""

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from dcc.embedded.system_packages import browser as find_browser
from dcc.ui import assets
from tests.browser.desk import Desk
from tests.browser.product import Product, running_product

RESULTS = Path(__file__).resolve().parents[2] / "test-results"
expect.set_options(timeout=15_000)
LAPTOP = {"width": 1366, "height": 768}
DESK = {"width": 1920, "height": 1080}


@pytest.fixture(scope="package")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """One product for all the stories of a worker."""
    assets.build()
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    with running_product(tmp_path_factory.mktemp("product"), worker) as product:
        yield product


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    found = find_browser()
    if found is None:
        pytest.skip("Chromium is not installed: apt install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def product(running: Product) -> Product:
    """The running product with the world as it was at first."""
    running.anew()
    return running


DESKS: pytest.StashKey[list[Desk]] = pytest.StashKey()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    report = yield
    if call.when == "call" and report.failed:  # type: ignore[attr-defined]
        name = "".join(letter if letter.isalnum() else "-" for letter in item.name)
        for desk in item.stash.get(DESKS, []):
            desk.keep(RESULTS, name)
    return report


@pytest.fixture
def desk_of(product: Product, chromium: Browser, request: pytest.FixtureRequest) -> Iterator[Callable[..., Desk]]:
    """`desk_of("alice")`: a browser of Alice's, signed in; `desk_of()`: nobody yet. Its console must stay empty."""
    opened: list[Desk] = []
    request.node.stash[DESKS] = opened

    def open_one(short: str = "", *, size: dict[str, int] = LAPTOP, dark: bool = False) -> Desk:
        context = chromium.new_context(
            viewport=size,  # type: ignore[arg-type]
            locale="fr-FR",
            timezone_id="Europe/Paris",
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce",
            accept_downloads=True,
        )
        context.set_default_timeout(15_000)
        desk = Desk(product=product, context=context, page=context.new_page(), story=request.node.name)
        desk.listen(desk.page)
        opened.append(desk)
        if short:
            desk.sign_in(short)
        return desk

    yield open_one
    for desk in opened:
        desk.context.close()
    assert [complaint for desk in opened for complaint in desk.complaints] == []


@pytest.fixture
def backstage(
    product: Product, django_db_blocker: object, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., AbstractContextManager[object]]]:
    """`with backstage("alice") as alice:` acts or reads as she may, and commits, with the product’s own actions."""
    from django.conf import settings
    from django.db import connections

    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # Playwright keeps a loop in this thread
    connection = connections["default"]
    former, role = connection.settings_dict["NAME"], settings.DB_SET_ROLE

    @contextmanager
    def opened(short: str) -> Iterator[object]:
        from dcc.accounts.models import Membership, User
        from dcc.accounts.queries import my_memberships
        from dcc.tenancy.scope import user_scope

        user = User.objects.get(email=f"{short}@dcc.example")
        with user_scope(user_id=user.pk, membership_id=None):
            found = my_memberships()[0]
        with user_scope(user_id=user.pk, membership_id=found.id):
            membership = Membership.objects.select_related("organisation").get(pk=found.id)
            user.acting_as, user.acting_in = membership.organisation, membership.region_id
            yield user

    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        connections.close_all()
        connection.settings_dict["NAME"] = product.database
        settings.DB_SET_ROLE = "dcc_web"
        try:
            yield opened
        finally:
            connections.close_all()
            connection.settings_dict["NAME"] = former
            settings.DB_SET_ROLE = role
