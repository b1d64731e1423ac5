import asyncio
from datetime import timedelta

from sqlalchemy import text

from yoyaku.booking.service import cancel_booking, submit_application
from yoyaku.db.engine import tenant_transaction
from yoyaku.testing.town import SERVICE, TOWN, hours, visit_of
from yoyaku.worker.jobs import meet_deadlines, send_mails, tell_events
from yoyaku.worker.runtime import Runtime


async def move_clock(town, **by):
    async with tenant_transaction(town.owner, TOWN, SERVICE) as conn:
        seconds = timedelta(**by).total_seconds()
        await conn.execute(text("UPDATE service SET clock_offset_seconds = :seconds"), {"seconds": seconds})


async def open_now(town, booking):
    """Put the clock of the town just past the booking's deadline."""
    ((real,),) = await town.see("SELECT clock_timestamp()")
    await move_clock(town, seconds=max((booking.lapses_at - real).total_seconds(), 0) + 1)


async def work_of(runtime):
    await meet_deadlines(runtime)
    await tell_events(runtime)
    await send_mails(runtime)


async def test_a_booking_is_told_to_the_resident_and_to_the_facility(town, runtime, smtp):
    await town.book(0, hours("room"))
    await work_of(runtime)
    (mail,) = smtp.mailbox.to("resident0@aoba.example")
    assert mail.subject == "予約の受付（2027-000001）"
    assert "2027年2月20日（土） 10:00〜12:00" in mail.text
    assert "仮予約です。2027年1月11日（月） 24:00までに" in mail.text
    assert "http://aoba.localhost" in mail.text
    assert [staff.subject for staff in smtp.mailbox.to("plaza@aoba.example")] == [
        "予約の受付（2027-000001 2027年2月20日（土） 10:00〜12:00）"
    ]


async def test_doing_it_again_sends_nothing_again(town, runtime, smtp):
    await town.book(0, hours("court"))
    for _ in range(3):
        await work_of(runtime)
    assert len(smtp.mailbox.mails()) == 1


async def test_many_workers_at_once_send_each_mail_once(town, runtime, smtp):
    for place in range(12):
        await town.book(place, hours("court", day=hours("court").use_on + timedelta(days=place)))
    await asyncio.gather(*(tell_events(runtime) for _ in range(4)))
    await asyncio.gather(*(send_mails(runtime) for _ in range(4)))
    assert len(smtp.mailbox.mails()) == 12
    assert len({mail.message["Message-ID"] for mail in smtp.mailbox.mails()}) == 12


async def test_what_was_rolled_back_is_told_to_nobody(town, runtime, smtp):
    async with town.act() as conn:
        visit = visit_of(town.residents[0])
        await submit_application(
            conn, visit=visit, rules=town.rules, items=[hours("court")], form={}, accepted_terms=[]
        )
        await conn.rollback()
    await work_of(runtime)
    assert smtp.mailbox.mails() == []


async def test_a_deadline_that_passed_while_no_worker_ran_is_met_when_one_does(town, runtime, smtp):
    made = await town.book(0, hours("room"))
    await work_of(runtime)
    assert await town.see("SELECT state FROM booking") == [("tentative",)]
    await open_now(town, made.bookings[0])
    await work_of(runtime)
    assert await town.see("SELECT state FROM booking") == [("lapsed",)]
    assert await town.see("SELECT count(*) FROM occupancy") == [(0,)]
    assert await town.see("SELECT count(*) FROM deadline WHERE done_at IS NULL") == [(0,)]
    assert smtp.mailbox.mails()[-1].subject == "仮予約の期限切れ（2027-000001）"


async def test_deadlines_that_the_clock_crosses_are_met_in_their_order(town, runtime):
    later = visit_of(town.residents[1], now=visit_of(None).now + timedelta(days=3))
    await town.book(1, hours("room", "14:00", "15:00"), visit=later)
    last = (await town.see("SELECT lapses_at FROM booking"))[0][0]
    first = await town.book(0, hours("room"))
    assert first.bookings[0].lapses_at < last
    ((real,),) = await town.see("SELECT clock_timestamp()")
    await move_clock(town, seconds=max((last - real).total_seconds(), 0) + 1)
    assert await meet_deadlines(runtime) == 2
    met = await town.see(
        "SELECT number FROM booking JOIN booking_event e USING (booking_id) WHERE e.kind = 'booking_lapsed' ORDER BY e.event_id"
    )
    assert met == [("2027-000002",), ("2027-000001",)]


async def test_a_cancelled_booking_does_not_lapse(town, runtime):
    made = await town.book(0, hours("room"))
    booking = made.bookings[0]
    async with town.act() as conn:
        await cancel_booking(
            conn, visit=visit_of(town.residents[0]), rules=town.rules, booking_id=booking.booking_id, reason=None
        )
    await open_now(town, booking)
    await meet_deadlines(runtime)
    assert await town.see("SELECT state FROM booking") == [("cancelled",)]
    assert await town.see("SELECT count(*) FROM deadline WHERE done_at IS NULL") == [(0,)]


async def test_a_mail_server_that_is_away_is_tried_again(town, runtime, make_settings, fresh_database):
    away = Runtime.from_settings(make_settings(fresh_database, SMTP_URL="smtp://127.0.0.1:9"))
    await town.book(0, hours("court"))
    await tell_events(away)
    assert await send_mails(away) == 0
    await away.engine.dispose()
    ((attempts, error, given_up),) = await town.see("SELECT attempts, last_error, given_up_at FROM mail")
    assert (attempts, given_up) == (1, None)
    assert "SMTPConnect" in error
    assert await send_mails(runtime) == 0, "not before its pause is over"
    async with town.act() as conn:
        await conn.execute(text("UPDATE mail SET next_try_at = '-infinity'"))
    assert await send_mails(runtime) == 1


async def test_one_event_that_cannot_be_told_holds_up_no_other(town, runtime, smtp):
    await town.book(0, hours("court"))
    async with town.act() as conn:
        await conn.execute(text("UPDATE outbox SET subject_id = gen_random_uuid()"))
    await town.book(1, hours("court"))
    await work_of(runtime)
    assert [mail.to for mail in smtp.mailbox.mails()] == ["resident1@aoba.example"]
    ((attempts, error),) = await town.see("SELECT attempts, last_error FROM outbox WHERE handled_at IS NULL")
    assert attempts == 1
    assert "BookingNotFound" in error
