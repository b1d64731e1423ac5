"""The guide for residents, printed by the rule set itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import Final

from yoyaku.facility.terms import Facility
from yoyaku.rulebook.terms import RuleSet
from yoyaku.rulebook.words.guide import applying, booked, drawn, money, people, places
from yoyaku.rulebook.words.guide.telling import Telling
from yoyaku.rulebook.words.names import Names, day_words
from yoyaku.rulebook.words.pieces import Block, Bullets, Guide, Paragraph, Section
from yoyaku.rulebook.words.voice import Tongue, Voice
from yoyaku.ui.wording import Wording

SECTIONS: Final[Sequence[tuple[str, Callable[[Telling], Iterator[Block]]]]] = (
    ("register", people.register),
    ("time", applying.times),
    ("windows", applying.windows),
    ("limits", applying.limits),
    ("lottery", drawn.lotteries),
    ("fees", money.fees),
    ("equipment", money.equipment),
    ("relief", money.reliefs),
    ("pay", booked.paying),
    ("change", booked.changing),
    ("cancel", booked.cancelling),
    ("arrears", booked.arrears),
    ("places", places.places),
    ("contact", people.counters),
)
"""The sections in the order in which a resident needs them; one without a word is left out."""


def guide(
    rules: RuleSet,
    facilities: Sequence[Facility],
    *,
    language: Tongue,
    wording: Wording | None = None,
    on: date | None = None,
    for_admins: bool = False,
) -> Guide:
    """The guide of a rule set.

    Args:
        rules: the rule set.
        facilities: those of the tenant; other services' are left out.
        language: ``ja``, ``ja-easy`` or ``en``.
        wording: the city's own words.
        on: the day on which it is read: what was over before it is left out.
        for_admins: say, too, where a value is a default because the city has laid down nothing, and the notes.
    """
    voice = Voice(language, wording)
    mine = [facility for facility in [*facilities, *rules.inventory] if facility.service == rules.service]
    tell = Telling(rules, mine, voice, Names(rules, mine, voice), on=on, for_admins=for_admins)
    sections = []
    for code, write in SECTIONS:
        blocks = tuple(write(tell))
        if blocks:
            sections.append(_finished(Section(code=code, title=voice.say(f"{code}.title"), blocks=blocks), voice))
    since = voice.say(f"guide.from_day.{rules.applies.by}", day=day_words(rules.applies.since, voice))
    return Guide(
        tongue=language,
        title=voice.finish(voice.say("guide.title")),
        lead=voice.finish(voice.sentences([voice.say("guide.lead"), since])),
        sections=tuple(sections),
    )


def _finished(section: Section, voice: Voice) -> Section:
    """The section as it is read: from the top, hard words with their readings where they first stand."""
    voice.begin()
    return replace(section, title=voice.finish(section.title), blocks=tuple(_read(b, voice) for b in section.blocks))


def _read(block: Block, voice: Voice) -> Block:
    finish = voice.finish
    if isinstance(block, Paragraph):
        return replace(block, text=finish(block.text))
    if isinstance(block, Bullets):
        heading = finish(block.heading)
        return replace(block, heading=heading, points=tuple(replace(p, text=finish(p.text)) for p in block.points))
    return replace(
        block,
        caption=finish(block.caption),
        heads=tuple(map(finish, block.heads)),
        rows=tuple(tuple(map(finish, row)) for row in block.rows),
    )
