"""What may be done with a win until when, what it hands over, and which moments its bookings keep."""

from datetime import UTC, date, datetime, timedelta

import pytest
from tests.city_books import city_rules

from yoyaku.booking.policy import Act, Arisen, BookedFacts, BookingRequest, Person, StageMayNotBook, decide_won
from yoyaku.booking.policy.change import decide_change
from yoyaku.booking.policy.refusals import WonDiffers
from yoyaku.booking.policy.won import Unit, share_units
from yoyaku.facility.policy import Claim
from yoyaku.lottery.policy.win_refusals import NotWon, WinAccepted, WinDeclined, WinLapsed, WinRevoked, WinStands
from yoyaku.lottery.policy.wins import accept_until, check_declinable, check_open, remind_at, win_anchors
from yoyaku.lottery.rules import month_of, scheme_of

DAY = date(2027, 2, 20)
NOW = datetime(2027, 1, 12, 1, 0, tzinfo=UTC)
ANNOUNCED = datetime(2027, 1, 11, 0, 0, tzinfo=UTC)


def town(day, hour=0, minute=0, month=1):
    """An instant of 2027 by the clock of the cities."""
    return datetime(2027, month, day, tzinfo=UTC) + timedelta(hours=hour - 9, minutes=minute)


@pytest.fixture(scope="module")
def sports():
    return city_rules("kumamoto-sports")


@pytest.fixture(scope="module")
def halls():
    return city_rules("kumamoto-halls")


@pytest.fixture(scope="module")
def lodging():
    return city_rules("minato-lodging")


@pytest.mark.fact("KS-051", "KS-052")
def test_sports_wins_are_accepted_until_the_fifteenth(sports):
    scheme = sports.lotteries[0]
    until = accept_until(sports, scheme, month=month_of(DAY), announced_at=town(11, 9))
    assert until == town(16)


@pytest.mark.fact("KC-T1", "KC-037")
def test_hall_wins_are_accepted_for_seven_days_the_first_one_counted(halls):
    scheme = scheme_of(halls, "halls")
    at = town(1, 9, month=3)
    assert accept_until(halls, scheme, month=month_of(DAY), announced_at=at) == town(8, month=3)
    assert remind_at(halls, scheme, month=month_of(DAY), announced_at=at) < town(8, month=3)


@pytest.mark.fact("ML-024")
def test_lodging_wins_are_not_waited_for_and_not_declined(lodging):
    scheme = lodging.lotteries[0]
    assert accept_until(lodging, scheme, month=month_of(DAY), announced_at=NOW) is None
    assert remind_at(lodging, scheme, month=month_of(DAY), announced_at=NOW) is None
    with pytest.raises(WinStands) as refused:
        check_declinable(lodging, scheme)
    assert refused.value.trace[-1].path.startswith("lottery.schemes")


@pytest.mark.parametrize(
    ("state", "refusal"),
    [
        (None, NotWon),
        ("declined", WinDeclined),
        ("accepted", WinAccepted),
        ("lapsed", WinLapsed),
        ("revoked", WinRevoked),
    ],
)
def test_only_a_win_that_waits_is_answered(state, refusal):
    with pytest.raises(refusal):
        check_open(state=state, until=None, decided_at=NOW, releases_at=NOW, now=NOW)


@pytest.mark.fact("KS-T3", "KC-T1")
def test_the_window_is_half_open():
    until = town(16)
    times = {"until": until, "decided_at": None, "releases_at": town(16, 9)}
    check_open(state="won", now=until - timedelta(microseconds=1), **times)
    with pytest.raises(WinLapsed) as refused:
        check_open(state="won", now=until, **times)
    assert refused.value.facts["releases_at"] == town(16, 9)


def test_what_is_booked_by_itself_is_tentative_since_the_announcement():
    late = ANNOUNCED + timedelta(hours=5)
    anchors = win_anchors(drawn_at=ANNOUNCED, announced_at=ANNOUNCED, accepted_at=late, automatic=True)
    assert anchors["tentative_since"] == anchors["accepted"] == ANNOUNCED
    accepted = win_anchors(drawn_at=ANNOUNCED, announced_at=ANNOUNCED, accepted_at=late, automatic=False)
    assert accepted["accepted"] == late
    assert "tentative_since" not in accepted


def claim(bucket=600, units=1, named=None, resource="park.court"):
    return Claim(resource_id=resource, use_on=DAY, bucket=bucket, units=units, named=named)


def unit(number, bucket=600, resource="park.court"):
    return Unit(resource, DAY, bucket, number)


def test_named_units_go_to_whom_they_are_named_for_and_the_others_to_the_rest():
    shared = share_units([unit(1), unit(2), unit(3)], {"any": [claim(units=2)], "second": [claim(named=(2,))]})
    assert shared == {unit(1): "any", unit(3): "any", unit(2): "second"}


@pytest.mark.parametrize("wanted", [[claim(units=3)], [claim(units=1)], [claim(named=(3,))], [claim(bucket=660)]])
def test_a_win_that_no_longer_fits_its_bookings_is_handed_over_to_none(wanted):
    with pytest.raises(WonDiffers):
        share_units([unit(1), unit(2)], {"one": wanted})


TENNIS = BookingRequest(
    facility="castle-tennis",
    space="tennis",
    use_on=DAY,
    starts="09:00",
    ends="12:00",
    form={"people": {"general": 4, "youth": 0}},
)
PERSON = Person(facts={"user_class": "individual", "registration": "registered", "residency": "resident"})


def won(rules, accepted_at, request=TENNIS, actor="resident"):
    anchors = win_anchors(
        drawn_at=ANNOUNCED, announced_at=ANNOUNCED, accepted_at=accepted_at, automatic=actor == "system"
    )
    arisen = Arisen(entry_id="e1", anchors=anchors)
    act = Act(person=PERSON, channel="web", actor=actor, now=accepted_at)
    return decide_won(rules, request=request, act=act, arisen=arisen), arisen


@pytest.mark.fact("KS-053", "KS-T1")
def test_a_win_is_paid_online_by_the_eighteenth_of_the_month_it_was_accepted_in(sports):
    plan, _ = won(sports, town(15, 23, 59))
    assert plan.facts["arose"] == "lottery"
    due = {one.method: one.due_at for one in plan.payment}
    assert due["online"] == town(19)
    assert plan.state == "confirmed"


def booked(plan, arisen, made_at):
    return BookedFacts(
        booking_id="b1",
        request=plan.request,
        period=plan.period,
        state=plan.state,
        made_at=made_at,
        total_yen=plan.quote.total_yen,
        person=PERSON,
        lapses_at=plan.lapses_at,
        arisen=arisen,
    )


@pytest.mark.fact("KS-053")
def test_a_change_of_what_was_won_keeps_the_dues_of_the_lottery(sports):
    plan, arisen = won(sports, town(12, 10))
    changed = decide_change(
        sports,
        booking=booked(plan, arisen, town(12, 10)),
        changes={"form": {"people": {"general": 3, "youth": 0}}},
        actor="clerk",
        channel="counter",
        now=town(20, 10),
    )
    assert {one.method: one.due_at for one in changed.plan.payment}["online"] == town(19)


def test_nothing_of_first_come_refuses_a_win(sports):
    """No window, limit or ban is asked: the lottery decided who may enter, and when."""
    plan, _ = won(sports, town(11, 9))
    assert all("windows" not in use.path and "limits" not in use.path for use in plan.trace)


def test_a_registration_that_ran_out_keeps_residents_from_accepting_and_clerks_not(sports):
    over = next(code for code, stage in sports.stages.items() if not stage.may_book)
    person = Person(facts={**PERSON.facts, "registration": over})
    arisen = Arisen(entry_id="e1", anchors={})
    with pytest.raises(StageMayNotBook):
        decide_won(
            sports, request=TENNIS, act=Act(person=person, channel="web", actor="resident", now=NOW), arisen=arisen
        )
    by_clerk = Act(person=person, channel="counter", actor="clerk", now=NOW)
    arisen = Arisen(entry_id="e1", anchors={"accepted": NOW})
    assert decide_won(sports, request=TENNIS, act=by_clerk, arisen=arisen).state == "confirmed"
