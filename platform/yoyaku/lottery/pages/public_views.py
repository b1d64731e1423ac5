"""Lotteries as the public pages show them: names, steps in time, files, and the lines of a published list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Literal

from yoyaku.booking.pages.here import Here
from yoyaku.booking.rules import ServiceRules
from yoyaku.lottery.pages.why_words import cell_words
from yoyaku.lottery.policy.cells import read_key
from yoyaku.lottery.policy.floors import floor_names, is_shared
from yoyaku.lottery.policy.wants import Wanted
from yoyaku.lottery.repository.public import PublicFile, PublicLottery
from yoyaku.lottery.rules import scheme_of
from yoyaku.lottery.service.results import FoundEntry, Wish
from yoyaku.ui.formats import clock_time, long_date, month_name
from yoyaku.ui.words import Words

FILES: Final = {"sealed": "sealed.jsonl", "result": "result.jsonl", "signature": "signature.json"}
"""By which name each file is downloaded."""
NIGHT: Final = (0, 24 * 60)


@dataclass(frozen=True, kw_only=True)
class Line:
    """A lottery in the list. ``overdue``: its result should be out by now, so that no hour can be promised."""

    name: str
    lottery: PublicLottery
    delayed: bool
    overdue: bool


@dataclass(frozen=True, kw_only=True)
class Step:
    """A step of a lottery: what, when, whether it is behind us, and what was published with it (label and text).

    ``held``: from its time on until the announcement nobody is told whether it is done.
    """

    code: str
    at: datetime | None
    state: Literal["done", "late", "held", "coming"]
    published: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, kw_only=True)
class Download:
    """A file to download."""

    code: str
    filename: str
    sha256: str
    size: str


@dataclass(frozen=True, kw_only=True)
class WishLine:
    """A wish of a published list in words: what was wanted, what became of it, when it was its turn, what was short."""

    rank: int
    wants: Sequence[str]
    outcome: str | None
    turn: str | None
    short: str | None


def name_of(rules: ServiceRules, scheme: str, month: date, words: Words) -> str:
    """A lottery by its scheme and month."""
    found = scheme_of(rules, scheme)
    name = words.text(found.name) if found else scheme
    return words.say("lottery_results.name", name=name, month=month_name(month, words.language))


def line_of(here: Here, rules: ServiceRules, lottery: PublicLottery) -> Line:
    """A lottery for the list."""
    name = name_of(rules, lottery.scheme, lottery.month_starts, here.words)
    now = here.visit.now
    overdue = not lottery.is_announced and now >= lottery.announces_at
    return Line(name=name, lottery=lottery, delayed=lottery.is_delayed(now), overdue=overdue)


def steps_of(lottery: PublicLottery, *, words: Words, now: datetime) -> list[Step]:
    """What happens with a lottery from the first hash to the end, in the order of time."""
    say = words.say

    def published(**values: str | None) -> list[tuple[str, str]]:
        return [(say(f"lottery_results.published.{code}"), text) for code, text in values.items() if text]

    def step(code: str, at: datetime | None, *, done: bool, published: Sequence[tuple[str, str]] = ()) -> Step:
        late = not done and at is not None and now >= at
        return Step(code=code, at=at, state="done" if done else "late" if late else "coming", published=published)

    opened, closed = lottery.state != "planned", lottery.sealed_hash is not None
    valued, announced = lottery.public_value is not None, lottery.is_announced
    return [
        step(
            "promised", None, done=True, published=published(secret=lottery.secret_hash, source=lottery.public_source)
        ),
        step("opened", lottery.opens_at, done=opened),
        step(
            "sealed",
            lottery.sealed_at or lottery.closes_at,
            done=closed,
            published=published(sealed=lottery.sealed_hash),
        ),
        step("valued", lottery.public_value_at, done=valued, published=published(value=lottery.public_value)),
        _draw_step(lottery, now=now, published=published(seed=lottery.seed)),
        step(
            "announced",
            lottery.announced_at or lottery.announces_at,
            done=announced,
            published=published(result=lottery.result_hash),
        ),
        step("released", lottery.released_at or lottery.releases_at, done=lottery.released_at is not None),
    ]


def _draw_step(lottery: PublicLottery, *, now: datetime, published: Sequence[tuple[str, str]]) -> Step:
    """The draw: late only where its public value is missing; otherwise untold until the announcement."""
    at = lottery.drawn_at or lottery.draws_at
    if lottery.is_announced:
        return Step(code="drawn", at=at, state="done", published=published)
    state: Literal["late", "held"] = "late" if lottery.waits_for_value(now) else "held"
    return Step(code="drawn", at=at, state=state if now >= at else "coming")


def download_of(file: PublicFile) -> Download:
    """A file for the list of downloads."""
    return Download(code=file.name, filename=FILES[file.name], sha256=file.sha256, size=size_of(file.bytes))


def size_of(length: int) -> str:
    """A length in bytes as people read it: ``512 B``, ``1.4 MB``."""
    size = float(length)
    for unit in ("B", "KB", "MB"):
        if size < 1000:  # noqa: PLR2004  # decimal units
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} GB"


def wish_lines(entry: FoundEntry, *, rules: ServiceRules, words: Words) -> list[WishLine]:
    """The wishes of a published list in words."""
    return [_wish_line(rank, wish, rules, words) for rank, wish in enumerate(entry.wishes, start=1)]


def _wish_line(rank: int, wish: Wish, rules: ServiceRules, words: Words) -> WishLine:
    has_turn = wish.round is not None and wish.place is not None and wish.outcome != "void"
    cell = read_key(wish.cell) if wish.cell else None
    return WishLine(
        rank=rank,
        wants=[_wanted(one, rules, words) for one in wish.wants],
        outcome=wish.outcome,
        turn=words.say("lottery_results.turn", round=wish.round, place=wish.place) if has_turn else None,
        short=cell_words(cell, floor_names(rules, cell.resource_id), words) if cell else None,
    )


def _wanted(want: Wanted, rules: ServiceRules, words: Words) -> str:
    """What is wanted: day, hours, the place and the code under which the file has it, and how much, or which."""
    span = "" if (want.starts, want.ends) == NIGHT else f" {clock_time(want.starts)}〜{clock_time(want.ends)}"
    day = long_date(date.fromisoformat(want.day), words.language)
    shared = ".shared" if is_shared(rules, want.resource_id) else ""
    units = (
        words.say(f"lottery.why.units{shared}", count=want.units)
        if isinstance(want.units, int)
        else ", ".join(f"#{one}" for one in want.units)
    )
    names = floor_names(rules, want.resource_id)
    place = f"{' '.join(words.text(name) for name in names)} ({want.resource_id})" if names else want.resource_id
    return f"{day}{span} {place} {units}"
