"""The counter's money in the books: a till is closed once, money that waits is settled once, a lost use pays for another."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from yoyaku.billing.policy.crediting import CreditRefused
from yoyaku.billing.refusals import AlreadySettled, DifferenceUnexplained, NothingToClose, TillMoved, WayNotOpen
from yoyaku.billing.repository.unmatched import open_items
from yoyaku.billing.service.beginning import begin_settlement
from yoyaku.billing.service.closing import Count, close_till
from yoyaku.billing.service.counter import give_back_cash, take_cash
from yoyaku.billing.service.outcomes import take_outcome
from yoyaku.billing.service.resolving import look_at_item, resolve_item
from yoyaku.billing.terms import Credits
from yoyaku.booking.service import revoke_booking
from yoyaku.booking.service.charged import money_act
from yoyaku.booking.service.crediting import credit_booking, offer_credit
from yoyaku.extension.payment import Found
from yoyaku.testing.town import DAY, NOW, hours, visit_of

BALANCES = """
    SELECT account, sum(yen)::bigint FROM ledger_posting GROUP BY account HAVING sum(yen) <> 0 ORDER BY 1
"""


def clerk(town, now=NOW):
    return visit_of(town.residents[0], now=now, actor="clerk", staff_id=town.clerk)


def act_at(town, now=NOW):
    return money_act(clerk(town, now), town.rules)


async def book(town, *wishes):
    made = await town.book(0, *wishes)
    return [one.booking_id for one in made.bookings]


async def count(town, counted, *, seen, why=None):
    wanted = Count(facility_id="plaza", payee="city", counted_yen=counted, seen_yen=seen, why=why)
    async with town.act() as conn:
        return await close_till(conn, act=act_at(town), count=wanted)


async def revoke(town, booking_id):
    async with town.act() as conn:
        await revoke_booking(
            conn, visit=clerk(town), rules=town.rules, booking_id=booking_id, grounds="rain", why="雨のため"
        )


async def pay_online(town, booking_id, *, now=NOW, late=False):
    """A payment by card; ``late``: its money comes when the booking has lapsed."""
    async with town.act() as conn:
        (attempt,) = await begin_settlement(conn, act=act_at(town), charge_id=booking_id, method_code="card")
    found = Found(state="succeeded", amount_yen=attempt.amount_yen, ref="paid-1")
    if late:
        async with town.act() as conn:
            await take_outcome(conn, act=act_at(town), attempt_id=attempt.attempt_id, found=Found(state="expired"))
        await town.lapse(booking_id, now=now)
    async with town.act() as conn:
        return await take_outcome(conn, act=act_at(town, now), attempt_id=attempt.attempt_id, found=found)


async def test_a_till_is_counted_against_the_books_and_never_again(town):
    first, second = await book(town, hours("room"), hours("court"))
    async with town.act() as conn:
        taken = sum([(await town.pay(conn, one)).amount_yen for one in (first, second)])
    with pytest.raises(TillMoved):
        await count(town, 1, seen=1)
    with pytest.raises(DifferenceUnexplained):
        await count(town, taken - 10, seen=taken)
    await count(town, taken - 10, seen=taken, why="つり銭の間違い")

    assert await town.see(BALANCES) == [("bank", taken - 10), ("differences", 10), ("usage_fee", -taken)]
    assert await town.see("SELECT expected_yen, counted_yen, difference_yen FROM cash_close") == [
        (taken, taken - 10, -10)
    ]
    assert await town.see("SELECT count(*) FROM audit_entry WHERE act = 'till_closed'") == [(1,)]
    with pytest.raises(NothingToClose):
        await count(town, 0, seen=0)
    with pytest.raises(IntegrityError, match="stays in its close"):
        async with town.act() as conn:
            await conn.execute(text("UPDATE payment_attempt SET close_id = NULL"))


@pytest.mark.fact("KS-101", "KS-102")
async def test_what_goes_back_after_the_close_is_in_the_next_one_below_nothing(town):
    (booking,) = await book(town, hours("court"))
    async with town.act() as conn:
        taken = (await town.pay(conn, booking)).amount_yen
    await count(town, taken, seen=taken)
    await revoke(town, booking)
    async with town.act() as conn:
        await give_back_cash(conn, act=act_at(town), charge_id=booking, why="雨のため")
    await count(town, -taken, seen=-taken)

    assert await town.see(BALANCES) == []


async def test_two_clerks_do_not_close_one_till_twice(town):
    (booking,) = await book(town, hours("court"))
    async with town.act() as conn:
        taken = (await town.pay(conn, booking)).amount_yen
    ends = await asyncio.gather(*(count(town, taken, seen=taken) for _ in range(3)), return_exceptions=True)

    assert sorted(type(end).__name__ for end in ends) == ["NothingToClose", "NothingToClose", "UUID"]


async def test_money_that_came_late_goes_back_once_by_whoever_decides_first(town):
    (booking,) = await book(town, hours("room"))
    later = NOW + timedelta(days=3)
    payment = await pay_online(town, booking, now=later, late=True)
    async with town.act() as conn:
        (item,) = await open_items(conn)
        found = await look_at_item(conn, act=act_at(town, later), item_id=item.item_id)
        assert found.ways == {"refund", "explain"}
        with pytest.raises(WayNotOpen):
            await resolve_item(conn, act=act_at(town, later), item_id=item.item_id, way="apply", why="?")

    async def settle():
        async with town.act() as conn:
            return await resolve_item(
                conn, act=act_at(town, later), item_id=item.item_id, way="refund", why="期限の後に届いた"
            )

    ends = await asyncio.gather(settle(), settle(), return_exceptions=True)
    refund = next(end for end in ends if not isinstance(end, Exception))
    assert [type(end) for end in ends if isinstance(end, Exception)] == [AlreadySettled]
    found = Found(state="succeeded", amount_yen=payment.amount_yen, ref="back-1")
    async with town.act() as conn:
        await take_outcome(conn, act=act_at(town, later), attempt_id=refund.attempt_id, found=found)

    assert await town.see(BALANCES) == []
    assert await town.see("SELECT resolution, why FROM unmatched_money") == [("refunded", "期限の後に届いた")]
    assert await town.see("SELECT count(*) FROM audit_entry WHERE act = 'money_refunded'") == [(1,)]


async def test_money_that_waits_counts_where_its_charge_has_room_for_it(town):
    (booking,) = await book(town, hours("room"))
    async with town.act() as conn:
        (attempt,) = await begin_settlement(conn, act=act_at(town), charge_id=booking, method_code="card")
        await take_outcome(conn, act=act_at(town), attempt_id=attempt.attempt_id, found=Found(state="cancelled"))
        cash = await take_cash(conn, act=act_at(town), charge_id=booking, amount_yen=500)
    async with town.act() as conn:
        found = Found(state="succeeded", amount_yen=attempt.amount_yen, ref="twice")
        await take_outcome(conn, act=act_at(town), attempt_id=attempt.attempt_id, found=found)
        (item,) = await open_items(conn)
        assert (await look_at_item(conn, act=act_at(town), item_id=item.item_id)).ways == {"refund", "explain"}
        await conn.execute(text("UPDATE booking SET total_yen = total_yen + 500, changed_at = made_at"))
    async with town.act() as conn:
        await resolve_item(conn, act=act_at(town), item_id=item.item_id, way="apply", why="延長の分")

    yen = attempt.amount_yen + cash.amount_yen
    assert await town.see(BALANCES) == [("cash", 500), ("clearing", attempt.amount_yen), ("usage_fee", -yen)]
    assert await town.see("SELECT state, paid_yen, paid_by FROM booking") == [("confirmed", yen, ["card", "counter"])]


async def test_a_refund_that_the_provider_cannot_make_is_given_in_cash(town):
    (booking,) = await book(town, hours("court"))
    payment = await pay_online(town, booking)
    await revoke(town, booking)
    async with town.act() as conn:
        (refund,) = await begin_settlement(conn, act=act_at(town), charge_id=booking, method_code=None, why="雨")
    async with town.act() as conn:
        failed = Found(state="failed", reason="refund")
        await take_outcome(conn, act=act_at(town), attempt_id=refund.attempt_id, found=failed)
        (item,) = await open_items(conn)
        await resolve_item(conn, act=act_at(town), item_id=item.item_id, way="cash", why="コンビニ払いのため")

    assert await town.see(BALANCES) == [("cash", -payment.amount_yen), ("clearing", payment.amount_yen)]
    assert await town.see("SELECT paid_yen FROM charge") == [(0,)]


@pytest.mark.fact("KS-103")
async def test_a_use_that_rained_out_pays_for_another_and_the_rest_goes_back(town):
    lost, other, longer = await book(
        town, hours("court", "09:00", "12:00"), hours("court", "10:00", "12:00", day=DAY + timedelta(days=7)),
        hours("court", "10:00", "14:00", day=DAY + timedelta(days=8)),
    )  # fmt: skip
    terms = Credits(grounds=["rain"], methods=["counter"])
    rules = replace(town.rules, payment=_with(town.rules.payment, credits=terms))
    async with town.act() as conn:
        await town.pay(conn, lost)
    await revoke(town, lost)
    act = money_act(clerk(town), rules)
    async with town.act() as conn:
        offers = await offer_credit(conn, visit=clerk(town), rules=rules, act=act, booking_id=lost)
        assert [(one.booking.booking_id, one.yen, one.refusal and one.refusal.variant) for one in offers] == [
            (other, 1000, None),
            (longer, 0, "shorter"),
        ]
        with pytest.raises(CreditRefused):
            await credit_booking(
                conn, visit=clerk(town), rules=rules, act=act, booking_id=lost, to_booking_id=longer, why="雨"
            )
    async with town.act() as conn:
        await credit_booking(
            conn, visit=clerk(town), rules=rules, act=act, booking_id=lost, to_booking_id=other, why="雨の振替"
        )
        assert [one.amount_yen for one in await give_back_cash(conn, act=act, charge_id=lost, why="残り")] == [500]

    assert await town.see("SELECT paid_yen FROM charge ORDER BY paid_yen DESC") == [(1000,), (0,), (0,)]
    assert ("credit",) not in await town.see("SELECT account FROM ledger_posting GROUP BY 1 HAVING sum(yen) <> 0")
    await revoke(town, other)
    async with town.act() as conn:
        await give_back_cash(conn, act=act, charge_id=other, why="雨")
    assert ("cash",) not in await town.see("SELECT account FROM ledger_posting GROUP BY 1 HAVING sum(yen) <> 0")


def _with(terms, **changes):
    """The terms with something else in them; they are no dataclass."""
    return type(terms)(**{name: getattr(terms, name) for name in terms.__struct_fields__} | changes)
