"""Closures: whom they displace and with what, and that no time is closed and somebody's as well."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import get_args

import pytest

from yoyaku.admin.service.closure_ending import Ended, displaced_by, end_closure, read_closure
from yoyaku.admin.service.closure_refusals import (
    ClosureBlocked,
    ClosureEnded,
    ClosureGroundsMissing,
    ClosureHitsChanged,
    ClosurePast,
)
from yoyaku.admin.service.closure_units import choose_units
from yoyaku.admin.service.closures import apply_closure, preview_closure
from yoyaku.booking.policy import SlotClosed, SlotTaken
from yoyaku.booking.policy.closing import Closing, ClosureTooLong
from yoyaku.booking.service import WhyMissing, cancel_booking, month_availability
from yoyaku.booking.service.restoring import Stays
from yoyaku.kernel.errors import NotAllowed
from yoyaku.testing.town import DAY, NOW, hours, nights, visit_of
from yoyaku.ui.wording import default_wording

NOON = 720


@pytest.fixture
def desk(town):
    return Desk(town)


class Desk:
    """The clerk who closes places of the town."""

    def __init__(self, town):
        self.town = town
        self.visit = visit_of(None, actor="clerk", staff_id=town.clerk)

    async def rules_of(self, **_):
        return self.town.rules

    async def preview(self, closing, grounds="rain", **more):
        async with self.town.act() as conn:
            return await preview_closure(conn, **self.asked(closing, grounds, **more))

    async def close(self, closing, grounds="rain", *, seen=None, why="雨天のため", **more):
        async with self.town.act() as conn:
            return await apply_closure(conn, **self.asked(closing, grounds, **more), why=why, seen=seen)

    async def end(self, closure_id, *, now=NOW, why="雨がやんだため"):
        async with self.town.act() as conn:
            visit = replace(self.visit, now=now)
            given = {"visit": visit, "rules": self.town.rules, "rules_of": self.rules_of}
            return await end_closure(conn, **given, closure_id=closure_id, why=why)

    def asked(self, closing, grounds, visit=None):
        given = {"visit": visit or self.visit, "rules": self.town.rules, "rules_of": self.rules_of}
        return {**given, "closing": closing, "grounds": grounds}

    async def marks(self, space, day=DAY):
        async with self.town.act() as conn:
            visit = visit_of(self.town.residents[0])
            last = day + timedelta(days=1)
            found = await month_availability(
                conn, visit=visit, rules=self.town.rules, space_ids=[space], first=day, end=last
            )
            return {slot.slot.starts_minute // 60: slot for slot in found[space, day]}


def closing(*places, facility="plaza", first=DAY, last=None, **more):
    return Closing(facility=facility, places=places, first_on=first, last_on=last or first, reason="雨天", **more)


async def states(town):
    return sorted(await town.see("SELECT space_id, state FROM booking"))


async def test_a_closure_displaces_what_lies_in_it_and_nothing_else(town, desk):
    await town.book(0, hours("court", "10:00", "12:00"))
    await town.book(1, hours("court", "13:00", "15:00"))
    await town.book(2, hours("room", "10:00", "12:00"))
    at_noon = closing("court", starts_minute=NOON)
    preview = await desk.preview(at_noon)
    assert [hit.booking.space_id for hit in preview.hits] == ["plaza.court"]
    await desk.close(at_noon, seen=preview.seen)
    assert await states(town) == [
        ("plaza.court", "confirmed"),
        ("plaza.court", "revoked"),
        ("plaza.room", "tentative"),
    ]
    ((rows,),) = await town.see("SELECT count(*) FROM occupancy WHERE kind = 'closure'")
    assert rows == 4 * 12


async def test_what_is_paid_goes_back_whole_and_they_are_told(town, desk):
    made = await town.book(0, hours("court", "10:00", "12:00"))
    async with town.act() as conn:
        await town.pay(conn, made.bookings[0].booking_id)
    preview = await desk.preview(closing("court"))
    assert [(hit.plan.refund_yen, hit.booking.paid_yen) for hit in preview.hits] == [(1000, 1000)]
    closure_id = await desk.close(closing("court"), seen=preview.seen)
    assert await town.see("SELECT refund_yen, grounds, end_reason FROM booking") == [(1000, "rain", "雨天のため")]
    assert await town.see("SELECT kind FROM outbox WHERE kind = 'booking_revoked'") == [("booking_revoked",)]
    assert await town.see("SELECT kind, refund_yen FROM closure_displaced") == [("booking", 1000)]
    assert await town.see("SELECT displaced, closure_id = :id FROM closure", id=closure_id) == [(1, True)]
    acts = await town.see("SELECT act FROM audit_entry WHERE subject_kind = 'closure'")
    assert acts == [("closure_applied",)]


async def test_all_of_a_shared_floor_is_closed_with_the_court_that_may_stand_anywhere_on_it(desk):
    await desk.close(closing("basket"))
    assert {slot.mark for slot in (await desk.marks("plaza.table")).values()} == {"closed"}
    assert {slot.mark for slot in (await desk.marks("plaza.court")).values()} == {"free"}


async def test_the_half_of_a_hall_closes_the_whole_too_and_not_the_other_way_round(desk):
    await desk.close(closing("east", starts_minute=NOON))
    marks = await desk.marks("plaza.whole")
    assert {hour: slot.mark for hour, slot in marks.items() if hour in (11, 12)} == {11: "free", 12: "closed"}
    assert marks[12].closing.reason == "雨天"


async def test_nights_are_closed_whole_and_displace_stays_that_touch_them(town, desk):
    await town.book(0, nights(3))
    inn = closing(facility="inn", first=DAY + timedelta(days=1))
    assert len((await desk.preview(inn)).hits) == 1
    await desk.close(inn)
    assert await states(town) == [("inn.twin", "revoked")]
    assert await town.see("SELECT use_on, count(*) FROM occupancy GROUP BY 1") == [(DAY + timedelta(days=1), 20)]


async def test_without_grounds_or_against_the_rules_nothing_is_closed(town, desk):
    await town.book(0, hours("court"))
    for grounds, refusal in (("", ClosureGroundsMissing), ("ceremony", ClosureBlocked)):
        with pytest.raises(refusal):
            await desk.close(closing("court"), grounds)
    with pytest.raises(WhyMissing):
        await desk.close(closing("court"), why=" ")
    assert await states(town) == [("plaza.court", "confirmed")]
    assert await town.see("SELECT count(*) FROM occupancy WHERE kind = 'closure'") == [(0,)]


async def test_where_nobody_has_booked_no_grounds_are_needed(town, desk):
    await desk.close(closing("court", kind="official"), "")
    assert await town.see("SELECT DISTINCT kind FROM occupancy") == [("official",)]


async def test_whoever_comes_after_the_preview_is_not_displaced_unseen(town, desk):
    preview = await desk.preview(closing("court"))
    await town.book(0, hours("court"))
    with pytest.raises(ClosureHitsChanged):
        await desk.close(closing("court"), seen=preview.seen)
    assert await states(town) == [("plaza.court", "confirmed")]


async def test_what_is_over_or_too_long_is_not_closed(desk):
    with pytest.raises(ClosurePast):
        await desk.preview(closing(first=NOW.date() - timedelta(days=1)))
    with pytest.raises(ClosureTooLong):
        await desk.preview(closing(last=DAY + timedelta(days=400)))


async def test_a_clerk_closes_their_own_facilities_only(desk):
    elsewhere = replace(desk.visit, facilities=frozenset({"inn"}))
    with pytest.raises(NotAllowed):
        await desk.preview(closing("court"), visit=elsewhere)
    closure_id = await desk.close(closing("court"))
    async with desk.town.act() as conn:
        with pytest.raises(NotAllowed):
            await read_closure(conn, visit=elsewhere, closure_id=closure_id)


async def test_taken_back_the_same_day_it_gives_back_what_nobody_else_has(town, desk):
    await town.book(0, hours("court", "10:00", "12:00"))
    closure_id = await desk.close(closing("court"))
    before = await town.see("SELECT state, confirmed_at, total_yen FROM booking")
    assert await desk.end(closure_id) == Ended(restored=1, told=0)
    assert await town.see("SELECT state, ended_at, kept_yen, refund_yen FROM booking") == [
        ("confirmed", None, None, None)
    ]
    assert before[0][1:] == (await town.see("SELECT confirmed_at, total_yen FROM booking"))[0]
    assert await town.see("SELECT count(*) FROM outbox WHERE kind = 'booking_restored'") == [(1,)]
    assert await town.see("SELECT DISTINCT kind FROM occupancy") == [("booking",)]
    assert await town.see("SELECT owed_yen FROM charge") == [(before[0][2],)]  # it is owed again


async def test_whoever_booked_up_to_the_limit_meanwhile_is_told_and_the_clerk_reads_why(town, desk):
    await town.book(0, hours("quiet", "10:00", "11:00"))
    closure_id = await desk.close(closing("quiet"))
    for day in range(1, 4):
        await town.book(0, hours("quiet", "10:00", "11:00", day=DAY + timedelta(days=day)))
    assert await desk.end(closure_id) == Ended(restored=0, told=1)
    async with town.act() as conn:
        assert [one.stays for one in await displaced_by(conn, closure_id=closure_id)] == ["limit"]
    assert all(f"closures.stays.{why}" in default_wording("ja") for why in get_args(Stays))


async def test_some_of_a_sort_are_closed_first_those_that_nobody_has(town, desk):
    await town.book(0, hours("court", "10:00", "12:00"))
    async with town.act() as conn:
        given = {"visit": desk.visit, "rules": town.rules, "closing": closing("court")}
        one = await choose_units(conn, **given, counts={"court": 1})
    assert (await desk.preview(one)).hits == []
    await desk.close(one)
    before = town.rules.inventory.space("plaza.court").space.capacity
    marks = (await desk.marks("plaza.court")).values()
    assert {slot.free for slot in marks} <= {before - 1, before - 2}
    assert await states(town) == [("plaza.court", "confirmed")]
    async with town.act() as conn:
        both = await choose_units(conn, **given, counts={"court": before})
    assert both.places == ("court",)


async def test_what_another_closure_has_by_then_is_not_given_back(town, desk):
    await town.book(0, hours("room", "10:00", "12:00"))
    first = await desk.close(closing("room"))
    await desk.close(closing("room"))
    assert await desk.end(first) == Ended(restored=0, told=1)
    assert await states(town) == [("plaza.room", "revoked")]


async def test_ended_later_it_frees_what_is_to_come_and_tells_whom_it_displaced(town, desk):
    await town.book(0, hours("court", "10:00", "12:00"))
    closure_id = await desk.close(closing("court", first=DAY, last=DAY + timedelta(days=1)))
    assert await desk.end(closure_id, now=NOW + timedelta(days=1)) == Ended(restored=0, told=1)
    assert {slot.mark for slot in (await desk.marks("plaza.court")).values()} == {"free"}
    assert await states(town) == [("plaza.court", "revoked")]
    assert await town.see("SELECT count(*) FROM outbox WHERE kind = 'booking_reopened'") == [(1,)]
    with pytest.raises(ClosureEnded):
        await desk.end(closure_id)
    await town.book(1, hours("court", "10:00", "12:00"))


async def test_what_another_closure_takes_stays_closed(town, desk):
    first = await desk.close(closing("court", starts_minute=NOON))
    await desk.close(closing())
    await desk.end(first)
    assert {slot.mark for slot in (await desk.marks("plaza.court")).values()} == {"closed"}
    with pytest.raises(SlotClosed) as refused:
        await town.book(0, hours("court", "13:00", "15:00"))
    assert refused.value.facts["reason"] == closing().reason


@pytest.mark.parametrize("space", ["room", "court", "table"])
async def test_a_booking_made_while_it_is_closed_is_displaced_or_refused(town, desk, space):
    slots = [hours(space, f"{9 + place % 8:02d}:00", f"{10 + place % 8:02d}:00") for place in range(24)]
    racing = [town.book(place, one) for place, one in enumerate(slots)]
    racing.insert(8, desk.close(closing(space)))
    outcomes = await asyncio.gather(*racing, return_exceptions=True)
    unexpected = [one for one in outcomes if isinstance(one, Exception) and not isinstance(one, SlotTaken)]
    if any(isinstance(one, ClosureHitsChanged) for one in unexpected):
        unexpected = [one for one in unexpected if not isinstance(one, ClosureHitsChanged)]
        await desk.close(closing(space))
    assert unexpected == []
    assert await town.see("SELECT count(*) FROM booking WHERE state IN ('tentative', 'confirmed')") == [(0,)]
    assert await town.see("SELECT count(*) FROM occupancy WHERE kind <> 'closure'") == [(0,)]


async def test_whoever_cancels_at_the_same_moment_ends_once(town, desk):
    made = [await town.book(place, hours("court", "10:00", "12:00")) for place in range(3)]

    async def cancel(place):
        async with town.act() as conn:
            visit = visit_of(town.residents[place])
            booking_id = made[place].bookings[0].booking_id
            return await cancel_booking(conn, visit=visit, rules=town.rules, booking_id=booking_id, reason=None)

    outcomes = await asyncio.gather(
        desk.close(closing("court")), *(cancel(place) for place in range(3)), return_exceptions=True
    )
    assert not isinstance(outcomes[0], Exception)
    assert await town.see("SELECT count(*) FROM booking WHERE ended_at IS NULL") == [(0,)]
    assert await town.see(
        "SELECT count(*) FROM booking_event WHERE kind IN ('booking_revoked', 'booking_cancelled')"
    ) == [(3,)]


@pytest.mark.parametrize("language", ["ja", "en"])
def test_both_notices_have_their_words(language):
    wording = default_wording(language)
    assert {
        "{reason}" in wording[f"mail.{kind}.body"]
        for kind in ("booking_reopened", "booking_restored", "lottery_revoked")
    } == {True}
