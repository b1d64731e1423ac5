"""The four services of the tenants' folders, loaded into a database with the demo's people, at a fixed business time."""

import asyncio
import atexit
import shutil
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

import yaml
from tests.company import company_values
from tests.copies import template_of
from tests.second_factor import keep_many_codes

from yoyaku.admin.service.seeding import seed_people
from yoyaku.cli.tenant import _load
from yoyaku.cli.tenant_folders import check_all
from yoyaku.db.engine import make_engine, platform_transaction, tenant_transaction
from yoyaku.kernel.clock import read_clock
from yoyaku.kernel.settings import Settings
from yoyaku.tenancy.service import move_clock
from yoyaku.testing.drand import DrandNetwork, RunningDrand, write_profile
from yoyaku.testing.stack.databases import TEMPLATE

ROOT = Path(__file__).parents[1]
NOW = datetime(2027, 1, 20, 10, 0)  # noqa: DTZ001  # civil time of the tenants
SERVICES = ("sports", "halls", "lodging", "rooms")


@dataclass(frozen=True)
class Person:
    """Somebody of a tenant's demo.yaml."""

    login_id: str
    password: str
    name: str
    second_factor: str | None = None


@dataclass(frozen=True)
class Service:
    """One of the four services, with somebody who may book and a clerk."""

    tenant: str
    code: str
    host: str
    title: str
    resident: Person
    clerk: Person


def _people(service, demo):
    residents = [
        person
        for person in demo["residents"]
        if person["service"] == service and person["registration"] not in {"provisional", "expired"}
    ]
    clerks = [person for person in demo["clerks"] if person["service"] in (service, "*")]
    return [
        Person(
            login_id=found[0]["login_id"],
            password=found[0]["password"],
            name=found[0]["name"],
            second_factor=found[0].get("second_factor"),
        )
        for found in (residents, clerks)
    ]


def read_people():
    """The residents who may book, by service."""
    people = {}
    for folder in sorted((ROOT / "tenants").iterdir()):
        demo = yaml.safe_load((folder / "demo.yaml").read_text())
        for person in demo["residents"]:
            if person["registration"] not in {"provisional", "expired"}:
                found = Person(login_id=person["login_id"], password=person["password"], name=person["name"])
                people.setdefault(person["service"], []).append(found)
    return people


@cache
def beacon_network():
    """A drand network of this process, which signs every round, and the folder that holds its settings file."""
    running = RunningDrand(DrandNetwork(secret=20_270_101))
    running.__enter__()
    folder = Path(tempfile.mkdtemp(prefix="yoyaku-profiles-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    write_profile(folder, running.network, running.url, name="demo")
    return running, folder


def city_values(database):
    """Settings for a database, as an environment has them."""
    profiles = beacon_network()[1]
    return {
        **company_values(profiles),
        "PLUGIN_PROFILES": str(profiles),
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


def city_settings_of(database):
    """The same, read."""
    return Settings.from_mapping(city_values(database))


def read_services():
    """The services by code, as the folders have them."""
    services = {}
    for folder in sorted((ROOT / "tenants").iterdir()):
        tenant = yaml.safe_load((folder / "tenant.yaml").read_text())
        demo = yaml.safe_load((folder / "demo.yaml").read_text())
        for entry in tenant["services"]:
            resident, clerk = _people(entry["code"], demo)
            brand = yaml.safe_load((folder / entry["brand"]).read_text())
            services[entry["code"]] = Service(
                tenant=tenant["slug"],
                code=entry["code"],
                host=entry["hosts"][0].format(base_domain="localhost"),
                title=brand["name"]["ja"],
                resident=resident,
                clerk=clerk,
            )
    return services


def template_of_cities(server, now=NOW):
    """The name of the database with the four services and their people, whose clocks stand at ``now``."""
    name = f"{TEMPLATE}_{now:%Y%m%d%H%M}"
    return template_of(server, name, fill=lambda made: load_cities(city_settings_of(made), now=now))


def load_cities(settings, *, now=NOW):
    """Load the folders, their people, and set the clocks; in a thread, since the tests' own loop may be running."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(lambda: asyncio.run(_load_all(settings, now))).result()


def move_clocks(settings, service, *, to):
    """Let a service's business time be ``to`` (civil time) now."""

    async def move():
        owner = make_engine(settings.migration_database_url, pool_size=1)
        async with platform_transaction(owner) as conn:
            await move_clock(
                conn, settings=settings, service=(service.tenant, service.code), to=to, real_now=read_clock()
            )
        await owner.dispose()

    with ThreadPoolExecutor(1) as thread:
        thread.submit(lambda: asyncio.run(move())).result()


async def _load_all(settings, now):
    checked = check_all([ROOT / "tenants"], rule_sets=None, base_domain=settings.base_domain)
    faults = [str(fault) for one in checked for fault in one.errors]
    assert not faults, faults
    await _load(settings, checked)
    owner = make_engine(settings.migration_database_url, pool_size=1)
    app = make_engine(settings.database_url, pool_size=1)
    for one in checked:
        for code in one.rule_sets:
            async with platform_transaction(owner) as conn:
                await move_clock(conn, settings=settings, service=(one.terms.slug, code), to=now, real_now=read_clock())
            async with tenant_transaction(app, one.terms.slug, code) as conn:
                here = (one.terms.slug, code)
                await seed_people(
                    conn, settings=settings, service=here, demo=one.folder.demo.value, real_now=read_clock()
                )
                await keep_many_codes(conn, seal=settings.seal, clerks=one.folder.demo.value.clerks)
    await owner.dispose()
    await app.dispose()
