"""From when to when, by which channel, for whom."""

from datetime import date

import pytest
from tests.unit.booking.town import GROUP, PROVISIONAL, REGISTERED, RULES, at, court, decide, make_rules, room

from yoyaku.booking.policy import (
    Act,
    AlreadyStarted,
    ChannelNotOpen,
    NotRegistered,
    OutsideWindow,
    Person,
    StageMayNotBook,
    day_refusal,
    window_for,
)
from yoyaku.facility.policy import NotBookable

TOWN = make_rules()
BY_CLERK = {"actor": "clerk", "channel": "counter"}
BY_TELEPHONE = {"actor": "clerk", "channel": "telephone"}


def with_windows(*windows, **more):
    return make_rules(booking={"windows": list(windows)} | more)


@pytest.mark.fact("KS-068", "KS-T1", "KS-T4")
@pytest.mark.parametrize(
    ("now", "allowed"),
    [
        ("2027-01-16 08:59:59", False),
        ("2027-01-16 09:00:00", True),
        ("2027-02-18 23:59:59", True),
        ("2027-02-19 00:00:00", False),
    ],
)
def test_the_window_is_exact_to_the_second(now, allowed):
    if allowed:
        assert decide(TOWN, court(), now).state == "confirmed"
        return
    with pytest.raises(OutsideWindow) as refused:
        decide(TOWN, court(), now)
    assert refused.value.facts["opens_at"] == at("2027-01-16 09:00")
    assert refused.value.facts["closes_at"] == at("2027-02-18 24:00")


def test_too_early_says_from_when_and_too_late_says_that_it_is_over():
    with pytest.raises(OutsideWindow) as early:
        decide(TOWN, court(), "2027-01-01 10:00")
    assert (early.value.facts["allowed_from"], early.value.variant) == (at("2027-01-16 09:00"), "not_yet")
    with pytest.raises(OutsideWindow) as late:
        decide(TOWN, court(), "2027-02-19 10:00")
    assert (late.value.facts["allowed_from"], late.value.variant) == (None, "over")


def test_a_refusal_names_its_clause_and_article_last():
    with pytest.raises(OutsideWindow) as refused:
        decide(TOWN, court(), "2027-01-01 10:00")
    last = refused.value.trace[-1]
    assert (last.path, last.reference) == ("booking.windows[0]", "手引き17頁")
    assert last.inputs == {"registration": "registered"}
    assert last.outcome == "closed 2027-01-16T00:00:00+00:00/2027-02-18T15:00:00+00:00"


@pytest.mark.fact("KS-070", "KS-073")
@pytest.mark.parametrize(
    ("now", "allowed_from"),
    [
        ("2027-02-18 10:00", "2027-02-20 09:00"),
        ("2027-02-20 08:59", "2027-02-20 09:00"),
        ("2027-02-20 09:00", None),
    ],
)
def test_an_office_answers_in_its_hours_only(now, allowed_from):
    afternoon = court(starts="13:00", ends="15:00")
    if allowed_from is None:
        assert decide(TOWN, afternoon, now, **BY_TELEPHONE).state == "confirmed"
        return
    with pytest.raises(OutsideWindow) as refused:
        decide(TOWN, afternoon, now, **BY_TELEPHONE)
    assert refused.value.facts["allowed_from"] == at(allowed_from)


@pytest.mark.parametrize(
    ("now", "allowed_from"),
    [
        ("2027-02-12 16:59", None),
        ("2027-02-12 17:00", "2027-02-15 09:00"),
        ("2027-02-13 10:00", "2027-02-15 09:00"),
        ("2027-02-19 17:00", None),
    ],
)
def test_the_next_office_hour_is_on_the_next_open_day(now, allowed_from):
    office = {"calendar": "office", "opens": "09:00", "closes": "17:00"}
    window = {"code": "a", "channels": ["web"], "closes": {"from": "use_day"}, "office_hours": office}
    state = window_for(
        with_windows(window),
        space_id="park.tennis",
        use_on=date(2027, 2, 20),
        person=REGISTERED,
        channel="web",
        now=at(now),
    )
    assert state.allowed_from == (allowed_from and at(allowed_from))
    assert state.is_open == (now == "2027-02-12 16:59")
    assert state.matched


def test_an_office_that_never_answers_is_not_waited_for():
    office = {"calendar": "never", "opens": "09:00", "closes": "17:00"}
    window = {"code": "a", "channels": ["web"], "closes": {"from": "use_day"}, "office_hours": office}
    rules = make_rules(booking={"windows": [window]}, calendars={"never": {"closed": [{"from": "2020-01-01"}]}})
    with pytest.raises(OutsideWindow) as refused:
        decide(rules, court("2027-12-18"), "2027-02-01 10:00")
    assert refused.value.facts["allowed_from"] is None


@pytest.mark.fact("KS-071", "KS-043")
def test_a_clerk_books_for_somebody_without_a_registration_where_the_window_asks_for_none():
    assert decide(TOWN, court(), "2027-02-20 08:00", person=None, **BY_CLERK).state == "confirmed"
    asking = {"code": "b", "channels": ["counter"], "when": {"registration": "registered"}}
    rules = with_windows({**asking, "closes": {"from": "use_start"}})
    with pytest.raises(NotRegistered) as refused:
        decide(rules, court(), "2027-02-20 08:00", person=None, **BY_CLERK)
    assert refused.value.facts["registrations"] == "registered"


@pytest.mark.fact("KS-023")
def test_a_resident_books_with_a_registration():
    with pytest.raises(NotRegistered):
        decide(TOWN, court(), person=None)


@pytest.mark.fact("KS-027")
def test_a_provisional_registration_does_not_book():
    with pytest.raises(StageMayNotBook) as refused:
        decide(TOWN, court(), person=PROVISIONAL)
    assert refused.value.facts["stage"] == "provisional"
    assert refused.value.trace[-1].reference == "条例第5条"


def test_a_stage_that_this_window_does_not_take_is_told_so():
    with pytest.raises(StageMayNotBook) as refused:
        decide(TOWN, court(), person=Person(facts={"registration": "expired"}))
    assert refused.value.facts["registrations"] == "registered"


@pytest.mark.fact("KS-074")
def test_a_channel_that_never_takes_it_names_the_channels_that_do():
    with pytest.raises(ChannelNotOpen) as refused:
        decide(TOWN, room(), **BY_TELEPHONE)
    assert refused.value.facts["other_channels"] == ["web", "counter"]
    assert refused.value.variant == "elsewhere"


def test_a_class_that_no_window_takes_is_told_so():
    window = {"code": "a", "channels": ["web"], "when": {"user_class": "group", "registration": "registered"}}
    rules = with_windows({**window, "closes": {"from": "use_day"}})
    assert decide(rules, court(), person=GROUP).state == "confirmed"
    with pytest.raises(ChannelNotOpen) as refused:
        decide(rules, court())
    assert refused.value.variant is None


def test_of_several_open_windows_the_longest_is_told():
    windows = [
        {"code": name, "channels": ["web"], "closes": {"from": "use_day", "days": -days}}
        for name, days in (("a", 9), ("b", 3), ("c", 5))
    ]
    state = window_for(
        with_windows(*windows),
        space_id="park.tennis",
        use_on=date(2027, 2, 20),
        person=REGISTERED,
        channel="web",
        now=at("2027-02-01 10:00"),
    )
    assert (state.is_open, state.opens_at, state.closes_at) == (True, None, at("2027-02-17"))
    assert state.trace[0].outcome == "open /2027-02-16T15:00:00+00:00"


def state_on(rules, day, now, space_id="park.tennis", **more):
    values = {"person": REGISTERED, "channel": "web"} | more
    return window_for(rules, space_id=space_id, use_on=date.fromisoformat(day), now=at(now), **values)


def test_what_is_visible_before_it_is_bookable_says_so():
    web = RULES["booking"]["windows"][0]
    rules = with_windows({**web, "visible": {"from": "use_month", "months": -2}})
    state = state_on(rules, "2027-02-20", "2027-01-10")
    assert (state.is_open, state.visible_at) == (False, at("2026-12-01"))
    assert state_on(TOWN, "2027-02-20", "2027-01-10").visible_at == at("2027-01-16 09:00")


def test_a_day_is_open_as_long_as_its_last_slot_is():
    by_telephone = {"channel": "telephone", "actor": "clerk"}
    assert state_on(TOWN, "2027-02-20", "2027-02-20 15:59", **by_telephone).is_open
    assert not state_on(TOWN, "2027-02-20", "2027-02-20 16:00", **by_telephone).is_open


def test_a_day_without_slots_has_a_window_all_the_same():
    hourly = {**RULES["timetables"]["hourly"], "opens": "21:00"}
    rules = make_rules(timetables={"hourly": hourly})
    assert state_on(rules, "2027-02-20", "2027-02-01").closes_at == at("2027-02-18 24:00")


def test_no_window_for_a_person_matches_nothing():
    state = state_on(TOWN, "2027-02-20", "2027-02-01", person=None)
    assert (state.matched, state.is_open) == (False, False)


def test_what_has_begun_is_booked_by_clerks_only():
    rules = with_windows({"code": "all", "channels": ["web", "counter"], "closes": {"from": "use_end"}})
    with pytest.raises(AlreadyStarted) as refused:
        decide(rules, court(), "2027-02-20 09:00")
    assert refused.value.facts["started_at"] == at("2027-02-20 09:00")
    assert decide(rules, court(), "2027-02-20 09:00", **BY_CLERK).state == "confirmed"
    with pytest.raises(AlreadyStarted):
        decide(rules, court(), "2027-02-20 12:00", **BY_CLERK)


def test_a_space_that_is_not_online_is_booked_by_clerks_only():
    with pytest.raises(NotBookable):
        decide(TOWN, court(space="office"))
    assert decide(TOWN, court(space="office"), **BY_CLERK).space_id == "park.office"


@pytest.mark.fact("ML-035", "ML-T1", "ML-T2", "ML-T3")
@pytest.mark.parametrize(
    ("stage", "use", "opens", "closes"),
    [
        ("provisional", "2027-03-31", "2027-02-28", "2027-03-18"),
        ("registered", "2027-03-31", "2027-02-28", "2027-03-27"),
        ("registered", "2027-03-28", "2027-02-28", "2027-03-24"),
        ("registered", "2027-03-29", "2027-02-28", "2027-03-25"),
        ("registered", "2027-03-30", "2027-02-28", "2027-03-26"),
    ],
)
def test_the_same_day_of_the_month_before_is_kept_within_the_month(stage, use, opens, closes):
    opening = {"channels": ["web"], "opens": {"from": "use_day", "months": -1}}
    rules = with_windows(
        {"code": "a", "when": {"registration": "provisional"}, "closes": {"from": "use_day", "days": -13}} | opening,
        {"code": "b", "when": {"registration": "registered"}, "closes": {"from": "use_day", "days": -4}} | opening,
    )
    person = Person(facts={"registration": stage})
    state = state_on(rules, use, "2027-03-01 10:00", space_id="lodge.twin", person=person)
    assert (state.opens_at, state.closes_at) == (at(opens), at(closes))


@pytest.mark.parametrize(
    ("channel", "person", "now", "refusal"),
    [
        ("telephone", REGISTERED, "2027-02-18 10:00", OutsideWindow),
        ("telephone", REGISTERED, "2027-02-20 10:00", None),
        ("web", None, "2027-02-01 10:00", NotRegistered),
    ],
)
def test_a_whole_day_says_why_nothing_of_it_can_be_booked(channel, person, now, refusal):
    act = Act(person=person, channel=channel, actor="clerk" if channel == "telephone" else "resident", now=at(now))
    found = day_refusal(TOWN, space_id="park.tennis", use_on=date(2027, 2, 20), act=act)
    assert (found and type(found)) == refusal
