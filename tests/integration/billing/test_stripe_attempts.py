"""Attempts by another plugin than the town's usual one: Stripe, with its cards, its stores' numbers and its webhooks."""

from datetime import UTC, datetime, timedelta

import httpx
import msgspec
import pytest
from tests.integration.billing import money_world
from tests.integration.billing.money_world import World

from yoyaku.billing.service.agreeing import Provider, check_provider, reconcile
from yoyaku.billing.service.webhooks import take_webhook
from yoyaku.rulebook.compile import compile_rules
from yoyaku.rulebook.terms import RuleSet
from yoyaku.testing.stripe_api.api import StripeApi
from yoyaku.testing.stripe_api.server import RunningStripe
from yoyaku.testing.town import town_rule_set

ACCOUNTS = "SELECT account, sum(yen)::int FROM ledger_posting GROUP BY account HAVING sum(yen) <> 0"
ATTEMPTS = "SELECT kind, state, counted, amount_yen FROM payment_attempt ORDER BY created_at, attempt_id"


def stripe_rules(_refunds):
    told = msgspec.to_builtins(town_rule_set())
    card = next(one for one in told["payment"]["methods"] if one["code"] == "card")
    choices = [{"code": "card", "name": "カード"}, {"code": "konbini", "name": "コンビニ"}]
    card |= {"plugin": "payment-stripe", "choices": choices, "due": {"from": "use_start"}}
    told["payment"]["refunds"]["online"] = "partial"
    return compile_rules(msgspec.convert(told, RuleSet), [], version=1, inventory_version=1)


@pytest.fixture
def stripe():
    with RunningStripe(StripeApi()) as running:
        yield running.api


@pytest.fixture
def world(fresh_database, tmp_path, monkeypatch, stripe):
    monkeypatch.setattr(money_world, "_rules", stripe_rules)
    monkeypatch.setenv("STRIPE_API_KEY", stripe.api_key)
    monkeypatch.setenv("STRIPE_WEBHOOK_SECRET", stripe.events.secret)
    (tmp_path / "payment-stripe.town.yaml").write_text(f'api_base: "{stripe.url}"\nchoices: [card, konbini]\n')
    made = World(fresh_database, tmp_path)
    yield made
    made.close()


def begin(world, choice):
    """A booking, and a payment for it by that choice, begun at Stripe."""
    booking, resident = world.run(world.book())
    (attempt,) = world.run(world.settle(booking, choice=choice))
    return booking, resident, world.run(world.ask(attempt.attempt_id))


def test_a_card_is_paid_at_stripe_told_by_its_webhook_and_given_back_when_the_booking_is_cancelled(world, stripe):
    booking, resident, attempt = begin(world, "card")
    assert attempt.step["kind"] == "GoTo"
    with httpx.Client(trust_env=False) as browser:
        browser.post(attempt.step["url"], data={"card": "4242424242424242"})
    headers, body = stripe.events.signed(stripe.events.last("checkout.session.completed"))
    said = world.run(take_webhook(world.means, method=world.method, headers=headers, body=body))
    world.run(world.work())
    world.run(world.cancel(booking, resident))
    (refund,) = world.run(world.settle(booking, choice=None))
    world.run(world.ask(refund.attempt_id))

    assert said == "accepted"
    assert world.run(world.see(ATTEMPTS)) == [("payment", "succeeded", True, 1000), ("refund", "succeeded", True, 1000)]
    assert world.run(check_provider(world.means, Provider(method=world.method))) == []


def test_numbers_for_a_store_last_until_the_due_date_and_a_payment_is_found_without_any_webhook(world, stripe):
    _, _, attempt = begin(world, "konbini")
    assert attempt.step["kind"] == "PayBy"
    assert attempt.expires_at - world.act().real_now > timedelta(days=30)
    stripe.books.succeed(stripe.books.kept[attempt.provider_ref], {"type": "konbini", "konbini": {"store": None}})

    world.run(world.work())

    assert world.run(world.see(ATTEMPTS)) == [("payment", "succeeded", True, 1000)]
    assert world.run(world.see("SELECT state FROM booking")) == [("confirmed",)]


def test_whoever_gives_up_at_stripe_may_begin_anew_and_the_old_page_takes_no_money(world, stripe):
    booking, _, attempt = begin(world, "card")

    stopped = world.run(world.stop(attempt.attempt_id))
    (again,) = world.run(world.settle(booking, choice="konbini"))
    with httpx.Client(trust_env=False) as browser:
        late = browser.post(attempt.step["url"], data={"card": "4242424242424242"})

    assert (stopped.state, again.state, late.status_code) == ("cancelled", "created", 410)
    assert stripe.books.every("charge") == []


def test_what_stripe_has_paid_out_is_at_the_bank_less_its_fees_which_are_an_expense(world, stripe):
    for _ in range(2):
        _, _, attempt = begin(world, "card")
        with httpx.Client(trust_env=False) as browser:
            browser.post(attempt.step["url"], data={"card": "4242424242424242"})
        world.run(world.work())
    provider = Provider(method=world.method)
    stripe.books.pay_out(own_fee=10)
    (unposted,) = world.run(check_provider(world.means, provider))
    assert (unposted.kind, unposted.their_yen) == ("payout_differs", 2000 - 72 - 10)

    today = datetime.now(tz=UTC).astimezone(world.rules.zone).date()
    for _ in range(2):
        assert world.run(reconcile(world.means, provider, day=today)) == 0

    assert world.run(check_provider(world.means, provider)) == []
    assert dict(world.run(world.see(ACCOUNTS))) == {"bank": 1918, "provider_fee": 82, "usage_fee": -2000}
    stripe.books.dispute(stripe.books.every("charge")[0])
    stripe.books.pay_out()
    world.run(reconcile(world.means, provider, day=today))
    assert {row[0] for row in world.run(world.see("SELECT kind FROM unmatched_money"))} == {
        "provider_only",
        "payout_differs",
    }
