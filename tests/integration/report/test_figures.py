"""What happened in a town is counted: used, booked, cancelled, missed, paid, late, and booked again right after."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from yoyaku.booking.service import cancel_booking, revoke_booking
from yoyaku.booking.service.no_shows import UseNotOver, mark_no_show
from yoyaku.report.policy.counts import (
    ArrearsCount,
    ChannelCount,
    EndCount,
    IncomeCount,
    NoShowCount,
    RebookCount,
    RegistrationCount,
    UseCount,
)
from yoyaku.report.policy.opening import units_of
from yoyaku.report.policy.span import Span
from yoyaku.report.repository import figures
from yoyaku.report.repository.income import count_arrears, count_income
from yoyaku.report.service.figures import read_figures
from yoyaku.testing.town import DAY, NOW, hours, nights, visit_of

ZONE = ZoneInfo("Asia/Tokyo")
SPAN = Span(first=date(2027, 1, 1), end=date(2027, 4, 1), zone=ZONE)
AFTER = datetime(2027, 2, 21, 12, 0, tzinfo=ZONE)
SATURDAY, SUNDAY = 5, 6


async def cancel(town, place, booking, now):
    async with town.act() as conn:
        visit = visit_of(town.residents[place], now=now)
        await cancel_booking(conn, visit=visit, rules=town.rules, booking_id=booking.booking_id, reason=None)


async def miss(town, booking_id, *, now=AFTER, missed=True):
    async with town.act() as conn:
        visit = visit_of(None, actor="clerk", staff_id=town.clerk, now=now)
        await mark_no_show(conn, visit=visit, booking_id=booking_id, missed=missed)


async def booked(town, place, request, now=NOW):
    return (await town.book(place, request, visit=visit_of(town.residents[place], now=now))).bookings[0]


@pytest.fixture
async def lived(town):
    """A town in which each thing that is counted happened once or twice."""
    paid = await booked(town, 0, hours("court"))
    missed = await booked(town, 1, hours("basket", "10:00", "11:00"))
    await booked(town, 2, nights(2))
    given = await booked(town, 3, hours("court", "13:00", "14:00"))
    await cancel(town, 3, given, NOW + timedelta(minutes=1))
    async with town.act() as conn:
        close = {"one": town.residents[3].registrant_id, "two": town.residents[4].registrant_id}
        await conn.execute(text("UPDATE registrant SET address = '青葉1-1' WHERE registrant_id IN (:one, :two)"), close)
        await town.pay(conn, paid.booking_id)
    await booked(town, 4, hours("court", "13:00", "14:00"), NOW + timedelta(minutes=5))
    late = await booked(town, 5, hours("table", "15:00", "16:00"))
    await cancel(town, 5, late, datetime(2027, 2, 18, 12, 0, tzinfo=ZONE))
    await booked(town, 8, hours("table", "15:00", "16:00"), datetime(2027, 2, 18, 13, 0, tzinfo=ZONE))
    rained = await booked(town, 6, hours("east", "09:00", "10:00"))
    async with town.act() as conn:
        visit = visit_of(None, actor="clerk", staff_id=town.clerk, now=datetime(2027, 2, 20, 8, 0, tzinfo=ZONE))
        of = {"booking_id": rained.booking_id, "grounds": "rain", "why": "雨のため"}
        await revoke_booking(conn, visit=visit, rules=town.rules, **of)
    await miss(town, missed.booking_id)
    return town


def assert_share_is_of_what_was_open(counted):
    shares, saturdays, units = dict(counted.uses), 13, 1 + 4 + 1 + 8 + 2
    days = (SPAN.end - SPAN.first).days

    assert dict(counted.heat.hours)[10][SATURDAY] == pytest.approx(1 / (saturdays * units))
    assert shares["plaza"].offered == days * 12 * units
    assert (shares["inn"].used, shares["inn"].offered) == (2, days * 20)


async def test_each_figure_says_what_happened_in_the_town_and_at_one_facility_alone(lived):
    inn = Span(first=SPAN.first, end=SPAN.end, zone=ZONE, facilities=("inn",))
    async with lived.act() as conn:
        alone = await read_figures(conn, parts=[(lived.rules, inn)], span=inn, now=AFTER, of_service=False)
        uses = await figures.count_uses(conn, span=SPAN, units=units_of(lived.rules))
        ends = await figures.count_ends(conn, span=SPAN)
        counted = await read_figures(conn, parts=[(lived.rules, SPAN)], span=SPAN, now=AFTER, of_service=True)

    assert set(uses) == {
        UseCount("plaza", SATURDAY, 10, 1),
        UseCount("plaza", SATURDAY, 11, 1),
        UseCount("plaza", SATURDAY, 13, 1),
        UseCount("plaza", SATURDAY, 15, 1),
        UseCount("inn", SATURDAY, -1, 1),
        UseCount("inn", SUNDAY, -1, 1),
    }
    assert set(ends) == {
        EndCount("resident", "31", 1, 0),
        EndCount("resident", "1", 1, 500),
        EndCount("city", "0", 1, 0),
    }
    assert set(counted.channels) == {
        ChannelCount(date(2027, 1, 1), "web", 7, 0),
        ChannelCount(date(2027, 2, 1), "web", 1, 0),
    }
    assert counted.no_shows == [NoShowCount("plaza", 4, 1)]
    assert counted.rebooked == [RebookCount("plaza", 1, 1)]
    assert counted.registrations == [RegistrationCount(date(2027, 1, 1), "individual", "registered", "web", "", 40)]
    assert_share_is_of_what_was_open(counted)
    assert [code for code, _ in alone.uses] == ["inn"]
    assert [(one.channel, one.bookings) for one in alone.channels] == [("web", 1)]
    assert (alone.ends, alone.no_shows, alone.rebooked, alone.income) == ([], [], [], [])
    assert alone.registrations is None


async def test_money_is_counted_where_the_ledger_has_it_and_what_is_late_where_it_is_owed(lived):
    async with lived.act() as conn:
        await conn.execute(text("UPDATE charge SET due_at = :due WHERE state = 'open'"), {"due": NOW})
        income = await count_income(conn, span=SPAN)
        arrears = await count_arrears(conn, span=SPAN, now=AFTER)
        (owed,) = await conn.execute(text("SELECT sum(owed_yen - paid_yen), count(*) FROM charge WHERE state = 'open'"))

    assert [(one.month, one.paid, one.returned) for one in income] == [(date(2027, 1, 1), 1000, 0)]
    assert isinstance(income[0], IncomeCount)
    assert arrears == [ArrearsCount(income[0].payee, "90", owed[1], owed[0])]


async def test_a_use_is_missed_only_after_its_time_and_may_turn_out_to_have_been_used(lived):
    ((missed,),) = await lived.see("SELECT booking_id FROM booking WHERE no_show_at IS NOT NULL")
    coming = await booked(lived, 7, hours("room", day=DAY + timedelta(days=3)), NOW)
    with pytest.raises(UseNotOver):
        await miss(lived, coming.booking_id)
    await miss(lived, missed)
    await miss(lived, missed, missed=False)

    assert await lived.see("SELECT count(*) FROM booking WHERE no_show_at IS NOT NULL") == [(0,)]
    acts = "SELECT act FROM audit_entry WHERE act LIKE '%missed' ORDER BY at, entry_id"
    assert await lived.see(acts) == [("booking_missed",), ("booking_not_missed",)]
