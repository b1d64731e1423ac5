"""What the pages of rules share: addresses, and how versions, faults, examples and differences are shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Final, NamedTuple
from uuid import UUID

from litestar import Response

from yoyaku.admin.pages.desk import crumbs
from yoyaku.admin.service.rule_drafts import Applies
from yoyaku.booking.pages.here import Here, read_date
from yoyaku.rulebook.adapting import may_be_adapted
from yoyaku.rulebook.draft import DraftChecked
from yoyaku.rulebook.explain import in_words
from yoyaku.rules.fault import Fault, Language
from yoyaku.ruleset.policy import BASES, VersionHead
from yoyaku.ui.page import Crumb

HOME: Final = "/counter/rules"
DRAFT: Final = HOME + "/drafts/{draft_id:uuid}"
MOST_SHOWN: Final = 100


class ShownFault(NamedTuple):
    """One fault in words: where, what, how to mend it; a warning where it is no error."""

    file: str
    line: int
    says: str
    mend: str
    is_error: bool


class ShownOutcome(NamedTuple):
    """An example and how it came out: what differs as (key, expected, found); ``place`` is where it stands in the list."""

    place: int
    name: str
    passed: bool
    may_be_adapted: bool
    differences: list[tuple[str, str, str]]


def draft_path(draft_id: UUID, *more: str) -> str:
    """The address of a draft, or of a page below it."""
    return "/".join((HOME, "drafts", str(draft_id), *more))


def rules_crumbs(here: Here, *steps: tuple[str, str | None]) -> list[Crumb]:
    """The way here from the console's first page."""
    first = (here.words.say("rules.title"), HOME if steps else None)
    return crumbs(here, first, *steps)


def shown_faults(here: Here, faults: Iterable[Fault]) -> list[ShownFault]:
    """Faults in the words of the page, errors first, the first hundred."""
    language: Language = "en" if here.words.language == "en" else "ja"
    ordered = sorted(faults, key=lambda fault: fault.level != "error")[:MOST_SHOWN]
    return [
        ShownFault(
            fault.place.file, fault.place.line, fault.says(language), fault.mend(language), fault.level == "error"
        )
        for fault in ordered
    ]


def shown_outcomes(here: Here, checked: DraftChecked) -> list[ShownOutcome]:
    """The examples of a text, those that come out otherwise first."""
    rules = checked.book.compiled if checked.book is not None else None
    if rules is None:
        return []
    found = [
        ShownOutcome(
            place,
            outcome.example.name,
            outcome.passed,
            may_be_adapted(outcome, rules.zone),
            [
                (_key_words(here, one.key), in_words(one.expected, rules.zone), in_words(one.found, rules.zone))
                for one in outcome.differences
            ],
        )
        for place, outcome in enumerate(checked.outcomes)
    ]
    return sorted(found, key=lambda one: one.passed)


def _key_words(here: Here, key: str) -> str:
    """What an example looks at, by its name; of one of several, with its code behind."""
    name, _, below = key.partition(".")
    said = here.words.maybe(f"rules.key.{name}") or name
    return f"{said} {below}" if below else said


def applies_words(here: Here, by: str, since: date) -> str:
    """To what a version applies, as a sentence."""
    return here.words.say(f"rules.applies.{by}", day=here.words.fact(since))


def head_words(here: Here, head: VersionHead) -> str:
    """To what a published version applies."""
    return applies_words(here, head.applies_by, head.applies_from)


def by_options(here: Here) -> list[tuple[str, str]]:
    """To what a version can apply, for a form."""
    return [(by, here.words.say(f"rules.by.{by}")) for by in BASES]


def read_applies(here: Here, form: Mapping[str, str]) -> tuple[Applies | None, dict[str, str]]:
    """The day and kind that a form names, and what is wrong with them; neither typed: none is named."""
    words, typed, by = here.words, form.get("applies_from", ""), form.get("applies_by", "")
    if not typed:
        return None, {}
    since = read_date(typed)
    if since is None:
        return None, {"applies_from": words.say("form.not_a_date")}
    basis = next((one for one in BASES if one == by), None)
    if basis is None:
        return None, {"applies_by": words.say("form.choose_one", label=words.say("rules.applies_by"))}
    return Applies(by=basis, since=since), {}


def attachment(content: bytes, name: str) -> Response[Any]:
    """A ZIP to be kept."""
    headers = {"content-disposition": f'attachment; filename="{name}"', "cache-control": "no-store"}
    return Response(content, media_type="application/zip", headers=headers)
