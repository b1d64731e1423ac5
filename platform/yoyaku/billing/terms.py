"""To whom money is owed, how and until when it is paid, what goes back, and what happens when it is not paid."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from msgspec import Meta, Struct

from yoyaku.rules.values import Clause, Code, Moment, Text, TimeOfDay, When

CITY: Final = "city"
"""The payee of everything where a rule set names none."""
MANDATES: Final = ("active", "none")
"""The fact ``mandate``: whether the account of whoever pays may be debited."""


class Choice(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One of the provider's own methods (card, convenience store), as residents read it."""

    code: Code
    name: Text
    hint: Text | None = None


class Collection(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When a bank debits what is paid by file: the day, and from when on the file is put together.

    ``reception`` is the address at which residents agree to it with their bank (Web口座振替受付サービス).
    """

    on: Moment
    prepared: Moment
    reception: Annotated[str, Meta(pattern=r"^https://[^\s]+$", max_length=300)] | None = None


class Reminder(Clause, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """So many days before the last day of paying, at that time of day, whoever has not paid is reminded once.

    The last day is the one on which ``due`` ends ("24:00" ends the day itself, not the next).
    """

    days_before: Annotated[int, Meta(ge=0, le=60)]
    at: TimeOfDay


class PaymentMethod(Clause, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A method of payment where ``when`` holds; ``due`` is the moment until which it is to be paid by it.

    ``after_due``: ``kept`` (the booking stands, other methods remain), ``lapses`` (the tentative booking ends, by its
    life cycle). ``open_after_due``: it is taken late, too (cash at the counter). ``plugin`` brings the money, with the
    operator's ``profile`` and own ``settings``; ``choices`` are those of its methods that are offered. ``automatic``: it
    is the way of payment without anybody choosing it (a mandate). ``needs_email``: only for payers with an address of
    mail. ``collection`` belongs to a plugin that works by file. ``remind``: when who has not paid yet is reminded of
    ``due``; where several methods are open, the earliest counts. ``channels``: those through which residents may pay by
    it (none named: all).
    """

    code: Code
    name: Text
    when: When = {}
    channels: list[Code] = []
    due: Moment | None = None
    after_due: Literal["kept", "lapses"] = "kept"
    remind: Reminder | None = None
    open_after_due: bool = False
    online: bool = False
    plugin: Code = "payment-cash"
    profile: Code | None = None
    settings: dict[str, Any] = {}
    choices: list[Choice] = []
    automatic: bool = False
    needs_email: bool = False
    collection: Collection | None = None


class Payee(Clause, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whose money it is where ``when`` holds, and who issues its invoices.

    ``registration_number`` is the one of qualified invoices (T and 13 digits; without one only receipts are issued).
    ``kind``: the city's general account, a special account, or a designated manager with fees of its own.
    """

    code: Code
    name: Text
    when: When = {}
    kind: Literal["general_account", "special_account", "manager"] = "general_account"
    registration_number: Annotated[str, Meta(pattern="^T[0-9]{13}$")] | None = None
    address: Text | None = None
    phone: str | None = None


class CollectionNumber(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The city's own number of a settlement: parts put together (``number_code`` of the facility, ``date``, ``sequence``)."""

    parts: Annotated[list[Literal["number_code", "date", "sequence"]], Meta(min_length=1)]
    sequence_digits: Annotated[int, Meta(ge=3, le=10)] = 5


class Refunds(Clause, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How too much that was paid goes back.

    ``reverse_and_recharge``: the whole earlier payment is reversed and what stands is charged anew. ``partial``: only the
    difference goes back. ``by``: the resident sets it off on the page, it goes by itself, or a clerk does it where the
    resident applies for it. ``within_days`` are counted from the day of the payment; afterwards only the counter helps.
    """

    online: Literal["reverse_and_recharge", "partial"] = "partial"
    by: Literal["resident", "system", "clerk"] = "system"
    within_days: Annotated[int, Meta(ge=1)] | None = None


class Credits(Clause, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When what was paid for a use that could not be had pays for another of the same person (振替), instead of going back.

    ``grounds`` are those on which staff ended it, ``methods`` those by which it was paid. The use that was lost must be
    as long and as dear as the other, or more.
    """

    grounds: Annotated[list[Code], Meta(min_length=1)]
    methods: Annotated[list[Code], Meta(min_length=1)]


class Receipts(Clause, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who issues receipts where ``when`` holds; the first entry that holds counts.

    ``of_online``: a receipt of what was paid online is had on one's own page, at the counter only, or nowhere (what is paid
    at a counter has one in any case). ``returns``: from which amount on a return invoice is issued for what goes back.
    """

    when: When = {}
    of_online: Literal["self_service", "counter", "nowhere"] = "self_service"
    returns: Literal["from_10000_yen", "always"] = "from_10000_yen"


class ArrearsStep(Clause, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One step of what follows when a charge is not paid: a demand, a reminder, a suspension.

    ``at`` hangs on ``due`` (when it should have been paid) or ``step`` (when the step before should have been paid);
    ``pay_by`` hangs on ``at`` as ``step``. ``letter``: a clerk prints and posts it. ``suspends``: from then on the person
    cannot book or enter until everything is paid.
    """

    code: Code
    name: Text
    at: Moment
    pay_by: Moment | None = None
    letter: bool = False
    suspends: bool = False


class Arrears(Clause, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The ladder of an unpaid charge where ``when`` holds; the first that holds counts.

    ``reinstated``: once all is paid, by itself or by a clerk whom the person tells.
    """

    when: When = {}
    steps: Annotated[list[ArrearsStep], Meta(min_length=1)]
    reinstated: Literal["automatically", "by_clerk"] = "by_clerk"


class LateCounter(Clause, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who takes money that is late, or that could not be debited, where ``when`` holds; the first that holds counts."""

    code: Code
    name: Text
    when: When = {}


class PaymentTerms(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The section ``payment``; the first method that applies is the one shown first.

    ``minutes`` is how long a payment at a provider's page may take.
    """

    methods: list[PaymentMethod] = []
    payees: list[Payee] = []
    collection_number: CollectionNumber | None = None
    refunds: Refunds = Refunds()
    credits: Credits | None = None
    receipts: list[Receipts] = []
    arrears: list[Arrears] = []
    late_counters: list[LateCounter] = []
    minutes: Annotated[int, Meta(ge=5, le=60)] = 15
