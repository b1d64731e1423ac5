"""The examples of a draft as forms: what is given, what is done, what must come of it, and what does come of it now."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from yoyaku.admin.pages.rule_editor.fieldwork import edited, open_part
from yoyaku.admin.pages.rule_editor.naming import Naming
from yoyaku.admin.pages.rule_editor.parts import outcome_told, value_in_words
from yoyaku.admin.service.rule_checking import check_texts, city_codes
from yoyaku.booking.pages.here import Here
from yoyaku.rulebook.cases import expecting, found_of, may_be_expected, new_case, with_case
from yoyaku.rulebook.draft import DraftChecked
from yoyaku.rulebook.editing import EditRefused, add_item, set_value
from yoyaku.rulebook.editing.codes import CityCodes
from yoyaku.rulebook.examples import Outcome, try_example
from yoyaku.rules.fault import Fault, KeyPath, path_text
from yoyaku.ruleset.policy import Draft, Texts
from yoyaku.ui.words import Words

EXAMPLES: Final = "examples"
TRY: Final = "try"
"""The button that tries what is typed and saves nothing; scripts press it after every change."""
ALSO: Final = "f:"
"""Before the names of results that the example shall expect from now on."""
NEW_FILE: Final = "examples.yaml"
COMMON: Final = ("book", "quote", "cancel", "change", "windows", "availability")
"""What an example may be begun with in any case."""
_ONE: Final = re.compile(r"examples\.(0|[1-9][0-9]{0,3})\Z")


def path_of_part(part: str) -> KeyPath | None:
    """``examples`` are all, ``examples.3`` is one of them."""
    found = _ONE.match(part)
    return (EXAMPLES, int(found[1])) if found else (EXAMPLES,) if part == EXAMPLES else None


@dataclass(frozen=True, slots=True)
class Tried:
    """One example as it comes out now: nothing where the rules have errors (``errors`` of them elsewhere).

    ``found`` are all results: key, name, in words, and whether the example expects it.
    """

    faults: Sequence[Fault]
    errors: int
    told: Mapping[str, Any] | None
    found: Sequence[tuple[str, str, str, bool]]
    may_adopt: bool


async def list_shown(here: Here, draft: Draft) -> dict[str, Any]:
    """Every example, those that come out otherwise first; and with what a new one may be begun."""
    checked = await check_texts(
        here.conn, tenant_id=here.visit.tenant_id, name=draft.title, texts=draft.files, with_examples=True
    )
    examples = _examples(draft.files)
    told = [outcome_told(here.words, checked, place) for place in range(len(checked.outcomes))]
    shown = told or [{"name": one["name"], "passed": None, "differences": ()} for one in examples]
    numbered = [{**one, "place": place} for place, one in enumerate(shown)]
    actions = dict.fromkeys([*COMMON, *(one["when"]["action"] for one in examples)])
    return {
        "template": "cases",
        "cases": sorted(numbered, key=lambda one: one["passed"] is not False),
        "failing": sum(one["passed"] is False for one in shown),
        "actions": [(code, value_in_words(here.words, code, "action")) for code in actions if code],
        "unreadable": bool(examples) and not checked.outcomes,
    }


async def one_shown(
    here: Here, draft: Draft, *, path: KeyPath, kept: Mapping[str, str], codes: CityCodes | None
) -> Tried:
    """One example with what was typed, tried."""
    try:
        texts = edited(draft.files, path, {**kept, "act": ""}, codes) if kept else draft.files
    except EditRefused:
        texts = draft.files
    checked = await check_texts(here.conn, tenant_id=here.visit.tenant_id, name=draft.title, texts=texts)
    own = [fault for fault in checked.faults if fault.path[: len(path)] == path]
    errors = len(checked.errors) - sum(fault.level == "error" for fault in own)
    outcome = await _tried(checked, path)
    if outcome is None:
        return Tried(own, errors, None, (), may_adopt=False)
    expected = [key for key in found_of(outcome) if getattr(outcome.example.then, key, None) is not None]
    told = outcome_told(here.words, checked, int(path[1]), outcome)
    naming = Naming(here.words, codes, {EXAMPLES: [{}]})
    return Tried(own, errors, told, _results(naming, checked, outcome, expected), may_be_expected(outcome))


async def acted(
    here: Here, draft: Draft, *, files: Texts, path: KeyPath, typed: Mapping[str, str]
) -> tuple[Texts, str]:
    """What a button does with examples: ``new:<action>``, ``copy``, ``adopt``; the files, and the part to go to.

    Raises:
        EditRefused: it cannot be written there.
    """
    act, _, of = typed.get("act", "").partition(":")
    part = typed.get("part", "")
    if act == "new":
        return await _with_new(here, draft, files, typed.get("action", ""))
    if act == "copy":
        return _with_copy(here.words, files, path), f"{EXAMPLES}.{int(path[1]) + 1}"
    if act == "adopt":
        return await _with_found(here, draft, files, path, typed), part
    return files, EXAMPLES if act == "remove" and of == f"{EXAMPLES}/{path[-1]}" else part


async def _with_new(here: Here, draft: Draft, files: Texts, action: str) -> tuple[Texts, str]:
    opened, examples = open_part(files, (EXAMPLES,)), _examples(files)
    codes = await city_codes(here.conn, visit=here.visit, draft=draft)
    name = here.words.say("rule_editor.case_named", action=value_in_words(here.words, action, "action"))
    case = new_case(examples, action=action, name=name, codes=codes, today=here.today)
    if opened is not None:
        written = {opened.file: with_case(files[opened.file], case)}
    elif NEW_FILE not in files:
        written = {NEW_FILE: with_case(f"{EXAMPLES}: []\n", case)}
    else:  # it cannot be read
        raise EditRefused(path=EXAMPLES)
    return {**files, **written}, f"{EXAMPLES}.{len(examples)}"


def _with_copy(words: Words, files: Texts, path: KeyPath) -> Texts:
    opened, place = open_part(files, path), int(path[1])
    examples = _examples(files)
    if opened is None or place >= len(examples):
        raise EditRefused(path=path_text(path))
    name = words.say("rule_editor.case_copied", name=examples[place]["name"])
    while any(one["name"] == name for one in examples):
        name = words.say("rule_editor.case_copied", name=name)
    text = add_item(files[opened.file], (EXAMPLES,), like=place)
    return {**files, opened.file: set_value(text, (EXAMPLES, place + 1, "name"), name)}


async def _with_found(here: Here, draft: Draft, files: Texts, path: KeyPath, typed: Mapping[str, str]) -> Texts:
    checked = await check_texts(here.conn, tenant_id=here.visit.tenant_id, name=draft.title, texts=files)
    opened, outcome = open_part(files, path), await _tried(checked, path)
    if opened is None or outcome is None or checked.rules is None or not may_be_expected(outcome):
        raise EditRefused(path=path_text(path))
    also = [name.removeprefix(ALSO) for name in typed if name.startswith(ALSO)]
    zone = checked.rules.zone
    text = expecting(files[opened.file], place=int(path[1]), outcome=outcome, zone=zone, also=also)
    return {**files, opened.file: text}


async def _tried(checked: DraftChecked, path: KeyPath) -> Outcome | None:
    """What comes of one example; ``None`` where the rules have errors, or it is not there."""
    if checked.rules is None or checked.book is None:
        return None
    examples = checked.book.rules.examples
    place = int(path[1])
    return await asyncio.to_thread(try_example, checked.rules, examples[place]) if place < len(examples) else None


def _results(
    naming: Naming, checked: DraftChecked, outcome: Outcome, expected: Sequence[str]
) -> list[tuple[str, str, str, bool]]:
    if checked.rules is None:
        return []
    zone, error = checked.rules.zone, outcome.decision.error
    why = "" if error is None else naming.sentence(error)
    return [
        (
            key,
            naming.key(key, {}, "Expected"),
            (why if key == "reason" else "") or naming.result(key, found, zone),
            key in expected,
        )
        for key, found in found_of(outcome).items()
    ]


def _examples(texts: Texts) -> list[Mapping[str, Any]]:
    """The examples as they are written, each at its place; what is not readable yet is empty there."""
    opened = open_part(texts, (EXAMPLES,))
    found = None if opened is None else opened.whole.get(EXAMPLES)
    return [_readable(one) for one in found] if isinstance(found, list) else []


def _readable(one: object) -> Mapping[str, Any]:
    written = one if isinstance(one, dict) else {}
    given, when = (part if isinstance(part := written.get(key), dict) else {} for key in ("given", "when"))
    action = when.get("action")
    name = str(written.get("name") or "")
    return {"name": name, "given": given, "when": {**when, "action": action if isinstance(action, str) else ""}}
