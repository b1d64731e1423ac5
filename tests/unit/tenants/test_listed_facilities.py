"""The facilities that a city's guide lists are all there, with the place and telephone that it gives."""

from __future__ import annotations

from pathlib import Path

import pytest

from yoyaku.facility.terms import Facility, FacilityFile
from yoyaku.rules.check import read_as

FOLDER = Path(__file__).parents[3] / "tenants" / "kumamoto" / "facilities"


@pytest.fixture(scope="module")
def listed() -> dict[str, Facility]:
    files = [read_as(path, FacilityFile) for path in sorted(FOLDER.glob("*.yaml"))]
    return {facility.code: facility for file in files for facility in file.facilities}


def of_group(listed: dict[str, Facility], group: str) -> list[Facility]:
    return [facility for facility in listed.values() if group in facility.groups]


@pytest.mark.fact("KS-016")
def test_thirty_three_paid_sports_facilities_can_be_booked(listed: dict[str, Facility]) -> None:
    paid = of_group(listed, "paid")
    assert len(paid) == 33
    assert all(facility.bookable and facility.spaces and facility.address and facility.phone for facility in paid)
    assert listed["castle-tennis"].phone == "096-326-1337"
    assert listed["tobu-exchange-center"].address == "熊本市東区戸島町2588"


@pytest.mark.fact("KS-017")
def test_school_night_opening_is_one_facility_whose_example_schools_say_so(listed: dict[str, Facility]) -> None:
    (schools,) = of_group(listed, "school")
    assert schools.spaces
    assert all(
        isinstance(space.name, dict) and space.name["ja"].startswith("（例）") and space.reference == "default"
        for space in schools.spaces
    )


@pytest.mark.fact("KS-018")
def test_the_culture_centre_can_be_booked_and_called(listed: dict[str, Facility]) -> None:
    (centre,) = of_group(listed, "culture")
    assert centre.bookable
    assert centre.phone == "096-366-7310"


@pytest.mark.fact("KS-019")
def test_eleven_free_parks_name_the_office_of_their_ward(listed: dict[str, Facility]) -> None:
    parks = of_group(listed, "free_park")
    assert len(parks) == 11
    assert {(park.phone or "")[:12] for park in parks} == {
        "096-355-2940",
        "096-367-5509",
        "096-355-4578",
        "096-357-4878",
    }
    assert all("土木センター維持課" in (park.phone or "") for park in parks)


@pytest.mark.fact("KS-022")
def test_eight_facilities_need_no_registration_and_are_not_booked(listed: dict[str, Facility]) -> None:
    without = of_group(listed, "no_id")
    assert len(without) == 8
    assert not any(facility.bookable or facility.spaces for facility in without)
    assert all(isinstance(facility.note, dict) and "券売機" in facility.note["ja"] for facility in without)


@pytest.mark.fact("KS-111")
def test_tennis_courts_of_free_parks_are_chosen_by_their_letter(listed: dict[str, Facility]) -> None:
    courts = [space for park in of_group(listed, "free_park") for space in park.spaces if space.kind == "tennis"]
    assert courts
    assert all(space.choose_unit and [part.unit for part in space.parts] == [1, 2] for space in courts)


@pytest.mark.fact("KS-110")
def test_tennis_and_gymnasium_courts_of_paid_facilities_are_named_on_arrival(listed: dict[str, Facility]) -> None:
    kinds = {"tennis", "basketball", "volleyball", "badminton", "table_tennis", "futsal"}
    courts = [space for facility in of_group(listed, "paid") for space in facility.spaces if space.kind in kinds]
    assert courts
    assert not any(space.choose_unit or space.parts for space in courts)


def test_what_the_guide_does_not_give_is_marked_as_a_default(listed: dict[str, Facility]) -> None:
    published = {"hamasen-park"}
    for facility in listed.values():
        if facility.bookable and facility.code not in published:
            assert all(space.reference == "default" for space in facility.spaces), facility.code


def test_nineteen_halls_have_rooms_stock_and_someone_to_tell(listed: dict[str, Facility]) -> None:
    halls = of_group(listed, "hall")
    assert len(halls) == 19
    assert all(hall.spaces and hall.equipment and hall.staff_mail and hall.reference == "default" for hall in halls)
