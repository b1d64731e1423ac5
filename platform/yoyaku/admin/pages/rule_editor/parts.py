"""What the pages of the rule editor share: the draft, what is wrong in it and its examples, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from yoyaku.admin.pages.desk import at_desk, crumbs
from yoyaku.admin.service.rule_drafts import save as save_texts
from yoyaku.booking.pages.here import Here
from yoyaku.registration.policy.roles import Permission
from yoyaku.rulebook.draft import DraftChecked
from yoyaku.rulebook.examples import Outcome
from yoyaku.rulebook.explain import in_words
from yoyaku.rulebook.words.voice import said
from yoyaku.rules.fault import Fault
from yoyaku.ruleset.policy import Draft, Texts, require_storable
from yoyaku.ruleset.service import get_draft
from yoyaku.ui.page import Crumb
from yoyaku.ui.words import Words

HOME: Final = "/counter/rules"
ONE: Final = HOME + "/drafts/{draft_id:uuid}"

LARGEST_BODY: Final = 8_000_000
"""Bytes of a request that are read at all, so that who sends too much is told so in words."""


async def open_draft(here: Here, draft_id: UUID) -> Draft:
    """The draft that is written on.

    Raises:
        RoleMissing: whoever asks may not write rules.
        NotFound: there is no such draft.
    """
    at_desk(here, Permission.EDIT_RULES)
    return await get_draft(here.conn, draft_id=draft_id)


def address(draft: Draft, part: str = "") -> str:
    """The path of a page of the draft."""
    return f"{HOME}/drafts/{draft.draft_id}" + (f"/{part}" if part else "")


def draft_crumbs(here: Here, draft: Draft, label: str) -> list[Crumb]:
    """The way here by way of the rules and the draft."""
    return crumbs(here, (here.words.say("rule_editor.rules"), HOME), (draft.title, address(draft)), (label, None))


async def save(here: Here, draft: Draft, *, seen_revision: int, files: Texts) -> Draft:
    """Save the texts over the save that was seen.

    Raises:
        DraftChangedMeanwhile, DraftOver, FilesRefused: nothing was saved.
    """
    return await save_texts(
        here.conn,
        visit=here.visit,
        draft_id=draft.draft_id,
        seen_revision=seen_revision,
        texts=files,
        transition=draft.transition,
    )


def require_readable(files: Texts) -> None:
    """Let pass texts that can be checked while somebody waits.

    Raises:
        FilesRefused: they are too large, or no draft can hold them.
    """
    require_storable(files)


def tongue(words: Words) -> Literal["ja", "en"]:
    """The language in which faults are told."""
    return "en" if words.language == "en" else "ja"


def fault_told(words: Words, fault: Fault) -> dict[str, Any]:
    """One fault: where, how grave, and in words what is wrong and how it is mended; both languages for machines."""
    language = tongue(words)
    return {
        **fault.to_json(),
        "says": fault.says(language),
        "mends": fault.mend(language),
        "where": path_in_words(words, fault.path),
    }


def path_in_words(words: Words, path: Sequence[str | int]) -> str:
    """A path by the names of its keys: 予約 › 受付期間（2番目） › 受付の開始."""
    named: list[str] = []
    for step in path:
        if isinstance(step, int) and named:
            named[-1] = words.say("rule_editor.nth", name=named[-1], number=step + 1)
        else:
            named.append(key_in_words(words, str(step)))
    return " › ".join(named)


def key_in_words(words: Words, key: str, owner: str = "") -> str:
    """What a key of the rule language is called, in a struct or anywhere; codes of the city are called by themselves."""
    labels = said(tongue(words))
    own = words.maybe(f"rule_key.{owner}.{key}") or labels.get(f"field.{owner}.{key}")
    return own or words.maybe(f"rule_key.{key}") or labels.get(f"field.{key}") or key


def value_in_words(words: Words, value: str, key: str = "") -> str:
    """What a value of the rule language is called (under a key where it means something else there); may be empty."""
    ours = (f"rule_value.{key}.{value}", f"rule_value.{value}", f"mails.event.{value}")
    found = next((text for one in ours if (text := words.maybe(one)) is not None), None)
    return found or said(tongue(words)).get(f"value.{value}", "")


def key_help(words: Words, owner: str, key: str) -> str:
    """What a key is for, in a sentence: of the struct it belongs to, else of the key wherever it stands; may be empty."""
    return (words.maybe(f"rule_help.{owner}.{key}") or words.maybe(f"rule_help.{key}") or "") if owner else ""


def outcomes_told(words: Words, checked: DraftChecked) -> list[dict[str, Any]]:
    """The examples, tried: green or red, and in red ones what was expected and what came."""
    if checked.source is None or checked.book is None or checked.book.compiled is None:
        return []
    return [outcome_told(words, checked, place) for place in range(len(checked.outcomes))]


def outcome_told(words: Words, checked: DraftChecked, place: int, outcome: Outcome | None = None) -> dict[str, Any]:
    """One example of a draft that was checked; ``outcome`` where it alone was tried."""
    if checked.source is None or checked.book is None or checked.book.compiled is None:
        return {}
    tried = checked.outcomes[place] if outcome is None else outcome
    zone, at = checked.book.compiled.zone, checked.source.document.place(("examples", place))
    return {
        "name": tried.example.name,
        "file": at.file,
        "line": at.line,
        "passed": tried.passed,
        "facts": list(getattr(tried.example, "facts", [])),
        "differences": [
            {
                "key": key_in_words(words, difference.key, "Expected"),
                "expected": result_in_words(words, difference.key, difference.expected, zone),
                "found": result_in_words(words, difference.key, difference.found, zone),
            }
            for difference in tried.differences
        ],
        "why": _why(words, tried),
    }


def result_in_words(words: Words, key: str, value: object, zone: ZoneInfo) -> str:
    """What an example expects or finds under a key of ``then``: できる, 仮予約, an amount, a moment."""
    said = value_in_words(words, str(value), key) if key in {"outcome", "state"} else ""
    return said or in_words(value, zone)


def _why(words: Words, outcome: Outcome) -> str:
    error = outcome.decision.error
    return "" if error is None or outcome.passed else words.sentence(error)


def counted(faults: Sequence[Fault]) -> Mapping[str, int]:
    """How many faults of each level."""
    errors = sum(fault.level == "error" for fault in faults)
    return {"errors": errors, "warnings": len(faults) - errors}


__all__ = [
    "HOME",
    "LARGEST_BODY",
    "ONE",
    "address",
    "counted",
    "draft_crumbs",
    "fault_told",
    "key_help",
    "key_in_words",
    "open_draft",
    "outcome_told",
    "outcomes_told",
    "path_in_words",
    "require_readable",
    "result_in_words",
    "save",
    "tongue",
    "value_in_words",
]
