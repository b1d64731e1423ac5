"""What every payment plugin must keep; a third party runs it against theirs.

A plugin whose money nobody else knows of (a counter, a file to the bank, nothing at all)::

    class TestOurPlugin(PaymentPluginContract):
        plugin = our_plugin
        settings = {"branch": "001"}

One that talks to a provider says besides how a payer pays there, what its webhooks look like, and how it goes away::

    class TestOurPlugin(OnlinePaymentContract):
        plugin = our_plugin
        secrets = {"OUR_KEY": "…"}
        choice = "card"

        @pytest.fixture
        def provider(self): ...  # a Provider

Fixtures may be overridden: ``usual`` (the plugin's settings), ``context``, ``order``. Runs under pytest with pytest-asyncio.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any, ClassVar, Final
from zoneinfo import ZoneInfo

import msgspec
import pytest

from yoyaku.extension.payment import (
    CONTRACT,
    AtCounter,
    Found,
    GoTo,
    InNextFile,
    NotSupported,
    Order,
    PayBy,
    Payer,
    PaymentContext,
    PaymentPlugin,
    PaymentRef,
    ProviderFailed,
    RefundOrder,
    Started,
    WebhookRefused,
)
from yoyaku.extension.refusals import SecretMissing

AMOUNT: Final = 400
ZONE: Final = ZoneInfo("Asia/Tokyo")
PERSON: Final = Payer(
    customer="0193a1b2-0000-7000-8000-000000000001",
    name="髙橋　さくら",
    kana="タカハシ　サクラ",
    email="sakura@example.jp",
    phone="090-0000-0000",
)
NOT_WEBHOOKS: Final = (b"", b"{}", b"null", b"[" * 20_000, b"\xff\xfe", b'{"event_id": 1, "order_id": {}}')


def order_with(attempt_id: str | None = None, **other: Any) -> Order:  # noqa: ANN401  # any property
    """A payment of somebody invented; without an id, one that was never asked for."""
    usual: dict[str, Any] = {
        "attempt_id": attempt_id or f"attempt-{secrets.token_hex(8)}",
        "amount_yen": AMOUNT,
        "description": "会議室 201　2027年2月4日 9時～12時",
        "payer": PERSON,
        "return_url": "http://aoba.localhost/payments/return",
        "cancel_url": "http://aoba.localhost/payments",
        "notify_url": "http://127.0.0.1:9/webhooks",
        "expires_at": datetime.now(tz=UTC) + timedelta(minutes=15),
    }
    return Order(**{**usual, **other})


def ref_of(order: Order, started: Started | None = None) -> PaymentRef:
    """The payment that an order began; its provider's reference is known once it was started."""
    return PaymentRef(attempt_id=order.attempt_id, amount_yen=order.amount_yen, ref=getattr(started, "ref", None))


def refund_with(payment: PaymentRef, amount_yen: int = AMOUNT, **other: Any) -> RefundOrder:  # noqa: ANN401  # any property
    """A refund of a payment that was never asked for before."""
    usual: dict[str, Any] = {"refund_id": f"refund-{secrets.token_hex(8)}", "reason": "利用の取消し"}
    return RefundOrder(**{**usual, "amount_yen": amount_yen, "payment": payment, **other})


class PaymentPluginContract:
    """The suite for every plugin. ``plugin`` and ``settings`` are the least that it must be told."""

    plugin: ClassVar[PaymentPlugin]
    settings: ClassVar[Mapping[str, Any]] = {}
    secrets: ClassVar[Mapping[str, str]] = {}
    choice: ClassVar[str | None] = None

    @pytest.fixture
    def usual(self) -> Mapping[str, Any]:
        """The settings, as a rule set and a profile give them."""
        return self.settings

    @pytest.fixture
    def context(self, usual: Mapping[str, Any]) -> PaymentContext:
        """What the plugin is told: its settings, real time, and secrets by name."""

        def secret(variable: str) -> str:
            if variable not in self.secrets:
                raise SecretMissing(variable=variable)
            return self.secrets[variable]

        settings = msgspec.convert(dict(usual), self.plugin.settings_type)
        return PaymentContext(settings=settings, now=datetime.now(tz=UTC), secret=secret)

    @pytest.fixture
    def order(self) -> Order:
        """A payment to be started."""
        return order_with(choice=self.choice)

    def test_it_says_its_name_and_the_contract_that_it_keeps(self) -> None:
        """Name and version."""
        assert self.plugin.name.startswith("payment-")
        assert self.plugin.contract == CONTRACT

    def test_its_settings_have_a_schema_and_refuse_what_they_do_not_know(self, usual: Mapping[str, Any]) -> None:
        """A frozen struct that forbids unknown fields, of which a JSON Schema can be made."""
        shape = self.plugin.settings_type
        assert shape.__struct_config__.frozen
        assert shape.__struct_config__.forbid_unknown_fields
        assert "$ref" in msgspec.json.schema(shape)
        with pytest.raises(msgspec.ValidationError):
            msgspec.convert({**usual, "no_such_setting": 1}, shape)

    def test_its_capabilities_agree_with_each_other(self, context: PaymentContext) -> None:
        """What cannot be given back has no part and no time in which it could be."""
        can = self.plugin.capabilities(context.settings)
        assert can == self.plugin.capabilities(context.settings)
        assert len(set(can.choices)) == len(can.choices)
        assert self.choice is None or self.choice in can.choices
        assert can.refunds or not (can.partial_refund or can.reversal_days)
        assert can.reversal_days is None or can.reversal_days > 0

    async def test_it_starts_as_its_way_announces(self, context: PaymentContext, order: Order) -> None:
        """A page or numbers, the counter, the next file; what is free begins nothing."""
        way = self.plugin.capabilities(context.settings).way
        if way == "none":
            with pytest.raises(NotSupported):
                await self.plugin.start(context, order)
            return
        expected = {"page": (GoTo, PayBy), "counter": (AtCounter,), "file": (InNextFile,)}[way]
        assert isinstance(await self.plugin.start(context, order), expected)

    async def test_of_what_was_never_begun_it_knows_nothing(self, context: PaymentContext) -> None:
        """Neither of a payment nor of a refund."""
        payment = ref_of(order_with())
        assert await self.plugin.status(context, payment) == Found(state="unknown")
        assert await self.plugin.cancel(context, payment) == Found(state="unknown")
        assert await self.plugin.refund_status(context, refund_with(payment)) == Found(state="unknown")

    async def test_a_payment_that_was_never_begun_gives_nothing_back(self, context: PaymentContext) -> None:
        """It is refused in words, and no refund exists."""
        asked = refund_with(ref_of(order_with()))
        with pytest.raises((NotSupported, ProviderFailed)):
            await self.plugin.refund(context, asked)
        assert (await self.plugin.refund_status(context, asked)).state == "unknown"

    @pytest.mark.parametrize("body", NOT_WEBHOOKS, ids=lambda body: f"{len(body)}-{body[:6]!r}")
    def test_what_nobody_signed_is_no_webhook(self, context: PaymentContext, body: bytes) -> None:
        """Whatever it is, it is refused in words."""
        for headers in ({}, {"content-type": "application/json", "x-signature": "v1=00"}):
            with pytest.raises(WebhookRefused):
                self.plugin.read_webhook(context, headers, body)

    async def test_its_books_of_a_day_on_which_nothing_was_are_empty(self, context: PaymentContext) -> None:
        """Nothing came, nothing went."""
        assert list(await self.plugin.statement(context, date(2001, 1, 1))) == []
