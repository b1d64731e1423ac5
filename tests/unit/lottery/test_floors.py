"""What the files of a draw call by a code is called by its name where people read it."""

from tests.city_books import city_rules

from yoyaku.lottery.policy.floors import floor_names, is_shared

RULES = city_rules("kumamoto-sports")


def test_a_floor_of_several_sports_is_called_by_what_their_names_begin_with():
    facility, floor = floor_names(RULES, "city-gymnasium.large")

    assert facility["ja"].startswith("市総合体育館")
    assert floor == {"ja": "大体育室", "en": "Large gymnasium"}
    assert is_shared(RULES, "city-gymnasium.large")


def test_what_is_one_space_alone_has_its_name():
    _, court = floor_names(RULES, "castle-tennis.tennis")

    assert court["ja"] == "テニスコート"
    assert not is_shared(RULES, "castle-tennis.tennis")


def test_what_is_lent_no_more_has_no_name():
    assert floor_names(RULES, "nothing.here") is None
