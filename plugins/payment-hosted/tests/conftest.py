"""One processor for the whole folder, over real HTTP."""

from contextlib import contextmanager
from datetime import UTC, datetime

import httpx
import msgspec
import pytest

from yoyaku.extension.payment import PaymentContext
from yoyaku.extension.refusals import SecretMissing
from yoyaku.testing.processor.merchants import environment_of, merchants_of, settings_for
from yoyaku.testing.processor.processor import Processor
from yoyaku.testing.processor.server import RunningProcessor
from yoyaku.testing.processor.signing import WEBHOOK_HEADER, sign_webhook
from yoyaku.testing.processor.webhooks import Deliverer
from yoyaku_payment_hosted import HostedSettings

MERCHANTS = merchants_of(("aoba", "midori"), secret="only-for-these-tests")
SECRETS = environment_of(MERCHANTS)
CARD = {"act": "pay", "brand": "visa", "number": "4111 1111 1111 1111", "month": "04", "year": "39", "code": "123"}


@pytest.fixture(scope="session")
def running():
    processor = Processor(merchants=MERCHANTS, webhooks=Deliverer(first_pause=0.02))
    with RunningProcessor(processor) as server:
        yield server


@pytest.fixture
def processor(running):
    """The processor, in good order before and after."""
    yield running.processor
    found = running.processor
    found.faults.set("none")
    found.next_refund, found.ahead_seconds = "succeeded", 0


@pytest.fixture
def settings(running):
    return msgspec.convert({**settings_for("aoba", base_url=running.url), "timeout_seconds": 1}, HostedSettings)


@pytest.fixture
def context(settings):
    def secret(variable):
        if variable not in SECRETS:
            raise SecretMissing(variable=variable)
        return SECRETS[variable]

    return PaymentContext(settings=settings, now=datetime.now(tz=UTC), secret=secret)


@pytest.fixture
async def browser():
    """Somebody's browser, which follows nothing by itself."""
    async with httpx.AsyncClient(trust_env=False) as found:
        yield found


class Payer:
    """The other side, as the suite of the contract wants it: a payer, the processor's webhooks, and its silence."""

    def __init__(self, processor):
        self.processor = processor

    async def pay(self, order, started):
        if hasattr(started, "numbers"):
            self.processor.pay(self.processor.find(order.attempt_id), detail={"store": "見本店"})
            return
        async with httpx.AsyncClient(trust_env=False) as browser:
            answer = await browser.post(started.url, data=CARD)
        assert (answer.status_code, answer.headers["location"]) == (303, order.return_url)

    def webhook(self, order):
        payment = self.processor.find(order.attempt_id)
        body = msgspec.json.encode(
            {
                "event_id": f"evt-{order.attempt_id}",
                "type": "payment.changed",
                "merchant": payment.merchant,
                "order_id": order.attempt_id,
                "ref": payment.payment_id,
            }
        )
        seconds = int(datetime.now(tz=UTC).timestamp())
        return {WEBHOOK_HEADER: sign_webhook(MERCHANTS["aoba"].webhook_secret, timestamp=seconds, body=body)}, body

    @contextmanager
    def down(self):
        self.processor.faults.set("outage")
        yield
        self.processor.faults.set("none")


@pytest.fixture
def provider(processor):
    return Payer(processor)
