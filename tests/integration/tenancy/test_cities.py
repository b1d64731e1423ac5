"""The cities' own folders, loaded as the commands do it."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import text
from tests.cities import beacon_network
from tests.commands import KEY, say, settings_of

from yoyaku.admin.service.seeding import login_terms
from yoyaku.db.engine import make_engine, tenant_transaction
from yoyaku.kernel.clock import read_clock
from yoyaku.kernel.seal import Seal
from yoyaku.registration.policy import SessionLimits
from yoyaku.registration.policy.login import PasswordToBeSet
from yoyaku.registration.service import Gate, LoginAttempt, Throttle, log_in
from yoyaku.registration.terms import RegistrantClass, RegistrationTerms, Stage
from yoyaku.rules.check import read_as
from yoyaku.tenancy.terms import DemoFile

ROOT = Path(__file__).parents[3]
SERVICES = [("kumamoto", "halls"), ("kumamoto", "sports"), ("meguro", "rooms"), ("minato", "lodging")]


def command_line(database):
    """Runs the command line of the demo against a database; gives what it printed."""
    profiles = str(beacon_network()[1])
    of_demo = {"PLUGIN_PROFILES": profiles, "SITE_SCHEME": "http", "ENVIRONMENT": "demo", "CLOCK_MOVABLE": "true"}

    def run(*arguments, code=0, **more):
        return say(*arguments, settings=settings_of(database, **{**of_demo, **more}), code=code)

    return run


@pytest.fixture(autouse=True)
def _at_the_projects_root(monkeypatch):
    monkeypatch.chdir(ROOT)


@pytest.fixture
def yoyaku(fresh_database):
    """The command line before anything is loaded."""
    return command_line(fresh_database)


@pytest.fixture
def yoyaku_with_cities(new_cities):
    """The command line where the cities are loaded, early in January."""
    with new_cities(now=datetime(2027, 1, 4, 10, 0)) as made:  # noqa: DTZ001  # civil time of the tenants
        yield command_line(made)


@pytest.mark.slow
async def test_all_services_are_loaded_seeded_and_their_people_log_in(yoyaku, fresh_database):
    first = yoyaku("tenant", "load", "tenants")
    assert first.count("loaded.") == 3
    assert yoyaku("tenant", "load", "tenants").count("nothing has changed") == 3
    listed = yoyaku("tenant", "list").splitlines()
    assert [line.split("\t")[0] for line in listed] == ["/".join(service) for service in SERVICES]
    assert "sports.kumamoto.localhost" in listed[1]
    assert " 0 accounts made" not in yoyaku("demo", "seed")
    assert yoyaku("demo", "seed").count(" 0 accounts made") == 4
    engine = make_engine(fresh_database.url)
    try:
        for tenant, service in SERVICES:
            demo = read_as(ROOT / "tenants" / tenant / "demo.yaml", DemoFile)
            async with tenant_transaction(engine, tenant, service) as conn:
                terms = await login_terms(conn, tenant_id=tenant, service_id=service)
                for person in [*demo.residents, *demo.clerks]:
                    if person.service not in {service, "*"}:
                        continue
                    gate = gate_of(engine, tenant, service, terms)
                    if getattr(person, "initial_password", False):
                        with pytest.raises(PasswordToBeSet):
                            await enter(conn, gate, person)
                    else:
                        assert (await enter(conn, gate, person)).view.display_name == person.name
    finally:
        await engine.dispose()


def gate_of(engine, tenant, service, login):
    terms = RegistrationTerms(
        classes=[RegistrantClass(code="individual", name="個人")],
        stages=[Stage(code="registered", name="登録済", may_book=True)],
        login=login,
    )
    now, seal = read_clock(), Seal([KEY])
    throttle = Throttle(engine=engine, tenant_id=tenant, service_id=service, seal=seal)
    limits = SessionLimits(idle_minutes=30)
    return Gate(terms=terms, limits=limits, throttle=throttle, real_now=now, today=now.date())


async def enter(conn, gate, person):
    attempt = LoginAttempt(login_id=person.login_id, password=person.password, address="192.0.2.1")
    return await log_in(conn, attempt=attempt, gate=gate)


@pytest.mark.slow
def test_the_clock_command_moves_what_it_names(yoyaku_with_cities):
    yoyaku = yoyaku_with_cities
    moved = yoyaku("clock", "set", "2027-01-16T08:59", "--service", "kumamoto/sports", "--tenant", "meguro")
    assert [line.split("\t")[:2] for line in moved.splitlines()] == [
        ["kumamoto/sports", "2027-01-16T08:59:00"],
        ["meguro/rooms", "2027-01-16T08:59:00"],
    ]
    shown = dict(line.split("\t")[:2] for line in yoyaku("clock", "show").splitlines())
    assert shown["meguro/rooms"].startswith("2027-01-16T08:59")
    assert not shown["minato/lodging"].startswith("2027-01-16T08:59")
    assert "only forward" in yoyaku("clock", "set", "2027-01-16T08:58", "--all", code=1)
    assert "Say which clock" in yoyaku("clock", "set", "2027-01-16T08:58", code=2)
    assert "2027-01-16T08:59" in yoyaku("clock", "set", "9:00", "--all", code=1)
    assert "without a zone" in yoyaku("clock", "set", "2027-01-16T08:58Z", "--all", code=1)
    assert "no tenant aoba" in yoyaku("clock", "set", "2028-01-16T08:58", "--tenant", "aoba", code=1)
    assert "kumamoto/sports" in yoyaku("clock", "set", "2028-01-16T08:58", "--service", "aoba", code=1)
    movable = {"CLOCK_MOVABLE": "false"}
    assert "cannot be moved" in yoyaku("clock", "set", "2028-01-16T08:59", "--all", code=1, **movable)


async def test_production_has_neither_a_movable_clock_nor_demo_people(yoyaku, folder):
    production = {"ENVIRONMENT": "production", "SITE_SCHEME": "https"}
    assert "CLOCK_MOVABLE" in yoyaku("clock", "show", code=1, **production)
    yoyaku("tenant", "load", folder.tenant)
    refused = yoyaku("demo", "seed", folder.tenant, code=1, CLOCK_MOVABLE="false", **production)
    assert "never made in production" in refused
    loaded = yoyaku("tenant", "load", "tenants/meguro", CLOCK_MOVABLE="false", **production)
    assert "warning [profile_of_demo]" in loaded


async def test_a_bad_folder_is_not_loaded_and_says_file_line_and_mend(yoyaku, folder, fresh_database):
    line = folder.edit("tenant.yaml", '"999997"', '"999991"')
    said = yoyaku("tenant", "load", folder.tenant, code=1)
    assert f"tenant.yaml:{line}:20: error [wrong_check_digit]" in said
    assert "Nothing was loaded" in said
    engine = make_engine(fresh_database.url)
    async with engine.begin() as conn:
        assert await conn.scalar(text("SELECT count(*) FROM tenant")) == 0
    await engine.dispose()
    assert yoyaku("tenant", "check", folder.tenant, "--lang", "ja", code=1).splitlines()[-1].startswith("自治体 1件")
    assert '"code": "wrong_check_digit"' in yoyaku("tenant", "check", folder.tenant, "--format", "json", code=1)


@pytest.mark.slow
def test_the_operator_adds_the_first_admin_helps_who_is_locked_out_and_ends_all_but_the_last(yoyaku):
    yoyaku("tenant", "load", "tenants/minato")
    added = yoyaku("staff", "add", "minato/lodging", "kanri01", "--name", "管理 者", "--role", "tenant_admin")
    assert re.search(r"^kanri01\t\d{5} \d{5}$", added, re.MULTILINE)
    assert "/password/code" in added
    assert "already" in yoyaku(
        "staff", "add", "minato/lodging", "kanri01", "--name", "別 人", "--role", "auditor", code=1
    )
    assert "There are:" in yoyaku(
        *("staff", "add", "minato/lodging", "mado01", "--name", "窓 口", "--role", "counter_clerk"),
        *("--facility", "nowhere"),
        code=1,
    )
    again = yoyaku("staff", "code", "minato/lodging", "kanri01", "--new-second-factor")
    assert re.search(r"^kanri01\t\d{5} \d{5}$", again, re.MULTILINE)
    assert "kanri01\t管理 者\ttenant_admin" in yoyaku("staff", "list", "minato/lodging")
    assert "last administrator" in yoyaku("staff", "end", "minato/lodging", "kanri01", code=1)
    assert "no service" in yoyaku("staff", "list", "minato/pool", code=1)
