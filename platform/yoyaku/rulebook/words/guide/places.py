"""The facilities: where they are, and on which days they are closed."""

from __future__ import annotations

from collections.abc import Iterator

from yoyaku.facility.terms import Facility
from yoyaku.rulebook.words.closed import closed_line
from yoyaku.rulebook.words.guide.telling import Telling
from yoyaku.rulebook.words.pieces import Block


def places(tell: Telling) -> Iterator[Block]:
    """The section on facilities."""
    rows = [(_row(tell, facility), tell.source(facility)) for facility in tell.facilities]
    if rows:
        heads = [tell.say("places.name"), tell.say("places.address"), tell.say("places.closed")]
        yield tell.table(tell.say("places.table"), heads, rows)


def _row(tell: Telling, facility: Facility) -> list[str]:
    where = tell.say("join.lines").join(filter(None, [tell.text(facility.address), facility.phone or ""]))
    in_force = (
        rule
        for rule in facility.calendar.closed
        if tell.on is None or rule.until is None or rule.until >= tell.on.isoformat()
    )
    lines = [line for rule in in_force if (line := closed_line(rule, tell.voice))]
    closed = tell.voice.both(lines) or tell.say("places.no_closed")
    name = tell.text(facility.name)
    if not facility.bookable:
        name = tell.say("bracket", name=name, text=tell.say("places.not_bookable"))
    return [name, where, closed]
