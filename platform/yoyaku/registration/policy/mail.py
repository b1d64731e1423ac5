"""Addresses of mail: whether one may be used, what waits until it is verified, and how often a link is sent again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from yoyaku.kernel.contact import read_mail_address
from yoyaku.kernel.errors import YoyakuError
from yoyaku.registration.terms import MailTerms, RegistrationTerms

RESEND_PAUSE: Final = timedelta(minutes=1)
"""A second press within a minute of the first is a double click, or a mail that is still on its way."""
RESENDS_A_DAY: Final = 10
RESEND_WINDOW: Final = timedelta(days=1)
"""More than so many in a day would be a nuisance to whoever has the address."""


class MailMalformed(YoyakuError):
    """What was typed is no address of mail."""

    status = 422
    code = "mail_malformed"
    title = "That is not a mail address."


class MailsDiffer(YoyakuError):
    """The address was typed twice, and not the same."""

    status = 422
    code = "mails_differ"
    title = "The two mail addresses are not the same."


class MailUnchanged(YoyakuError):
    """The address is the one that is known already."""

    status = 422
    code = "mail_unchanged"
    title = "That is the address we have already."


class MailTaken(YoyakuError):
    """Somebody else of the service has the address, and the rules want one for each."""

    status = 422
    code = "mail_taken"
    title = "That mail address cannot be used."


class MailNothingToVerify(YoyakuError):
    """There is no address that waits to be verified."""

    code = "mail_nothing_to_verify"
    title = "There is no mail address to verify."


class MailJustSent(YoyakuError):
    """The mail went out a moment ago (``retry_after_seconds``)."""

    status = 429
    code = "mail_just_sent"
    title = "The mail was sent a moment ago."


def read_address(text: str) -> str:
    """The address that was typed.

    Raises:
        MailMalformed: it is none.
    """
    address = read_mail_address(text)
    if address is None:
        raise MailMalformed
    return address


def check_resend(sent_at: Sequence[datetime], *, real_now: datetime) -> None:
    """Let pass who asks for a mail again after a while; ``sent_at`` are those of the last day.

    Raises:
        MailJustSent: one was sent less than a minute ago, or ten within a day.
    """
    waits = [at + RESEND_PAUSE - real_now for at in sent_at[-1:]]
    if len(sent_at) >= RESENDS_A_DAY:
        waits.append(sent_at[-RESENDS_A_DAY] + RESEND_WINDOW - real_now)
    longest = max(waits, default=timedelta(0))
    if longest > timedelta(0):
        raise MailJustSent(retry_after_seconds=max(1, int(longest.total_seconds())))


def may_book_by(terms: MailTerms, channel: str) -> bool:
    """Whether somebody whose address is not verified may book by a channel."""
    return terms.unverified_may_book_by == "all" or channel in terms.unverified_may_book_by


def may_enter_lottery(terms: RegistrationTerms, facts: Mapping[str, object]) -> bool:
    """Whether somebody may enter a lottery, by their stage and their mail.

    ``facts`` are the person's: ``registration``, ``mail_verified`` (absent: as if verified) and ``has_mail`` (absent:
    they have an address). ``channel`` is the way by which they enter (absent: one that asks for an address).
    """
    stage = next((one for one in terms.stages if one.code == facts.get("registration")), None)
    if stage is not None:
        may = stage.may_book if stage.may_enter_lottery is None else stage.may_enter_lottery
        if not may:
            return False
    by = terms.mail.asked_for_lottery_by
    if by != "all" and "channel" in facts and facts["channel"] not in by:
        return True
    if terms.mail.needed_for_lottery and facts.get("has_mail") is False:
        return False
    return terms.mail.unverified_may_enter_lottery or facts.get("mail_verified") is not False


def tells_old_address(*, old: str | None, was_verified: bool) -> bool:
    """Whether a change is told to the address before: one that was known to be the person's."""
    return old is not None and was_verified
