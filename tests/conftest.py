"""What every test may ask for: databases, a broker, a mail catcher, settings, Chromium.

The servers start with the first test that needs one; with pytest-xdist the controller starts PostgreSQL for all
workers, and each worker has databases of its own.
"""

import itertools
import os
import shutil
import tempfile
from pathlib import Path

import hypothesis
import pytest
from tests.copies import copied, forget_templates

from yoyaku.cli.db import upgrade_database
from yoyaku.kernel.settings import Settings
from yoyaku.testing.stack.broker import start_broker
from yoyaku.testing.stack.databases import TEMPLATE, Server
from yoyaku.testing.stack.mail import MailCatcher

ROOT = Path(__file__).parents[1]
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
"""The first that is there; without a window's machinery the same journeys take a third less."""
CHROMIUM = next((found for found in map(shutil.which, BROWSERS) if found), None)
NO_CHROMIUM = "no Chromium on this machine: sudo apt-get install chromium-headless-shell fonts-noto-cjk"
# A busy machine is no fault of the code under test.
hypothesis.settings.register_profile("yoyaku", deadline=None)
hypothesis.settings.load_profile("yoyaku")

LONGEST = ("tests/e2e/test_journeys", "tests/e2e/months", "tests/e2e", "tests/faults", "tests/integration/tenancy")
"""Folders and files whose tests take most of the time, the longest first."""

_started = pytest.StashKey[Server]()
_folder = pytest.StashKey[Path]()


def _start_server(config):
    """The one server of this run, with the roles and a migrated template."""
    if _started not in config.stash:
        url = os.environ.get("TEST_DATABASE_URL")
        if url:
            server = Server(superuser_url=url)
        else:
            folder = Path(tempfile.mkdtemp(prefix="yoyaku-test-"))
            folder.chmod(0o711)  # as root, PostgreSQL runs as another account
            server = Server.bundled(folder / "postgres", forgetful=True)
            config.stash[_folder] = folder
        config.stash[_started] = server
        server.make_roles()
        forget_templates(server)
        template = server.make_database(TEMPLATE)
        upgrade_database(template.owner_url)
    return config.stash[_started]


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node):
    """Runs in the controller of pytest-xdist, once for each worker."""
    node.workerinput["database_server"] = _start_server(node.config).superuser_url


def pytest_sessionfinish(session):
    """Whoever started the server stops it."""
    if server := session.config.stash.get(_started, None):
        server.stop()
    if folder := session.config.stash.get(_folder, None):
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def database_server(request):
    """The PostgreSQL server of this run, with the migrated template."""
    given = getattr(request.config, "workerinput", {}).get("database_server")
    return Server(superuser_url=given) if given else _start_server(request.config)


@pytest.fixture(scope="session")
def _new_name(worker_id):
    numbers = itertools.count()
    return lambda: f"yoyaku_test_{worker_id}_{os.getpid()}_{next(numbers)}"


@pytest.fixture(scope="session")
def _new_database(database_server, _new_name):
    return lambda: database_server.make_database(_new_name(), template=TEMPLATE)


@pytest.fixture(scope="session")
def new_cities(database_server, _new_name):
    """Makes databases with the four services and their people: ``with new_cities(now=BEGIN) as made``."""
    from tests.cities import NOW, template_of_cities  # noqa: PLC0415  # half the product; most tests need none of it

    return lambda *, now=NOW: copied(database_server, _new_name(), template_of_cities(database_server, now))


@pytest.fixture(scope="session")
def database(database_server, _new_database):
    """This worker's database, for tests that roll back what they do."""
    made = _new_database()
    yield made
    database_server.drop_database(made.name)


@pytest.fixture
def fresh_database(database_server, _new_database):
    """A database for this test alone, for those that commit."""
    made = _new_database()
    yield made
    database_server.drop_database(made.name)


@pytest.fixture(scope="session")
def database_url(database):
    """The application's address of ``database``."""
    return database.url


@pytest.fixture(scope="session")
def broker_url(tmp_path_factory):
    """A real broker, on a Unix socket."""
    broker = start_broker(tmp_path_factory.mktemp("broker"))
    yield broker.url
    broker.stop()


@pytest.fixture
def smtp(tmp_path):
    """A real SMTP server that keeps what it gets in ``smtp.mailbox``; its address is ``smtp.url``."""
    with MailCatcher(tmp_path / "mails") as catcher:
        yield catcher


@pytest.fixture
def make_settings():
    """Settings for a database, with everything else as tests want it."""

    def make(database, **more):
        values = {
            "DATABASE_URL": database.url,
            "MIGRATION_DATABASE_URL": database.owner_url,
            "CELERY_BROKER_URL": "memory://",
            "SMTP_URL": "smtp://127.0.0.1:9",
            "SECRET_KEY": "only for tests, forty characters and more",
            "BASE_DOMAIN": "localhost",
            "SITE_SCHEME": "http",
            "ENVIRONMENT": "test",
            "CLOCK_MOVABLE": "true",
        }
        return Settings.from_mapping({**values, **more})

    return make


@pytest.fixture(scope="session")
def chromium_path():
    """The browser's program; tests that ask for it carry the mark ``browser``."""
    assert CHROMIUM, NO_CHROMIUM
    return CHROMIUM


def pytest_collection_modifyitems(items):
    """What takes long comes first, so that no worker is alone with it at the end; no browser leaves its tests out."""
    items.sort(key=lambda item: _waits(item.path.relative_to(ROOT).as_posix()))
    if CHROMIUM:
        return
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.skip(reason=NO_CHROMIUM))


def _waits(path):
    """How many kinds of tests come before those of a file."""
    return next((place for place, start in enumerate(LONGEST) if path.startswith(start)), len(LONGEST))


def pytest_terminal_summary(terminalreporter):
    """One line that cannot be overlooked when the browser tests did not run."""
    left_out = [report for report in terminalreporter.stats.get("skipped", []) if NO_CHROMIUM in str(report.longrepr)]
    if left_out:
        terminalreporter.section("browser tests left out", yellow=True)
        terminalreporter.line(f"{len(left_out)} tests did not run: {NO_CHROMIUM}")
