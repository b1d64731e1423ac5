"""What billing refuses, in the words of a clerk."""

from __future__ import annotations

from yoyaku.kernel.errors import YoyakuError


class NothingToPay(YoyakuError):
    """There is nothing to pay for this any more."""

    status = 409
    code = "nothing_to_pay"
    title = "There is nothing to pay for this."


class MethodNotOpen(YoyakuError):
    """That way of payment is not open to this charge, or no longer (``method``, ``due_at``)."""

    status = 409
    code = "method_not_open"
    title = "This way of payment is not open."


class NotPaidHere(YoyakuError):
    """Nothing is paid or given back online through this channel (``channel``): a terminal that everybody uses."""

    status = 409
    code = "not_paid_here"
    title = "Payments cannot be made through this channel."


class ChoiceNotOffered(YoyakuError):
    """The way of payment has no such choice (``choice``)."""

    status = 422
    code = "payment_choice_not_offered"
    title = "Please choose how to pay."


class PaymentUnderWay(YoyakuError):
    """Another payment of the same charge is not decided yet: nobody pays twice."""

    status = 409
    code = "payment_under_way"
    title = "Another payment for this is still under way."


class AmountWrong(YoyakuError):
    """The amount is not what is to be paid or given back (``amount_yen``, ``expected_yen``)."""

    status = 409
    code = "amount_wrong"
    title = "The amount has changed. Please check it and try again."

    @property
    def variant(self) -> str | None:
        """Cash that is more than what is still owed, a clerk's slip, has its own sentence."""
        return "over" if self.facts.get("typed") else None


class EmailMissing(YoyakuError):
    """This way of payment needs an address of mail (MG-004)."""

    status = 409
    code = "payment_needs_email"
    title = "Please register your e-mail address first."


class NothingToClose(YoyakuError):
    """Nothing was taken or given back in cash since the last close."""

    status = 409
    code = "nothing_to_close"
    title = "Nothing was taken or given back since the last close."


class TillMoved(YoyakuError):
    """Something was taken or given back since the page was shown (``seen_yen``, ``expected_yen``)."""

    status = 409
    code = "till_moved"
    title = "Something was taken or given back meanwhile. Please count again."


class DifferenceUnexplained(YoyakuError):
    """What was counted differs from the books (``difference_yen``, below nothing where it is less), and nobody says why."""

    status = 409
    code = "difference_unexplained"
    title = "Please say why the count differs."

    @property
    def variant(self) -> str:
        """Which way."""
        difference_yen = self.facts["difference_yen"]
        return "less" if isinstance(difference_yen, int) and difference_yen < 0 else "more"


class NotLate(YoyakuError):
    """A charge is not late (``number``): it is not given up."""

    status = 409
    code = "not_late"
    title = "This can still be paid in time."


class TransferDayWrong(YoyakuError):
    """A transfer was made between the day it was asked for and today (``first``, ``last``)."""

    status = 409
    code = "transfer_day_wrong"
    title = "Please enter the day on which the transfer was made."


class WayNotOpen(YoyakuError):
    """What waits for a person cannot be settled in that way, or no longer (``way``)."""

    status = 409
    code = "way_not_open"
    title = "This can no longer be settled in that way."


class AlreadySettled(YoyakuError):
    """Somebody has settled it."""

    status = 409
    code = "already_settled"
    title = "Somebody has settled this already."
