"""The contract of a plugin that brings money. Version 1.

Every payment and every refund is an *attempt* of the platform with an id and an amount of its own. ``start`` says what
the payer does next; from then on only ``status`` and ``refund_status`` say what became of it: a webhook is a reason to
ask, never an answer. Whatever is asked may be asked again: the attempt's id is the key under which the provider must do
it once. A plugin sees no database, no card and no clock but the context's, and is never called inside a transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, ClassVar, Final, Literal, Protocol

from msgspec import Struct

from yoyaku.kernel.errors import YoyakuError

__all__ = [
    "CONTRACT",
    "AtCounter",
    "Capabilities",
    "Found",
    "GoTo",
    "InNextFile",
    "NotSupported",
    "Notice",
    "Order",
    "PayBy",
    "Payer",
    "PaymentContext",
    "PaymentPlugin",
    "PaymentRef",
    "ProviderFailed",
    "RefundOrder",
    "Started",
    "StatementLine",
    "WebhookRefused",
]

CONTRACT: Final = 1

Way = Literal["page", "counter", "file", "none"]
State = Literal["pending", "succeeded", "failed", "cancelled", "expired", "unknown"]


class ProviderFailed(YoyakuError):
    """The provider did not answer, or not as agreed (``reason``): nobody knows more than before; it is asked again."""

    status = 502
    code = "payment_provider_failed"
    title = "The payment service could not be reached. Nothing was paid by this."


class NotSupported(YoyakuError):
    """The provider cannot do that (``what``); its capabilities say so beforehand."""

    status = 409
    code = "payment_not_supported"
    title = "This way of payment cannot do that."


class WebhookRefused(YoyakuError):
    """What came to the webhook is not to be believed (``reason``: ``forged``, ``stale``, ``malformed``)."""

    status = 400
    code = "webhook_refused"
    title = "This message was not accepted."


@dataclass(frozen=True, kw_only=True)
class Capabilities:
    """What a plugin can do, so that pages and the check of the rules can say so beforehand.

    ``way``: at the provider's ``page`` (or by numbers that it gives out), at the ``counter``, by a ``file`` to the bank,
    or nothing to do (``none``). ``choices`` are the provider's own methods, one of which the payer picks.
    ``reversal_days``: a refund is possible so many days after the payment (``None``: always). Choices in a plugin's ``no_refund`` never.
    """

    way: Way
    choices: tuple[str, ...] = ()
    refunds: bool = False
    partial_refund: bool = False
    reversal_days: int | None = None
    needs_email: bool = False


@dataclass(frozen=True, kw_only=True)
class PaymentContext:
    """Everything a plugin may know besides what it is asked.

    ``settings`` are of the plugin's own ``settings_type``; ``secret`` reads a secret of the environment by the name that
    the settings give and raises :class:`~yoyaku.extension.refusals.SecretMissing`. ``now`` is real time.
    """

    settings: Any
    now: datetime
    secret: Callable[[str], str]


@dataclass(frozen=True, kw_only=True)
class Payer:
    """Who pays, as far as a provider must know. ``customer`` is an opaque id that stays the same."""

    customer: str
    name: str = field(repr=False)
    kana: str = field(default="", repr=False)
    email: str | None = field(default=None, repr=False)
    phone: str | None = field(default=None, repr=False)
    language: str = "ja"


@dataclass(frozen=True, kw_only=True)
class Order:
    """A payment to be started. ``amount_yen`` > 0.

    ``attempt_id`` is the key under which it happens once. ``choice`` is one of the capabilities' ``choices``.
    ``collection_number`` is the city's own number of the settlement, ``description`` what the payer reads. The provider
    sends the browser to ``return_url`` or ``cancel_url`` and its webhooks to ``notify_url``. After ``expires_at`` (real
    time) its page must not take money any more; numbers that are given out may be paid before ``numbers_until``.
    """

    attempt_id: str
    amount_yen: int
    description: str
    payer: Payer
    return_url: str
    cancel_url: str
    notify_url: str
    expires_at: datetime
    choice: str | None = None
    collection_number: str | None = None
    numbers_until: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class GoTo:
    """Leave for the provider's page; with ``fields`` by a form that is sent, without by a link. ``ref`` names the payment."""

    url: str
    ref: str
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class PayBy:
    """Pay by numbers (convenience store, Pay-easy): their codes with what is typed in, until when, and a page about it."""

    ref: str
    numbers: Mapping[str, str]
    pay_by: datetime
    url: str | None = None


@dataclass(frozen=True, kw_only=True)
class AtCounter:
    """Pay at a counter: a clerk takes it, and the platform's own books say so."""


@dataclass(frozen=True, kw_only=True)
class InNextFile:
    """The amount goes into the next file to the bank; nothing is to be done."""


Started = GoTo | PayBy | AtCounter | InNextFile


@dataclass(frozen=True, kw_only=True)
class PaymentRef:
    """A payment that was started: the platform's id, the provider's reference (``None``: it was never given one)."""

    attempt_id: str
    amount_yen: int
    ref: str | None


@dataclass(frozen=True, kw_only=True)
class RefundOrder:
    """A refund to be made: an id of its own, under which it happens once, of how much of which payment, and why."""

    refund_id: str
    amount_yen: int
    payment: PaymentRef
    reason: str
    ref: str | None = None


@dataclass(frozen=True, kw_only=True)
class Found:
    """What the provider says became of a payment or a refund.

    ``unknown``: it knows none of that id, so none was ever begun there. ``amount_yen`` is what really moved (may differ
    from what was asked: the platform queues that for a person), ``at`` when (real time), ``reason`` why it failed, a
    code with words under ``payment.failed.<reason>``, ``detail`` harmless particulars (brand, store; never a card).
    """

    state: State
    amount_yen: int = 0
    at: datetime | None = None
    ref: str | None = None
    reason: str | None = None
    detail: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Notice:
    """One webhook that may be believed: which event, about which attempt (its id, or the provider's reference)."""

    event_id: str
    attempt_id: str | None = None
    ref: str | None = None


@dataclass(frozen=True, kw_only=True)
class StatementLine:
    """One line of the provider's own books: a payment or a refund, how much, when, by what it is known on both sides.

    A refund that came back is a second one, below zero. A ``payout`` is what its ``lines`` brought, less fees (``fee_yen``).
    """

    kind: Literal["payment", "refund", "payout"]
    ref: str
    attempt_id: str | None
    amount_yen: int
    at: datetime
    lines: tuple[StatementLine, ...] = ()
    fee_yen: int = 0


class PaymentPlugin(Protocol):
    """What a plugin offers: an object, named by an entry point in the group ``yoyaku.payment``."""

    name: ClassVar[str]
    """As it is written in a rule set: ``payment-…``."""
    contract: ClassVar[int]
    """The version of this contract that it keeps: :data:`CONTRACT`."""
    settings_type: ClassVar[type[Struct]]
    """A frozen msgspec struct that forbids unknown fields: schema and model of its settings."""

    def capabilities(self, settings: Any) -> Capabilities:  # noqa: ANN401  # of the plugin's own settings_type
        """What it can do with these settings."""
        ...

    async def start(self, context: PaymentContext, order: Order) -> Started:
        """Begin a payment; asked again for the same attempt, the same one.

        Raises:
            ProviderFailed, SecretMissing: ask ``status`` before anything else.
        """
        ...

    async def status(self, context: PaymentContext, payment: PaymentRef) -> Found:
        """What became of a payment.

        Raises:
            ProviderFailed, SecretMissing: nobody knows; ask again later.
        """
        ...

    async def cancel(self, context: PaymentContext, payment: PaymentRef) -> Found:
        """Stop a payment that is not paid yet, and say what became of it: it may have been paid meanwhile.

        Raises:
            ProviderFailed, SecretMissing: nobody knows.
        """
        ...

    async def refund(self, context: PaymentContext, order: RefundOrder) -> Found:
        """Give back all or a part of a payment; asked again for the same refund, the same one.

        Raises:
            ProviderFailed, SecretMissing: ask ``refund_status`` before anything else.
            NotSupported: not by this provider (a part of it, or so late).
        """
        ...

    async def refund_status(self, context: PaymentContext, order: RefundOrder) -> Found:
        """What became of a refund.

        Raises:
            ProviderFailed, SecretMissing.
        """
        ...

    def read_webhook(self, context: PaymentContext, headers: Mapping[str, str], body: bytes) -> Sequence[Notice]:
        """The notices in a webhook. Header names are lower case.

        Raises:
            WebhookRefused: its signature, its time or its shape is wrong.
        """
        ...

    async def statement(self, context: PaymentContext, day: date) -> Sequence[StatementLine]:
        """The provider's own books of one civil day, to be compared with ours; empty where it keeps none.

        Raises:
            ProviderFailed, SecretMissing.
        """
        ...
