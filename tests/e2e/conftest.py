"""The web application in a process of its own, and Chromium before it."""

import json

import pytest
from playwright.sync_api import sync_playwright
from tests.cities import beacon_network, city_values, read_services
from tests.company import company_values
from tests.e2e.desk import Desk
from tests.e2e.journey import Journey
from tests.e2e.post import Post
from tests.web_process import web_process

from yoyaku.testing.drand import write_profile
from yoyaku.testing.oidc_provider import OidcProvider
from yoyaku.testing.oidc_server import RunningProvider
from yoyaku.testing.stack.mail import MailCatcher


@pytest.fixture(scope="session")
def services():
    return read_services()


@pytest.fixture(scope="module")
def city_database(new_cities):
    """A database with the four services and their people; each module's own, as are the processes that serve it."""
    with new_cities() as made:
        yield made


@pytest.fixture(scope="module")
def post(city_database, tmp_path_factory):
    """Brings the mails of the sites: ``post.link_to("somebody@example.jp")``."""
    with MailCatcher(tmp_path_factory.mktemp("mails")) as catcher:
        yield Post(city_database, catcher)


@pytest.fixture
def desk(visit, services):
    """The counter of a service, its clerk logged in: ``desk("halls")``; no page on the way may have a fault."""
    desks = []

    def open_desk(code):
        desks.append(Desk(Journey(visit(code), services[code], label=f"desk-{code}")).open())
        return desks[-1]

    yield open_desk
    faults = [fault for one in desks for fault in one.journey.faults]
    assert not faults, "\n".join(faults)


@pytest.fixture(scope="session")
def provider_values(tmp_path_factory):
    """The web application's settings for an OpenID provider of this machine, which answers as long as the tests run."""
    folder = tmp_path_factory.mktemp("profiles")
    with RunningProvider(OidcProvider()) as running:
        lines = [f"{name}: {json.dumps(value)}" for name, value in running.provider.settings().items()]
        (folder / "identity-oidc.local.yaml").write_text("\n".join(lines))
        beacon, _ = beacon_network()
        write_profile(folder, beacon.network, beacon.url, name="demo")
        key = json.dumps(running.provider.client_key.as_dict(private=True))
        yield {**company_values(folder), "PLUGIN_PROFILES": str(folder), "IDENTITY_CLIENT_KEY": key}


@pytest.fixture(scope="module")
def site_port(city_database, provider_values, tmp_path_factory):
    """The port at which all four sites answer."""
    values = {**city_values(city_database), **provider_values}
    with web_process(values, tmp_path_factory.mktemp("web")) as port:
        yield port


@pytest.fixture(scope="module")
def browser(chromium_path):
    """One for each module: while Playwright is open, its event loop runs, and no asynchronous test could."""
    with sync_playwright() as playwright:
        # A person is slower still; without it a test may read the page that a click is just leaving.
        browser = playwright.chromium.launch(executable_path=chromium_path, args=["--no-sandbox"], slow_mo=50)
        yield browser
        browser.close()


@pytest.fixture
def visit(browser, site_port, services):
    """Opens a service in a browser of its own: ``visit("rooms", phone=True, scripts=False)``."""
    contexts = []

    def open_site(code, *, phone=False, scripts=True, language="ja-JP"):
        context = browser.new_context(
            base_url=f"http://{services[code].host}:{site_port}",
            viewport={"width": 360, "height": 740} if phone else {"width": 1280, "height": 900},
            java_script_enabled=scripts,
            locale=language,
        )
        context.set_default_timeout(20_000)
        contexts.append(context)
        return context.new_page()

    yield open_site
    for context in contexts:
        context.close()
