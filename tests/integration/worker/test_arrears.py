"""What is not paid, month after month: late, demanded, reminded, suspended; paid, and let in again."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import msgspec
import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from tests.integration.worker.life import at, publish_rules, work

from yoyaku.billing.repository.arrears import overdue_of
from yoyaku.billing.service.arrears_desk import apply_again, coming_batches, print_letters, revert_batch
from yoyaku.billing.service.counter import take_cash
from yoyaku.billing.service.suspending import StillOverdue, reinstate
from yoyaku.billing.service.writing_off import write_off
from yoyaku.booking.service.charged import money_act
from yoyaku.booking.service.people import HELD_BOOKINGS
from yoyaku.registration.service.suspensions import RegistrationSuspended
from yoyaku.rulebook.compile import compile_rules
from yoyaku.rulebook.terms import RuleSet
from yoyaku.testing.town import hours, town_rule_set, visit_of

ZONE = ZoneInfo("Asia/Tokyo")
NEXT_MONTH = {"months": 1, "day": 1, "at": "09:00"}
STEPS = [
    {
        "code": "demand",
        "name": "督促状",
        "at": {"from": "due", **NEXT_MONTH, "not_before": {"from": "use_month", **NEXT_MONTH}},
        "pay_by": {"from": "step", "day": 20, "at": "24:00"},
        "letter": True,
    },
    {
        "code": "reminder",
        "name": "催告書",
        "at": {"from": "step", **NEXT_MONTH},
        "pay_by": {"from": "step", "day": 20, "at": "24:00"},
        "letter": True,
    },
    {"code": "suspension", "name": "利用停止", "at": {"from": "step"}, "suspends": True},
]
CASH = {
    "code": "counter",
    "name": "窓口払い",
    "due": {"from": "made", "days": 3, "at": "24:00"},
    "open_after_due": True,
}
SEEN = "SELECT step FROM arrears_step WHERE revoked_at IS NULL ORDER BY reached_at"
COPIED = """
    INSERT INTO booking
    SELECT (jsonb_populate_record(b, jsonb_build_object('booking_id', gen_random_uuid(), 'number', 'x'))).* FROM booking b
"""
LATE = "SELECT overdue_since FROM charge"


def on(month, day, hour=9, minute=1):
    return datetime(2027, month, day, hour, minute, tzinfo=ZONE).astimezone(UTC)


class Months:
    """The town with a ladder, a worker, and somebody who does not pay."""

    def __init__(self, town, runtime, smtp):
        self.town, self.runtime, self.smtp = town, runtime, smtp

    async def begin(self, reinstated="by_clerk"):
        payment = {"methods": [CASH], "arrears": [{"steps": STEPS, "reinstated": reinstated}]}
        rules = msgspec.convert({**msgspec.to_builtins(town_rule_set()), "payment": payment}, RuleSet)
        await publish_rules(self.town, rules)
        self.town.rules = compile_rules(rules, [], version=2, inventory_version=1)
        (booking,) = (await self.town.book(0, hours("court"))).bookings
        return booking.booking_id

    async def go(self, *moments, letters=True):
        for moment in moments:
            await at(self.town, moment)
            await work(self.runtime)
            if letters:
                await self.do(print_letters, moment, chosen=[])

    def act(self, moment):
        visit = visit_of(self.town.residents[0], now=moment, actor="clerk", staff_id=self.town.clerk)
        return money_act(visit, self.town.rules)

    async def do(self, do, moment, **more):
        async with self.town.act() as conn:
            return await do(conn, act=self.act(moment), **more)

    async def pay(self, charge_id, moment, yen=1000):
        await self.do(take_cash, moment, charge_id=charge_id, amount_yen=yen)

    def told(self):
        return [mail.subject.partition("（")[0] for mail in self.smtp.mailbox.to("resident0@aoba.example")][1:]


@pytest.fixture
def months(town, runtime, smtp):
    return Months(town, runtime, smtp)


TO_SUSPENSION = (on(1, 14, 0), on(3, 1), on(4, 1), on(4, 21, 0))


@pytest.mark.fact("KS-112", "KS-113", "KS-114", "KS-091")
async def test_who_does_not_pay_is_demanded_reminded_and_suspended_until_all_is_paid(months):
    charge_id = await months.begin()
    assert await months.town.see("SELECT method, due_at FROM charge") == [("counter", on(1, 14, 0, 0))]
    await months.go(on(1, 13, 23))
    assert await months.town.see(LATE) == [(None,)]
    await months.go(*TO_SUSPENSION)
    assert await months.town.see(SEEN) == [("demand",), ("reminder",), ("suspension",)]
    pay_by = [on(3, 21, 0, 0), on(4, 21, 0, 0), None]
    assert await months.town.see("SELECT pay_by FROM arrears_step ORDER BY reached_at") == [(one,) for one in pay_by]
    expected = ["お支払いの期限が過ぎました", "使用料の督促", "使用料の催告", "システムの利用を停止しました"]
    assert months.told() == expected
    later = on(4, 22)
    with pytest.raises(RegistrationSuspended) as refusal:
        await months.town.book(
            0, hours("court", "14:00", "16:00"), visit=visit_of(months.town.residents[0], now=on(2, 1))
        )
    assert refusal.value.facts["overdue_yen"] == 1000
    ((suspension_id,),) = await months.town.see("SELECT suspension_id FROM suspension")
    with pytest.raises(StillOverdue):
        await months.do(reinstate, later, suspension_id=suspension_id)
    await months.pay(charge_id, later)
    await months.go(later)
    assert await months.town.see("SELECT lifted_at FROM suspension") == [(None,)]
    await months.do(reinstate, later, suspension_id=suspension_id)
    await months.go(later)
    assert months.told()[-1] == "システムの利用を再開しました"
    await months.town.book(0, hours("court", "14:00", "16:00"))


@pytest.mark.fact("KS-112")
async def test_paid_in_between_nothing_more_comes_and_no_letter_is_printed(months):
    charge_id = await months.begin()
    await months.go(on(1, 14, 0), on(3, 1), letters=False)
    await months.pay(charge_id, on(3, 5))
    await months.go(on(3, 5), on(4, 1), on(5, 1), letters=False)
    assert await months.town.see(SEEN) == [("demand",)]
    assert await months.town.see(LATE) == [(None,)]
    assert await months.do(print_letters, on(4, 1), chosen=[]) == []
    assert await months.town.see("SELECT count(*) FROM deadline WHERE kind = 'arrears_step' AND done_at IS NULL") == [
        (0,)
    ]


@pytest.mark.fact("KS-112", "KS-113")
async def test_until_its_letter_is_printed_no_further_step_comes_and_the_days_to_pay_count_from_then(months):
    charge_id = await months.begin()
    await months.go(on(1, 14, 0), on(3, 1), on(4, 1), on(4, 21, 0), letters=False)
    assert await months.town.see(SEEN) == [("demand",)]
    assert await months.do(coming_batches, on(4, 21, 0)) == []
    (letter,) = await months.do(print_letters, on(4, 25), chosen=[(charge_id, "demand")])
    assert (letter.step, letter.pay_by) == ("demand", on(5, 15, 0, 0))  # 20 days from the 25th, as from the 1st
    await months.go(on(4, 25), on(5, 31), letters=False)
    assert months.told()[-2:] == ["使用料の督促", "使用料の督促"]
    assert "2027年5月14日" in str(months.smtp.mailbox.to("resident0@aoba.example")[-1].text)
    assert await months.town.see(SEEN) == [("demand",)]
    await months.go(on(6, 1), on(6, 30), letters=False)
    assert await months.town.see(SEEN) == [("demand",), ("reminder",)]


async def test_where_the_rules_say_so_whoever_paid_is_let_in_again_by_itself(months):
    charge_id = await months.begin(reinstated="automatically")
    await months.go(*TO_SUSPENSION)
    await months.pay(charge_id, on(4, 22))
    await months.go(on(4, 22))
    assert await months.town.see("SELECT count(*) FROM suspension WHERE lifted_at IS NULL") == [(0,)]


async def test_what_was_written_off_is_owed_nowhere_any_more(months):
    charge_id = await months.begin()
    await months.go(on(1, 14, 0))
    person, now = months.town.residents[0].registrant_id, on(2, 20)
    owed = []
    for _ in range(2):
        async with months.town.act() as conn:
            ties = await HELD_BOOKINGS.find_ties(conn, registrant_id=person, now=now)
            owed.append((ties.owed_yen, await overdue_of(conn, registrant_id=person)))
        if len(owed) == 1:
            await months.do(write_off, now, charge_id=charge_id, why="時効")
    assert owed == [(1000, 1000), (0, 0)]


async def test_a_step_is_seen_beforehand_taken_back_for_everybody_and_let_come_again(months):
    charge_id = await months.begin()
    await months.go(on(1, 14, 0))
    (coming,) = await months.do(coming_batches, on(2, 1))
    assert (coming.step, coming.day.isoformat(), coming.yen) == ("demand", "2027-03-01", 1000)
    await months.go(on(3, 1), letters=False)
    (letter,) = await months.do(print_letters, on(3, 1), chosen=[(charge_id, "demand")])
    assert letter.owing_yen == 1000
    done = await months.do(revert_batch, on(3, 2), step="demand", day=on(3, 1).date(), why="納付書の日付の誤り")
    assert (done.revoked, done.went_on) == (1, 0)
    await months.go(on(4, 1), on(5, 1))
    assert await months.town.see(SEEN) == []
    assert months.told()[-1] == "使用料の督促などを取り消しました"
    assert await months.do(apply_again, on(5, 1), step="demand", day=on(3, 1).date()) == 1
    await months.go(on(5, 1, 10))
    assert await months.town.see(SEEN) == [("demand",)]
    assert await months.town.see("SELECT act, why FROM audit_entry WHERE act LIKE 'arrears%' ORDER BY at") == [
        ("arrears_revoked", "納付書の日付の誤り"),
        ("arrears_again", None),
    ]


async def test_the_database_itself_refuses_a_booking_of_somebody_suspended(months):
    await months.begin()
    await months.go(*TO_SUSPENSION)
    with pytest.raises(IntegrityError, match="suspended"):
        async with months.town.act() as conn:
            await conn.execute(text(COPIED))
