"""The town of the integration tests with lotteries: rooms and courts monthly, the inn by the night."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import text

from yoyaku.db.engine import tenant_transaction
from yoyaku.kernel.ids import new_id
from yoyaku.lottery.policy.entry import EntryRequest
from yoyaku.lottery.repository.lotteries import add_lottery, change_lottery
from yoyaku.lottery.rules import month_of, scheme_of, times_of
from yoyaku.lottery.service.entering import enter, quote_entry, rerank, withdraw
from yoyaku.lottery.service.entries import my_lotteries
from yoyaku.lottery.service.odds import read_odds
from yoyaku.rulebook.compile import compile_rules
from yoyaku.rulebook.terms import RuleSet
from yoyaku.testing.town import DAY, NOW, SERVICE, TOWN, visit_of
from yoyaku.testing.town_rules import town_rule_set

MONTHLY: dict[str, Any] = {
    "code": "monthly",
    "name": {"ja": "青葉町の抽選", "en": "The lottery of Aoba"},
    "when": {"space_kind": ["room", "court"]},
    "channels": ["web", "counter"],
    "opens": {"from": "use_month", "months": -1, "day": 6, "at": "09:00"},
    "closes": {"from": "use_month", "months": -1, "day": 10, "at": "24:00"},
    "draws": {"from": "use_month", "months": -1, "day": 11, "at": "00:00"},
    "announces": {"from": "use_month", "months": -1, "day": 11, "at": "09:00"},
    "releases": {"from": "use_month", "months": -1, "day": 16, "at": "09:00"},
    "entry": {"at_most": 10, "parts_at_most": 4, "one_facility": "entry"},
    "draw": {"algorithm": "rounds", "tickets": [{"when": {"channel": "counter"}, "tickets": 1}]},
    "win": {"accept": "automatic"},
    "proof": {"beacon": "published"},
}
NIGHTS: dict[str, Any] = {
    **MONTHLY,
    "code": "nights",
    "when": {"space_kind": "twin"},
    "entry": {"at_most": 3, "one_facility": "applicant"},
}


def raffle_rules():
    """The town's rules with both lotteries."""
    document = msgspec.to_builtins(town_rule_set())
    document["lottery"] = {"schemes": [MONTHLY, NIGHTS]}
    return compile_rules(msgspec.convert(document, RuleSet), [], version=1, inventory_version=1)


async def add_month(conn, rules, scheme="monthly", day=DAY, state="open") -> UUID:
    """A lottery that draws the month of a day."""
    terms, month = scheme_of(rules, scheme), month_of(day)
    times = times_of(rules, terms, month)
    lottery_id = new_id()
    values = {
        name: getattr(times, name) for name in ("opens_at", "closes_at", "draws_at", "announces_at", "releases_at")
    }
    await add_lottery(
        conn,
        {
            "lottery_id": lottery_id,
            "scheme": scheme,
            "period_starts": month.starts,
            "period_ends": month.ends,
            "rule_set_version": 1,
            "inventory_version": 1,
            "secret": b"encrypted",
            "secret_hash": "00",
            "beacon": "published",
            **values,
        },
    )
    if state != "planned":
        await change_lottery(conn, lottery_id=lottery_id, state=state)
    return lottery_id


@dataclass
class Raffle:
    """A town whose lotteries are open, and what people do there, each in a transaction of its own."""

    town: Any
    rules: Any
    monthly: UUID
    nights: UUID
    now: datetime = NOW
    tenant: str = TOWN
    more: dict[str, Any] = field(default_factory=dict)

    def act(self):
        """A transaction of the application's, committed at its end."""
        return tenant_transaction(self.town.engine, self.tenant, SERVICE)

    def visit(self, place, **more):
        """A visit of one resident, or of the clerk for them."""
        if more.get("actor") == "clerk":
            more["staff_id"] = self.town.clerk
        return visit_of(self.town.residents[place], town=self.tenant, **({"now": self.now} | more))

    async def enter(self, place, *parts, visit=None, form=None, **more):
        """One entry."""
        async with self.act() as conn:
            return await enter(
                conn,
                visit=visit or self.visit(place),
                rules=self.rules,
                request=EntryRequest(parts=parts),
                form=form or {},
                accepted_terms=[],
                **more,
            )

    async def quote(self, place, *parts, **more):
        """What an entry would be."""
        async with self.act() as conn:
            visit = more.pop("visit", None) or self.visit(place)
            return await quote_entry(
                conn, visit=visit, rules=self.rules, request=EntryRequest(parts=parts), form={}, **more
            )

    async def withdraw(self, place, *entries, visit=None):
        """Entries taken back."""
        async with self.act() as conn:
            return await withdraw(conn, visit=visit or self.visit(place), rules=self.rules, entry_ids=entries)

    async def rerank(self, place, *entries, visit=None):
        """All entries of the monthly lottery in another order."""
        async with self.act() as conn:
            return await rerank(
                conn,
                visit=visit or self.visit(place),
                rules=self.rules,
                lottery_id=self.monthly,
                entry_ids=entries,
            )

    async def mine(self, place):
        """The lotteries that a resident entered."""
        async with self.act() as conn:
            return await my_lotteries(conn, registrant_id=self.town.residents[place].registrant_id, now=self.now)

    async def odds(self, space, lottery_id=None, first=DAY, days=1):
        """Odds of a space by (day, minute)."""
        async with self.act() as conn:
            found = await read_odds(
                conn,
                visit=self.visit(0),
                rules=self.rules,
                lottery_id=lottery_id or self.monthly,
                spaces=[space],
                first=first,
                end=first + timedelta(days=days),
            )
        return {(day, minute): tuple(vars_of(odds)) for (_, day, minute), odds in found.items()}

    async def close(self):
        """The lottery is sealed, as if its moment had come."""
        async with self.act() as conn:
            await conn.execute(
                text("UPDATE lottery SET state = 'sealed', sealed_hash = '0', sealed_at = :now WHERE lottery_id = :id"),
                {"now": self.now, "id": self.monthly},
            )


async def overrule(town, statement):
    """What no application may do to a lottery: the owner of the tables lifts the guard for a moment."""
    async with tenant_transaction(town.owner, TOWN, SERVICE) as conn:
        await conn.exec_driver_sql("ALTER TABLE lottery DISABLE TRIGGER lottery_stands")
        await conn.exec_driver_sql(statement)
        await conn.exec_driver_sql("ALTER TABLE lottery ENABLE TRIGGER lottery_stands")


def vars_of(odds):
    """The numbers of odds."""
    return odds.applications, odds.winnable


def instant(day: str, clock: str) -> datetime:
    """An instant from the town's civil time."""
    civil = datetime.fromisoformat(f"{day}T{clock}+09:00")
    return civil.astimezone(UTC)


__all__ = ["DAY", "NOW", "Raffle", "add_month", "date", "instant", "overrule", "raffle_rules"]
