"""Money that moves: what counts, what waits for a person, and that the books never differ."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from msgspec import structs
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from yoyaku.billing.refusals import AmountWrong, NothingToPay, PaymentUnderWay
from yoyaku.billing.service.beginning import begin_settlement
from yoyaku.billing.service.counter import give_back_cash, take_cash
from yoyaku.billing.service.outcomes import take_outcome
from yoyaku.billing.terms import Refunds
from yoyaku.booking.service import cancel_booking
from yoyaku.booking.service.charged import money_act
from yoyaku.extension.payment import Found
from yoyaku.testing.town import NOW, hours, visit_of

BALANCES = """
    SELECT p.account, sum(p.yen)::bigint FROM ledger_posting p GROUP BY p.account HAVING sum(p.yen) <> 0 ORDER BY 1
"""
PAID = "SELECT b.state, b.paid_yen, b.paid_by, c.owed_yen, c.state FROM booking b JOIN charge c ON c.charge_id = b.booking_id"


@pytest.fixture
async def booked(town):
    """A tentative room for which 2,000 yen are owed, and who acts on it."""
    made = await town.book(0, hours("room"))
    return made.bookings[0].booking_id


def act_at(town, now=NOW):
    return money_act(visit_of(town.residents[0], now=now), town.rules)


async def begin(town, charge_id, **more):
    async with town.act() as conn:
        return await begin_settlement(conn, act=act_at(town), charge_id=charge_id, method_code="card", **more)


async def end(town, attempt, state="succeeded", yen=None, **more):
    found = Found(state=state, amount_yen=attempt.amount_yen if yen is None else yen, ref=f"ref-{attempt.attempt_id}")
    async with town.act() as conn:
        return await take_outcome(conn, act=act_at(town, **more), attempt_id=attempt.attempt_id, found=found)


async def test_a_charge_and_its_postings_follow_the_booking_by_themselves(town, booked):
    ((state, paid, _, owed, open_),) = await town.see(PAID)
    assert (state, paid, open_) == ("tentative", 0, "open")
    assert await town.see(BALANCES) == [("receivable", owed), ("usage_fee", -owed)]
    assert await town.see("SELECT charge_id FROM charge") == [(booked,)]


async def test_a_payment_that_covers_the_fee_confirms_the_booking_once(town, booked):
    (attempt,) = await begin(town, booked)
    assert attempt.collection_number is not None
    for _ in range(2):
        await end(town, attempt)
    ((state, paid, by, owed, settled),) = await town.see(PAID)
    assert (state, paid, by, settled) == ("confirmed", owed, ["card"], "settled")
    assert await town.see(BALANCES) == [("clearing", owed), ("usage_fee", -owed)]
    told = await town.see("SELECT kind FROM outbox ORDER BY created_at")
    assert [kind for (kind,) in told].count("payment_succeeded") == 1


async def test_nobody_pays_by_two_ways_at_once(town, booked):
    (attempt,) = await begin(town, booked)
    with pytest.raises(PaymentUnderWay):
        await begin(town, booked)
    async with town.act() as conn:
        with pytest.raises(PaymentUnderWay):
            await take_cash(conn, act=act_at(town), charge_id=booked, amount_yen=attempt.amount_yen)


async def test_what_failed_or_was_left_may_be_tried_again(town, booked):
    for state in ("failed", "cancelled", "expired"):
        (attempt,) = await begin(town, booked)
        assert (await end(town, attempt, state=state)).state == state
    (attempt,) = await begin(town, booked)
    await end(town, attempt)
    with pytest.raises(NothingToPay):
        await begin(town, booked)


async def test_money_that_comes_after_the_lapse_is_kept_and_waits_for_a_person(town, booked):
    (attempt,) = await begin(town, booked)
    await end(town, attempt, state="expired")
    later = NOW + timedelta(days=3)
    assert (await town.lapse(booked, now=later)).settled
    await end(town, attempt, now=later)
    assert await town.see("SELECT kind, amount_yen FROM unmatched_money") == [("late_payment", attempt.amount_yen)]
    yen = attempt.amount_yen
    assert await town.see(BALANCES) == [("clearing", yen), ("suspense", -yen)]
    assert (await town.see(PAID))[0][:2] == ("lapsed", 0)


async def test_a_lapse_waits_for_the_result_of_a_payment(town, booked):
    (attempt,) = await begin(town, booked)
    later = NOW + timedelta(days=3)
    looked = await town.lapse(booked, now=later)
    assert not looked.settled
    assert looked.again_at > later
    assert attempt.is_open
    async with town.act() as conn:
        await conn.execute(text("UPDATE deadline SET due_at = :at"), {"at": looked.again_at})
    await end(town, attempt, state="failed", now=later)
    assert await town.see("SELECT due_at FROM deadline WHERE kind = 'booking_lapse'") == [(later,)]
    assert (await town.lapse(booked, now=later)).settled


async def test_another_amount_than_asked_for_counts_nothing_and_is_kept(town, booked):
    (attempt,) = await begin(town, booked)
    await end(town, attempt, yen=attempt.amount_yen + 1)
    assert await town.see("SELECT kind, amount_yen FROM unmatched_money") == [("other_amount", attempt.amount_yen + 1)]
    assert (await town.see(PAID))[0][:2] == ("tentative", 0)


async def test_cash_counts_at_once_and_goes_back_at_the_counter(town, booked):
    async with town.act() as conn:
        attempt = await town.pay(conn, booked)
    assert await town.see(BALANCES) == [("cash", attempt.amount_yen), ("usage_fee", -attempt.amount_yen)]
    async with town.act() as conn:
        with pytest.raises(AmountWrong):
            await give_back_cash(conn, act=act_at(town), charge_id=booked)
    async with town.act() as conn:
        await cancel_booking(
            conn, visit=visit_of(town.residents[0]), rules=town.rules, booking_id=booked, reason="都合により"
        )
    async with town.act() as conn:
        given = await give_back_cash(conn, act=act_at(town), charge_id=booked, why="取消")
    assert [one.amount_yen for one in given] == [attempt.amount_yen]
    assert await town.see(BALANCES) == []


async def test_a_cancelled_payment_is_reversed_and_the_rest_charged_anew(town, booked):
    (attempt,) = await begin(town, booked)
    await end(town, attempt)
    late = datetime(2027, 2, 20, tzinfo=UTC)
    async with town.act() as conn:
        await conn.execute(
            text("UPDATE booking SET state = 'cancelled', ended_at = :at, kept_yen = 100, refund_yen = paid_yen - 100"),
            {"at": late},
        )
    refund, recharge = await begin(town, booked, expected=(attempt.amount_yen, 100))
    assert (refund.kind, refund.amount_yen, recharge.amount_yen) == ("refund", attempt.amount_yen, 100)
    await end(town, recharge)
    await end(town, refund)
    assert (await town.see(PAID))[0][1:] == (100, ["card"], 100, "settled")
    assert await town.see(BALANCES) == [("cancellation_kept", -100), ("clearing", 100)]


async def test_where_the_rules_say_so_what_is_too_much_goes_back_by_itself(town, booked):
    (attempt,) = await begin(town, booked)
    await end(town, attempt)
    payment = structs.replace(town.rules.payment, refunds=Refunds(by="system"))
    rules = replace(town.rules, payment=payment)
    async with town.act() as conn:
        await cancel_booking(conn, visit=visit_of(town.residents[0]), rules=rules, booking_id=booked, reason="都合")
    back = "SELECT kind, amount_yen, state FROM payment_attempt WHERE kind = 'refund'"
    assert await town.see(back) == [("refund", attempt.amount_yen, "created")]


async def test_more_than_was_paid_never_goes_back_and_no_yen_is_paid_without_an_attempt(town, booked):
    (attempt,) = await begin(town, booked)
    await end(town, attempt)
    with pytest.raises(IntegrityError, match="booking is paid by an attempt"):
        async with town.act() as conn:
            await conn.execute(text("UPDATE booking SET paid_yen = paid_yen + 1"))
    with pytest.raises(IntegrityError, match="never made another"):
        async with town.act() as conn:
            await conn.execute(text("UPDATE payment_attempt SET amount_yen = amount_yen + 1"))
    with pytest.raises(IntegrityError, match="does not balance"):
        async with town.act() as conn:
            await conn.execute(
                text("""INSERT INTO ledger_posting (tenant_id, service_id, transaction_id, line, account, payee, yen)
                        SELECT tenant_id, service_id, transaction_id, 9, 'bank', payee, 1 FROM ledger_posting LIMIT 1""")
            )
