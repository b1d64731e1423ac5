"""What can be booked, and what contradicts itself."""

import copy

import msgspec
import pytest
from tests.unit.booking.town import INVENTORY

from yoyaku.facility.policy import Inventory, InventoryWrong, UnknownSpace
from yoyaku.facility.terms import Facility


def build(change=None):
    inventory = copy.deepcopy(INVENTORY)
    if change is not None:
        change(inventory)
    return Inventory.build(msgspec.convert(inventory, list[Facility]))


def test_a_space_without_a_floor_has_one_of_its_own():
    inventory = build()
    assert inventory.resources["park.tennis"] == 4
    assert inventory.space("park.tennis").resource_id == "park.tennis"


def test_a_floor_shared_by_sports_has_its_finest_grain():
    inventory = build()
    assert inventory.resources["park.floor"] == 8
    assert inventory.buckets["park.floor"] == 30
    assert inventory.space("park.basketball").units == 4


def test_a_divided_room_names_the_units_of_its_parts():
    assert build().space("hall.whole").named == (1, 2)


def test_nights_are_one_bucket():
    inventory = build()
    assert inventory.buckets["lodge.twin"] == 1440
    assert inventory.space("lodge.twin").by_night
    assert not inventory.space("park.tennis").by_night


def test_equipment_is_lent_only_with_its_spaces():
    inventory = build()
    assert set(inventory.equipment("hall.room")) == {"projector"}
    assert set(inventory.equipment("hall.whole")) == {"projector", "piano"}
    assert inventory.resources["hall.eq.projector"] == 9


def test_an_unknown_place_is_refused():
    with pytest.raises(UnknownSpace) as refusal:
        build().space("park.golf")
    assert refusal.value.facts == {"space": "park.golf"}
    with pytest.raises(UnknownSpace):
        build().facility("zoo")
    assert build().facility("park").number_code == "013"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda inventory: inventory.append(inventory[3]), "facility code"),
        (lambda inventory: inventory[0]["spaces"].append(inventory[0]["spaces"][0]), "space code"),
        (lambda inventory: inventory[0]["spaces"][0].update(code="floor"), "code of a floor"),
        (lambda inventory: inventory[0]["spaces"][2].update(capacity=3), "more than its floor"),
        (lambda inventory: inventory[0]["spaces"][2].update(consumes={"floor": "roof"}), "on no floor"),
        (lambda inventory: inventory[1]["spaces"][1].update(capacity=2), "more than its floor"),
        (lambda inventory: inventory[0]["spaces"][3].update(bucket_minutes=1440), "Nights and hours"),
    ],
)
def test_facilities_that_contradict_themselves_are_refused(change, words):
    with pytest.raises(InventoryWrong, match=words):
        build(change)
