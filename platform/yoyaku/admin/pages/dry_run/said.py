"""What a dry run found, in words: how it is, and how it would be."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

from yoyaku.admin.pages.desk import may
from yoyaku.admin.pages.rules.shown import draft_path
from yoyaku.booking.pages.here import Here
from yoyaku.booking.rules import ServiceRules
from yoyaku.kernel.kept import read_error
from yoyaku.registration.policy.roles import Permission
from yoyaku.rulebook.dryrun.repository import Run, StoredFinding
from yoyaku.rulebook.editing.finding import places_of
from yoyaku.ruleset.policy import Draft
from yoyaku.ui.formats import deadline, short_date, yen
from yoyaku.ui.words import Text, Words

PLACE: Final = re.compile(r"\[(\d+)\]")


class Names(NamedTuple):
    """What codes of the rules are called: facilities, ways to pay."""

    facilities: Mapping[str, Text]
    methods: Mapping[str, Text]


class Said(NamedTuple):
    """A finding in words; ``clause`` is what makes the difference."""

    was: str
    becomes: str
    clause: str


def names_of(rules: ServiceRules) -> Names:
    """The names in the rules in force."""
    return Names(
        facilities={code: one.name for code, one in rules.inventory.facilities.items()},
        methods={method.code: method.name for method in rules.payment.methods},
    )


def clause_words(words: Words, path: str, reference: str | None) -> str:
    """A clause as people know it: its part of the rules, which one there, and the article it comes from."""
    if not path:
        return words.say("dry_run.no_clause")
    part = re.sub(r"\[.*", "", path)
    topic = next(
        (found for key in (part, part.partition(".")[0]) if (found := words.maybe(f"why.topic.{key}"))),
        words.say("dry_run.clause_other"),
    )
    places = "-".join(str(int(number) + 1) for number in PLACE.findall(path))
    numbered = words.say("dry_run.clause", topic=topic, places=places) if places else topic
    return numbered if reference in (None, "default") else f"{numbered}　{reference}"


async def clause_links(here: Here, draft: Draft, run: Run, paths: Collection[str]) -> Mapping[str, str]:
    """By path of a clause, where the editor shows it; nothing of a save that is not the last, whose lines are others."""
    if run.revision != draft.revision or not may(here, Permission.EDIT_RULES):
        return {}
    places = await asyncio.to_thread(places_of, draft.files, frozenset(paths))
    edit = draft_path(UUID(str(draft.draft_id)), "edit")
    return {path: here.page.url(edit, file=place.file, line=place.line) for path, place in places.items()}


def say_finding(words: Words, names: Names, found: StoredFinding) -> Said:
    """How it is by the version that is kept, and how it would be by the draft."""
    was, becomes = _SAYINGS[found.kind](words, names, found)
    return Said(was, becomes, clause_words(words, found.becomes.get("path", ""), found.becomes.get("reference")))


def _validity(words: Words, names: Names, found: StoredFinding) -> tuple[str, str]:
    del names
    return words.say("dry_run.allowed"), words.sentence(read_error(found.becomes))


def _state(words: Words, names: Names, found: StoredFinding) -> tuple[str, str]:
    del names
    return words.say(f"state.{found.was['state']}"), words.say(f"state.{found.becomes['state']}")


def _price(words: Words, names: Names, found: StoredFinding) -> tuple[str, str]:
    del names
    return yen(found.was["yen"], words.language), yen(found.becomes["yen"], words.language)


def _due(words: Words, names: Names, found: StoredFinding) -> tuple[str, str]:
    """The ways to pay whose moment differs; the empty code is until when it stands unconfirmed."""
    before, after = found.was["due"], found.becomes["due"]
    codes = [code for code in {**before, **after} if before.get(code, 0) != after.get(code, 0)]

    def told(dues: Mapping[str, str | None]) -> str:
        said = []
        for code in codes:
            own = words.maybe(f"dry_run.until.{code or 'unconfirmed'}")
            name = own or words.text(names.methods.get(code, ""))
            when = words.say("dry_run.not_offered") if code not in dues else _moment(words, dues[code])
            said.append(f"{name or words.say('dry_run.other_method')}：{when}")
        return "／".join(said)

    return told(before), told(after)


def _refund(words: Words, names: Names, found: StoredFinding) -> tuple[str, str]:
    del names
    day = date.fromisoformat(found.was["on"])

    def told(rows: Sequence[Mapping[str, Any]]) -> str:
        amount = next((row["yen"] for row in rows if row["from"] <= day.isoformat() <= row["to"]), 0)
        on = short_date(day, words.language)
        said = words.say("dry_run.back_on", day=on, amount=yen(amount, words.language))
        return words.say("dry_run.back_by_clerk", says=said) if found.was.get("by") == "clerk" else said

    return told(found.was["rows"]), told(found.becomes["rows"])


def _cancel(words: Words, names: Names, found: StoredFinding) -> tuple[str, str]:
    del names
    if "code" in found.becomes:
        return words.say("dry_run.allowed"), words.sentence(read_error(found.becomes))

    def told(rows: Sequence[Mapping[str, Any]]) -> str:
        if not rows:
            return words.say("dry_run.not_cancellable")
        last = rows[-1]
        when = last["until"] and _moment(words, last["until"])
        when = when or short_date(date.fromisoformat(last["to"]), words.language)
        return words.say("dry_run.cancellable", until=when)

    return told(found.was["rows"]), told(found.becomes["rows"])


def _change(words: Words, names: Names, found: StoredFinding) -> tuple[str, str]:
    del names
    before, after = found.was["until"], found.becomes["until"]
    kinds = [kind for kind in {**before, **after} if before.get(kind, 0) != after.get(kind, 0)]

    def told(until: Mapping[str, str | None]) -> str:
        return "／".join(
            f"{words.say(f'dry_run.change.{kind}')}："
            + (_moment(words, until[kind]) if kind in until else words.say("dry_run.not_changeable"))
            for kind in kinds
        )

    return told(before), told(after)


def _registration(words: Words, names: Names, found: StoredFinding) -> tuple[str, str]:
    """What differs of a registration: its class, its stage, whether it lets book, until when it holds."""
    del names
    was, becomes = found.was, found.becomes

    def told(here: Mapping[str, Any], there: Mapping[str, Any]) -> str:
        said = [
            words.say(f"dry_run.registration.{name}.{'yes' if here[name] else 'no'}")
            for name in ("class", "stage", "may_book")
            if here[name] != there[name]
        ]
        for code in sorted({*here["until"], *there["until"]}):
            one, other = here["until"].get(code), there["until"].get(code)
            if one != other:
                name = words.text((one or other)["name"])
                day = words.say("dry_run.no_limit") if one is None else _until_day(words, one["day"])
                said.append(f"{name}：{day}")
        return "／".join(said)

    return told(was, becomes), told(becomes, was)


def _until_day(words: Words, day: str) -> str:
    return words.say("dry_run.cancellable", until=short_date(date.fromisoformat(day), words.language))


def _moment(words: Words, at: str | None) -> str:
    return words.say("dry_run.no_limit") if at is None else deadline(datetime.fromisoformat(at), words.language)


_SAYINGS: Final = {
    "validity": _validity,
    "state": _state,
    "price": _price,
    "due": _due,
    "refund": _refund,
    "cancel": _cancel,
    "change": _change,
    "registration": _registration,
}
