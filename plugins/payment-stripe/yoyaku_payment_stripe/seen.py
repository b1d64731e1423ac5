"""The part of Stripe's objects that is looked at; everything else in them is passed over (API 2026-10-28)."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct, field

Metadata = dict[str, str]


class Card(Struct, frozen=True):
    """Of a card, its brand; nothing else is ever read."""

    brand: str | None = None


class Store(Struct, frozen=True):
    """Where it was paid."""

    chain: str | None = None


class Konbini(Struct, frozen=True):
    """A payment at a convenience store."""

    store: Store | None = None


class Means(Struct, frozen=True):
    """By what a charge was paid."""

    type: str
    card: Card | None = None
    konbini: Konbini | None = None


class Charge(Struct, frozen=True):
    """Money that came in. ``created`` is an epoch in seconds, as everywhere at Stripe."""

    id: str
    created: int
    payment_method_details: Means | None = None


class Problem(Struct, frozen=True):
    """Why the last try to pay did not work."""

    code: str | None = None
    decline_code: str | None = None


class StoreCodes(Struct, frozen=True):
    """What is typed in at the machine of one chain of stores."""

    payment_code: str
    confirmation_number: str | None = None


class Voucher(Struct, frozen=True):
    """Numbers to pay by, and until when."""

    expires_at: int
    stores: dict[str, StoreCodes | None]
    hosted_voucher_url: str | None = None


class NextAction(Struct, frozen=True):
    """What the payer still has to do."""

    konbini_display_details: Voucher | None = None


class Intent(Struct, frozen=True):
    """A PaymentIntent, with its last charge in it."""

    id: str
    status: str
    amount_received: int = 0
    metadata: Metadata = field(default_factory=dict)
    last_payment_error: Problem | None = None
    next_action: NextAction | None = None
    latest_charge: Charge | str | None = None


class Session(Struct, frozen=True):
    """A Checkout Session: a page of Stripe's, and what became of it."""

    id: str
    status: Literal["open", "complete", "expired"]
    client_reference_id: str | None = None
    url: str | None = None
    metadata: Metadata = field(default_factory=dict)
    payment_intent: Intent | str | None = None


class Refund(Struct, frozen=True):
    """A refund."""

    id: str
    status: str
    amount: int
    created: int
    failure_reason: str | None = None
    metadata: Metadata = field(default_factory=dict)


class Source(Struct, frozen=True):
    """What a line of the balance is about: a charge, a refund, a dispute."""

    id: str
    object: str
    metadata: Metadata = field(default_factory=dict)


class BalanceLine(Struct, frozen=True):
    """One line of the balance. ``amount`` in yen, before Stripe's ``fee``; below zero where money left."""

    id: str
    type: str
    amount: int
    created: int
    fee: int = 0
    source: Source | str | None = None


class Payout(Struct, frozen=True):
    """A transfer to the bank account. ``arrival_date`` is an epoch; ``automatic``: Stripe says of which lines it is."""

    id: str
    amount: int
    arrival_date: int
    automatic: bool = True


class EventObject(Struct, frozen=True):
    """What an event is about."""

    id: str | None = None
    object: str | None = None
    metadata: Metadata | None = None


class EventData(Struct, frozen=True):
    """The envelope of what an event is about."""

    object: EventObject


class Event(Struct, frozen=True):
    """A webhook."""

    id: str
    type: str
    data: EventData
