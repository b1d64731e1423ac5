"""What the halls' rule set asks before submission, and whom it tells after it."""

from __future__ import annotations

import pytest
from tests.city_books import city_rules

from yoyaku.booking.policy import TermsNotAccepted, check_terms
from yoyaku.booking.rules import ServiceRules
from yoyaku.notice.policy import Addressee, choose_letters

RESIDENT = Addressee(address="nanohana@example.jp", language="ja")
STAFF = Addressee(address="chuo-hall@halls.example.jp", language="ja")


@pytest.fixture(scope="module")
def halls() -> ServiceRules:
    return city_rules("kumamoto-halls")


@pytest.fixture(scope="module")
def sports() -> ServiceRules:
    return city_rules("kumamoto-sports")


@pytest.mark.fact("KC-023")
def test_an_application_without_the_tick_under_the_terms_is_refused(halls: ServiceRules) -> None:
    with pytest.raises(TermsNotAccepted) as refused:
        check_terms(halls, [])
    assert refused.value.facts["labels"] == [{"ja": "利用規約に同意する", "en": "I accept the terms of use"}]


def test_an_application_with_the_tick_passes(halls: ServiceRules) -> None:
    check_terms(halls, ["terms"])


@pytest.mark.fact("KC-026")
def test_an_application_is_told_to_the_staff_of_the_hall(halls: ServiceRules) -> None:
    letters = choose_letters(halls.notices, event="booking_made", facts={}, registrant=RESIDENT, facility_staff=STAFF)
    assert [(letter.template, letter.to) for letter in letters] == [
        ("booking_made", RESIDENT),
        ("booking_made_staff", STAFF),
    ]


@pytest.mark.parametrize(
    ("group", "template"),
    [("paid", "booking_made"), ("school", "booking_made"), ("free_park", "booking_made_free")],
)
def test_a_free_park_is_confirmed_without_a_word_on_paying(sports: ServiceRules, group: str, template: str) -> None:
    letters = choose_letters(
        sports.notices,
        event="booking_made",
        facts={"facility_group": frozenset({group})},
        registrant=RESIDENT,
        facility_staff=None,
    )
    assert [letter.template for letter in letters] == [template]
