"""What an act on a booking is refused for, each in the sentence a clerk would say."""

from __future__ import annotations

from yoyaku.rules.refusal import Refusal


class LoginRequired(Refusal):
    """Residents log in to book."""

    status = 403
    code = "login_required"
    title = "Please log in first."


class NotRegistered(Refusal):
    """This way of booking asks for a registration (``registrations``: the stages that may)."""

    status = 403
    code = "not_registered"
    title = "Booking this way needs a registration."


class StageMayNotBook(Refusal):
    """The registration is not complete (``stage``; ``next_step``: what the rules say to do)."""

    status = 403
    code = "stage_may_not_book"
    title = "The registration is not complete yet."

    @property
    def variant(self) -> str | None:
        """Where the rules say what to do next."""
        return "next" if self.facts.get("next_step") else None


class MailNotVerified(Refusal):
    """The address of mail is not verified, and this channel waits for that (``channel``)."""

    status = 403
    code = "mail_not_verified"
    title = "Please verify your mail address first."


class ChannelNotOpen(Refusal):
    """This channel does not take this at all (``channel``; ``other_channels`` that do now)."""

    code = "channel_not_open"
    title = "This is not done through this channel."

    @property
    def variant(self) -> str | None:
        """Where another channel takes it now."""
        return "elsewhere" if self.facts.get("other_channels") else None


class OutsideWindow(Refusal):
    """Too early or too late (``opens_at``, ``closes_at``; ``allowed_from`` where it opens again)."""

    code = "outside_window"
    title = "This is not open now."

    @property
    def variant(self) -> str | None:
        """Too early or too late."""
        return "over" if self.facts.get("allowed_from") is None else "not_yet"


class AlreadyStarted(Refusal):
    """The use has begun (``started_at``)."""

    code = "already_started"
    title = "The time of use has begun."


class SlotTaken(Refusal):
    """Somebody else has it (``free``: what is left)."""

    code = "slot_taken"
    title = "That time is taken."


class SlotClosed(SlotTaken):
    """The city has closed it, or keeps it for itself, since it was looked at (``reason`` in the city's words)."""

    code = "slot_closed"
    title = "The place is closed at that time."


class StillDrawn(Refusal):
    """It is drawn by lot first (``name`` of the lottery, ``use_on``); ``releases_at``: what is left is then first come."""

    code = "still_drawn"
    title = "This is drawn by lot first."


class WonDiffers(Refusal):
    """What a win holds (``resource``, ``use_on``) is not what its bookings need: the rules changed since the draw."""

    code = "won_differs"
    title = "What was won no longer fits the rules. Nothing was changed; please ask the counter."


class SameSlotBanned(Refusal):
    """The same person ended a booking of this place and time and may not book it again."""

    code = "same_slot_banned"
    title = "You may not book this place and time again."


class LimitReached(Refusal):
    """A limit would be passed (``limit``, ``cap``, ``unit``, ``per``, ``used``)."""

    code = "limit_reached"
    title = "The limit is reached."

    @property
    def variant(self) -> str | None:
        """Where the limit has a name."""
        return "named" if self.facts.get("name") else None


class TooManySurfaces(Refusal):
    """More surfaces than there are (``maximum``)."""

    code = "too_many_surfaces"
    title = "There are not that many courts or rooms."


class TooManyPeople(Refusal):
    """More people than admitted (``maximum``)."""

    code = "too_many_people"
    title = "That is more people than are admitted."


class TooManyGuests(Refusal):
    """More guests than the room sleeps (``maximum``)."""

    code = "too_many_guests"
    title = "The room does not sleep that many guests."


class FormMissing(Refusal):
    """Required answers are missing (``fields``: their codes, ``labels``)."""

    status = 422
    code = "form_missing"
    title = "Required answers are missing."

    @property
    def variant(self) -> str | None:
        """For guests and wishes, which are no questions of the form."""
        return _asked_for(self.facts.get("fields"))


class FormInvalid(Refusal):
    """An answer cannot be taken (``field``, ``label``, ``found``)."""

    status = 422
    code = "form_invalid"
    title = "An answer cannot be taken."


class TermsNotAccepted(Refusal):
    """The terms must be accepted first (``terms``: their codes)."""

    status = 422
    code = "terms_not_accepted"
    title = "Please accept the terms of use."


class EquipmentShort(Refusal):
    """There are not that many pieces (``equipment``, ``wanted``, ``free``, ``stock``, ``counted_in``: the city's unit)."""

    code = "equipment_short"
    title = "There are not that many pieces left."

    @property
    def variant(self) -> str | None:
        """Where the city counts it in a unit of its own."""
        return "counted" if self.facts.get("counted_in") else None


class LentTimeWrong(Refusal):
    """Equipment is not lent from then to then (``equipment``, ``name``, ``starts``, ``ends``; ``within``: what is booked)."""

    status = 422
    code = "lent_time_wrong"
    title = "Equipment is not lent for that time."


class NotCancellable(Refusal):
    """This booking cannot be ended this way (``state``; ``until`` where it could be)."""

    code = "not_cancellable"
    title = "This booking cannot be cancelled here."

    @property
    def variant(self) -> str | None:
        """Where it was possible before."""
        return "over" if self.facts.get("until") else None


class ReasonMissing(Refusal):
    """A reason must be given."""

    status = 422
    code = "reason_missing"
    title = "Please give the reason."


class NotConfirmable(Refusal):
    """This booking cannot be confirmed this way (``state``)."""

    code = "not_confirmable"
    title = "This booking cannot be confirmed."


class FeeOutstanding(Refusal):
    """The fee must be paid first (``outstanding_yen``)."""

    code = "fee_outstanding"
    title = "The fee must be paid first."


class NotChangeable(Refusal):
    """This cannot be changed (``kinds``; ``until`` where it could be)."""

    code = "not_changeable"
    title = "This cannot be changed."

    @property
    def variant(self) -> str | None:
        """Where it was possible before, or the price would fall."""
        return "over" if self.facts.get("until") else "cheaper" if self.facts.get("less_yen") else None


class ReliefNotOffered(Refusal):
    """That reduction (``relief``) does not hold for this booking, or cannot be asked for any more."""

    code = "relief_not_offered"
    title = "This reduction does not apply to this booking."


class CartFull(Refusal):
    """The cart holds no more (``maximum``)."""

    code = "cart_full"
    title = "The cart holds no more."


class CartSlotTaken(Refusal):
    """What is in the cart was taken by somebody else meanwhile."""

    code = "cart_slot_taken"
    title = "What was in your cart has been taken meanwhile."


def _asked_for(fields: object) -> str | None:
    first = str(fields[0]) if isinstance(fields, list) and fields else ""
    return first.partition(".")[0] if first.startswith(("guests", "preference.")) else None
