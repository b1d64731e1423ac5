from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from tests.integration.bare import bare_town

from yoyaku.db.engine import enter_service, make_engine, tenant_transaction
from yoyaku.kernel.errors import NotFound
from yoyaku.ruleset import service as ruleset
from yoyaku.ruleset.policy import Days, NoRuleSetInForce, VersionHead, choose_version
from yoyaku.testing.town import SERVICE

NOW = datetime(2027, 1, 10, 1, 0, tzinfo=UTC)
TOWN = "wakaba"
HERE = {"tenant_id": TOWN, "service_id": SERVICE}


@pytest.fixture(scope="module")
async def engine(database):
    async with bare_town(database, TOWN) as engine:
        yield engine


@pytest.fixture
async def conn(engine):
    async with engine.connect() as connection:
        await enter_service(connection, TOWN, SERVICE)
        yield connection
        await connection.rollback()


def rules(text, *, by="made", since=date(2027, 4, 1)):
    return ruleset.Checked(document=text, applies_by=by, applies_from=since)


async def publish(conn, checked):
    return await ruleset.publish(conn, **HERE, checked=checked, published_by="test", real_now=NOW)


async def test_versions_are_numbered_and_the_same_rules_are_not_published_twice(conn):
    first, is_new = await publish(conn, rules('{"a": 1}'))
    assert (first.version, is_new) == (2, True)
    assert await publish(conn, rules('{"a": 1}')) == (first, False)
    second, _ = await publish(conn, rules('{"a": 2}'))
    again, is_new = await publish(conn, rules('{"a": 1}'))  # back to the earlier rules: a version of its own
    assert [second.version, again.version, is_new] == [3, 4, True]
    assert await ruleset.document_of(conn, **HERE, version=3) == '{"a": 2}'
    with pytest.raises(NotFound):
        await ruleset.document_of(conn, **HERE, version=5)


@pytest.mark.parametrize("statement", ["UPDATE rule_set_version SET document = ''", "DELETE FROM rule_set_version"])
async def test_a_published_version_is_never_changed(database, engine, statement):
    del engine  # the town is there
    owner = make_engine(database.owner_url, pool_size=1)
    try:
        with pytest.raises(DBAPIError, match="never changed or removed"):
            async with tenant_transaction(owner, TOWN, SERVICE) as conn:
                await conn.execute(text(statement))
    finally:
        await owner.dispose()


async def test_a_booking_is_decided_by_the_version_of_its_dates(conn):
    await publish(conn, rules('{"a": 1}', since=date(2027, 4, 1)))
    heads = await ruleset.versions(conn, **HERE)
    assert choose_version(heads, Days(made_on=date(2027, 3, 31), used_on=date(2027, 5, 1))).version == 1
    assert choose_version(heads, Days(made_on=date(2027, 4, 1), used_on=date(2027, 5, 1))).version == 2


async def test_another_services_versions_are_not_seen(conn):
    await enter_service(conn, TOWN, "pools")
    assert await ruleset.versions(conn, **HERE) == []


async def test_inventories_are_versions_too(conn):
    version, is_new = await ruleset.store_inventory(conn, tenant_id=TOWN, document='{"facilities": []}', real_now=NOW)
    assert (version, is_new) == (2, True)
    same = await ruleset.store_inventory(conn, tenant_id=TOWN, document='{"facilities": []}', real_now=NOW)
    assert same == (2, False)
    assert await ruleset.latest_inventory_version(conn, tenant_id=TOWN) == 2
    assert await ruleset.inventory_of(conn, tenant_id=TOWN, version=2) == '{"facilities": []}'
    with pytest.raises(NotFound):
        await ruleset.inventory_of(conn, tenant_id=TOWN, version=3)


async def test_a_tenant_without_an_inventory_is_told_so(conn):
    await enter_service(conn, "nobody", SERVICE)
    with pytest.raises(NotFound):
        await ruleset.latest_inventory_version(conn, tenant_id="nobody")
    assert await ruleset.latest_inventory_digest(conn, tenant_id="nobody") is None


def head(version, *, by="made", since):
    return VersionHead(
        version=version, digest="", applies_by=by, applies_from=since, published_at=NOW, published_by="test"
    )


APRIL, MAY, JUNE = date(2027, 4, 1), date(2027, 5, 1), date(2027, 6, 1)


@pytest.mark.parametrize(
    ("made_on", "used_on", "version"),
    [(APRIL, APRIL, 1), (APRIL, MAY, 2), (APRIL, JUNE, 2), (MAY, MAY, 3), (MAY, JUNE, 3)],
)
def test_the_latest_version_that_applies_decides(made_on, used_on, version):
    heads = [head(1, since=APRIL), head(2, by="used", since=MAY), head(3, since=MAY)]
    assert choose_version(heads, Days(made_on=made_on, used_on=used_on)).version == version


@pytest.mark.parametrize("basis", ["made", "used", "drawn", "applied"])
@pytest.mark.parametrize("of_lottery", [True, False])
def test_each_basis_looks_at_its_own_day(basis, of_lottery):
    """A lottery has four days; a booking is applied for as it is made, and nothing of it is drawn."""
    own = {"made": date(2027, 4, 4), "used": date(2027, 5, 1), "drawn": date(2027, 4, 3), "applied": date(2027, 4, 2)}
    more = {"drawn_on": own["drawn"], "applied_on": own["applied"]} if of_lottery else {}
    days = Days(made_on=own["made"], used_on=own["used"], **more)
    day = own[basis] if of_lottery or basis == "used" else own["made"]
    for since, version in ((day, 2), (day + timedelta(days=1), 1)):
        assert (
            choose_version([head(1, since=date(2027, 1, 1)), head(2, by=basis, since=since)], days).version == version
        )


def test_before_the_first_version_there_are_no_rules():
    with pytest.raises(NoRuleSetInForce):
        choose_version([head(1, since=MAY)], Days(made_on=APRIL, used_on=JUNE))
