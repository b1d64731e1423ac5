from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from yoyaku.db.engine import Busy, platform_transaction, tenant_transaction
from yoyaku.tenancy import repository
from yoyaku.tenancy.service import Sites, UnknownService, host_name, move_clock, show_clocks
from yoyaku.tenancy.service.clock import ClockNotMovable, ClockOnlyForward, ClockTooFar

REAL = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
LATER = REAL + timedelta(seconds=2)


@pytest.fixture
async def sites(folder, load, app):
    await load(folder)
    return Sites(app)


@pytest.mark.parametrize("host", ["halls.aoba.localhost", "Halls.Aoba.LOCALHOST:8000", "halls.aoba.localhost."])
async def test_a_host_names_its_service(sites, host):
    site = await sites.by_host(host, real_now=REAL)
    assert (site.tenant_id, site.service_id) == ("aoba", "halls")


async def test_a_site_knows_how_it_looks_and_speaks(sites):
    site = await sites.by_host("halls.aoba.localhost", real_now=REAL)
    assert site.brand_name == {"ja": "青葉町 施設予約", "en": "Aoba Halls"}
    assert site.colours["primary_soft"] == "#eef6f8"
    assert site.logo_svg.startswith("<svg")
    assert site.contact.phone == "000-000-0000"
    assert site.pages["terms"].text["ja"].startswith("# 利用規約")
    assert site.wording["en"]["space_kind.room"] == "space_kind.room"
    assert site.hosts == ("halls.aoba.localhost",)
    assert str(site.zone) == "Asia/Tokyo"


async def test_the_path_names_the_service_where_one_host_serves_all(sites):
    site = await sites.by_path("aoba", "halls", real_now=REAL)
    assert site.service_id == "halls"


async def test_an_unknown_host_or_path_is_nobodys(sites):
    assert await sites.by_host("pools.aoba.localhost", real_now=REAL) is None
    assert await sites.by_path("aoba", "pools", real_now=REAL) is None


async def test_what_was_changed_is_seen_after_two_seconds(sites, owner):
    await sites.by_host("halls.aoba.localhost", real_now=REAL)
    async with tenant_transaction(owner, "aoba", "halls") as conn:
        await conn.execute(text("UPDATE service SET clock_offset_seconds = 60"))
    assert (await sites.by_host("halls.aoba.localhost", real_now=REAL)).clock_offset_seconds == 0
    site = await sites.by_host("halls.aoba.localhost", real_now=LATER)
    assert site.business_now(REAL) == REAL + timedelta(seconds=60)
    sites.forget()
    assert (await sites.by_host("halls.aoba.localhost", real_now=LATER)).clock_offset_seconds == 60


@pytest.mark.parametrize(
    ("header", "name"), [("a.jp:80", "a.jp"), ("a.jp", "a.jp"), ("[::1]:80", "[::1]"), ("[::1]", "[::1]"), ("", "")]
)
def test_the_port_of_a_host_header_is_passed_over(header, name):
    assert host_name(header) == name


@pytest.fixture
def move(folder, load, owner, fresh_database, make_settings):
    """Moves the clock of the town's halls, by settings that allow it or not."""

    async def run(to, *, movable="true", service=("aoba", "halls")):
        await load(folder)
        settings = make_settings(fresh_database, CLOCK_MOVABLE=movable)
        async with platform_transaction(owner) as conn:
            return await move_clock(
                conn, settings=settings, service=service, to=datetime.fromisoformat(to), real_now=REAL
            )

    return run


async def test_the_clock_is_moved_to_the_citys_own_time_and_runs_on(move, app):
    moved = await move("2027-01-16T08:59")
    assert moved.stands_at.isoformat() == "2027-01-16T08:59:00+09:00"
    async with platform_transaction(app) as conn:
        (clock,) = await show_clocks(conn, real_now=REAL + timedelta(minutes=2))
    assert clock.stands_at.isoformat() == "2027-01-16T09:01:00+09:00"
    site = await Sites(app).by_host("halls.aoba.localhost", real_now=REAL)
    assert site.business_now(REAL) == datetime(2027, 1, 15, 23, 59, tzinfo=UTC)


async def test_the_clock_is_moved_forward_only(move):
    await move("2027-01-16T08:59")
    with pytest.raises(ClockOnlyForward, match="2027-01-16T08:59:00"):
        await move("2027-01-16T08:58")
    with pytest.raises(ClockOnlyForward):
        await move("2026-11-21T12:00")


async def test_a_slip_in_the_year_does_not_carry_the_clock_away(move, app):
    with pytest.raises(ClockTooFar, match="9999-12-31"):
        await move("9999-12-31T23:59")
    async with platform_transaction(app) as conn:
        (clock,) = await show_clocks(conn, real_now=REAL)
    assert clock.offset_seconds == 0


async def test_loading_again_leaves_the_clock(move, folder, load, app):
    await move("2027-01-16T08:59")
    folder.edit("brand/halls.yaml", "Aoba Halls", "Halls of Aoba")
    await load(folder)
    async with platform_transaction(app) as conn:
        (clock,) = await show_clocks(conn, real_now=REAL)
    assert clock.stands_at.isoformat() == "2027-01-16T08:59:00+09:00"


async def test_without_the_setting_the_clock_is_real(move):
    with pytest.raises(ClockNotMovable):
        await move("2027-01-16T08:59", movable="false")


async def test_an_unknown_service_has_no_clock(move):
    with pytest.raises(UnknownService, match="aoba/halls"):
        await move("2027-01-16T08:59", service=("aoba", "pools"))


async def test_in_a_rush_one_request_looks_again_while_the_others_go_on(sites, monkeypatch):
    await sites.by_host("halls.aoba.localhost", real_now=REAL)
    asked = []
    found = repository.find_site_by_host

    async def find_slowly(conn, *, host_name):
        asked.append(host_name)
        await asyncio.sleep(0.05)
        return await found(conn, host_name=host_name)

    monkeypatch.setattr(repository, "find_site_by_host", find_slowly)
    seen = await asyncio.gather(*[sites.by_host("halls.aoba.localhost", real_now=LATER) for _ in range(50)])
    assert {site.service_id for site in seen} == {"halls"}
    assert len(asked) == 1


async def test_when_the_database_is_too_busy_what_is_known_goes_on_serving(sites, monkeypatch):
    known = await sites.by_host("halls.aoba.localhost", real_now=REAL)

    async def never_in_time(_conn, *, host_name):
        raise Busy(host=host_name)

    monkeypatch.setattr(repository, "find_site_by_host", never_in_time)
    assert await sites.by_host("halls.aoba.localhost", real_now=LATER) == known
    with pytest.raises(Busy):
        await sites.by_host("unseen.aoba.localhost", real_now=LATER)
