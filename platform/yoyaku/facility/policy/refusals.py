"""What a place or a time is refused for, each in the sentence a clerk would say."""

from __future__ import annotations

from yoyaku.kernel.errors import YoyakuError
from yoyaku.rules.refusal import Refusal


class InventoryWrong(YoyakuError):
    """The facilities contradict each other; ``facts`` say where. A fault of the files, not of a person."""

    status = 500
    code = "inventory_wrong"
    title = "The facilities contradict each other."


class UnknownSpace(Refusal):
    """There is no such facility or space."""

    status = 404
    code = "unknown_space"
    title = "There is no such room or court."


class NotBookable(Refusal):
    """The place is listed for information only, or not booked this way."""

    code = "not_bookable"
    title = "This place is not booked through this service."


class ClosedDay(Refusal):
    """The facility is closed on that day; ``next_open_day`` is the first open day after it."""

    code = "closed_day"
    title = "The facility is closed on that day."


class OutsideHours(Refusal):
    """The time lies outside the opening hours (``opens``, ``closes``: times of day)."""

    code = "outside_hours"
    title = "The time lies outside the opening hours."

    @property
    def variant(self) -> str | None:
        """On a day without hours."""
        return "none" if self.facts.get("opens") is None else None


class SlotNotOffered(Refusal):
    """The time does not fit the timetable."""

    code = "slot_not_offered"
    title = "That time is not offered."

    @property
    def variant(self) -> str | None:
        """For stays."""
        return "nights" if self.facts.get("unit") == "nights" else None


class TooLong(Refusal):
    """Longer than one booking may be (``maximum`` in ``unit``)."""

    code = "too_long"
    title = "A booking may not be that long."

    @property
    def variant(self) -> str | None:
        """By the unit of the length."""
        return str(self.facts.get("unit"))


class TooShort(Refusal):
    """Shorter than one booking must be (``minimum`` in ``unit``)."""

    code = "too_short"
    title = "A booking may not be that short."

    @property
    def variant(self) -> str | None:
        """By the unit of the length."""
        return str(self.facts.get("unit"))
