"""Who means ill finds no payment of others, changes no amount, and is not believed at the webhook's door."""

import time
from uuid import uuid4

import msgspec
import pytest
from tests.company import payment_company
from tests.pages.paying import begin, book, hidden

from yoyaku.testing.processor.signing import WEBHOOK_HEADER, sign_webhook

EVIL = "https://evil.example/"


def merchant_of(attempt_id):
    return payment_company().processor.find(attempt_id).merchant


def told_about(attempt_id, *, merchant, seconds_ago=0, event=None, secret=None):
    """A webhook as the company sends it: its body and its headers."""
    body = msgspec.json.encode(
        {"event_id": event or f"evt_{uuid4().hex}", "merchant": merchant, "order_id": attempt_id}
    )
    key = secret or payment_company().processor.merchants[merchant].webhook_secret
    return body, {WEBHOOK_HEADER: sign_webhook(key, timestamp=int(time.time()) - seconds_ago, body=body)}


@pytest.fixture
async def under_way(application, services, browse):
    """A payment of the rooms' resident that waits at the company: its browser, its id, its booking, its amount."""
    booking_id, yen = await book(application, services["rooms"])
    site = browse("rooms")
    await site.log_in(services["rooms"].resident)
    path, _ = await begin(site, booking_id, "card")
    return site, path.split("/")[3], booking_id, yen


async def test_another_resident_finds_no_payment_and_stops_none(under_way, services, people, browse):
    _, attempt_id, booking_id, _ = under_way
    other = browse("rooms")
    await other.log_in(next(one for one in people["rooms"] if one.login_id != services["rooms"].resident.login_id))
    addresses = [f"/me/payments/{attempt_id}{end}" for end in ("", "/go", "/back")]
    addresses += [f"/me/bookings/{booking_id}{end}" for end in ("", "/pay")]

    found = {address: (await other.get(address)).status_code for address in addresses}
    for address in (f"/me/payments/{attempt_id}/stop", f"/me/bookings/{booking_id}/pay"):
        await other.get("/account/mail")  # for the token of its form
        found[f"POST {address}"] = (await other.post(address, way="card", back_yen="0", pay_yen="1")).status_code

    assert set(found.values()) == {404}, found
    assert payment_company().processor.find(attempt_id).state == "open"


@pytest.mark.parametrize(
    "changed",
    [
        {"pay_yen": "1"},
        {"pay_yen": "0"},
        {"pay_yen": "-100"},
        {"pay_yen": "99999999"},
        {"back_yen": "100"},
        {"pay_yen": ""},
    ],
)
async def test_an_amount_that_was_not_shown_is_not_charged(application, services, browse, changed):
    booking_id, _ = await book(application, services["rooms"])
    site = browse("rooms")
    await site.log_in(services["rooms"].resident)
    await site.get(f"/me/bookings/{booking_id}/pay")
    before = len(payment_company().processor.books.payments)

    page = await site.post(
        f"/me/bookings/{booking_id}/pay", **{**hidden(site.html), "way": "card", "agreed": "yes", **changed}
    )

    assert page.status_code in {200, 422}
    assert "/payments/" not in page.url.path
    assert len(payment_company().processor.books.payments) == before


@pytest.mark.parametrize(
    "way",
    ["", "cash", "counter", "nothing", "card/nothing", "online/card", "card/convenience", "card/../card", "card\x00"],
)
async def test_a_way_that_is_not_offered_is_no_way(application, services, browse, way):
    booking_id, _ = await book(application, services["rooms"])
    site = browse("rooms")
    await site.log_in(services["rooms"].resident)
    await site.get(f"/me/bookings/{booking_id}/pay")

    page = await site.post(f"/me/bookings/{booking_id}/pay", **{**hidden(site.html), "agreed": "yes", "way": way})

    assert page.status_code in {200, 400, 422}
    assert "/payments/" not in page.url.path


async def test_nobody_stops_a_payment_from_another_site(under_way):
    site, attempt_id, _, _ = under_way

    answer = await site.client.post(f"/me/payments/{attempt_id}/stop", data={})

    assert answer.status_code == 403
    assert payment_company().processor.find(attempt_id).state == "open"


async def test_the_way_back_believes_nothing_that_its_address_says_and_leads_nowhere_else(under_way):
    site, attempt_id, booking_id, _ = under_way

    page = await site.get(
        f"/me/payments/{attempt_id}/back", params={"state": "paid", "next": EVIL, "return_url": EVIL, "amount": "1"}
    )
    assert page.url.host.endswith("localhost")
    assert EVIL not in page.text
    page = await site.get(f"/me/bookings/{booking_id}")
    assert "本予約" not in page.text


@pytest.mark.parametrize(
    ("wrong", "status", "said"),
    [
        ({"seconds_ago": 301}, 400, "stale"),
        ({"seconds_ago": -301}, 400, "stale"),
        ({"secret": "guessed-by-somebody"}, 400, "forged"),
    ],
)
async def test_a_webhook_of_another_time_or_hand_is_not_believed(under_way, wrong, status, said):
    site, attempt_id, _, _ = under_way
    body, headers = told_about(attempt_id, merchant=merchant_of(attempt_id), **wrong)

    answer = await site.client.post("/hooks/payments/card", content=body, headers=headers)

    assert (answer.status_code, answer.text) == (status, said)


async def test_a_webhook_counts_once_however_often_it_comes(under_way):
    site, attempt_id, _, _ = under_way
    body, headers = told_about(attempt_id, merchant=merchant_of(attempt_id))

    said = [(await site.client.post("/hooks/payments/card", content=body, headers=headers)).text for _ in range(3)]

    assert said == ["accepted", "replayed", "replayed"]


async def test_a_city_is_told_nothing_about_the_payments_of_another(under_way, application, services, browse):
    _, attempt_id, _, _ = under_way
    sports = browse("sports")
    booking_id, _ = await book(application, services["sports"])
    await sports.log_in(services["sports"].resident)
    path, _ = await begin(sports, booking_id, "online/convenience")
    own = merchant_of(path.split("/")[3])

    signed_by_own = told_about(attempt_id, merchant=own)
    signed_by_other = told_about(attempt_id, merchant=merchant_of(attempt_id))
    said = [
        (await sports.client.post("/hooks/payments/online", content=body, headers=headers)).text
        for body, headers in (signed_by_own, signed_by_other)
    ]

    assert said == ["unknown", "forged"]


async def test_what_is_too_long_or_of_another_shape_is_refused_before_it_is_read(browse):
    site = browse("rooms")

    long = await site.client.post("/hooks/payments/card", content=b"x" * 70_000)
    deep = await site.client.post("/hooks/payments/card", content=b"[" * 60_000)

    assert long.status_code == 413
    assert deep.status_code == 400
    assert (await site.client.get("/hooks/payments/card")).status_code == 405
