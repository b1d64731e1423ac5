"""Whether an entry may be made, and what it is when it is."""

import json
from dataclasses import replace
from datetime import date

import pytest
from tests.unit.booking.town import GROUP, PROVISIONAL, at
from tests.unit.lottery.raffle import SCHEME, TOWN, court, cover, enter, raffle_rules, room, standing, stay

from yoyaku.booking.policy import (
    ChannelNotOpen,
    FormMissing,
    NotRegistered,
    Person,
    TooManyPeople,
    TooManySurfaces,
)
from yoyaku.facility.policy import NotBookable, TooLong, UnknownSpace
from yoyaku.facility.policy.memo import Memo
from yoyaku.lottery.policy.cover import covering_scheme
from yoyaku.lottery.policy.entry import check_ranks
from yoyaku.lottery.policy.entry_state import entry_state, is_announced
from yoyaku.lottery.policy.refusals import (
    AnotherFacility,
    EntryEmpty,
    EntryNotCovered,
    EntryNotOpen,
    EntryOverlapsOwn,
    MailNotVerifiedForLottery,
    NotEligible,
    PartsCollide,
    PreferenceForFirstOnly,
    SetAcrossFacilities,
    StageMayNotEnter,
    TooManyEntries,
    TooManyParts,
)

BASKET = {"space": "basketball"}


def refused(kind, *parts, **more):
    with pytest.raises(kind) as refusal:
        enter(*parts, **more)
    return refusal.value


def test_a_plan_says_what_is_wanted_when_and_for_how_much():
    plan = enter(court("2027-02-20"), room("2027-02-21"), rules=raffle_rules(one_facility="none"))
    assert (plan.rank, plan.total_yen, plan.tier, plan.tickets) == (1, 2250 + 700, 0, 2)
    assert [part.space_id for part in plan.parts] == ["park.tennis", "hall.room"]
    assert json.loads(plan.wants) == [
        ["hall.room", "2027-02-21", 540, 720, 1],
        ["park.tennis", "2027-02-20", 540, 720, 1],
    ]
    assert plan.parts[0].facts["arose"] == "lottery"
    assert (plan.parts[1].bands, plan.parts[1].use_on) == (("am",), date(2027, 2, 21))


def test_the_trace_tells_who_may_then_what():
    paths = [use.path for use in enter(court("2027-02-20")).trace]
    assert paths[:3] == ["lottery.schemes[0]", "lottery.schemes[0].requires[0]", "lottery.schemes[0].draw.tickets[0]"]
    assert "lottery.schemes[0].entry.most[0]" in paths


def test_parts_of_one_floor_add_up():
    plan = enter(court("2027-02-20", **BASKET), court("2027-02-20", **BASKET))
    assert json.loads(plan.wants) == [["park.floor", "2027-02-20", 540, 720, 8]]


@pytest.mark.parametrize(
    ("now", "variant"),
    [("2027-01-06 08:59", "not_yet"), ("2027-01-10 24:00", "over")],
)
def test_outside_the_window_it_is_said_when_it_opens_or_what_comes_after(now, variant):
    refusal = refused(EntryNotOpen, court("2027-02-20"), now=now)
    assert refusal.variant == variant
    assert refusal.facts["releases_at"] == at("2027-01-16 09:00")
    assert refusal.facts["allowed_from"] == (at("2027-01-06 09:00") if variant == "not_yet" else None)
    assert refusal.trace[-1].path == "lottery.schemes[0]"


@pytest.mark.fact("KS-050")
def test_when_within_the_window_somebody_enters_plays_no_part():
    early, late = enter(court("2027-02-20"), now="2027-01-06 09:00"), enter(court("2027-02-20"), now="2027-01-10 23:59")
    assert (early.wants, early.tier, early.tickets, early.rank) == (late.wants, late.tier, late.tickets, late.rank)


def test_only_ways_that_the_rules_name_lead_in():
    refusal = refused(ChannelNotOpen, court("2027-02-20"), channel="telephone", actor="clerk")
    assert refusal.facts["other_channels"] == ["web", "counter"]
    assert enter(court("2027-02-20"), channel="counter", actor="clerk").rank == 1


def test_nobody_enters_without_a_registration():
    assert refused(NotRegistered, court("2027-02-20"), person=None).trace


def test_a_stage_that_may_not_enter_is_named():
    refusal = refused(StageMayNotEnter, court("2027-02-20"), person=PROVISIONAL)
    assert (refusal.facts["name"], refusal.variant) == ("仮登録", None)
    assert refusal.trace[-1].path == "registration.stages[0]"


MAIL = {"needed_for_lottery": True, "unverified_may_enter_lottery": False}


@pytest.mark.parametrize(
    ("facts", "variant"), [({"mail_verified": False}, None), ({"has_mail": False, "mail_verified": False}, "none")]
)
def test_results_need_an_address_that_was_verified(facts, variant):
    rules = raffle_rules(sections={"registration": {"mail": MAIL}})
    person = Person(facts={"user_class": "individual", "residency": "resident", "registration": "registered", **facts})
    refusal = refused(MailNotVerifiedForLottery, court("2027-02-20"), rules=rules, person=person)
    assert (refusal.variant, refusal.trace[-1].path) == (variant, "registration.mail")
    by_web = raffle_rules(sections={"registration": {"mail": MAIL | {"asked_for_lottery_by": ["web"]}}})
    assert enter(court("2027-02-20"), rules=by_web, person=person, channel="counter", actor="clerk")
    assert refused(MailNotVerifiedForLottery, court("2027-02-20"), rules=by_web, person=person)


def test_a_requirement_that_is_not_met_speaks_the_rules_own_words():
    person = Person(facts={"user_class": "individual", "residency": "worker", "registration": "registered"})
    refusal = refused(NotEligible, court("2027-02-20"), person=person)
    assert (refusal.facts["requirement"], refusal.variant) == ("residents", "next")
    assert refusal.trace[-1].reference == "要綱第2条"
    assert refusal.trace[-1].inputs == {"user_class": "individual", "residency": "worker"}


def test_a_requirement_asks_only_those_whom_it_speaks_of_and_tiers_weigh_them():
    plan = enter(court("2027-02-20"), person=GROUP)
    assert (plan.tier, plan.tickets) == (1, 1)


def test_an_entry_is_for_something():
    assert refused(EntryEmpty).trace


def test_a_set_has_its_most():
    slots = [court(f"2027-02-0{day}") for day in (2, 3, 4, 5)]
    assert refused(TooManyParts, *slots).facts["maximum"] == 3
    assert refused(TooManyParts, *slots[:2], rules=raffle_rules(parts_at_most=1)).variant == "single"


def test_a_set_counts_as_one_and_there_are_as_many_entries_as_the_rules_say():
    held = [standing(enter(court(f"2027-02-0{day}")), str(day), rank) for rank, day in enumerate((2, 3), start=1)]
    plan = enter(court("2027-02-20"), court("2027-02-21"), held=held)
    assert plan.rank == 3
    held.append(standing(plan, "c", 3))
    refusal = refused(TooManyEntries, court("2027-02-23"), held=held)
    assert (refusal.facts["cap"], refusal.trace[-1].path) == (3, "lottery.schemes[0].entry")


@pytest.mark.parametrize(("rank", "taken"), [(1, 1), (2, 2), (9, 2), (0, 1), (None, 2)])
def test_an_entry_takes_the_place_that_is_asked_for_or_the_last(rank, taken):
    held = [standing(enter(court("2027-02-02")))]
    assert enter(court("2027-02-20"), held=held, rank=rank).rank == taken


@pytest.mark.parametrize(
    "part", [court("2027-03-20"), court("2027-01-30"), stay("2027-02-20")], ids=["later", "sooner", "place"]
)
def test_what_another_lottery_draws_or_none_is_not_part_of_this_one(part):
    refusal = refused(EntryNotCovered, court("2027-02-20"), part, rules=raffle_rules(one_facility="none"))
    assert (refusal.facts["item"], refusal.facts["last"], refusal.variant) == (1, date(2027, 2, 28), "other")


def test_a_stay_lies_in_the_month_with_all_its_nights():
    assert enter(stay("2027-02-27", 2), scheme="nights", rules=raffle_rules(SCHEME, NIGHTS_2))
    with pytest.raises(EntryNotCovered):
        enter(stay("2027-02-28", 2), scheme="nights", rules=raffle_rules(SCHEME, NIGHTS_2))


NIGHTS_2 = {
    **SCHEME,
    "code": "nights",
    "when": {"facility_group": "lodging"},
    "requires": [],
    "entry": {"at_most": 3, "asks_form": False},
}


def test_a_place_that_is_not_there_or_not_online_is_refused_as_always():
    assert refused(UnknownSpace, court("2027-02-20", space="golf")).facts["item"] == 0
    refused(NotBookable, court("2027-02-20", space="office"))
    assert enter(court("2027-02-20", space="office"), actor="clerk", channel="counter")


def test_one_use_has_its_length_its_surfaces_and_its_people():
    assert refused(TooLong, court("2027-02-20", ends="13:00")).trace[-1].reference == "要綱第4条"
    assert refused(TooManySurfaces, court("2027-02-20", surfaces=3)).facts["maximum"] == 2
    asking = {"form": [{"code": "people", "label": "人数", "kind": "whole_number"}]}
    rules = raffle_rules(sections={"booking": asking})
    assert refused(TooManyPeople, room("2027-02-20", form={"people": "11"}), rules=rules).facts["maximum"] == 10
    assert enter(room("2027-02-20", form={"people": "10"}), rules=rules).parts[0].request.form == {"people": 10}
    assert refused(TooLong, stay("2027-02-20", 2), scheme="nights").facts["unit"] == "nights"


@pytest.mark.parametrize(("asks", "check"), [(True, True), (False, True), (True, False)])
def test_the_form_is_asked_on_entering_or_when_a_win_is_accepted(asks, check):
    required = {"form": [{"code": "purpose", "label": "目的", "kind": "text", "required": True}]}
    rules = raffle_rules(sections={"booking": required}, asks_form=asks)
    if asks and check:
        assert refused(FormMissing, court("2027-02-20"), rules=rules).facts["fields"] == ["purpose"]
    else:
        assert enter(court("2027-02-20"), rules=rules, check_form=check).parts[0].request.form == {}


def test_a_set_that_could_never_win_is_refused():
    refusal = refused(
        PartsCollide,
        room("2027-02-22", space="east"),
        room("2027-02-20", space="east"),
        room("2027-02-20", space="whole"),
    )
    assert (refusal.facts["first"], refusal.facts["second"], refusal.facts["item"]) == (2, 3, 2)


def test_a_set_is_of_one_facility_where_the_rules_say_so():
    refusal = refused(SetAcrossFacilities, court("2027-02-20"), room("2027-02-21"))
    assert refusal.trace[-1].reference == "要綱第3条"
    assert enter(court("2027-02-20"), held=[standing(enter(room("2027-02-21")))]).rank == 2


def test_all_entries_are_of_one_facility_where_the_rules_say_so():
    rules = raffle_rules(one_facility="applicant")
    held = [standing(enter(court("2027-02-20"), rules=rules))]
    refusal = refused(AnotherFacility, room("2027-02-21"), rules=rules, held=held)
    assert (refusal.facts["facility"], refusal.facts["name"]) == ("park", "中央公園")
    assert enter(court("2027-02-21"), rules=rules, held=held).rank == 2


def test_own_entries_may_overlap_or_not_as_the_rules_say():
    held = [standing(enter(court("2027-02-20")))]
    refusal = refused(EntryOverlapsOwn, court("2027-02-20", "11:00", "13:00", space="basketball"), held=held)
    assert refusal.facts["rank"] == 1
    assert enter(court("2027-02-20", "12:00", "13:00"), held=held).rank == 2
    assert enter(court("2027-02-20"), held=held, rules=raffle_rules(own_overlap="allowed")).rank == 2


def test_a_wish_on_arrival_is_for_the_first_choice_alone():
    wishing = stay("2027-02-20", preferences={"mixed": True})
    first = enter(wishing, scheme="nights")
    held = [standing(first)]
    assert held[0].wishes
    refused(PreferenceForFirstOnly, stay("2027-02-21", preferences={"mixed": True}), scheme="nights", held=held)
    second = enter(stay("2027-02-21", preferences={}), scheme="nights", held=held)
    assert second.parts[0].request.preferences == {"mixed": False}
    refused(PreferenceForFirstOnly, stay("2027-02-21"), scheme="nights", held=held, rank=1)
    refused(FormMissing, stay("2027-02-21", preferences={}), scheme="nights")


def test_an_order_keeps_the_wish_with_the_first():
    nights = next(one for one in TOWN.lotteries if one.code == "nights")
    wishing = standing(enter(stay("2027-02-20", preferences={"mixed": True}), scheme="nights"))
    plain = standing(enter(stay("2027-02-21"), scheme="nights"), "b")
    check_ranks(TOWN, scheme=nights, ordered=[wishing, plain])
    with pytest.raises(PreferenceForFirstOnly) as refusal:
        check_ranks(TOWN, scheme=nights, ordered=[plain, wishing])
    assert refusal.value.trace[-1].path == "lottery.schemes[1].entry"


def test_the_first_scheme_that_holds_draws_a_day():
    assert cover(court("2027-02-20")).scheme.code == "monthly"
    assert cover(stay("2027-12-20")).month.ends == date(2028, 1, 1)
    assert cover(court("2027-02-20")).times.opens_at == at("2027-01-06 09:00")
    assert cover(court("2027-02-20", facility="pool", space="lane")) is None
    assert cover(court("2027-02-20", space="office")).scheme.code == "monthly"
    with pytest.raises(UnknownSpace):
        cover(court("2027-02-20", space="golf"))


def test_what_is_cut_by_no_timetable_or_by_another_is_not_drawn():
    banded = raffle_rules(SCHEME | {"when": {"timetable": "bands"}})
    assert cover(room("2027-02-20"), banded).scheme.code == "monthly"
    assert cover(court("2027-02-20"), banded) is None
    day = date(2027, 2, 20)
    asked = covering_scheme(banded, space_id="park.tennis", use_on=day, now=at("2027-01-07"), timetable="bands")
    assert asked.scheme.code == "monthly"
    bare = replace(TOWN, timetable_use=(), memo=Memo())
    assert cover(court("2027-02-20"), bare) is None


@pytest.mark.parametrize(
    ("facts", "state"),
    [
        ({"withdrawn": True, "rank": None}, "withdrawn"),
        ({"rank": None}, "withdrawn"),
        ({"announced": False, "win": "won"}, "waiting"),
        ({"win": "lapsed"}, "lapsed"),
        ({"rank": 2}, "void"),
        ({"rank": 1}, "lost"),
        ({"rank": 3}, "lost"),
    ],
)
def test_nothing_of_a_draw_shows_before_it_is_announced(facts, state):
    decisions = [("lost", 1, 1, "a"), ("void", 1, 1, None)]
    values = {"withdrawn": False, "announced": True, "win": None, "decisions": decisions, "rank": 1} | facts
    assert entry_state(**values) == state


def test_results_show_from_the_moment_of_the_announcement_on():
    noon = at("2027-01-11 12:00")
    assert is_announced(announced_at=noon, now=noon)
    assert not is_announced(announced_at=noon, now=at("2027-01-11 11:59"))
    assert not is_announced(announced_at=None, now=noon)
