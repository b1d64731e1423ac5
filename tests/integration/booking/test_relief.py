"""Reductions: asked for, decided, and what then stands in the charge and the ledger."""

from dataclasses import replace

import msgspec
import pytest

from yoyaku.booking.policy import ReliefNotOffered
from yoyaku.booking.service import BookingNotFound, WhyMissing, booking_history, get_booking
from yoyaku.booking.service.people import HELD_BOOKINGS
from yoyaku.booking.service.refusals import GroundsMissing, ReliefAskedBefore, ReliefDecidedBefore
from yoyaku.booking.service.relief import (
    ask_relief,
    decide_relief,
    get_relief,
    reliefs_of_booking,
    reliefs_waiting,
    withdraw_relief,
)
from yoyaku.fee.terms import FeeTerms
from yoyaku.kernel.errors import NotAllowed
from yoyaku.testing.town import NOW, hours, visit_of

RELIEF = [{"code": "half", "name": "半額", "percent": 50}, {"code": "free", "name": "免除", "percent": 100}]


@pytest.fixture
def lenient(town):
    """The town, whose rules know two reductions."""
    fees = msgspec.to_builtins(town.rules.fees) | {"relief": RELIEF}
    fees["steps"].append({"step": "relief"})
    town.rules = replace(town.rules, fees=msgspec.convert(fees, FeeTerms))
    return town


def clerk_of(town, **more):
    visit = visit_of(None, actor="clerk")
    return replace(visit, staff_id=town.clerk, staff_name="窓口太郎", channel="counter", **more)


async def ask(town, booking, code="half", *, place=0, grounds="障害者団体の例会"):
    async with town.act() as conn:
        return await ask_relief(
            conn,
            visit=visit_of(town.residents[place]),
            rules=town.rules,
            booking_id=booking.booking_id,
            code=code,
            grounds=grounds,
        )


async def decide(town, relief_id, visit=None, *, approve=True, why=""):
    async def rules_of(*, version, inventory_version):
        assert (version, inventory_version) == (1, 1)
        return town.rules

    async with town.act() as conn:
        return await decide_relief(
            conn, visit=visit or clerk_of(town), rules_of=rules_of, relief_id=relief_id, approve=approve, why=why
        )


async def booked(town):
    return (await town.book(0, hours("room"))).bookings[0]


async def test_what_is_granted_is_priced_anew_and_the_charge_and_the_ledger_follow(lenient):
    booking = await booked(lenient)
    relief_id = await ask(lenient, booking)

    async with lenient.act() as conn:
        (waiting,) = await reliefs_waiting(conn, visit=clerk_of(lenient))
        assert (waiting.code, waiting.grounds, waiting.state) == ("half", "障害者団体の例会", "asked")
        assert await reliefs_waiting(conn, visit=clerk_of(lenient, facilities=frozenset({"elsewhere"}))) == []
        untouched = await get_booking(conn, visit=clerk_of(lenient), booking_id=booking.booking_id)
    assert untouched.total_yen == booking.total_yen == 1000

    after = await decide(lenient, relief_id, why="要綱第3条")

    assert (after.total_yen, after.relief, [line.yen for line in after.lines]) == (500, "half", [1000, -500])
    assert await lenient.see("SELECT owed_yen, paid_yen FROM charge") == [(500, 0)]
    assert await lenient.see("SELECT account, sum(yen)::int FROM ledger_posting GROUP BY 1 ORDER BY 1") == [
        ("receivable", 500),
        ("usage_fee", -500),
    ]
    assert await lenient.see("SELECT kind, facts->>'granted', facts->>'total_yen' FROM outbox ORDER BY created_at") == [
        ("booking_made", None, "1000"),
        ("relief_decided", "true", "500"),
    ]
    assert await lenient.see("SELECT act, why FROM audit_entry") == [("relief_decided", "要綱第3条")]
    async with lenient.act() as conn:
        events = await booking_history(conn, visit=clerk_of(lenient), booking_id=booking.booking_id)
    assert [event.kind for event in events] == ["booking_made", "relief_asked", "relief_decided"]
    with pytest.raises(ReliefDecidedBefore):
        await decide(lenient, relief_id)
    with pytest.raises(ReliefAskedBefore):
        await ask(lenient, booking, "free")


async def test_an_exemption_leaves_nothing_to_pay_and_confirms_what_a_payment_would(lenient):
    booking = await booked(lenient)
    assert booking.state == "tentative"

    after = await decide(lenient, await ask(lenient, booking, "free"))

    assert (after.total_yen, after.state, after.lapses_at, after.dues) == (0, "confirmed", None, ())
    assert after.confirmed_at == NOW
    assert await lenient.see("SELECT owed_yen, state FROM charge") == [(0, "settled")]
    assert await lenient.see("SELECT kind FROM outbox ORDER BY created_at, event_id") == [
        ("booking_made",),
        ("relief_decided",),
        ("booking_confirmed",),
    ]


async def test_what_was_paid_before_goes_back_once_the_price_has_fallen(lenient):
    booking = await booked(lenient)
    async with lenient.act() as conn:
        await lenient.pay(conn, booking.booking_id)

    await decide(lenient, await ask(lenient, booking))

    assert await lenient.see("SELECT owed_yen, paid_yen, state FROM charge") == [(500, 1000, "refundable")]


async def test_a_refusal_has_its_reason_and_another_may_be_asked_for_then(lenient):
    booking = await booked(lenient)
    relief_id = await ask(lenient, booking)
    with pytest.raises(WhyMissing):
        await decide(lenient, relief_id, approve=False, why=" ")
    with pytest.raises(NotAllowed):
        await decide(lenient, relief_id, visit_of(lenient.residents[0]), approve=True)
    with pytest.raises(BookingNotFound):
        await decide(lenient, relief_id, clerk_of(lenient, facilities=frozenset({"elsewhere"})))

    after = await decide(lenient, relief_id, approve=False, why="対象外の団体")

    assert (after.total_yen, after.relief) == (1000, None)
    withdrawn = await ask(lenient, booking, "free")
    async with lenient.act() as conn:
        await withdraw_relief(conn, visit=visit_of(lenient.residents[0]), relief_id=withdrawn)
        asked = await reliefs_of_booking(conn, visit=visit_of(lenient.residents[0]), booking_id=booking.booking_id)
    assert [(one.code, one.state, one.why, one.decided_by) for one in asked] == [
        ("half", "refused", "対象外の団体", asked[0].decided_by),
        ("free", "withdrawn", None, None),
    ]
    with pytest.raises(BookingNotFound):
        async with lenient.act() as conn:
            await get_relief(conn, visit=visit_of(lenient.residents[1]), relief_id=relief_id)


@pytest.mark.parametrize(
    ("code", "place", "grounds", "refusal"),
    [
        ("half", 0, "  ", GroundsMissing),
        ("quarter", 0, "例会", ReliefNotOffered),
        ("half", 1, "例会", BookingNotFound),
    ],
)
async def test_what_cannot_be_asked_for_leaves_nothing_behind(lenient, code, place, grounds, refusal):
    booking = await booked(lenient)

    with pytest.raises(refusal):
        await ask(lenient, booking, code, place=place, grounds=grounds)

    assert await lenient.see("SELECT count(*) FROM relief_application") == [(0,)]


async def test_the_grounds_go_with_their_person_and_are_among_their_data_before(lenient):
    booking = await booked(lenient)
    await decide(lenient, await ask(lenient, booking), approve=False, why="対象外の団体")
    person = lenient.residents[0].registrant_id

    async with lenient.act() as conn:
        held = await HELD_BOOKINGS.export(conn, registrant_id=person)
        assert [(one["code"], one["grounds"], one["why"]) for one in held["reliefs"]] == [
            ("half", "障害者団体の例会", "対象外の団体")
        ]
        assert held["receipts"] == []
        await HELD_BOOKINGS.forget(conn, registrant_id=person)

    assert await lenient.see("SELECT state, grounds, why FROM relief_application") == [("refused", "", None)]
