"""What differs between two rule sets, as somebody reads it who knows the ordinance and not YAML."""

import msgspec
import pytest
from tests.city_books import city_book
from tests.unit.rulebook.words.cities import CITIES, facilities_of, wording_of

from yoyaku.rulebook.terms import RuleSet
from yoyaku.rulebook.words import difference


def rewritten(name, change):
    """The rule set of a city after a change of its document."""
    document = msgspec.to_builtins(city_book(name).rules)
    change(document)
    return msgspec.convert(document, RuleSet)


def told(name, change, tongue="ja"):
    wording = wording_of(name, "en" if tongue == "en" else "ja")
    facilities = facilities_of(name)
    new = rewritten(name, change)
    return difference(city_book(name).rules, new, language=tongue, facilities=facilities, wording=wording)


def lower_tier(document):
    document["booking"]["cancellation"][2]["tiers"][1]["percent"] = 70


@pytest.mark.parametrize("name", CITIES)
def test_a_rule_set_does_not_differ_from_itself(name):
    assert told(name, lambda _: None) == []


def test_a_tier_that_changes_is_told_by_its_days():
    (change,) = told("meguro-rooms", lower_tier)

    assert change.path == "booking.cancellation[2].tiers[1].percent"
    assert (change.was, change.becomes) == ("75%", "70%")
    assert "クレジット決済だけで支払った予約" in change.says
    assert change.says.endswith("利用日の20日前から11日前まで：75% → 70%")
    assert change.reference.startswith("手引き 第5章(3)")


@pytest.mark.parametrize(
    ("tongue", "end"),
    [
        ("ja-easy", "使う日の20日前から11日前まで：75% → 70%"),
        ("en", "20 to 11 days before the day of use: 75% → 70%"),
    ],
)
def test_it_is_told_in_every_language(tongue, end):
    (change,) = told("meguro-rooms", lower_tier, tongue)
    assert change.says.endswith(end)


def test_a_moment_a_price_and_a_piece_of_equipment_are_told_by_name():
    def change(document):
        document["booking"]["windows"][0]["opens"]["months"] = -3
        document["fees"]["steps"][0]["table"][0]["yen"] = 750
        document["fees"]["steps"][2]["prices"]["projector"] = 600

    window, price, piece = told("meguro-rooms", change)
    assert window.was == "利用する月の2か月前の1日の9時"
    assert window.becomes == "利用する月の3か月前の1日の9時"
    assert "702" in price.says
    assert price.says.endswith("料金：700円 → 750円")
    assert piece.says.endswith("プロジェクター：500円 → 600円")


def test_what_is_added_and_removed_is_said():
    def change(document):
        document["booking"]["limits"].append({"code": "m", "unit": "bookings", "per": "month", "cap": 4})
        document["booking"]["form"].pop()

    changes = {change.path: change.says for change in told("meguro-rooms", change)}
    assert changes["booking.limits[0]"].startswith("予約 › 上限 › 1番目：加わります（")
    assert "上限の数：4" in changes["booking.limits[0]"]
    assert "参加費等の有無：なくなります（" in changes["booking.form[2]"]


def test_an_order_that_means_nothing_is_no_difference():
    def change(document):
        document["booking"]["windows"].reverse()
        document["booking"]["windows"][0]["channels"].reverse()
        document["calendars"]["city_office"]["closed"].reverse()

    assert told("meguro-rooms", change) == []


def test_an_order_that_counts_is_a_difference():
    def change(document):
        document["booking"]["lifecycle"].reverse()

    (found,) = told("meguro-rooms", change)
    assert found.says == "予約 › 予約の成立：順番が変わります"


@pytest.mark.parametrize("tongue", ["ja", "en"])
def test_two_cities_can_be_compared_without_a_blank_left_open(tongue):
    old, new = city_book("kumamoto-sports").rules, city_book("minato-lodging").rules
    changes = difference(old, new, language=tongue)

    assert len(changes) > 100
    assert all(change.says and change.path for change in changes)
    assert [change.says for change in changes if "{what}" in change.says or "{was}" in change.says] == []
