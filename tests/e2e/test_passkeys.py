"""Passkeys in Chromium, by its virtual authenticator, at the size of a phone."""

import re

import pytest
from tests.e2e.journey import Journey


@pytest.fixture
def phone(visit, services):
    """A phone with a fingerprint, at the rooms' site."""
    page = visit("rooms", phone=True)
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return Journey(page=page, service=services["rooms"], label="passkeys")


def add(phone):
    phone.page.goto("/account/passkeys")
    phone.page.locator("#name").fill("テストの電話")
    phone.stop("passkeys")
    phone.page.locator("form[data-passkey=create] button").click()
    phone.page.wait_for_selector(".card:has-text('テストの電話')")
    phone.stop("added")


def log_in_by_passkey(phone):
    phone.page.goto("/login")
    phone.page.locator("form[data-passkey=get] button").click()


def log_out(phone):
    phone.page.locator("form[action$='/logout'] button").first.click()
    phone.page.wait_for_selector(".utility a[href$='/login']")


def test_a_resident_adds_a_passkey_and_logs_in_without_id_until_it_is_removed(phone):
    phone.page.goto("/login")
    phone.log_in(phone.service.resident)
    phone.page.wait_for_selector(".who")
    add(phone)
    log_out(phone)

    log_in_by_passkey(phone)
    phone.page.wait_for_selector(f".who:has-text('{phone.service.resident.name}')")
    phone.page.goto("/account/passkeys")
    phone.page.get_by_role("button", name=re.compile("^削除")).click()
    phone.page.wait_for_selector(".flash")
    log_out(phone)

    log_in_by_passkey(phone)
    phone.page.wait_for_selector("#error-summary")
    phone.stop("refused")
    assert phone.page.locator(".who").count() == 0
    assert phone.faults == []


def test_a_clerks_passkey_is_both_steps_at_once(phone):
    phone.page.goto("/login")
    phone.log_in(phone.service.clerk)
    phone.page.wait_for_selector(".who")
    add(phone)
    phone.page.goto("/account/second-factor")
    phone.stop("second-factor")
    log_out(phone)

    log_in_by_passkey(phone)

    phone.page.wait_for_url(re.compile(r"/counter$"))
    assert phone.faults == []
