"""What happened to somebody's entries in a lottery, told to them: a mail, and the same words in their inbox."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.booking.service import BookingView, application_bookings
from yoyaku.booking.visit import Visit
from yoyaku.lottery.repository.entry_views import read_of_applicant
from yoyaku.lottery.repository.lotteries import LotteryRow
from yoyaku.lottery.views import EntryView
from yoyaku.notice.lottery_words import Story, lottery_facts
from yoyaku.notice.policy import Addressee, choose_templates
from yoyaku.notice.registration import Telling
from yoyaku.notice.service import Event, deliver, fill_template, language_for, words_for
from yoyaku.registration.service.stages import facts_of, get_life

OF_BOOKINGS: Final = frozenset({"lottery_accepted", "lottery_won"})
"""Events that tell of the bookings that wins became."""


async def write_lottery_mails(
    conn: AsyncConnection, *, telling: Telling, event: Event, lottery: LotteryRow, applicant_id: UUID
) -> int:
    """Write what an event calls for; how many letters. Somebody who is forgotten is told nothing.

    The event's ``entry_ids`` are the entries that it is about.
    """
    now = telling.site.business_now(telling.real_now)
    entries = await read_of_applicant(conn, applicant_id=applicant_id, now=now)
    if not entries:
        return 0
    row = await get_life(conn, registrant_id=entries[0].registrant_id)
    if row.anonymised_at is not None:
        return 0
    templates = choose_templates(telling.rules.notices, event=event.kind, facts=facts_of(row))
    told = {str(one) for one in event.facts.get("entry_ids", ())}
    about = [entry for entry in entries if str(entry.entry_id) in told]
    story = Story(
        lottery=lottery,
        name=row.name,
        entries=about,
        bookings=await _bookings(conn, telling=telling, event=event, entries=about, now=now),
    )
    to = Addressee(address=row.email, language=language_for(telling.site, row.language))
    words = words_for(telling.site, to.language)
    facts = lottery_facts(story, telling=telling, event=event, words=words)
    for template in templates:
        mail = fill_template(template, to=to, event=event, words=words, facts=facts)
        await deliver(conn, site=telling.site, mail=mail, registrant_id=row.registrant_id, now=now)
    return len(templates)


async def _bookings(
    conn: AsyncConnection, *, telling: Telling, event: Event, entries: list[EntryView], now: datetime
) -> list[BookingView]:
    if event.kind not in OF_BOOKINGS:
        return []
    site = telling.site
    visit = Visit(
        tenant_id=site.tenant_id,
        service_id=site.service_id,
        now=now,
        real_now=telling.real_now,
        channel="system",
        actor="system",
    )
    made = [entry.application_id for entry in entries if entry.application_id is not None]
    return [booking for one in made for booking in await application_bookings(conn, visit=visit, application_id=one)]
