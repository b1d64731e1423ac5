"""What every payment plugin that talks to a provider must keep, besides :mod:`yoyaku.testing.payment_contract`.

Say how a payer pays there, what its webhooks look like, and how it goes away::

    class TestOurPlugin(OnlinePaymentContract):
        plugin = our_plugin
        settings = {"account": "…"}
        secrets = {"OUR_KEY": "…"}
        choice = "card"

        @pytest.fixture
        def provider(self):
            return OurProvider(…)        # a Provider
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol

import pytest

from yoyaku.extension.payment import (
    NotSupported,
    Order,
    PaymentContext,
    ProviderFailed,
    RefundOrder,
    Started,
    WebhookRefused,
)
from yoyaku.extension.refusals import SecretMissing
from yoyaku.testing.payment_contract import AMOUNT, PERSON, ZONE, PaymentPluginContract, ref_of, refund_with


class Provider(Protocol):
    """The other side of an online plugin, in the hands of the suite."""

    async def pay(self, order: Order, started: Started) -> None:
        """The payer pays, as they were told by ``started``."""
        ...

    def webhook(self, order: Order) -> tuple[Mapping[str, str], bytes]:
        """A webhook about that order, signed now: its headers (lower case) and its body; asked again, the same event."""
        ...

    def down(self) -> AbstractContextManager[object]:
        """While it lasts, the provider does not answer."""
        ...


class OnlinePaymentContract(PaymentPluginContract):
    """The suite for plugins that talk to a provider: besides the above, with money."""

    @pytest.fixture
    def provider(self) -> Provider:
        """The other side."""
        raise NotImplementedError("say what the provider is: the fixture `provider`")

    async def test_started_twice_it_is_one_payment(
        self, context: PaymentContext, order: Order, provider: Provider
    ) -> None:
        """The attempt's id is the key; also when it is asked again after it was paid."""
        first = await self.plugin.start(context, order)
        again = await self.plugin.start(context, order)
        assert again == first
        assert (await self.plugin.status(context, ref_of(order, first))).state == "pending"
        await provider.pay(order, first)
        assert getattr(await self.plugin.start(context, order), "ref", None) == getattr(first, "ref", None)
        assert await self._moved(context, order.attempt_id) == [("payment", AMOUNT)]

    async def test_what_was_paid_is_found_with_amount_time_and_reference(
        self, context: PaymentContext, order: Order, provider: Provider
    ) -> None:
        """Also by the attempt's id alone, when the answer with the reference was lost."""
        started = await self.plugin.start(context, order)
        await provider.pay(order, started)
        for payment in (ref_of(order, started), ref_of(order)):
            found = await self.plugin.status(context, payment)
            assert (found.state, found.amount_yen) == ("succeeded", AMOUNT)
            assert found.ref
            assert found.at is not None
            assert found.at.utcoffset() is not None

    async def test_stopped_before_it_is_paid_it_stays_stopped(self, context: PaymentContext, order: Order) -> None:
        """No money, whoever asks how often."""
        payment = ref_of(order, await self.plugin.start(context, order))
        assert (await self.plugin.cancel(context, payment)).state in {"cancelled", "expired"}
        assert (await self.plugin.cancel(context, payment)).state in {"cancelled", "expired"}
        found = await self.plugin.status(context, payment)
        assert (found.state in {"cancelled", "expired"}, found.amount_yen) == (True, 0)

    async def test_stopped_after_it_was_paid_it_says_that_it_was_paid(
        self, context: PaymentContext, order: Order, provider: Provider
    ) -> None:
        """Money that came is never denied."""
        started = await self.plugin.start(context, order)
        await provider.pay(order, started)
        found = await self.plugin.cancel(context, ref_of(order, started))
        assert (found.state, found.amount_yen) == ("succeeded", AMOUNT)

    async def test_a_refund_is_made_once_for_its_id(
        self, context: PaymentContext, order: Order, provider: Provider
    ) -> None:
        """Asked twice, it goes back once, and its state and the provider's books agree."""
        asked = await self._paid(context, order, provider)
        if not self.plugin.capabilities(context.settings).refunds:
            with pytest.raises(NotSupported):
                await self.plugin.refund(context, asked)
            assert await self._moved(context, order.attempt_id) == [("payment", AMOUNT)]
            return
        first = await self.plugin.refund(context, asked)
        assert await self.plugin.refund(context, asked) == first
        assert (first.state, first.amount_yen) == ("succeeded", AMOUNT)
        assert await self.plugin.refund_status(context, replace(asked, ref=first.ref)) == first
        assert await self.plugin.refund_status(context, asked) == first
        moved = await self._moved(context, order.attempt_id, asked.refund_id)
        assert sorted(moved) == [("payment", AMOUNT), ("refund", AMOUNT)]

    async def test_more_than_was_paid_does_not_go_back(
        self, context: PaymentContext, order: Order, provider: Provider
    ) -> None:
        """A part (where the plugin can), then more than the rest: refused, and not a yen moved."""
        asked = await self._paid(context, order, provider)
        part = refund_with(asked.payment, 100)
        can = self.plugin.capabilities(context.settings)
        if can.partial_refund:
            assert (await self.plugin.refund(context, part)).amount_yen == part.amount_yen
        else:
            with pytest.raises(NotSupported):
                await self.plugin.refund(context, part)
        over = refund_with(asked.payment, AMOUNT if can.partial_refund else AMOUNT + 1)
        with pytest.raises(NotSupported):
            await self.plugin.refund(context, over)
        moved = await self._moved(context, order.attempt_id, part.refund_id, over.refund_id)
        assert sorted(moved) == [("payment", AMOUNT), *([("refund", 100)] if can.partial_refund else [])]

    async def test_what_was_not_paid_does_not_go_back(self, context: PaymentContext, order: Order) -> None:
        """A payment that was only begun has nothing to give."""
        payment = ref_of(order, await self.plugin.start(context, order))
        with pytest.raises(NotSupported):
            await self.plugin.refund(context, refund_with(payment))

    async def test_a_webhook_names_its_payment_and_can_be_told_from_others(
        self, context: PaymentContext, order: Order, provider: Provider
    ) -> None:
        """Replayed, it is the same event: the platform takes an event once."""
        started = await self.plugin.start(context, order)
        headers, body = provider.webhook(order)
        notices = list(self.plugin.read_webhook(context, headers, body))
        assert notices
        assert list(self.plugin.read_webhook(context, headers, body)) == notices
        for notice in notices:
            assert notice.event_id
            assert order.attempt_id == notice.attempt_id or getattr(started, "ref", None) == notice.ref

    async def test_a_forged_or_a_stale_webhook_is_refused(
        self, context: PaymentContext, order: Order, provider: Provider
    ) -> None:
        """Another body, another signature, none at all; the right one a day later or a day early."""
        await self.plugin.start(context, order)
        headers, body = provider.webhook(order)
        forged = {name: _changed(told) for name, told in headers.items()}
        for wrong, told in ((headers, body + b" "), (forged, body), ({}, body)):
            with pytest.raises(WebhookRefused):
                self.plugin.read_webhook(context, wrong, told)
        for days in (1, -1):
            with pytest.raises(WebhookRefused):
                self.plugin.read_webhook(replace(context, now=context.now + timedelta(days=days)), headers, body)

    async def test_a_provider_that_does_not_answer_is_told_in_words(
        self, context: PaymentContext, order: Order, provider: Provider
    ) -> None:
        """Whatever is asked: nobody knows, and nothing of the way that was used comes through."""
        payment = ref_of(order)
        with provider.down():
            for asked in (
                self.plugin.start(context, order),
                self.plugin.status(context, payment),
                self.plugin.cancel(context, payment),
                self.plugin.refund(context, refund_with(payment)),
                self.plugin.refund_status(context, refund_with(payment)),
                self.plugin.statement(context, context.now.astimezone(ZONE).date()),
            ):
                with pytest.raises(ProviderFailed):
                    await asked

    async def test_without_its_secret_nothing_is_begun(self, context: PaymentContext, order: Order) -> None:
        """The operator is told which one is missing."""

        def secret(variable: str) -> str:
            raise SecretMissing(variable=variable)

        with pytest.raises(SecretMissing):
            await self.plugin.start(replace(context, secret=secret), order)

    async def test_neither_log_nor_print_shows_a_secret_or_a_person(
        self, context: PaymentContext, order: Order, provider: Provider, caplog: pytest.LogCaptureFixture
    ) -> None:
        """Not even where everything is logged."""
        with caplog.at_level(logging.DEBUG):
            started = await self.plugin.start(context, order)
            await provider.pay(order, started)
            found = await self.plugin.status(context, ref_of(order, started))
            notices = self.plugin.read_webhook(context, *provider.webhook(order))
        shown = f"{caplog.text}{order!r}{started!r}{found!r}{notices!r}{context.settings!r}"
        hidden = [*self.secrets.values(), PERSON.name, PERSON.kana, PERSON.email, PERSON.phone]
        assert [told for told in hidden if told and told in shown] == []

    async def _paid(self, context: PaymentContext, order: Order, provider: Provider) -> RefundOrder:
        """A payment that was made, and the refund of all of it."""
        started = await self.plugin.start(context, order)
        await provider.pay(order, started)
        return refund_with(ref_of(order, started))

    async def _moved(self, context: PaymentContext, *ids: str) -> list[tuple[str, int]]:
        """What the provider's books of today and its neighbours say of these ids."""
        today = datetime.now(tz=ZONE).date()
        days = [today + timedelta(days=days) for days in (-1, 0, 1)]
        lines = [line for day in days for line in await self.plugin.statement(context, day)]
        return [(line.kind, line.amount_yen) for line in lines if line.attempt_id in ids]


def _changed(told: str) -> str:
    return f"{told[:-1]}{'1' if told.endswith('0') else '0'}"
