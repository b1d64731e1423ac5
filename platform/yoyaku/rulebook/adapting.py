"""Examples brought to what the rules now decide: only what came out otherwise is written anew.

An example is a sample of what the city wants. Whoever changes a rule looks at each that comes out otherwise, and says of
which the new result is meant; nothing is brought along by itself.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from yoyaku.rulebook.draft import DraftChecked, Texts
from yoyaku.rulebook.editing import EditRefused, Leaf, set_value
from yoyaku.rulebook.examples import Outcome
from yoyaku.rules.fault import KeyPath, path_text

Change = tuple[KeyPath, Leaf]
"""A value of an example's ``then`` by its path there, and what came out instead."""


def may_be_adapted(outcome: Outcome, zone: ZoneInfo) -> bool:
    """Whether all that differs is a value that stands for another: an amount, a state, a moment."""
    return not outcome.passed and _changes(outcome, zone) is not None


def adapted(texts: Texts, *, checked: DraftChecked, chosen: Collection[int]) -> Texts:
    """The texts with these examples as they come out; comments, order and all else stay as typed.

    Args:
        texts: the files that were checked.
        checked: what came of them, with the outcomes of the examples.
        chosen: places of examples in the list.

    Raises:
        EditRefused: one of them cannot be written so; nothing of it is to be kept.
    """
    if checked.source is None or checked.book is None or checked.book.compiled is None:
        raise EditRefused(path="examples")
    zone, written = checked.book.compiled.zone, dict(texts)
    for place in sorted(chosen):
        path: KeyPath = ("examples", place)
        outcome = checked.outcomes[place] if 0 <= place < len(checked.outcomes) else None
        changes = None if outcome is None or outcome.passed else _changes(outcome, zone)
        file = checked.source.document.place(path).file
        if changes is None or file not in written:
            raise EditRefused(path=path_text(path))
        for at, value in changes:
            written[file] = set_value(written[file], (*path, "then", *at), value)
    return written


def _changes(outcome: Outcome, zone: ZoneInfo) -> list[Change] | None:
    """What is to be written; ``None`` where something has no value to stand in its place."""
    found: list[Change] = []
    for one in outcome.differences:
        below = list(_below((one.key,), one.expected, one.found, zone))
        if not below or None in below:
            return None
        found += [change for change in below if change is not None]
    return found


def _below(path: KeyPath, expected: object, found: object, zone: ZoneInfo) -> Iterator[Change | None]:
    """The values that differ at a path or below it."""
    if isinstance(expected, Mapping) and isinstance(found, Mapping):
        for name, part in expected.items():
            if name not in found:
                yield None
            elif found[name] != part:
                yield from _below((*path, name), part, found[name], zone)
    elif isinstance(found, datetime) and isinstance(expected, str):
        said = civil_text(found, zone, ends_days=expected.endswith("T24:00"))
        if said != expected:
            yield path, said
    elif isinstance(found, str | int) and isinstance(expected, str | int):
        yield path, found
    else:
        yield None


def civil_text(at: datetime, zone: ZoneInfo, *, ends_days: bool) -> str:
    """An instant as rule sets write it; midnight as the end of the day before where the text spoke so."""
    local = at.astimezone(zone)
    if ends_days and local.time() == time():
        return f"{local.date() - timedelta(days=1)}T24:00"
    return local.strftime("%Y-%m-%dT%H:%M:%S" if local.second else "%Y-%m-%dT%H:%M")
