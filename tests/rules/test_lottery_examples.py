"""What examples of lotteries can say, and that one which says otherwise fails on that key."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from tests.city_books import city_book

from yoyaku.rulebook.examples import Outcome, try_example
from yoyaku.rulebook.explain import found_in_words
from yoyaku.rulebook.terms import Example

BOOKS = {name: city_book(name) for name in ("kumamoto-sports", "minato-lodging", "meguro-rooms")}
USER = {"user_class": "individual", "registration": "registered"}
COURT = {"facility": "castle-tennis", "space": "tennis", "date": "2027-02-20"}


def tried(then: dict[str, Any], *, rules: str = "kumamoto-sports", **example: Any) -> Outcome:
    """An example, tried."""
    given = {"now": "2027-01-11T00:00:00", "user": USER, **example.pop("given", {})}
    return try_example(
        BOOKS[rules].need_compiled(), msgspec.convert({"name": "x", "given": given, "then": then, **example}, Example)
    )


def entries(*wishes: tuple[str, str, str, int]) -> dict[str, Any]:
    """Wishes for courts: whose, from when to when, how many."""
    made = [
        {"id": f"{by}{place}", "by": by, **COURT, "from": starts, "to": ends, "surfaces": surfaces}
        for place, (by, starts, ends, surfaces) in enumerate(wishes, 1)
    ]
    return {"lottery_entries": made}


TWO = entries(("a", "09:00", "12:00", 4), ("b", "11:00", "13:00", 1))


@pytest.mark.parametrize(
    ("then", "key"),
    [
        ({"results": {"a1": "lost"}}, "results"),
        ({"results": {"nobody": "won"}}, "results"),
        ({"rounds": {"b2": 2}}, "rounds"),
        ({"outcome": "refused"}, "outcome"),
    ],
)
def test_a_draw_that_comes_out_otherwise_fails_on_that_key(then: dict[str, Any], key: str):
    outcome = tried(then, given=TWO, when={"action": "draw", "orders": [["a", "b"]]})
    assert [difference.key for difference in outcome.differences] == [key]


def test_a_draw_says_in_which_order_and_what_was_short():
    outcome = tried({}, given=TWO, when={"action": "draw", "orders": [["b", "a"]]})
    told = dict(found_in_words(outcome.decision.found, BOOKS["kumamoto-sports"].need_compiled().zone))
    assert told["orders"] == "[[b, a]]"
    assert told["short"] == "{a1: castle-tennis.tennis|2027-02-20|11:00-12:00}"


def test_the_seed_that_is_named_decides():
    orders = {
        str(tried({}, given=TWO, when={"action": "draw", "seed": f"{number:064x}"}).decision.found["orders"])
        for number in range(16)
    }
    assert orders == {"[['a', 'b']]", "[['b', 'a']]"}


def test_what_is_booked_already_is_not_drawn():
    booked = {"id": "x", "by": "other", "state": "confirmed", "made": "2027-01-01T00:00:00", **COURT}
    taken = {**TWO, "bookings": [{**booked, "from": "09:00", "to": "10:00", "surfaces": 1}]}
    outcome = tried(
        {"results": {"a1": "lost", "b2": "won"}}, given=taken, when={"action": "draw", "orders": [["a", "b"]]}
    )
    assert outcome.passed, outcome.differences


@pytest.mark.parametrize(
    "when",
    [
        {"action": "draw"},
        {"action": "lottery", "scheme": "weekly", "month": "2027-02"},
        {"action": "lottery"},
        {"action": "accept"},
        {"action": "enter"},
    ],
    ids=lambda when: "-".join(when.values()),
)
def test_an_example_that_says_too_little_fails(when: dict[str, Any]):
    outcome = tried({"outcome": "allowed"}, when=when)
    assert outcome.decision.found["outcome"] == "example_incomplete"
    assert not outcome.passed


def test_an_order_that_no_seed_gives_fails():
    outcome = tried(
        {"outcome": "allowed"}, given=TWO, when={"action": "draw", "orders": [["a", "nobody"]], "seed": "00"}
    )
    assert outcome.decision.found["outcome"] == "example_incomplete"


def test_a_place_that_no_lottery_draws_is_refused_as_residents_are():
    held = {"facility": "hamasen-park", "space": "medium-exclusive", "date": "2027-02-20", "bands": ["am"]}
    assert tried({"outcome": "refused", "reason": "entry_not_covered"}, when={"action": "enter", **held}).passed


def test_what_is_a_booking_at_once_cannot_be_declined():
    stay = {"facility": "ohiradai", "space": "room", "date": "2027-05-01", "nights": 1, "guests": [{"adult": 2}]}
    outcome = tried(
        {"outcome": "refused", "reason": "win_stands"},
        rules="minato-lodging",
        given={
            "now": "2027-03-15T09:00:00",
            "user": {"user_class": "resident", "registration": "registered"},
            "lottery_entries": [{"id": "a", **stay, "state": "won"}],
        },
        when={"action": "decline", "entry": "a"},
    )
    assert outcome.passed, outcome.differences


def test_the_orders_of_a_draw_per_slot_are_of_entries():
    slot = {"facility": "kumin_center", "space": "702", "date": "2027-05-20", "bands": ["morning"]}
    given = {"lottery_entries": [{"id": f"{by}1", "by": by, **slot} for by in "ab"]}
    outcome = tried(
        {"results": {"b1": "won", "a1": "lost"}},
        rules="meguro-rooms",
        given={"now": "2027-02-01T00:00:00", **given},
        when={"action": "draw", "orders": [["b1", "a1"]]},
    )
    assert outcome.passed, outcome.differences
