"""An address of mail that is not verified keeps from booking by the channels that the rules leave out."""

import pytest
from tests.unit.booking.town import REGISTERED, RULES, court, decide, make_rules

from yoyaku.booking.policy import MailNotVerified, Person

UNVERIFIED = Person(facts={**REGISTERED.facts, "mail_verified": False}, registered_at=REGISTERED.registered_at)
ONLY_AT_THE_COUNTER = make_rules(
    registration={**RULES["registration"], "mail": {"unverified_may_book_by": ["counter"]}}
)


@pytest.mark.fact("KC-053")
def test_without_a_verified_address_one_does_not_book_on_the_web():
    with pytest.raises(MailNotVerified) as refused:
        decide(ONLY_AT_THE_COUNTER, court(), person=UNVERIFIED)
    assert refused.value.facts["channel"] == "web"
    assert refused.value.trace[-1].path == "registration.mail"


def test_a_clerk_books_for_them_by_the_channels_that_the_rules_name():
    assert decide(ONLY_AT_THE_COUNTER, court(), person=UNVERIFIED, channel="counter", actor="clerk").claims


def test_where_the_rules_say_nothing_of_mail_nobody_waits_for_it():
    assert decide(make_rules(), court(), person=UNVERIFIED).claims


@pytest.mark.parametrize("facts", [{"mail_verified": True}, {}])
def test_who_verified_the_address_or_has_none_books(facts):
    person = Person(facts={**REGISTERED.facts, **facts}, registered_at=REGISTERED.registered_at)
    assert decide(ONLY_AT_THE_COUNTER, court(), person=person).claims
