"""Messages and favourites of one's own."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from yoyaku.kernel.errors import NotFound
from yoyaku.registration.repository.events import tell
from yoyaku.registration.service import NewRegistrant, add_registrant
from yoyaku.registration.service.favourites import drop_favourite, favourite_facilities, keep_favourite
from yoyaku.registration.service.messages import (
    ON_A_PAGE,
    add_message,
    keep_unread,
    latest_messages,
    open_message,
    read_inbox,
    unread_count,
)

NOW = datetime(2027, 1, 10, 1, 0, tzinfo=UTC)


@pytest.fixture
async def person(conn):
    new = NewRegistrant(name="髙田 一郎", kana="タカダ", user_class="individual", stage="registered")
    return await add_registrant(conn, new=new, registered_at=NOW)


async def write(conn, person, subject, **more):
    more.setdefault("event_id", None)
    await add_message(conn, registrant_id=person, template="welcome", subject=subject, body="本文", **more)


@pytest.mark.fact("KC-040", "KC-045")
async def test_a_message_is_unread_until_it_is_opened_and_can_be_left_for_later(conn, person):
    await write(conn, person, "本登録になりました")
    (one,) = await latest_messages(conn, registrant_id=person, at_most=3)
    assert (one.read_at, await unread_count(conn, registrant_id=person)) == (None, 1)

    opened = await open_message(conn, registrant_id=person, message_id=one.message_id, now=NOW)
    assert opened.body == "本文"
    assert await unread_count(conn, registrant_id=person) == 0

    await keep_unread(conn, registrant_id=person, message_id=one.message_id)
    assert await unread_count(conn, registrant_id=person) == 1


async def test_an_event_is_told_once(conn, person):
    await tell(conn, kind="registration_applied", registrant_id=person)
    event_id = (
        await conn.execute(text("SELECT event_id FROM outbox WHERE subject_id = :person"), {"person": person})
    ).scalar_one()
    for _ in range(2):
        await write(conn, person, "受け付けました", event_id=event_id)

    assert await unread_count(conn, registrant_id=person) == 1


async def test_nobody_reads_another_s_messages(conn, person):
    new = NewRegistrant(name="鈴木 花子", kana="スズキ", user_class="individual", stage="registered")
    other = await add_registrant(conn, new=new, registered_at=NOW)
    await write(conn, person, "本登録になりました")
    (one,) = await latest_messages(conn, registrant_id=person, at_most=1)

    assert await latest_messages(conn, registrant_id=other, at_most=1) == []
    with pytest.raises(NotFound):
        await open_message(conn, registrant_id=other, message_id=one.message_id, now=NOW)
    with pytest.raises(NotFound):
        await keep_unread(conn, registrant_id=other, message_id=one.message_id)


async def test_an_inbox_has_pages_the_newest_first(conn, person):
    for number in range(ON_A_PAGE + 1):
        await write(conn, person, f"{number}通目", at=NOW.replace(minute=number))
    first = await read_inbox(conn, registrant_id=person)
    last = await read_inbox(conn, registrant_id=person, page=99)

    assert (first.messages[0].subject, len(first.messages), first.pages) == (f"{ON_A_PAGE}通目", ON_A_PAGE, 2)
    assert ([one.subject for one in last.messages], last.page) == (["0通目"], 2)


@pytest.mark.fact("KC-038", "KC-039")
async def test_favourites_are_kept_once_in_order_and_dropped(conn, person):
    for place in ("plaza", "inn", "plaza"):
        await keep_favourite(conn, registrant_id=person, facility_id=place, now=NOW)
    assert set(await favourite_facilities(conn, registrant_id=person)) == {"plaza", "inn"}

    await drop_favourite(conn, registrant_id=person, facility_id="plaza")
    assert await favourite_facilities(conn, registrant_id=person) == ["inn"]
