"""What is done of a draft and what is next, as a list that leads there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final, Literal, NamedTuple
from uuid import UUID

from yoyaku.admin.pages.rules.shown import applies_words, draft_path
from yoyaku.admin.service.rule_publishing import NotPublishable, Standing, lapse_told, stale_told
from yoyaku.booking.pages.here import Here
from yoyaku.kernel.ids import Key
from yoyaku.ruleset.policy import Tried

MINUTES_OF_A_DAY = 24 * 60


class Step(NamedTuple):
    """One step: whether it is done, next or later, how it stands, and where to go for it."""

    code: str
    state: Literal["done", "now", "later"]
    says: str
    path: str


class Hindered(NamedTuple):
    """What hinders, and the page and words of the link to where it is mended (no words: nowhere here)."""

    says: str
    path: str
    label: str


def steps(here: Here, standing: Standing) -> list[Step]:
    """The steps of a draft in their order; the first that is not done is the next."""
    found: list[Step] = []
    is_next = True
    for code, is_done, says, path in _found(here, standing):
        found.append(Step(code, "done" if is_done else "now" if is_next else "later", says, path))
        is_next = is_next and is_done
    return found


def _found(here: Here, standing: Standing) -> Iterator[tuple[str, bool, str, str]]:
    words, draft, tried = here.words, standing.draft, standing.tried
    errors, path = len(standing.checked.errors), draft_path(draft.draft_id)
    checked = words.say("rules.check_failed", count=errors) if errors else words.say("rules.check_passed")
    yield "check", not errors, checked, "#faults"
    yield "applies", *_applies(here, standing), "#applies"
    is_tried = tried is not None and tried.state == "done"
    yield "dry_run", is_tried and standing.stale is None, standing_tried(here, standing), f"{path}/dry-run"
    if is_tried and tried is not None and tried.broken:
        said = draft.transition or words.say("rules.transition_missing", count=tried.broken)
        yield "transition", bool(draft.transition), said, "#transition-form"
    is_reviewed = draft.state in {"approved", "published"} and standing.lapsed is None
    name = standing.review.reviewed_by_name if standing.review else ""
    review = words.say(f"rules.review_{draft.state}", name=name)
    if standing.lapsed is not None:
        review = words.sentence(lapse_told(standing.lapsed))
    yield "review", is_reviewed, review, f"{path}/review" if draft.state == "in_review" else "#ask-review"
    is_out = draft.state == "published"
    yield "publish", is_out, words.say("rules.publish_done" if is_out else "rules.publish_next"), f"{path}/publish"


def _applies(here: Here, standing: Standing) -> tuple[bool, str]:
    applies, since = standing.applies, standing.applies_from
    if applies is None or since is None:
        return False, here.words.say("rules.applies_unknown")
    says = applies_words(here, applies.by, since)
    is_over = since < standing.today and standing.draft.state != "published"
    return not is_over, here.words.say("rules.applies_past", says=says) if is_over else says


def standing_tried(here: Here, standing: Standing) -> str:
    """How far the dry run is, what it found, and why it counts no more."""
    said = tried_words(here, standing.tried)
    if standing.stale is None or standing.tried is None:
        return said
    return f"{said} {here.words.sentence(stale_told(standing.stale, standing.tried))}"


def hindered(here: Here, found: Iterable[NotPublishable], draft_id: Key) -> list[Hindered]:
    """What hinders, in words, each with the place where it is mended."""
    return [_hindered(here, one, draft_path(UUID(str(draft_id)))) for one in found]


def _hindered(here: Here, one: NotPublishable, path: str) -> Hindered:
    reason = str(one.facts["reason"])
    step, place = next((found for start, found in _MENDED_AT.items() if reason.startswith(start)), (None, ""))
    label = "" if step is None else here.words.say(f"rules.step_go.{step}")
    return Hindered(here.words.sentence(one), f"{path}{place}", label)


_MENDED_AT: Final = {
    "wrong": ("check", "#faults"),
    "past": ("applies", "#applies"),
    "not_tried": ("dry_run", "/dry-run"),
    "trying": ("dry_run", "/dry-run"),
    "stale": ("dry_run", "/dry-run"),
    "breaks": ("transition", "#transition-form"),
    "not_reviewed": ("review", "#ask-review"),
    "lapsed": ("review", "#ask-review"),
    "newer": ("publish", "/publish"),
}
"""By how a reason begins: the step that mends it, and where that is done."""


def tried_words(here: Here, tried: Tried | None) -> str:
    """How far the dry run of a draft is, and what it found."""
    if tried is None:
        return here.words.say("rules.tried_none")
    if tried.state == "done":
        return here.words.say("rules.tried_done", count=f"{tried.total:,}", broken=f"{tried.broken:,}")
    return here.words.say(f"rules.tried_{tried.state}")


def ago(here: Here, at: datetime) -> str | None:
    """How long ago something was, where it was today."""
    minutes = int((here.visit.now - at).total_seconds() // 60)
    if not 0 <= minutes < MINUTES_OF_A_DAY:
        return None
    key = "rules.just_now" if minutes < 1 else "rules.minutes_ago" if minutes < 60 else "rules.hours_ago"  # noqa: PLR2004
    return here.words.say(key, minutes=minutes, hours=minutes // 60)
