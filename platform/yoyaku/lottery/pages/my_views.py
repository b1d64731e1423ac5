"""One's own part in a lottery in words: what stands, what it became, what is to be done until when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from yoyaku.booking.pages.here import Here
from yoyaku.booking.pages.views import request_detail
from yoyaku.booking.policy import BookingRequest
from yoyaku.booking.rules import ServiceRules
from yoyaku.booking.service.finding import application_bookings
from yoyaku.booking.views import BookingView
from yoyaku.lottery.pages.public_views import name_of
from yoyaku.lottery.rules import is_ordered, scheme_of
from yoyaku.lottery.service.odds import SlotKey, read_odds
from yoyaku.lottery.views import EntryUse, EntryView, MyLottery, Odds
from yoyaku.ui.formats import clock_period, deadline, local, long_date, moment
from yoyaku.ui.words import Text, Words

OVER: Final = ("lost", "void")


@dataclass(frozen=True, kw_only=True)
class UseLine:
    """One use: when, where, and what else was chosen."""

    when: str
    facility: Text
    space: Text
    detail: str


@dataclass(frozen=True, kw_only=True)
class Booked:
    """A booking that a win became."""

    number: str
    path: str


@dataclass(frozen=True, kw_only=True)
class EntryCard:
    """An entry as one sees it. ``odds`` while one can still change one's mind, ``until`` while a win waits."""

    entry_id: UUID
    path: str
    rank: int | None
    state: str
    uses: Sequence[UseLine]
    yen: int
    odds: str | None = None
    until: datetime | None = None
    booked: Sequence[Booked] = ()

    @property
    def title(self) -> str:
        """When it is, in one line: that of its first use."""
        return self.uses[0].when

    @property
    def waits(self) -> bool:
        """Whether it won and waits for an answer."""
        return self.state == "won"


@dataclass(frozen=True, kw_only=True)
class LotteryCard:
    """One's part in a lottery: its entries, how it stands, and what is to be done (``todo``) or expected.

    ``ordered``: the order of the wishes plays a part in the draw. ``gives_back``: wins may be declined.
    """

    lottery_id: UUID
    path: str
    name: str
    phase: str
    receipt: str
    public_path: str
    todo: str
    entries: Sequence[EntryCard]
    withdrawn: Sequence[EntryCard]
    announces_at: datetime
    releases_at: datetime
    ordered: bool
    gives_back: bool

    @property
    def waiting_wins(self) -> Sequence[EntryCard]:
        """Wins that wait for an answer."""
        return [one for one in self.entries if one.waits]

    @property
    def declinable(self) -> bool:
        """Whether there is a win that may be given back."""
        return self.gives_back and bool(self.waiting_wins)

    @property
    def all_lost(self) -> bool:
        """Whether the result is there and no wish came true."""
        return bool(self.entries) and all(one.state in OVER for one in self.entries)


def phase_at(mine: MyLottery, now: datetime) -> str:
    """How it stands for those who entered: ``open``, ``closed`` (waiting for the result) or ``announced``."""
    lottery = mine.lottery
    if lottery.is_announced:
        return "announced"
    return "open" if lottery.state == "open" and now < lottery.closes_at else "closed"


async def lottery_card(here: Here, mine: MyLottery, *, in_full: bool) -> LotteryCard:
    """One's part in a lottery; ``in_full`` with odds and the bookings that wins became."""
    rules = await here.rules(mine.lottery.period_starts)
    phase = phase_at(mine, here.visit.now)
    odds = await _odds(here, rules, mine) if in_full and phase == "open" else {}
    cards = [entry_card(rules, one, here.words, odds=odds) for one in mine.entries]
    if in_full:
        cards = [await with_bookings(here, card, one) for card, one in zip(cards, mine.entries, strict=True)]
    lottery = mine.lottery
    scheme = scheme_of(rules, lottery.scheme)
    ordered = is_ordered(scheme)
    return LotteryCard(
        lottery_id=lottery.lottery_id,
        path=f"/me/lottery/{lottery.lottery_id}",
        name=name_of(rules, lottery.scheme, lottery.period_starts, here.words),
        phase=phase,
        receipt=mine.receipt,
        public_path=f"/lottery/results/{lottery.scheme}/{lottery.period_starts:%Y-%m}",
        todo=_todo(mine, phase, here.words, ordered=ordered, now=here.visit.now),
        entries=[card for card in cards if card.state != "withdrawn"],
        withdrawn=[card for card in cards if card.state == "withdrawn"],
        announces_at=lottery.announces_at,
        releases_at=lottery.releases_at,
        ordered=ordered,
        gives_back=scheme is not None and scheme.win.decline,
    )


def entry_card(
    rules: ServiceRules, entry: EntryView, words: Words, *, odds: Mapping[SlotKey, Odds] | None = None
) -> EntryCard:
    """An entry in words."""
    tight = _tightest(entry, odds or {})
    said = words.say("lottery_mine.odds", applications=tight.applications, winnable=tight.winnable) if tight else None
    return EntryCard(
        entry_id=entry.entry_id,
        path=f"/me/lottery/entries/{entry.entry_id}",
        rank=entry.rank,
        state=entry.state,
        uses=[use_line(rules, request, use, words) for request, use in zip(entry.requests, entry.uses, strict=True)],
        yen=entry.total_yen,
        odds=said,
        until=entry.accept_until if entry.state == "won" else None,
    )


async def with_bookings(here: Here, card: EntryCard, entry: EntryView) -> EntryCard:
    """The card, with the bookings that the win became."""
    if entry.application_id is None:
        return card
    found = await application_bookings(here.conn, visit=here.visit, application_id=entry.application_id)
    return replace(card, booked=booked_lines(found))


def booked_lines(bookings: Iterable[BookingView]) -> list[Booked]:
    """Bookings by their numbers."""
    return [Booked(number=one.number, path=f"/me/bookings/{one.booking_id}") for one in bookings]


def use_line(rules: ServiceRules, request: BookingRequest, use: EntryUse, words: Words) -> UseLine:
    """One use in words; names are those of the day on which it was entered."""
    hours = words.say("stay.count", count=request.nights) if request.nights else ""
    hours = hours or clock_period(use.period.starts_at, use.period.ends_at)
    known = request.space_id in rules.inventory.spaces
    return UseLine(
        when=f"{long_date(use.use_on, words.language)} {hours}",
        facility=use.facility_name,
        space=use.space_name,
        detail=request_detail(rules, request, words) if known else "",
    )


def _todo(mine: MyLottery, phase: str, words: Words, *, ordered: bool, now: datetime) -> str:
    """What is to be done now, or what comes next and when."""
    lottery, language = mine.lottery, words.language
    states = {one.state for one in mine.entries} - {"withdrawn"}
    if not states:
        key = "none_open" if phase == "open" else "none"
        return words.say(f"lottery_mine.todo.{key}", at=deadline(lottery.closes_at, language))
    if phase == "open":
        return words.say(
            "lottery_mine.todo.open" if ordered else "lottery_mine.todo.open_any",
            at=deadline(lottery.closes_at, language),
        )
    if phase == "closed":
        key = "late" if now >= lottery.announces_at else "closed"
        return words.say(f"lottery_mine.todo.{key}", at=moment(lottery.announces_at, language))
    if "won" in states:
        until = min((one.accept_until for one in mine.entries if one.state == "won" and one.accept_until), default=None)
        key = "won" if until else "won_any"
        return words.say(f"lottery_mine.todo.{key}", at=deadline(until, language) if until else "")
    if states <= set(OVER):
        return words.say("lottery_mine.todo.lost", at=moment(lottery.releases_at, language))
    key = "over"
    if "accepted" in states:
        key = "accepted_some" if "lapsed" in states else "accepted"
    return words.say(f"lottery_mine.todo.{key}")


async def _odds(here: Here, rules: ServiceRules, mine: MyLottery) -> Mapping[SlotKey, Odds]:
    """The odds of what one entered, where people may see them."""
    scheme = scheme_of(rules, mine.lottery.scheme)
    requests = [one for entry in mine.entries if entry.state == "waiting" for one in entry.requests]
    requests = [one for one in requests if one.space_id in rules.inventory.spaces]
    if scheme is None or scheme.odds != "shown" or not requests:
        return {}
    return await read_odds(
        here.conn,
        visit=here.visit,
        rules=rules,
        lottery_id=mine.lottery.lottery_id,
        spaces=sorted({one.space_id for one in requests}),
        first=min(one.use_on for one in requests),
        end=max(one.use_on + timedelta(days=max(one.nights, 1)) for one in requests),
    )


def _tightest(entry: EntryView, odds: Mapping[SlotKey, Odds]) -> Odds | None:
    """Of all the pieces that an entry needs the one that is hardest to get."""
    found = [
        odds[key] for request, use in zip(entry.requests, entry.uses, strict=True) for key in _keys(request, use, odds)
    ]
    return max(found, key=lambda one: one.applications / one.winnable if one.winnable else float("inf"), default=None)


def _keys(request: BookingRequest, use: EntryUse, odds: Mapping[SlotKey, Odds]) -> Sequence[SlotKey]:
    if request.nights:
        nights = [(request.space_id, use.use_on + timedelta(days=night), 0) for night in range(request.nights)]
        return [key for key in nights if key in odds]
    begins = local(use.period.starts_at)
    first = begins.hour * 60 + begins.minute
    last = first + int((use.period.ends_at - use.period.starts_at).total_seconds()) // 60
    return [key for key in odds if key[:2] == (request.space_id, use.use_on) and first <= key[2] < last]
