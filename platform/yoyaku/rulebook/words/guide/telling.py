"""What every section of the guide tells with: the rules, their names, and how sources are shown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from yoyaku.facility.terms import Facility
from yoyaku.rulebook.terms import RuleSet
from yoyaku.rulebook.words.moments import moment_words
from yoyaku.rulebook.words.names import Names
from yoyaku.rulebook.words.pieces import Bullets, Paragraph, Table
from yoyaku.rulebook.words.voice import Voice
from yoyaku.rules.values import Clause, Moment, Text

DEFAULT: Final = "default"
_ASIDE: Final = re.compile(r"[（(][^（）()]*default[^（）()]*[）)]")
"""What a reference adds in brackets on what the city has not laid down."""


@dataclass(frozen=True, kw_only=False)
class Telling:
    """One guide being written; what was over before the day ``on`` is left out."""

    rules: RuleSet
    facilities: Sequence[Facility]
    voice: Voice
    names: Names
    on: date | None = None
    for_admins: bool = False

    def source(self, *clauses: Clause | None) -> str:
        """Where the city says so; a default is named as one to admins and not at all to residents."""
        references = dict.fromkeys(c.reference for c in clauses if c is not None and c.reference)
        said = filter(None, map(self._reference, references))
        return self.voice.both(dict.fromkeys(said))

    def _reference(self, reference: str) -> str:
        if reference == DEFAULT:
            return self.voice.say("source.default") if self.for_admins else ""
        if DEFAULT not in reference:
            return self.voice.say("source", source=reference)
        if self.for_admins:
            return self.voice.say("source", source=reference.replace(DEFAULT, self.voice.say("default_word")))
        return self.voice.say("source", source=_ASIDE.sub("", reference)) if _ASIDE.search(reference) else ""

    def note(self, clause: Clause) -> str:
        """The note of a clause: what is written in every language is for residents, everything for admins."""
        note = clause.note
        if note is None or (isinstance(note, str) and not self.for_admins):
            return ""
        text = self.voice.text(note)
        if DEFAULT not in text:
            return text
        return text.replace(DEFAULT, self.voice.say("default_word")) if self.for_admins else _ASIDE.sub("", text)

    def text(self, text: Text | None) -> str:
        """A text of the rule set."""
        return self.voice.text(text)

    def moment(self, moment: Moment, *, called: Mapping[str, str] | None = None, day_only: bool = False) -> str:
        """A moment in words."""
        return moment_words(moment, self.voice, called=called, day_only=day_only)

    def say(self, key: str, /, **facts: object) -> str:
        """A sentence."""
        return self.voice.say(key, **facts)

    def paragraph(self, text: str, *clauses: Clause) -> Paragraph:
        """A paragraph with its source."""
        return Paragraph(text=text, source=self.source(*clauses))

    def bullets(self, points: Iterable[Paragraph], heading: str = "") -> Bullets:
        """A list of points."""
        return Bullets(points=tuple(points), heading=heading)

    def table(
        self,
        caption: str,
        heads: Sequence[str],
        rows: Iterable[tuple[Sequence[str], str]],
        *,
        amounts: Iterable[int] = (),
    ) -> Table:
        """A table of rows with their sources; columns in which nothing stands are left out."""
        listed = list(rows)
        kept = [i for i in range(len(heads)) if i == 0 or any(cells[i] for cells, _ in listed)]
        numbers = frozenset(amounts)
        return Table(
            caption=caption,
            heads=tuple(heads[i] for i in kept),
            rows=tuple(tuple(cells[i] for i in kept) for cells, _ in listed),
            sources=tuple(source for _, source in listed),
            amounts=frozenset(place for place, i in enumerate(kept) if i in numbers),
        )
