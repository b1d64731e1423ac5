"""Debits of bank accounts: which day, which charges, under which key."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, Literal

from yoyaku.billing.terms import Collection
from yoyaku.extension.debit import BankAccount
from yoyaku.kernel.errors import YoyakuError
from yoyaku.kernel.text import fold_width
from yoyaku.rules.values import Moment

LeftOut = Literal["other_day", "nothing_due", "debited_before", "payment_open", "no_mandate"]
FileState = Literal["prepared", "sent", "settled", "withdrawn"]
MandateState = Literal["requested", "active", "refused", "ended"]
CURRENT_MANDATES: Final = frozenset[MandateState]({"requested", "active"})
TELLING_DIGITS: Final = 3
"""So many last digits of an account are shown: enough to recognise one's own."""


class NothingToDebit(YoyakuError):
    """No charge is to be debited on that day (``collect_on``)."""

    status = 409
    code = "nothing_to_debit"
    title = "There is nothing to debit on that day."


class FileMadeBefore(YoyakuError):
    """The file of that day is there already (``collect_on``)."""

    status = 409
    code = "debit_file_made_before"
    title = "The file of that day has been made."


class FileNotInState(YoyakuError):
    """The file is past that step, or not there yet (``state``)."""

    status = 409
    code = "debit_file_not_in_state"
    title = "The file has moved on. Please look at it again."


class FileDiffers(YoyakuError):
    """What would be written now is not what was made: settings have changed since."""

    status = 409
    code = "debit_file_differs"
    title = "The file cannot be written as it was made. Please withdraw it and make it again."


class MandateThere(YoyakuError):
    """The person has a mandate already, or asked for one."""

    status = 409
    code = "mandate_there"
    title = "There is a mandate already."


class MandateNotInState(YoyakuError):
    """The mandate was decided or ended before (``state``)."""

    status = 409
    code = "mandate_not_in_state"
    title = "The mandate has been decided. Please look at it again."


class MandateInFile(YoyakuError):
    """The account is in a file that the bank has not answered (``collect_on``)."""

    status = 409
    code = "mandate_in_file"
    title = "The account will be debited by a file that is on its way."


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectionDay:
    """A day on which the bank debits, from when on its file is made (aware), and the uses of which days it is for."""

    collect_on: date
    prepared_at: datetime
    first_use: date
    last_use: date


def collection_days(
    terms: Collection,
    *,
    uses: Iterable[date],
    instant: Callable[[Moment, date], datetime],
    civil: Callable[[datetime], date],
) -> list[CollectionDay]:
    """The days of debit of the uses of some days, in order; ``instant`` resolves a moment for a use on a day."""
    found: dict[date, CollectionDay] = {}
    for use_on in uses:
        collect_on = civil(instant(terms.on, use_on))
        known = found.get(collect_on)
        first, last = (use_on, use_on) if known is None else (known.first_use, known.last_use)
        prepared_at = instant(terms.prepared, use_on)
        found[collect_on] = CollectionDay(
            collect_on=collect_on,
            prepared_at=prepared_at if known is None else max(prepared_at, known.prepared_at),
            first_use=min(first, use_on),
            last_use=max(last, use_on),
        )
    return [found[day] for day in sorted(found)]


def days_from(first: date, count: int) -> Iterable[date]:
    """So many days in a row."""
    return (first + timedelta(days=one) for one in range(count))


@dataclass(frozen=True, slots=True, kw_only=True)
class Debtor:
    """A charge as far as its debit goes: what is outstanding, on which day it would be debited, what stands against it."""

    outstanding_yen: int
    collect_on: date | None
    has_mandate: bool
    was_debited: bool
    has_open_payment: bool


def why_left_out(debtor: Debtor, collect_on: date) -> LeftOut | None:
    """Why a charge is not in the file of a day; ``None``: it is.

    What a bank could not debit is never debited again (KS-084); what somebody is paying at this moment is not either.
    """
    if debtor.collect_on != collect_on:
        return "other_day"
    if debtor.outstanding_yen <= 0:
        return "nothing_due"
    if debtor.was_debited:
        return "debited_before"
    if not debtor.has_mandate:
        return "no_mandate"
    return "payment_open" if debtor.has_open_payment else None


def row_key(collect_on: date, sequence: int) -> str:
    """Our key of one debit, as the bank sends it back: 20 characters, never used twice."""
    return f"K{collect_on:%Y%m}{sequence:013}"


def shown_account(account: BankAccount) -> str:
    """An account as its holder recognises it: bank, branch, the last digits; never the whole number."""
    bank = fold_width(account.bank_name) or account.bank_code
    branch = fold_width(account.branch_name) or account.branch_code
    return f"{bank} {branch} ****{account.number[-TELLING_DIGITS:]}"
