"""What an entry is refused for, each in the sentence a clerk would say, with what is possible instead."""

from __future__ import annotations

from yoyaku.kernel.errors import NotFound
from yoyaku.rules.refusal import Refusal


class EntryNotOpen(Refusal):
    """Entering has not begun, or is over (``name`` of the lottery; ``opens_at``, ``closes_at``, ``releases_at``).

    ``allowed_from`` is when it begins; ``starting`` is true in the moments in which it is being opened.
    """

    code = "entry_not_open"
    title = "This lottery does not take entries now."

    @property
    def variant(self) -> str | None:
        """Too early, too late, or just being opened."""
        if self.facts.get("starting"):
            return "starting"
        return "over" if self.facts.get("allowed_from") is None else "not_yet"


class EntryNotCovered(Refusal):
    """No lottery covers that place and day, or another than that of the entry (``name``, ``first`` and ``last`` day of the entry's)."""

    code = "entry_not_covered"
    title = "That is not drawn in this lottery."

    @property
    def variant(self) -> str | None:
        """Where there is a lottery that covers something else."""
        return "other" if self.facts.get("name") else None


class TooManyEntries(Refusal):
    """There are as many entries as somebody may have in one month (``cap``)."""

    code = "too_many_entries"
    title = "You have as many entries as you may have."


class TooManyParts(Refusal):
    """A set has more uses than it may have (``maximum``)."""

    code = "too_many_parts"
    title = "That is more than fits one entry."

    @property
    def variant(self) -> str | None:
        """Where an entry is one use."""
        return "single" if self.facts.get("maximum") == 1 else None


class EntryEmpty(Refusal):
    """No use was chosen."""

    status = 422
    code = "entry_empty"
    title = "Please choose a date and time."


class EntryOverlapsOwn(Refusal):
    """Another entry of the same applicant is at the same time: ``rank``, its place among their wishes.

    Where these have no order (``ordered`` is false) it is its number.
    """

    code = "entry_overlaps_own"
    title = "You have another entry at that time."

    @property
    def variant(self) -> str | None:
        """Where entries are numbered, not ranked."""
        return None if self.facts.get("ordered", True) else "numbered"


class PartsCollide(Refusal):
    """Two uses of a set cannot take place together, so that it could never win (``first``, ``second``: places from 1)."""

    code = "parts_collide"
    title = "Two uses of this set cannot take place together."


class AnotherFacility(Refusal):
    """All entries are for one facility, and there are entries for another (``facility``, ``name``)."""

    code = "another_facility"
    title = "You have entries for another facility."


class SetAcrossFacilities(Refusal):
    """The uses of a set are in one facility."""

    code = "set_across_facilities"
    title = "A set is for one facility."


class NotEligible(Refusal):
    """The rules let others enter (``requirement``: its code; ``words``, ``next_step``: the rules' own)."""

    status = 403
    code = "not_eligible"
    title = "You may not enter this lottery."

    @property
    def variant(self) -> str | None:
        """Where the rules say what to do next."""
        return "next" if self.facts.get("next_step") else None


class StageMayNotEnter(Refusal):
    """The registration is not complete enough for the lottery (``stage``, ``name``, ``next_step``)."""

    status = 403
    code = "stage_may_not_enter"
    title = "The registration is not complete enough to enter the lottery."

    @property
    def variant(self) -> str | None:
        """Where the rules say what to do next."""
        return "next" if self.facts.get("next_step") else None


class MailNotVerifiedForLottery(Refusal):
    """Results are sent by mail, and the address is not verified, or there is none (``missing``)."""

    status = 403
    code = "mail_not_verified_for_lottery"
    title = "Please verify your mail address first."

    @property
    def variant(self) -> str | None:
        """Where there is no address at all."""
        return "none" if self.facts.get("missing") else None


class PreferenceForFirstOnly(Refusal):
    """A wish on arrival is taken with the first choice alone."""

    code = "preference_for_first_only"
    title = "This wish can be made with the first choice only."


class NothingToDraw(Refusal):
    """Nothing is left of that time to be drawn: it is closed or used for something else (``use_on``)."""

    code = "nothing_to_draw"
    title = "Nothing can be won at that time."


class EntriesChanged(Refusal):
    """The entries are not those that were shown: they were changed elsewhere meanwhile."""

    code = "entries_changed"
    title = "Your entries have changed meanwhile. Please look at them again."


class EntryNotFound(NotFound):
    """There is no such entry, or it is somebody else's."""

    code = "entry_not_found"
    title = "There is no such entry."


class LotteryNotFound(NotFound):
    """There is no such lottery."""

    code = "lottery_not_found"
    title = "There is no such lottery."
