"""What differs between two rule sets, in words: who decides reads tiers, moments and prices, not YAML.

Entries are told apart by their codes, else by their conditions, so that an entry that moved is no change; where the
order counts (the first that holds), that it changed is said. Lists of codes and days have no order.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from yoyaku.booking.terms import RefundTier
from yoyaku.facility.terms import Facility
from yoyaku.rulebook.terms import Example, RuleSet
from yoyaku.rulebook.words.names import Names
from yoyaku.rulebook.words.spoken import DEFAULT, Spoken, is_text
from yoyaku.rulebook.words.tiers import percent_words
from yoyaku.rulebook.words.voice import Tongue, Voice
from yoyaku.rules.values import Clause, ClosedDays, Moment
from yoyaku.ui.wording import Wording

LEFT_OUT: Final = frozenset({"language", "inventory"})
"""Facilities are no part of the rules; the version of the language says nothing."""
ORDER_COUNTS: Final = frozenset(
    {"lifecycle", "timetable_use", "cancellation", "steps", "receipts", "methods", "tickets", "tier", "payees"}
)
"""Lists in which the first entry that holds counts, or that are shown in their order."""
Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One difference.

    ``path`` is where it stands in the rule set (``booking.cancellation[2].tiers[1].percent``), in the newer one where it
    is there; ``reference`` the ordinance article of its clause.
    """

    path: str
    section: str
    was: str
    becomes: str
    says: str
    reference: str = ""


@dataclass(frozen=True)
class _Place:
    """Where the comparison is: keys, their names in words, and the clause around."""

    path: Path = ()
    said: tuple[str, ...] = ()
    reference: str = ""

    def below(self, step: str | int, said: str, clause: object = None) -> _Place:
        reference = clause.reference or self.reference if isinstance(clause, Clause) else self.reference
        return _Place((*self.path, step), (*self.said, said) if said else self.said, reference)

    @property
    def written(self) -> str:
        parts = [f"[{step}]" if isinstance(step, int) else f".{step}" for step in self.path]
        return "".join(parts).removeprefix(".")


def difference(
    old: RuleSet,
    new: RuleSet,
    *,
    language: Tongue,
    facilities: Sequence[Facility] = (),
    wording: Wording | None = None,
) -> list[Change]:
    """What the newer rule set says otherwise, in the order of the rule set.

    Args:
        old: the rule set before.
        new: the one that follows.
        language: ``ja``, ``ja-easy`` or ``en``.
        facilities: those of the tenant, for their names.
        wording: the city's own words.
    """
    voice = Voice(language, wording)
    comparing = _Comparing(voice, Spoken(voice), Names(old, facilities, voice), Names(new, facilities, voice))
    return [_finished(change, voice) for change in comparing.structs(old, new, _Place())]


def _finished(change: Change, voice: Voice) -> Change:
    """The change as it is read in the end."""
    return Change(
        path=change.path,
        section=voice.finish(change.section),
        was=change.was,
        becomes=change.becomes,
        says=voice.finish(change.says),
        reference=change.reference,
    )


@dataclass(frozen=True)
class _Comparing:
    voice: Voice
    spoken: Spoken
    before: Names
    after: Names

    # --- walking ----------------------------------------------------------------------------------

    def structs(self, old: msgspec.Struct, new: msgspec.Struct, at: _Place) -> Iterator[Change]:
        """Two structs of one kind, field by field."""
        if isinstance(old, RefundTier) and isinstance(new, RefundTier):
            yield from self._tier(old, new, at)
            return
        for info in msgspec.structs.fields(new):
            name = info.encode_name
            if name in LEFT_OUT and not at.path:
                continue
            was, becomes = getattr(old, info.name), getattr(new, info.name)
            if was != becomes:
                yield from self.values(name, was, becomes, at.below(name, self.spoken.label(name, new), new))

    def _tier(self, old: RefundTier, new: RefundTier, at: _Place) -> Iterator[Change]:
        """A tier as a resident reads it: the days, and the percentage that changes."""
        if old.percent != new.percent:
            words = (percent_words(old.percent, self.voice), percent_words(new.percent, self.voice))
            yield self._changed(at.below("percent", "", new), *words)

    def values(self, name: str, was: Any, becomes: Any, at: _Place) -> Iterator[Change]:  # noqa: ANN401 -- any field
        """Two values of one field that are not the same."""
        if isinstance(was, Moment) or isinstance(becomes, Moment):
            yield self._changed(at, self.spoken.say(name, was, self.before), self.spoken.say(name, becomes, self.after))
        elif isinstance(was, msgspec.Struct) and type(was) is type(becomes):
            yield from self.structs(was, becomes, at)
        elif isinstance(was, Mapping) and isinstance(becomes, Mapping) and name not in {"when", "need"}:
            yield from self._mappings(name, was, becomes, at)
        elif _is_list_of_structs(was) or _is_list_of_structs(becomes):
            yield from self._lists(name, was or [], becomes or [], at)
        elif not _same_without_order(was, becomes):
            yield self._changed(at, self.spoken.say(name, was, self.before), self.spoken.say(name, becomes, self.after))

    def _mappings(self, name: str, old: Mapping[str, Any], new: Mapping[str, Any], at: _Place) -> Iterator[Change]:
        if is_text(old) and is_text(new):
            yield self._changed(at, self.voice.text(dict(old)), self.voice.text(dict(new)))
            return
        for key in dict.fromkeys([*old, *new]):
            place = at.below(key, self._key(name, key))
            if key not in old:
                yield self._added(place, self.spoken.say(name, new[key], self.after))
            elif key not in new:
                yield self._removed(place, self.spoken.say(name, old[key], self.before))
            elif old[key] != new[key]:
                yield from self.values(name, old[key], new[key], place)

    def _key(self, name: str, key: str) -> str:
        """What a key of a mapping is called: a piece of equipment, a timetable, a calendar."""
        if name == "timetables":
            names = self.after if key in self.after.rules.timetables else self.before
            return names.value("timetable", key)
        pieces = (piece for facility in self.after.facilities for piece in facility.equipment if piece.code == key)
        found = next(pieces, None) if name == "prices" else None
        return self.voice.text(found.name) if found else self.voice.say("diff.entry", name=key)

    def _lists(self, name: str, old: Sequence[Any], new: Sequence[Any], at: _Place) -> Iterator[Change]:
        before, after = _by_identity(old), _by_identity(new)
        for identity, (index, entry) in after.items():
            place = at.below(index, self.spoken.entry(entry, index, self.after), entry)
            if identity not in before:
                yield self._added(place, self.spoken.say(name, entry, self.after))
            elif before[identity][1] != entry:
                yield from self.structs(before[identity][1], entry, place)
        for identity, (index, entry) in before.items():
            if identity not in after:
                place = at.below(index, self.spoken.entry(entry, index, self.before), entry)
                yield self._removed(place, self.spoken.say(name, entry, self.before))
        kept = [identity for identity in before if identity in after]
        if name in ORDER_COUNTS and kept != [identity for identity in after if identity in before]:
            yield self._moved(at)

    # --- what was found ---------------------------------------------------------------------------

    def _changed(self, at: _Place, was: str, becomes: str) -> Change:
        return self._change("diff.changed", at, was, becomes)

    def _added(self, at: _Place, becomes: str) -> Change:
        return self._change("diff.added", at, "", becomes)

    def _removed(self, at: _Place, was: str) -> Change:
        return self._change("diff.removed", at, was, "")

    def _moved(self, at: _Place) -> Change:
        return self._change("diff.order", at, "", "")

    def _change(self, key: str, at: _Place, was: str, becomes: str) -> Change:
        what = self.voice.say("diff.path").join(at.said)
        return Change(
            path=at.written,
            section=at.said[0] if at.said else "",
            was=was,
            becomes=becomes,
            says=self.voice.say(key, what=what, was=was, becomes=becomes),
            reference=self._reference(at.reference),
        )

    def _reference(self, reference: str) -> str:
        """The ordinance article; a default in words."""
        if reference == DEFAULT:
            return self.voice.say("source.default")
        return reference.replace(DEFAULT, self.voice.say("default_word"))


def _is_list_of_structs(value: object) -> bool:
    return isinstance(value, list | tuple) and any(isinstance(each, msgspec.Struct) for each in value)


def _same_without_order(was: object, becomes: object) -> bool:
    if isinstance(was, list | tuple) and isinstance(becomes, list | tuple):
        return sorted(map(str, was)) == sorted(map(str, becomes))
    return False


def _by_identity(entries: Sequence[Any]) -> dict[tuple[str, ...], tuple[int, Any]]:
    """Entries by what tells them apart, with their place; what is alike is counted."""
    found: dict[tuple[str, ...], tuple[int, Any]] = {}
    for index, entry in enumerate(entries):
        identity = _identity(entry)
        count = sum(1 for known in found if known[:-1] == identity)
        found[*identity, str(count)] = (index, entry)
    return found


def _identity(entry: Any) -> tuple[str, ...]:  # noqa: ANN401 -- any struct of a list
    kind = type(entry).__name__
    if isinstance(entry, RefundTier):
        return kind, f"{entry.at_least}-{entry.at_most}"
    if isinstance(entry, Example):
        return kind, entry.name
    if isinstance(entry, ClosedDays):
        return kind, closed_key(entry)
    key = next(
        (getattr(entry, name) for name in ("code", "event", "timetable", "since") if getattr(entry, name, None)), ""
    )
    when = getattr(entry, "when", {}) or {}
    return kind, str(key), msgspec.json.encode(when, order="sorted").decode()


def closed_key(rule: ClosedDays) -> str:
    """What tells one rule of closed days from another."""
    return msgspec.json.encode(rule, order="sorted").decode()
