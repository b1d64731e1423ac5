"""Why an entry won or lost, in sentences."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from yoyaku.extension.draw import Free
from yoyaku.lottery.policy.cells import Piece
from yoyaku.lottery.policy.why import Why, how_many
from yoyaku.rules.values import Text
from yoyaku.ui.formats import clock_time, long_date, moment
from yoyaku.ui.words import Words

SHOWN: Final = 10
"""So many of those who were before are named; of the others, how many there are."""
DAY_MINUTES: Final = 1440


def why_lines(why: Why, *, words: Words, announces_at: datetime, own: str | None = None) -> list[str]:
    """The sentences, the first of which says it in short; those who were before, one a line.

    ``own`` is the receipt code of whoever asks: another wish of theirs that came before is named as theirs.
    """
    if why.outcome == "waiting":
        return [words.say("lottery.why.waiting", announces_at=moment(announces_at, words.language))]
    if why.outcome in ("withdrawn", "void"):
        return [words.say(f"lottery.why.{why.outcome}")]
    facts = {
        "round": why.round,
        "place": why.place,
        "of": words.say(f"lottery.why.of.{why.of}", count=f"{why.of_how_many:,}"),
    }
    if why.outcome == "won":
        return [words.say("lottery.why.won", **facts)]
    if why.cell is None or why.wanted is None or why.left is None:
        return [words.say("lottery.why.lost_unknown", **facts)]
    lost = words.say(
        "lottery.why.lost",
        **facts,
        cell=cell_words(why.cell, why.names, words),
        left=_left(why, words),
        wanted=_wanted(why, words),
    )
    return [lost, *_before(why, words, own)]


def cell_words(cell: Piece, names: tuple[Text, Text] | None, words: Words) -> str:
    """The place and the time of a cell."""
    place = " ".join(words.text(name) for name in names) if names else cell.resource_id
    day = long_date(date.fromisoformat(cell.day), words.language)
    if (cell.starts, cell.ends) == (0, DAY_MINUTES):
        return words.say("lottery.why.cell.night", place=place, day=day)
    times = {"from_time": clock_time(cell.starts), "to_time": clock_time(cell.ends)}
    return words.say("lottery.why.cell.time", place=place, day=day, **times)


def _before(why: Why, words: Words, own: str | None) -> list[str]:
    if not why.taken_by:
        return [words.say("lottery.why.nobody_before")]
    told = [
        words.say(
            "lottery.why.before_own" if one.receipt == own else "lottery.why.before",
            receipt=one.receipt,
            round=one.round,
            place=one.place,
            units=_units(one.units, why, words),
        )
        for one in why.taken_by[:SHOWN]
    ]
    more = len(why.taken_by) - SHOWN
    return [*told, words.say("lottery.why.before_more", count=more)] if more > 0 else told


def _left(why: Why, words: Words) -> str:
    left = why.left or 0
    if how_many(left) == 0:
        return words.say("lottery.why.left.none")
    if isinstance(why.wanted, tuple) and isinstance(left, tuple):
        return words.say("lottery.why.left.named")
    if per := _per_court(why):
        said = words.say("lottery.why.units.left", count=how_many(left), asked=how_many(left) // per)
        return words.say("lottery.why.left.some", count=said)
    return words.say("lottery.why.left.some", count=_units(left, why, words))


def _wanted(why: Why, words: Words) -> str:
    """What was wished for, as it was asked for; of a shared floor with the parts that this takes."""
    count = how_many(why.wanted or 0)
    if _per_court(why):
        return words.say("lottery.why.units.asked", count=count, asked=why.asked)
    return _units(count, why, words)


def _per_court(why: Why) -> int:
    """Parts of a shared floor that one court or room of the wish takes; 0 where it is not counted so."""
    count = how_many(why.wanted or 0)
    return count // why.asked if why.shared and why.asked and count % why.asked == 0 else 0


def _units(units: Free, why: Why, words: Words) -> str:
    return words.say("lottery.why.units.shared" if why.shared else "lottery.why.units", count=how_many(units))
