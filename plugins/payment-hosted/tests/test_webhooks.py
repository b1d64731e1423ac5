"""Webhooks: believed only when the processor signed them lately; and everything that a test may do to them."""

import time
from dataclasses import replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import msgspec
import pytest

from yoyaku.extension.payment import WebhookRefused
from yoyaku.testing.payment_contract import order_with, ref_of
from yoyaku.testing.processor.signing import WEBHOOK_HEADER, sign_webhook
from yoyaku_payment_hosted import plugin


def signed(context, told, *, secret=None, seconds=None):
    body = told if isinstance(told, bytes) else msgspec.json.encode(told)
    at = int(context.now.timestamp()) if seconds is None else seconds
    secret = secret or context.secret("PAYMENT_AOBA_WEBHOOK_SECRET")
    return {WEBHOOK_HEADER: sign_webhook(secret, timestamp=at, body=body)}, body


EVENT = {"event_id": "evt-1", "merchant": "aoba", "order_id": "attempt-1", "ref": "pay_1"}


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        ({**EVENT, "merchant": "midori"}, "forged"),
        ({**EVENT, "event_id": ""}, "malformed"),
        ({**EVENT, "order_id": 7}, "malformed"),
        (b"not json", "malformed"),
        (b"[" * 50_000, "malformed"),
    ],
    ids=["another-merchant", "no-id", "a-number", "text", "deep"],
)
def test_a_signed_webhook_that_is_not_ours_or_not_readable_is_refused(context, told, reason):
    with pytest.raises(WebhookRefused) as refused:
        plugin.read_webhook(context, *signed(context, told))

    assert refused.value.facts["reason"] == reason


@pytest.mark.parametrize(("age", "is_taken"), [(0, True), (299, True), (-299, True), (302, False), (-302, False)])
def test_a_webhook_counts_for_five_minutes(context, age, is_taken):
    headers, body = signed(context, EVENT, seconds=int(context.now.timestamp()) - age)
    if is_taken:
        assert plugin.read_webhook(context, headers, body)[0].event_id == "evt-1"
        return
    with pytest.raises(WebhookRefused) as refused:
        plugin.read_webhook(context, headers, body)
    assert refused.value.facts["reason"] == "stale"


@pytest.mark.parametrize(
    "header", ["", "v1=00", "t=x,v1=00", "t=１,v1=00", f"t=1,v1={'g' * 64}", f"t=1,v1={'0' * 64} "]
)
def test_a_signature_that_is_none_is_refused(context, header):
    with pytest.raises(WebhookRefused):
        plugin.read_webhook(context, {WEBHOOK_HEADER: header}, msgspec.json.encode(EVENT))


def test_while_a_secret_is_changed_both_count(context, settings):
    names = ("PAYMENT_MIDORI_WEBHOOK_SECRET", "PAYMENT_AOBA_WEBHOOK_SECRET")
    both = replace(context, settings=msgspec.structs.replace(settings, webhook_secrets=names))
    for name in names:
        assert plugin.read_webhook(both, *signed(context, EVENT, secret=context.secret(name)))
    with pytest.raises(WebhookRefused):
        plugin.read_webhook(context, *signed(context, EVENT, secret=context.secret(names[0])))


@pytest.fixture
def listener():
    """A merchant's address: keeps what comes, and answers with the statuses that it was given, then with 200."""
    came, statuses = [], []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["content-length"]))
            came.append(({name.lower(): told for name, told in self.headers.items()}, body))
            self.send_response(statuses.pop(0) if statuses else 200)
            self.end_headers()

        def log_message(self, *_):
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield came, statuses, f"http://aoba.localhost:{server.server_address[1]}/hooks"
    server.shutdown()
    thread.join()
    server.server_close()


async def begun(context, url):
    order = order_with(choice="card", notify_url=url)
    await plugin.start(context, order)
    return order


def wait_for(came, count):
    end = time.monotonic() + 5
    while len(came) < count and time.monotonic() < end:
        time.sleep(0.01)
    assert len(came) == count


async def test_webhooks_are_signed_and_sent_until_they_are_taken(context, processor, listener):
    came, statuses, url = listener
    statuses += [500, 503]
    order = await begun(context, url)
    processor.pay(processor.find(order.attempt_id))
    wait_for(came, 3)

    now = replace(context, now=datetime.now(tz=UTC))
    events = [plugin.read_webhook(now, headers, body)[0] for headers, body in came]
    assert {(one.attempt_id, one.ref) for one in events} == {
        (order.attempt_id, processor.find(order.attempt_id).payment_id)
    }
    assert len({one.event_id for one in events}) == 1
    assert came[0][0]["host"].startswith("aoba.localhost")


async def test_webhooks_come_twice_reordered_or_never_as_a_test_wishes(context, running, processor, listener, browser):
    """T-C1: the same event has the same id however often it comes."""
    came, _, url = listener
    first, second, third = [await begun(context, url) for _ in range(3)]
    held = await browser.post(f"{running.url}/control/webhooks", json={"held": "yes", "copies": 2})
    assert held.status_code == 200
    for order in (first, second):
        processor.pay(processor.find(order.attempt_id))
    assert came == []
    await browser.post(f"{running.url}/control/release", data={"reverse": "yes"})
    wait_for(came, 4)
    now = replace(context, now=datetime.now(tz=UTC))
    events = [plugin.read_webhook(now, headers, body)[0] for headers, body in came]
    assert [one.attempt_id for one in events] == [second.attempt_id] * 2 + [first.attempt_id] * 2
    assert len({one.event_id for one in events}) == 2

    await browser.post(f"{running.url}/control/webhooks", json={"drop": 1})
    processor.pay(processor.find(third.attempt_id))
    assert (await plugin.status(context, ref_of(third))).state == "succeeded"
    assert len(came) == 4


async def held_by(browser, running):
    return (await browser.get(f"{running.url}/books")).json()["merchants"]["aoba"]


async def test_the_control_panel_pays_settles_and_shows_every_yen(context, running, processor, browser):
    shop, bank = order_with(choice="convenience"), order_with(choice="card")
    for order in (shop, bank):
        await plugin.start(context, order)
    processor.wait(processor.find(bank.attempt_id), {})
    before = await held_by(browser, running)
    assert "店で支払う" in (await browser.get(f"{running.url}/control")).text
    paid = await browser.post(f"{running.url}/control/pay", data={"order_id": shop.attempt_id})
    assert paid.headers["location"] == "/control"
    for act, told, status in (
        ("settle", {"order_id": bank.attempt_id, "result": "bank_refused"}, 200),
        ("pay", {"order_id": "nobody's"}, 404),
        ("fault", {"kind": "earthquake"}, 422),
        ("nothing", {}, 404),
    ):
        assert (await browser.post(f"{running.url}/control/{act}", json=told)).status_code == status
    after = await held_by(browser, running)
    assert after["held_yen"] == before["held_yen"] + 400 == after["paid_yen"] - after["refunded_yen"]
    assert (await plugin.status(context, ref_of(bank))).reason == "bank_refused"


async def test_its_books_survive_a_restart(context, processor, tmp_path):
    order = order_with(choice="card")
    await plugin.start(context, order)
    processor.kept_in = tmp_path / "books.json"
    processor.pay(processor.find(order.attempt_id))
    again = type(processor)(merchants=processor.merchants, kept_in=processor.kept_in)
    processor.kept_in = None

    assert again.held() == processor.held()
    assert again.find(order.attempt_id).state == "paid"
