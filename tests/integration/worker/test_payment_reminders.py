"""Who has not paid is reminded before the last day: once, only while it is owed, of every way to pay."""

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import msgspec
import pytest
from sqlalchemy import text
from tests.integration.worker.life import at, publish_rules, work

from yoyaku.billing.service.counter import take_cash
from yoyaku.booking.service.charged import money_act
from yoyaku.rulebook.compile import compile_rules
from yoyaku.rulebook.terms import RuleSet
from yoyaku.testing.town import hours, town_rule_set, visit_of

ZONE = ZoneInfo("Asia/Tokyo")
METHODS = [
    {
        "code": "counter",
        "name": "窓口払い",
        "due": {"from": "made", "days": 3, "at": "24:00"},
        "remind": {"days_before": 1, "at": "09:00"},
    },
    {
        "code": "card",
        "name": "カード",
        "due": {"from": "made", "days": 2, "at": "24:00"},
        "remind": {"days_before": 1, "at": "10:00"},
    },
]
TAKER = {"code": "office", "name": "スポーツ課"}
WAITING = "SELECT count(*) FROM deadline WHERE kind = 'payment_reminder' AND done_at IS NULL"


def on(day, hour, minute=0):
    return datetime(2027, 1, day, hour, minute, tzinfo=ZONE).astimezone(UTC)


class Days:
    """The town with a reminder, a worker, and somebody who booked on the tenth."""

    def __init__(self, town, runtime, smtp):
        self.town, self.runtime, self.smtp = town, runtime, smtp

    async def book(self):
        payment = {"methods": METHODS, "late_counters": [TAKER]}
        rules = msgspec.convert({**msgspec.to_builtins(town_rule_set()), "payment": payment}, RuleSet)
        await publish_rules(self.town, rules)
        self.town.rules = compile_rules(rules, [], version=2, inventory_version=1)
        (booking,) = (await self.town.book(0, hours("court"))).bookings
        return booking.booking_id

    async def go(self, *moments):
        for moment in moments:
            await at(self.town, moment)
            await work(self.runtime)

    async def pay(self, charge_id, moment, yen):
        visit = visit_of(self.town.residents[0], now=moment, actor="clerk", staff_id=self.town.clerk)
        async with self.town.act() as conn:
            await take_cash(conn, act=money_act(visit, self.town.rules), charge_id=charge_id, amount_yen=yen)

    def told(self, word):
        return [mail for mail in self.smtp.mailbox.to("resident0@aoba.example") if word in mail.subject]


@pytest.fixture
def days(town, runtime, smtp):
    return Days(town, runtime, smtp)


async def test_who_has_not_paid_is_told_once_by_mail_and_inbox_of_every_way_and_its_last_day(days):
    await days.book()
    await days.go(on(11, 9, 59))
    assert days.told("期限が近づいて") == []
    await days.go(on(11, 10, 1), on(11, 10, 5), on(12, 9, 1))
    (mail,) = days.told("期限が近づいて")
    assert "窓口払い：2027年1月13日" in mail.text
    assert "カード：2027年1月12日" in mail.text
    assert "1,000円" in mail.text
    assert re.search(r"利用日: 2027年\d+月\d+日", mail.text)
    assert await days.town.see("SELECT count(*) FROM message WHERE subject LIKE '%期限が近づいて%'") == [(1,)]
    await days.go(on(14, 0, 1))
    (late,) = days.told("期限が過ぎました")
    assert "納める窓口: スポーツ課" in late.text


async def test_who_has_paid_all_is_told_nothing_who_has_paid_a_part_is_told_the_rest(days):
    charge_id = await days.book()
    await days.pay(charge_id, on(10, 12), 400)
    await days.go(on(11, 10, 1))
    (mail,) = days.told("期限が近づいて")
    assert "600円" in mail.text
    await days.pay(charge_id, on(11, 11), 600)
    async with days.town.act() as conn:
        await conn.execute(text("UPDATE deadline SET done_at = NULL WHERE kind = 'payment_reminder'"))
    await days.go(on(11, 12))
    assert len(days.told("期限が近づいて")) == 1
    assert await days.town.see(WAITING) == [(0,)]


async def test_after_the_last_day_nobody_is_reminded_however_long_the_worker_was_dead(days):
    await days.book()
    await days.go(on(14, 9))
    assert days.told("期限が近づいて") == []
    assert len(days.told("期限が過ぎました")) == 1
