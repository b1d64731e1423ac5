from datetime import date, timedelta

import pytest

from yoyaku.booking.policy import NotCancellable, NotChangeable, SameSlotBanned, SlotTaken
from yoyaku.booking.service import (
    BookingNotFound,
    DocumentsNotSeen,
    Lapse,
    RefundChanged,
    WhyMissing,
    booking_history,
    cancel_booking,
    change_booking,
    confirm_booking,
    day_sheet,
    find_bookings,
    get_booking,
    lapse_booking,
    offer_cancellation,
    revoke_booking,
)
from yoyaku.kernel.errors import NotAllowed
from yoyaku.testing.town import DAY, NOW, hours, nights, visit_of


async def booked(town, place, *requests):
    return (await town.book(place, *requests)).bookings[0]


async def lapse(town, booking, now):
    async def rules_of(*, version, inventory_version):
        assert (version, inventory_version) == (1, 1)
        return town.rules

    visit = visit_of(None, now=now, actor="system")
    async with town.act() as conn:
        return await lapse_booking(conn, visit=visit, booking_id=booking.booking_id, rules_of=rules_of)


async def test_cancelling_frees_the_slot_and_keeps_what_the_tiers_say(town):
    booking = await booked(town, 0, hours("room"))
    visit = visit_of(town.residents[0])
    offer = offer_cancellation(town.rules, visit=visit, booking=booking)
    # The tier that keeps the fee begins after the deadline of a tentative booking, which is gone by then.
    assert [(row.percent, row.kept_yen) for row in offer.schedule] == [(100, 0)]
    async with town.act() as conn:
        ended = await cancel_booking(
            conn, visit=visit, rules=town.rules, booking_id=booking.booking_id, reason="都合", expected_refund_yen=0
        )
    assert (ended.state, ended.kept_yen, ended.refund_yen, ended.end_reason) == ("cancelled", 0, 0, "都合")
    assert await town.see("SELECT count(*) FROM occupancy") == [(0,)]
    await town.book(1, hours("room"))


async def test_a_resident_revokes_nothing_not_even_their_own(town):
    booking = await booked(town, 0, hours("room"))
    with pytest.raises(NotAllowed):
        async with town.act() as conn:
            await revoke_booking(
                conn,
                visit=visit_of(town.residents[0]),
                rules=town.rules,
                booking_id=booking.booking_id,
                grounds="rain",
                why="雨のため",
            )


async def test_cancelling_twice_changes_nothing_the_second_time(town):
    booking = await booked(town, 0, hours("room"))
    visit = visit_of(town.residents[0])
    async with town.act() as conn:
        await cancel_booking(conn, visit=visit, rules=town.rules, booking_id=booking.booking_id, reason=None)
    with pytest.raises(NotCancellable):
        async with town.act() as conn:
            await cancel_booking(conn, visit=visit, rules=town.rules, booking_id=booking.booking_id, reason=None)
    assert await town.see("SELECT kind FROM outbox ORDER BY created_at") == [("booking_made",), ("booking_cancelled",)]


async def test_a_refund_other_than_shown_is_asked_again(town):
    booking = await booked(town, 0, hours("room"))
    with pytest.raises(RefundChanged):
        async with town.act() as conn:
            await cancel_booking(
                conn,
                visit=visit_of(town.residents[0]),
                rules=town.rules,
                booking_id=booking.booking_id,
                reason=None,
                expected_refund_yen=999,
            )
    assert await town.see("SELECT state FROM booking") == [("tentative",)]


async def test_somebody_elses_booking_is_not_there(town):
    booking = await booked(town, 0, hours("room"))
    visit = visit_of(town.residents[1])
    with pytest.raises(BookingNotFound):
        async with town.act() as conn:
            await cancel_booking(conn, visit=visit, rules=town.rules, booking_id=booking.booking_id, reason=None)
    with pytest.raises(BookingNotFound):
        async with town.act() as conn:
            await booking_history(conn, visit=visit, booking_id=booking.booking_id)


async def test_rain_costs_nothing_and_says_who_and_why(town):
    booking = await booked(town, 0, hours("court"))
    late = booking.period.starts_at - timedelta(hours=1)
    clerk = visit_of(None, actor="clerk", staff_id=town.clerk, now=late)
    with pytest.raises(WhyMissing):
        async with town.act() as conn:
            await revoke_booking(
                conn, visit=clerk, rules=town.rules, booking_id=booking.booking_id, grounds="rain", why=" "
            )
    async with town.act() as conn:
        ended = await revoke_booking(
            conn, visit=clerk, rules=town.rules, booking_id=booking.booking_id, grounds="rain", why="大雨"
        )
        history = await booking_history(conn, visit=clerk, booking_id=booking.booking_id)
    assert (ended.state, ended.kept_yen, ended.grounds) == ("revoked", 0, "rain")
    assert [(event.kind, event.staff_name, event.why) for event in history][1] == (
        "booking_revoked",
        "窓口 花子",
        "大雨",
    )
    audited = await town.see("SELECT act, staff_name, why, subject_id FROM audit_entry")
    assert audited == [("booking_revoked", "窓口 花子", "大雨", str(booking.booking_id))]


async def test_the_counter_confirms_what_it_has_seen(town):
    booking = await booked(town, 0, hours("room"))
    clerk = visit_of(None, actor="clerk", staff_id=town.clerk)
    nothing = {"documents_seen": False, "fee_taken_yen": 0}
    with pytest.raises(DocumentsNotSeen):
        async with town.act() as conn:
            await confirm_booking(conn, visit=clerk, rules=town.rules, booking_id=booking.booking_id, **nothing)
    async with town.act() as conn:
        confirmed = await confirm_booking(
            conn,
            visit=clerk,
            rules=town.rules,
            booking_id=booking.booking_id,
            documents_seen=True,
            fee_taken_yen=1000,
            why="窓口で手続",
        )
    assert (confirmed.state, confirmed.paid_yen, confirmed.paid_by) == ("confirmed", 1000, frozenset({"counter"}))
    assert await lapse(town, booking, booking.lapses_at + timedelta(days=1)) == Lapse(settled=True)
    assert await town.see("SELECT state FROM booking") == [("confirmed",)]


async def test_what_has_lapsed_is_free_for_others_and_barred_to_the_same_person(town):
    booking = await booked(town, 0, hours("room"))
    assert await lapse(town, booking, NOW) == Lapse(settled=False, again_at=booking.lapses_at)
    for _ in range(2):
        assert await lapse(town, booking, booking.lapses_at) == Lapse(settled=True)
    assert await town.see("SELECT state, ended_at, bans_same_slot FROM booking") == [
        ("lapsed", booking.lapses_at, True)
    ]
    assert await town.see("SELECT count(*) FROM outbox WHERE kind = 'booking_lapsed'") == [(1,)]
    with pytest.raises(SameSlotBanned):
        await town.book(0, hours("room", "11:00", "13:00"))
    await town.book(1, hours("room"))


async def test_a_change_takes_only_what_is_new_and_frees_only_what_is_no_longer_needed(town):
    booking = await booked(town, 0, hours("court", "10:00", "12:00", equipment={"projector": 3}))
    visit = visit_of(town.residents[0])
    async with town.act() as conn:
        changed = await change_booking(
            conn,
            visit=visit,
            rules=town.rules,
            booking_id=booking.booking_id,
            changes={"from": "11:00", "to": "14:00", "equipment": {"projector": 1}},
        )
    assert (changed.total_yen, changed.request.starts, changed.state) == (1500, "11:00", "confirmed")
    occupied = "SELECT resource_id, bucket, count(*) FROM occupancy GROUP BY 1, 2 ORDER BY 1, 2"
    assert await town.see(occupied) == [
        (resource, bucket, 1) for resource in ("plaza.court", "plaza.eq.projector") for bucket in (660, 720, 780)
    ]
    assert ("booking_changed",) in await town.see("SELECT kind FROM booking_event")


async def test_a_change_into_what_another_has_is_refused_whole(town):
    booking = await booked(town, 0, hours("room", "10:00", "11:00"))
    await town.book(1, hours("room", "11:00", "12:00"))
    async with town.act() as conn:
        with pytest.raises(SlotTaken):
            await change_booking(
                conn,
                visit=visit_of(town.residents[0]),
                rules=town.rules,
                booking_id=booking.booking_id,
                changes={"to": "13:00"},
            )
    assert await town.see("SELECT bucket FROM occupancy ORDER BY bucket") == [(600,), (660,)]


async def test_fewer_nights_free_the_last_and_cost_less(town):
    booking = await booked(town, 0, nights(3))
    visit = visit_of(town.residents[0])
    async with town.act() as conn:
        changed = await change_booking(
            conn, visit=visit, rules=town.rules, booking_id=booking.booking_id, changes={"nights": 1}
        )
    assert (booking.total_yen, changed.total_yen, changed.nights) == (18000, 6000, 1)
    assert await town.see("SELECT use_on FROM occupancy") == [(DAY,)]
    with pytest.raises(NotChangeable):
        async with town.act() as conn:
            await change_booking(
                conn, visit=visit, rules=town.rules, booking_id=booking.booking_id, changes={"form": {"purpose": "x"}}
            )


async def test_the_counter_finds_by_number_and_by_any_writing_of_a_name(town):
    booking = await booked(town, 3, hours("room"))
    clerk = visit_of(None, actor="clerk", staff_id=town.clerk)
    async with town.act() as conn:
        for query in (booking.number, "２０２７-000001", "髙田 3", "高田3", "たかた3"):
            found = await find_bookings(conn, visit=clerk, query=query)
            assert [one.booking_id for one in found] == [booking.booking_id], query
        assert await find_bookings(conn, visit=clerk, query="%") == ()
        assert len(await day_sheet(conn, visit=clerk, facility="plaza", day=DAY)) == 1
        assert await day_sheet(conn, visit=clerk, facility="plaza", day=date(2027, 2, 21)) == ()
        with pytest.raises(NotAllowed):
            await find_bookings(conn, visit=visit_of(town.residents[0]), query=booking.number)


async def test_a_clerk_books_on_behalf_and_is_named(town):
    clerk = visit_of(town.residents[5], actor="clerk", staff_id=town.clerk)
    made = await town.book(5, hours("court"), visit=clerk)
    async with town.act() as conn:
        seen = await get_booking(conn, visit=visit_of(town.residents[5]), booking_id=made.bookings[0].booking_id)
    assert seen.channel == "counter"
    assert await town.see("SELECT act, staff_name FROM audit_entry") == [("booking_made", "窓口 花子")]


async def test_residents_do_not_confirm_their_own_bookings(town):
    booking = await booked(town, 0, hours("room"))
    with pytest.raises(NotAllowed):
        async with town.act() as conn:
            await confirm_booking(
                conn,
                visit=visit_of(town.residents[0]),
                rules=town.rules,
                booking_id=booking.booking_id,
                documents_seen=True,
                fee_taken_yen=1000,
            )
