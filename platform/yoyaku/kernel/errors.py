"""One base for every error that a person may read.

A subclass is the sentence the clerk would say (``SlotTaken``); it stands beside the policy that
raises it. ``code`` is stable and public; the words come from the wording files under
``error.<code>``, or ``error.<code>.<variant>`` where one code has several sentences; ``facts`` fills their
placeholders (RFC 9457 extension members for JSON clients).
"""

from __future__ import annotations

from typing import ClassVar


class YoyakuError(Exception):
    """A refusal or fault that can be explained; anything else is a bug."""

    status: ClassVar[int] = 409
    code: ClassVar[str] = "error"
    title: ClassVar[str] = "The request could not be carried out."

    def __init__(self, detail: str | None = None, /, **facts: object) -> None:
        self.detail = detail
        self.facts = facts
        super().__init__(detail or self.title)

    @property
    def variant(self) -> str | None:
        """Which of several sentences fits the facts, where the code has more than one."""
        return None


class NotFound(YoyakuError):
    """What was asked for does not exist, or not for this person."""

    status = 404
    code = "not_found"
    title = "Not found."


class NotAllowed(YoyakuError):
    """The person is known, and may not do this."""

    status = 403
    code = "not_allowed"
    title = "You may not do this."


class Malformed(YoyakuError):
    """The input cannot be read; nothing was changed."""

    status = 422
    code = "malformed"
    title = "The input cannot be read."


class ChangedMeanwhile(YoyakuError):
    """Somebody else changed the same since it was opened, and nothing was overwritten: ``by_name`` at ``at``, where known.

    Each subclass names ``what`` it is about, by which the sentence is chosen.
    """

    code = "changed_meanwhile"
    title = "Somebody else changed this meanwhile. Nothing was overwritten."
    what: ClassVar[str | None] = None

    @property
    def variant(self) -> str | None:
        """What was changed."""
        return self.what
