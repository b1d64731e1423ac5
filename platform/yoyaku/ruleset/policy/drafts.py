"""What may be done with a draft: who reviews it, what it can hold, and for how long a dry run and a review count."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from yoyaku.kernel.errors import ChangedMeanwhile, Malformed, NotAllowed, YoyakuError
from yoyaku.kernel.ids import Key

DraftState = Literal["open", "in_review", "approved", "published", "dropped"]
Verdict = Literal["approved", "returned"]
Staleness = Literal["old", "rules", "facilities", "bookings"]
Lapse = Literal["old", "rules"]
Texts = Mapping[str, str]
"""A rule set's files: their YAML by file name (``booking.yaml``)."""

LARGEST_BYTES: Final = 1_000_000
"""Of all files of a draft: ten times the longest rule set there is, and still checked within seconds."""
MOST_FILES: Final = 50
LONGEST_TITLE: Final = 200
LONGEST_SAID: Final = 4_000
DRY_RUN_COUNTS: Final = timedelta(days=7)
REVIEW_COUNTS: Final = timedelta(days=30)
"""How long a dry run, and an approval, count by the service's own time; the database holds to the same."""
BOOKED_SINCE_PERCENT: Final = 5
BOOKED_SINCE_LEAST: Final = 20
"""So many bookings since a dry run, of what it looked at and in any case, may be missing from it."""
_FILE_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}\.yaml")
_UNSTORABLE: Final = re.compile("[\x00\ud800-\udfff]")
"""What PostgreSQL keeps in no text."""


class DraftChangedMeanwhile(ChangedMeanwhile):
    """Somebody else saved the draft (as ``revision``) after its text was opened."""

    what = "draft"


class DraftOver(YoyakuError):
    """The draft is not in a ``state`` in which this can be done."""

    code = "draft_over"
    title = "This cannot be done with a draft in this state."

    @property
    def variant(self) -> str | None:
        """The sentence of its state."""
        return str(self.facts["state"])


class OwnReview(NotAllowed):
    """Nobody reviews what they wrote."""

    code = "own_review"
    title = "Nobody reviews their own draft."


class RemarkMissing(Malformed):
    """Who returns a draft says why."""

    code = "review_remark_missing"
    title = "Say what is to be changed."


class FilesRefused(Malformed):
    """Files that no draft can hold, and why.

    ``reason`` is one of ``name``, ``taken``, ``size``, ``count``, ``text``, ``title``, ``alias``, ``tag``, ``deep``; with
    ``file`` and, of the last three, ``line``.
    """

    code = "rule_files_refused"
    title = "These files cannot be kept as a draft."

    @property
    def variant(self) -> str | None:
        """The sentence of the reason."""
        return str(self.facts["reason"])


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A rule set that is being written, as last saved; ``made_by`` and the like are staff, the names as they stand now."""

    draft_id: Key
    title: str
    based_on: int
    state: DraftState
    revision: int
    files: Texts
    transition: str
    made_at: datetime
    made_by: Key
    made_by_name: str
    changed_at: datetime
    changed_by: Key
    changed_by_name: str
    review_asked_at: datetime | None
    review_asked_by: Key | None
    published_version: int | None

    @property
    def is_over(self) -> bool:
        """Whether it is published or dropped."""
        return self.state in {"published", "dropped"}


@dataclass(frozen=True, kw_only=True)
class Save:
    """One save of a draft, without its texts."""

    revision: int
    saved_at: datetime
    saved_by: Key
    saved_by_name: str


@dataclass(frozen=True, kw_only=True)
class Review:
    """What a second person said of a draft as it stood at ``revision``, beside the newest version of that time."""

    revision: int
    verdict: Verdict
    remark: str
    reviewed_at: datetime
    reviewed_by: Key
    reviewed_by_name: str
    newest_version: int | None

    def lapse(self, *, now: datetime, newest: int) -> Lapse | None:
        """Why an approval counts no more at ``now`` (business time) beside the newest version; ``None``: it does."""
        if self.newest_version != newest:
            return "rules"
        return "old" if now >= self.reviewed_at + REVIEW_COUNTS else None


@dataclass(frozen=True, kw_only=True)
class Tried:
    """The dry run of a draft as it stands: how far it is, and how many confirmed bookings the draft would break.

    ``as_of`` is the business time that it looked at, beside the rules and facilities that were the newest then;
    ``booked_since`` is how many bookings were made after it.
    """

    run_id: Key
    state: Literal["waiting", "running", "done", "cancelled", "failed"]
    total: int
    done: int
    broken: int
    summary: Mapping[str, object]
    as_of: datetime
    newest_version: int | None
    inventory_version: int | None
    booked_since: int

    @property
    def is_open(self) -> bool:
        """Whether it is still to come out."""
        return self.state in {"waiting", "running"}

    def staleness(self, *, now: datetime, newest: int, inventory: int) -> Staleness | None:
        """Why it counts no more at ``now`` (business time) beside the newest rules and facilities; ``None``: it does."""
        if self.newest_version != newest:
            return "rules"
        if self.inventory_version != inventory:
            return "facilities"
        if now >= self.as_of + DRY_RUN_COUNTS:
            return "old"
        most = max(BOOKED_SINCE_LEAST, self.total * BOOKED_SINCE_PERCENT // 100)
        return "bookings" if self.booked_since > most else None


def require_storable(files: Texts, *, transition: str = "", title: str = "-") -> None:
    """Let pass the texts that a draft can hold, however wrong they are as rules.

    Raises:
        FilesRefused: a name, the size, or a character that cannot be kept.
    """
    if not files or len(files) > MOST_FILES:
        raise FilesRefused(reason="count", allowed=MOST_FILES)
    for name, text in files.items():
        if not _FILE_NAME.fullmatch(name):
            raise FilesRefused(reason="name", file=name[:100])
        if _UNSTORABLE.search(text):
            raise FilesRefused(reason="text", file=name)
    if sum(len(text.encode()) for text in files.values()) > LARGEST_BYTES:
        raise FilesRefused(reason="size", allowed=LARGEST_BYTES)
    if not title.strip() or len(title) > LONGEST_TITLE or len(transition) > LONGEST_SAID:
        raise FilesRefused(reason="title", allowed=LONGEST_TITLE)
    if _UNSTORABLE.search(title + transition):
        raise FilesRefused(reason="title", allowed=LONGEST_TITLE)


def require_state(draft: Draft, *states: DraftState) -> None:
    """Let pass a draft in one of these states.

    Raises:
        DraftOver: it is in another.
    """
    if draft.state not in states:
        raise DraftOver(state=draft.state)


def require_second_person(reviewer: Key, *, draft: Draft, authors: Collection[Key]) -> None:
    """Let pass who neither wrote any of the draft nor asked for its review (the database holds to it, too).

    Raises:
        OwnReview: it is one of them.
    """
    if reviewer in {*authors, draft.made_by, draft.review_asked_by}:
        raise OwnReview
