"""What codes are called, and conditions in words: facilities, kinds, bands, classes, answers of the form."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Final

from yoyaku.facility.terms import BandTimetable, Facility, NightTimetable, Space
from yoyaku.rulebook.terms import RuleSet
from yoyaku.rulebook.words.voice import Voice
from yoyaku.rules.condition import NONE
from yoyaku.rules.values import Match, Range, Text, When, YearSpan
from yoyaku.ui.formats import duration, long_date

PLACE: Final = ("facility", "facility_group", "facility_category", "space", "space_kind")
CITY_WORDS: Final[Mapping[str, str]] = {
    "facility_group": "group",
    "facility_category": "category",
    "space_kind": "space_kind",
    "activity": "activity",
    "grounds": "counter.grounds",
    "season": "season",
}
"""Facts whose values the city's wording names, and below which key."""
MOST_NAMED: Final = 4
"""More spaces of a kind than these are not listed by name."""
LONG_LIST: Final = 4
FEW: Final = 2
LENGTHS: Final = frozenset({"minutes", "elapsed_minutes"})
"""Facts that are a length of time, in minutes."""
"""From how many values on a list may be said by the few that it leaves out."""

Named = dict[str, Text]


@dataclass(frozen=True)
class Names:
    """The names of one rule set and its facilities, in one language."""

    rules: RuleSet
    facilities: Sequence[Facility]
    voice: Voice

    def value(self, fact: str, value: object) -> str:
        """One value of a fact as people call it."""
        voice = self.voice
        if isinstance(value, bool):
            return self._yes_or_no(fact, yes=value)
        code = str(value)
        said = voice.maybe(f"fact.{fact}.{code}")
        if said is not None:
            return said
        if fact in CITY_WORDS and (found := voice.city(f"{CITY_WORDS[fact]}.{code}")) is not None:
            return found
        if fact in self._by_hand:
            return self._by_hand[fact](code)
        named = (
            self._named.get(fact.removeprefix("form."), {}) if fact.startswith("form.") else self._named.get(fact, {})
        )
        return voice.text(named[code]) if code in named else code.replace("_", " ")

    def match(self, fact: str, match: Match) -> str:
        """One line of a condition without the name of the fact: 午前・午後."""
        if isinstance(match, Range):
            return self._range(fact, match)
        options = match if isinstance(match, list) else [match]
        several = [option for option in options if option != NONE or fact == "mandate"]
        rest = self._all_but(fact, several)
        if rest:
            return self.voice.say("except", values=self.voice.either(self.value(fact, option) for option in rest))
        return self.voice.either(self.value(fact, option) for option in several)

    def _all_but(self, fact: str, options: Sequence[object]) -> Sequence[str]:
        """The few values that a long list leaves out, where saying them is shorter than the list."""
        known = self._known.get(fact, ())
        rest = [value for value in known if value not in options]
        return rest if len(options) >= LONG_LIST and len(rest) <= FEW else ()

    def condition(self, when: When) -> str:
        """A whole condition: every line must hold; empty where it always does."""
        return self.voice.say("join.conditions").join(filter(None, (self.line(*line) for line in when.items())))

    def line(self, fact: str, match: Match) -> str:
        """One line of a condition, as a condition."""
        values = self.match(fact, match)
        if not values or (fact == "timetable" and len(self.rules.timetables) == 1):
            return ""
        if fact == "days_before_use" and match == 0:
            return self.voice.say("when.days_before_use_zero")
        return self.voice.maybe(f"when.{fact}", values=values) or self._labelled(fact, match, values)

    def _labelled(self, fact: str, match: Match, values: str) -> str:
        """With its label, where the values alone would not say of what they are."""
        voice = self.voice
        if fact.startswith("form."):
            asked = self.label(fact)
            if isinstance(match, bool):
                return voice.say("label.wished" if match else "label.not_wished", label=asked)
            return voice.say("colon", name=asked, text=values)
        label = voice.maybe(f"label.{fact}")
        numbers = isinstance(match, Range | int)
        return voice.say("colon", name=label, text=values) if label and numbers else values

    def label(self, fact: str) -> str:
        """What a fact is called, as the head of a column."""
        if fact.startswith("form."):
            return next((self.voice.text(q.label) for q in self.rules.booking.form if f"form.{q.code}" == fact), "")
        return self.voice.maybe(f"label.{fact}") or ""

    def bands(self, codes: Iterable[str]) -> list[str]:
        """Names of bands."""
        return [self.value("band", code) for code in codes]

    def _yes_or_no(self, fact: str, *, yes: bool) -> str:
        word = "true" if yes else "false"
        return self.voice.maybe(f"fact.{fact}.{word}") or self.voice.say("yes" if yes else "no")

    def _range(self, fact: str, bounds: Range) -> str:
        low = None if bounds.at_least is None else self._measured(fact, bounds.at_least)
        high = None if bounds.at_most is None else self._measured(fact, bounds.at_most)
        if low is None or high is None:
            return "" if low == high else self.voice.say("range.least" if low else "range.most", low=low, high=high)
        return low if low == high else self.voice.say("range.between", low=low, high=high)

    def _measured(self, fact: str, count: int) -> str:
        """A number with its unit; minutes as people say a length of time."""
        if fact in LENGTHS:
            return duration(count, self.voice.language)
        return f"{count}{self.voice.maybe(f'range_unit.{fact}') or ''}"

    @cached_property
    def _known(self) -> Mapping[str, Sequence[str]]:
        """Every value that a place can have, of the facilities that are booked."""
        booked = [facility for facility in self.facilities if facility.bookable]
        kinds = [space.kind for facility in booked for space in facility.spaces]
        return {
            "facility_category": list(dict.fromkeys(f.category for f in booked if f.category)),
            "facility_group": list(dict.fromkeys(group for f in booked for group in f.groups)),
            "space_kind": list(dict.fromkeys(kinds)),
        }

    @cached_property
    def _by_hand(self) -> Mapping[str, Callable[[str], str]]:
        return {
            "space": self._spaces(lambda space: space.code),
            "space_kind": self._spaces(lambda space: space.kind),
            "season": self._season,
            "band": self._band,
            "timetable": self._timetable,
            "use_month": lambda code: f"{code}{self.voice.say('range_unit.use_month')}",
        }

    @cached_property
    def _named(self) -> Mapping[str, Named]:
        rules = self.rules
        asked = {question.code: question.choices for question in rules.booking.form}
        return {
            **{code: dict(choices) for code, choices in asked.items()},
            **{name: dict(asked.get(majority.field, {})) for name, majority in rules.booking.derived.items()},
            "facility": {facility.code: facility.name for facility in self.facilities},
            "user_class": {each.code: each.name for each in rules.registration.classes},
            "registration": {stage.code: stage.name for stage in rules.registration.stages},
            "channel": {channel.code: channel.name for channel in rules.booking.channels},
            "paid_by": {method.code: method.name for method in rules.payment.methods},
            "paid_only_by": {method.code: method.name for method in rules.payment.methods},
            "age_group": {
                group.code: group.name
                for table in rules.timetables.values()
                if isinstance(table, NightTimetable)
                for group in table.age_groups
            },
        }

    def _spaces(self, code_of: Callable[[Space], str]) -> Callable[[str], str]:
        """Names the spaces that have a code, where they are few."""

        def name(code: str) -> str:
            found = [s.name for facility in self.facilities for s in facility.spaces if code_of(s) == code]
            names = list(dict.fromkeys(self.voice.text(one) for one in found))
            return self.voice.either(names) if names and len(names) <= MOST_NAMED else code.replace("_", " ")

        return name

    def _season(self, code: str) -> str:
        season = next((one for one in self.rules.seasons if one.code == code), None)
        return code if season is None else year_span_words(season.first, season.last, self.voice)

    def _band(self, code: str) -> str:
        tables = (table for table in self.rules.timetables.values() if isinstance(table, BandTimetable))
        found = next((band for table in tables for band in table.bands if band.code == code), None)
        return code if found is None else self.voice.text(found.name)

    def _timetable(self, code: str) -> str:
        """A timetable by its note (区分予約), else by its bands, else as what it is."""
        table = self.rules.timetables.get(code)
        if table is None:
            return code
        if isinstance(table.note, dict):
            return self.voice.text(table.note)
        if isinstance(table, BandTimetable):
            return self.voice.either(self.voice.text(band.name) for band in table.bands)
        return self.voice.say("kind.nights" if isinstance(table, NightTimetable) else "kind.grid")


def year_span_words(first: str, last: str, voice: Voice) -> str:
    """Days of every year: 7月1日から9月30日まで."""
    return voice.say("closed.span", first=month_day_words(first, voice), last=month_day_words(last, voice))


def span_words(span: YearSpan, voice: Voice) -> str:
    """A span of every year in words."""
    return year_span_words(span.first, span.last, voice)


def month_day_words(text: str, voice: Voice) -> str:
    """A day of every year: 7月1日."""
    month, day = int(text[:2]), int(text[3:])
    return voice.say("closed.month_day", month=voice.maybe(f"month_name.{month}") or month, day=day)


def day_words(day: str | date, voice: Voice) -> str:
    """A date with its weekday."""
    return long_date(date.fromisoformat(day) if isinstance(day, str) else day, voice.language)
