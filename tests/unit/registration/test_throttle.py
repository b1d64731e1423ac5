"""Where attempts come from, and how sessions are shown to their owner."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from yoyaku.registration.policy import TooManyAttempts, mask_mail
from yoyaku.registration.policy.devices import describe_device, shorten_address
from yoyaku.registration.policy.login import ids_to_draw_from, issue_login_id
from yoyaku.registration.policy.throttle import Source, check_budget, places_of, sources_of, sources_of_known_device
from yoyaku.registration.terms import IssuedId

NINE = datetime(2027, 1, 16, 0, 0, tzinfo=UTC)


def test_t_s2_the_eleventh_of_a_window_waits_until_it_ends():
    source = Source(parts=("a",), at_most=10)
    check_budget(source, used=10, window_began_at=NINE, real_now=NINE)
    with pytest.raises(TooManyAttempts) as refused:
        check_budget(source, used=11, window_began_at=NINE, real_now=NINE + timedelta(minutes=1))
    assert refused.value.facts["retry_after_seconds"] == 14 * 60


def test_no_source_hangs_on_the_account_alone():
    sources = sources_of(address="192.0.2.1", aim="00040675")
    for source in [sources.aimed, *sources.every, *sources.first_of_id]:
        assert any(part.startswith("192.0.2.") for part in source.parts)


def test_a_known_device_has_one_budget_and_no_other():
    sources = sources_of_known_device(device="d", aim="00040675")
    assert sources.aimed.parts == ("device", "d", "00040675")
    assert not sources.every
    assert not sources.first_of_id


@pytest.mark.parametrize(
    ("address", "near", "around"),
    [
        ("192.0.2.7", "192.0.2.7", "192.0.2.0/24"),
        ("::ffff:192.0.2.7", "192.0.2.7", "192.0.2.0/24"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64", "2001:db8:1::/48"),
        ("", "", ""),
        ("a socket", "a socket", "a socket"),
    ],
)
def test_an_address_is_counted_as_what_one_household_is_given(address, near, around):
    assert places_of(address) == (near, around)


@pytest.mark.parametrize(
    ("browser", "said"),
    [
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 19_0) Version/19.0 Mobile Safari/604.1", "Safari / iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit Chrome/150.0 Safari/537.36 Edg/150.0", "Edge / Windows"),
        ("Mozilla/5.0 (Linux; Android 16) Chrome/150.0 Mobile Safari/537.36", "Chrome / Android"),
        ("python-httpx/0.28", ""),
    ],
)
def test_a_device_is_called_by_its_browser_and_its_kind(browser, said):
    assert describe_device(browser) == said


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("203.0.113.9", "203.0.113.*"),
        ("::ffff:203.0.113.9", "203.0.113.*"),
        ("2001:db8:1:2::9", "2001:db8:1:2::*"),
        ("x", ""),
    ],
)
def test_an_address_is_shown_without_its_end(address, said):
    assert shorten_address(address) == said


def test_an_issued_id_keeps_its_digits():
    issued = IssuedId(digits=6, first_digits="4")
    assert ids_to_draw_from(issued) == 100_000
    assert issue_login_id(issued, 15) == "400015"


def test_a_masked_address_is_known_to_its_owner_only():
    assert mask_mail("taro.minato@example.jp") == "t***@e***.jp"
