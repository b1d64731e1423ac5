"""Entering as the cities' own rule sets say it."""

from datetime import date
from pathlib import Path

import pytest
from tests.city_books import city_rules
from tests.unit.booking.town import at
from tests.unit.lottery.raffle import standing

from yoyaku.booking.policy import BookingRequest, FormMissing, Person, TooManySurfaces
from yoyaku.facility.policy import TooLong
from yoyaku.lottery.policy.cover import covering_scheme
from yoyaku.lottery.policy.entry import EntryRequest, decide_entry
from yoyaku.lottery.policy.refusals import (
    AnotherFacility,
    EntryNotOpen,
    MailNotVerifiedForLottery,
    NotEligible,
    PreferenceForFirstOnly,
    SetAcrossFacilities,
    StageMayNotEnter,
    TooManyEntries,
)

ROOT = Path(__file__).parents[3]
SPORTS = city_rules("kumamoto-sports")
HALLS = city_rules("kumamoto-halls")
LODGING = city_rules("minato-lodging")
PLAYER = Person(facts={"user_class": "individual", "account_kind": "individual", "registration": "registered"})
RESIDENT = Person(facts={"user_class": "resident", "residency": "resident", "registration": "registered"})
ANSWERS = {"people": 10, "head_count": 10, "purpose": "練習", "lighting": False}


def sport(space, day=3, starts="13:00", ends="15:00", **more):
    facility, _, code = space.partition(".")
    return BookingRequest(
        facility=facility,
        space=code,
        use_on=date(2027, 2, day),
        starts=starts,
        ends=ends,
        form=more.pop("form", {}),
        **more,
    )


def night(day=3, nights=1, facility="ohiradai", **more):
    guests = more.pop("guests", ({"adult": 3, "child": 2},) * nights)
    return BookingRequest(
        facility=facility, space="room", use_on=date(2027, 5, day), nights=nights, guests=guests, **more
    )


def enter(rules, *parts, now, person, held=(), rank=None, check_form=False, channel="web"):
    first = parts[0]
    cover = covering_scheme(rules, space_id=first.space_id, use_on=first.use_on, now=at(now))
    return decide_entry(
        rules,
        scheme=cover.scheme,
        month=cover.month,
        times=cover.times,
        request=EntryRequest(parts=parts),
        rank=rank,
        person=person,
        channel=channel,
        actor="resident" if channel == "web" else "clerk",
        held=held,
        now=at(now),
        check_form=check_form,
    )


def play(*parts, now="2027-01-08 10:00", **more):
    return enter(SPORTS, *parts, now=now, person=PLAYER, **more)


def lodge(*parts, now="2027-03-05 10:00", person=RESIDENT, **more):
    return enter(LODGING, *parts, now=now, person=person, **more)


@pytest.mark.fact("KS-049", "KS-T1", "KS-T2")
@pytest.mark.parametrize(
    ("now", "taken"),
    [
        ("2027-01-06 08:59:59", False),
        ("2027-01-06 09:00:00", True),
        ("2027-01-10 23:59:59", True),
        ("2027-01-11 00:00:00", False),
    ],
)
def test_a_month_is_entered_from_the_6th_at_nine_to_the_end_of_the_10th_before_it(now, taken):
    if taken:
        assert play(sport("castle-tennis.tennis"), now=now).rank == 1
    else:
        with pytest.raises(EntryNotOpen):
            play(sport("castle-tennis.tennis"), now=now)


@pytest.mark.fact("KS-050")
def test_when_somebody_enters_changes_nothing_that_is_drawn():
    first, last = (play(sport("castle-tennis.tennis"), now=now) for now in ("2027-01-06 09:00", "2027-01-10 23:59"))
    assert (first.wants, first.tier, first.tickets) == (last.wants, last.tier, last.tickets)


@pytest.mark.fact("KS-054", "KS-055", "KS-062", "KS-T13")
def test_ten_ranked_entries_a_month_of_which_a_set_is_one():
    slots = [sport("castle-tennis.tennis", day, "09:00", "11:00") for day in (3, 4, 5, 6)]
    held = [standing(play(*slots), "set", 1)]
    for rank in range(2, 11):
        plan = play(sport("castle-tennis.tennis", 7 + rank), held=held)
        assert plan.rank == rank
        held.append(standing(plan, str(rank), rank))
    with pytest.raises(TooManyEntries) as refused:
        play(sport("castle-tennis.tennis", 20), held=held)
    assert (refused.value.facts["cap"], refused.value.trace[-1].path) == (10, "lottery.schemes[0].entry")


@pytest.mark.fact("KS-056", "KS-057", "KS-060", "KS-061")
def test_a_set_is_over_days_and_rooms_of_one_facility_and_wants_all_of_them_at_once():
    plan = play(sport("city-gymnasium.large-basketball", 10), sport("city-gymnasium.small-basketball", 15))
    assert len(plan.parts) == 2
    assert plan.wants.count("2027-02-10") == plan.wants.count("2027-02-15") == 1
    with pytest.raises(SetAcrossFacilities):
        play(sport("city-gymnasium.large-basketball", 10), sport("castle-tennis.tennis", 15))


@pytest.mark.fact("KS-058", "KS-T14")
@pytest.mark.parametrize(
    ("space", "hours"),
    [("city-gymnasium.large-basketball", 3), ("castle-tennis.tennis", 3), ("kawachi-ground.ground", 4)],
)
def test_a_use_in_an_entry_has_its_longest(space, hours):
    assert play(sport(space, 3, "10:00", f"{10 + hours}:00"))
    with pytest.raises(TooLong):
        play(sport(space, 3, "10:00", f"{11 + hours}:00"))


@pytest.mark.fact("KS-059")
@pytest.mark.parametrize("space", ["castle-tennis.tennis", "city-gymnasium.large-table-tennis"])
def test_all_surfaces_of_a_sport_may_be_entered(space):
    most = SPORTS.inventory.space(space).space.capacity
    assert play(sport(space, surfaces=most))
    with pytest.raises(TooManySurfaces):
        play(sport(space, surfaces=most + 1))


@pytest.mark.fact("KC-042")
@pytest.mark.parametrize("lacks", [{"has_mail": False}, {"mail_verified": False}])
def test_a_group_without_a_mail_that_is_verified_enters_for_a_hall_at_the_counter_alone(lacks):
    group = Person(facts={"user_class": "group", "account_kind": "group", "registration": "registered", **lacks})
    wish = BookingRequest(facility="chuo-hall", space="hall", use_on=date(2027, 8, 24), bands=("am",))
    with pytest.raises(MailNotVerifiedForLottery) as refused:
        enter(HALLS, wish, now="2027-02-12 10:00", person=group)
    assert refused.value.trace[-1].path == "registration.mail"
    assert enter(HALLS, wish, now="2027-02-12 10:00", person=group, channel="counter").rank == 1


@pytest.mark.fact("ML-027", "ML-T4")
def test_who_only_works_in_the_city_does_not_enter():
    worker = Person(facts={"user_class": "worker", "residency": "worker", "registration": "registered"})
    with pytest.raises(NotEligible) as refused:
        lodge(night(), person=worker)
    assert "区民" in str(refused.value.facts["words"])


@pytest.mark.fact("ML-028", "ML-T5")
def test_a_resident_waits_for_the_card():
    waiting = Person(facts={**RESIDENT.facts, "registration": "provisional"})
    with pytest.raises(StageMayNotEnter):
        lodge(night(), person=waiting)


@pytest.mark.fact("ML-010", "ML-T6")
def test_all_stays_are_at_one_house():
    held = [standing(lodge(night()))]
    with pytest.raises(AnotherFacility) as refused:
        lodge(night(4, facility="year_round"), held=held)
    assert refused.value.facts["facility"] == "ohiradai"


@pytest.mark.fact("ML-018", "ML-026", "ML-T7")
def test_three_stays_one_after_the_other_which_may_overlap():
    held = []
    for rank in (1, 2, 3):
        plan = lodge(night(rank, 2), held=held)
        assert plan.rank == rank
        held.append(standing(plan, str(rank), rank))
    with pytest.raises(TooManyEntries):
        lodge(night(4), held=held)


@pytest.mark.fact("ML-014", "ML-015")
def test_one_night_or_two_with_grown_ups_and_children_counted_for_each():
    assert lodge(night(nights=2)).parts[0].request.guests == ({"adult": 3, "child": 2},) * 2
    with pytest.raises(TooLong):
        lodge(night(nights=3))
    with pytest.raises(FormMissing) as refused:
        lodge(night(nights=2, guests=({"adult": 2},)), check_form=True)
    assert "guests" in refused.value.facts["fields"]


@pytest.mark.fact("ML-016", "ML-017")
def test_the_room_of_both_kinds_is_asked_of_the_first_wish_alone():
    with pytest.raises(FormMissing) as refused:
        lodge(night(), check_form=True)
    code = refused.value.facts["fields"][0].removeprefix("preference.")
    first = lodge(night(preferences={code: True}), check_form=True)
    held = [standing(first)]
    assert lodge(night(4), held=held, check_form=True).parts[0].request.preferences == {code: False}
    with pytest.raises(PreferenceForFirstOnly):
        lodge(night(4, preferences={code: True}), held=held, check_form=True)
