"""Entries in the words of a mail: the facts that ``mail.<template>.subject`` and ``.body`` may name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from yoyaku.booking.service import BookingView
from yoyaku.lottery.repository.lotteries import LotteryRow
from yoyaku.lottery.rules import is_ordered, scheme_of
from yoyaku.lottery.terms import LotteryScheme
from yoyaku.lottery.views import EntryUse, EntryView
from yoyaku.notice.registration import Telling
from yoyaku.notice.service import Event
from yoyaku.notice.words import contact_of, mail_facts
from yoyaku.ui.formats import clock_period, clock_time, deadline, long_date, moment, month_name
from yoyaku.ui.words import Words


@dataclass(frozen=True, kw_only=True)
class Story:
    """What an event is about: the entries of one applicant, and the bookings that wins among them became."""

    lottery: LotteryRow
    name: str
    entries: Sequence[EntryView]
    bookings: Sequence[BookingView]


def lottery_facts(story: Story, *, telling: Telling, event: Event, words: Words) -> dict[str, str]:
    """Every fact as text in the reader's language.

    ``entries`` and ``bookings`` are lines, ``next`` says what to do and until when. ``deadline`` is until when the first
    of the wins is to be accepted; ``page`` leads to one's own entries, ``result`` to what everybody may check.
    """
    row, site, language = story.lottery, telling.site, words.language
    scheme = scheme_of(telling.rules, row.scheme)
    until = [entry.accept_until for entry in story.entries if entry.accept_until is not None]
    facts = {
        "service": words.text(site.brand_name),
        "tenant": words.text(site.tenant_name),
        "name": story.name,
        "lottery": words.text(scheme.name) if scheme else row.scheme,
        "month": month_name(row.period_starts, language),
        "receipt": story.entries[0].receipt if story.entries else "",
        "count": str(len(story.entries)),
        "opens": moment(row.opens_at, language),
        "closes": deadline(row.closes_at, language),
        "draws": moment(row.draws_at, language),
        "announces": moment(row.announces_at, language),
        "releases": moment(row.releases_at, language),
        "deadline": _until(until, language),
        "reason": str(event.facts.get("why") or ""),
        "entries": "\n".join(entry_line(entry, words, ordered=is_ordered(scheme)) for entry in story.entries),
        "bookings": _bookings(story, telling=telling, words=words),
        "page": f"{telling.url}/me/lottery",
        "result": f"{telling.url}/lottery/results/{row.scheme}/{row.period_starts:%Y-%m}",
        "contact": contact_of(site.contact, words),
        "url": telling.url,
    }
    facts["next"] = _next(words, event.kind, scheme, facts)
    return facts


def _next(words: Words, kind: str, scheme: LotteryScheme | None, facts: Mapping[str, str]) -> str:
    """What to do next, as it is said where entries are merely numbered, or where wins become bookings by themselves."""
    key = f"mail.lottery_next.{kind}"
    shapes = [] if is_ordered(scheme) else [f"{key}.numbered"]
    shapes += [f"{key}.automatic"] if scheme is not None and scheme.win.accept == "automatic" else []
    said = (words.maybe(shape, **facts) for shape in shapes)
    return next(filter(None, said), None) or words.say(key, **facts)


def entry_line(entry: EntryView, words: Words, *, ordered: bool = True) -> str:
    """An entry with its place among the wishes (where they have no order, its number), one line for each use of a set."""
    uses = "\n".join(
        words.say("mail.lottery_use", **_use(use, request.nights, words))
        for use, request in zip(entry.uses, entry.requests, strict=True)
    )
    if entry.rank is None:
        return uses
    return words.say("mail.lottery_entry" if ordered else "mail.lottery_entry_any", rank=entry.rank, uses=uses)


def _use(use: EntryUse, nights: int, words: Words) -> dict[str, str]:
    day = long_date(use.use_on, words.language)
    when = (
        words.say("mail.when.nights", day=day, nights=nights, arrives=clock_time(use.period.starts_at))
        if nights
        else f"{day} {clock_period(use.period.starts_at, use.period.ends_at)}"
    )
    return {"facility": words.text(use.facility_name), "space": words.text(use.space_name), "when": when}


def _bookings(story: Story, *, telling: Telling, words: Words) -> str:
    told = []
    for booking in story.bookings:
        facts = mail_facts(site=telling.site, booking=booking, event={}, words=words, url=telling.url)
        told.append("\n".join(line for line in (facts["details"], facts["next"]) if line))
    return "\n\n".join(told)


def _until(until: Sequence[datetime], language: str) -> str:
    return deadline(min(until), language) if until else ""
