"""The rules that decide, from the versions that are published."""

from __future__ import annotations

from datetime import UTC, date, datetime

import msgspec
import pytest
from sqlalchemy import event
from tests.integration.bare import bare_town

from yoyaku.db.engine import enter_service
from yoyaku.kernel.errors import NotFound
from yoyaku.rulebook import provider as providing
from yoyaku.rulebook.provider import RulesProvider
from yoyaku.rulebook.terms import RuleSet
from yoyaku.ruleset import service as ruleset
from yoyaku.testing.town import SERVICE

NOW = datetime(2027, 1, 10, 1, 0, tzinfo=UTC)
TOWN = "kaede"
HERE = {"tenant_id": TOWN, "service_id": SERVICE}
TODAY = {"made_on": date(2027, 1, 10), "used_on": date(2027, 2, 20)}


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


class Clock:
    """A monotonic clock that stands still."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


async def publish(conn, *, title: str, since: date):
    stored = await ruleset.document_of(conn, **HERE, version=1)
    rules = msgspec.structs.replace(msgspec.json.decode(stored, type=RuleSet), title=title)
    document = msgspec.json.encode(rules).decode()
    checked = ruleset.Checked(document=document, applies_by="used", applies_from=since)
    return await ruleset.publish(conn, **HERE, checked=checked, published_by="test", real_now=NOW)


async def test_the_rules_in_force_are_compiled_once_and_asked_for_once(conn, engine):
    statements = []
    event.listen(engine.sync_engine, "before_cursor_execute", lambda *told: statements.append(told[2]))
    provider = RulesProvider(clock=Clock())
    rules = await provider.rules_for(conn, **HERE, **TODAY)
    assert (rules.version, rules.inventory_version) == (1, 1)
    assert rules.inventory.spaces
    before = len(statements)
    assert await provider.rules_for(conn, **HERE, **TODAY) is rules
    assert len(statements) == before


async def test_a_publication_counts_after_a_short_while_and_only_for_its_uses(conn):
    clock = Clock()
    provider = RulesProvider(clock=clock)
    first = await provider.rules_for(conn, **HERE, **TODAY)
    await publish(conn, title="新しい規則", since=date(2027, 2, 1))
    assert await provider.rules_for(conn, **HERE, **TODAY) is first
    clock.now += providing.LOOK_AGAIN_SECONDS
    assert (await provider.rules_for(conn, **HERE, **TODAY)).version == 2
    earlier = await provider.rules_for(conn, **HERE, made_on=TODAY["made_on"], used_on=date(2027, 1, 31))
    assert earlier is first


async def test_a_booking_keeps_the_versions_it_was_made_under(conn):
    provider = RulesProvider(clock=Clock())
    await provider.rules_for(conn, **HERE, **TODAY)
    await publish(conn, title="新しい規則", since=date(2027, 2, 1))
    assert (await provider.rules_of(conn, **HERE, version=1, inventory_version=1)).version == 1
    provider.forget()
    assert (await provider.rules_for(conn, **HERE, **TODAY)).version == 2
    with pytest.raises(NotFound):
        await provider.rules_of(conn, **HERE, version=7, inventory_version=1)


async def test_what_was_not_asked_for_longest_is_let_go(conn, monkeypatch):
    monkeypatch.setattr(providing, "MOST_KEPT", 1)
    provider = RulesProvider(clock=Clock())
    first = await provider.rules_of(conn, **HERE, version=1, inventory_version=1)
    await publish(conn, title="新しい規則", since=date(2027, 2, 1))
    await provider.rules_of(conn, **HERE, version=2, inventory_version=1)
    assert await provider.rules_of(conn, **HERE, version=1, inventory_version=1) is not first
