"""How far a lottery is: each step done, next, planned, late or stuck, and why."""

from datetime import UTC, datetime, timedelta

import pytest

from yoyaku.lottery.policy.standing import Awaited, Life, steps_of

OPENS = datetime(2027, 1, 6, tzinfo=UTC)
CLOSES, DRAWS, ANNOUNCES, RELEASES = (OPENS + timedelta(days=days) for days in (5, 6, 7, 10))
AHEAD = timedelta(days=100)
"""What business time is ahead of real time."""


def life(state, *, value_wanted=False):
    return Life(
        state=state,
        opens_at=OPENS,
        closes_at=CLOSES,
        draws_at=DRAWS,
        announces_at=ANNOUNCES,
        releases_at=RELEASES,
        value_wanted=value_wanted,
    )


def due(kind, at, error=None, attempts=0, next_try_at=None):
    return Awaited(subject_id="one", kind=kind, due_at=at, attempts=attempts, next_try_at=next_try_at, last_error=error)


def steps(state, *awaited, now, **more):
    return steps_of(life(state, **more), awaited=awaited, now=now, offset=AHEAD)


def states(found):
    return {step.kind.removeprefix("lottery_"): step.state for step in found}


@pytest.mark.parametrize(
    ("state", "reached"),
    [("planned", 0), ("open", 1), ("sealed", 2), ("drawn", 3), ("announced", 4), ("released", 5)],
)
def test_what_is_reached_is_done_and_one_step_is_next(state, reached):
    found = [step.state for step in steps(state, now=OPENS - timedelta(days=1))]

    assert found == (["done"] * reached + ["next"] + ["coming"] * 4)[:5]


def test_a_step_may_wait_its_turn_for_a_little_and_is_late_then():
    def at(minutes):
        return states(steps("sealed", due("lottery_draw", DRAWS), now=DRAWS + timedelta(minutes=minutes)))["draw"]

    assert (at(4), at(6)) == ("next", "late")


@pytest.mark.parametrize(
    ("error", "code"),
    [
        ("BeaconFailed: timeout", "beacon"),
        ("NotYet: not yet", "beacon"),
        ("ProfileMissing: demo", "setup"),
        ("NotReady: sealed", "order"),
        ("ZeroDivisionError", "other"),
    ],
)
def test_an_error_is_known_by_its_sign_and_the_next_try_told_in_the_service_s_time(error, code):
    again = DRAWS - AHEAD + timedelta(minutes=30)
    now = DRAWS + timedelta(minutes=10)
    found = steps("sealed", due("lottery_draw", DRAWS, error, 3, again), now=now)
    trouble = next(step.trouble for step in found if step.kind == "lottery_draw")

    assert (trouble.code, trouble.since, trouble.attempts) == (code, DRAWS, 3)
    assert trouble.next_try_at == DRAWS + timedelta(minutes=30)


def test_a_value_that_has_to_be_typed_in_is_told_at_once_with_or_without_a_try():
    found = steps("sealed", now=DRAWS, value_wanted=True)

    assert [step.trouble.code for step in found if step.trouble] == ["by_hand"]
    assert states(found)["draw"] == "stuck"


def test_before_its_moment_an_old_error_is_no_trouble():
    found = steps("sealed", due("lottery_draw", DRAWS, "BeaconFailed"), now=DRAWS - timedelta(hours=1))

    assert states(found)["draw"] == "next"


def test_reminders_and_lapses_stand_at_their_moments_among_the_steps():
    lapse = due("lottery_lapse", ANNOUNCES + timedelta(days=1))
    found = steps("announced", lapse, now=ANNOUNCES + timedelta(hours=1))

    assert [step.kind for step in found][-2:] == ["lottery_lapse", "lottery_release"]
    assert states(found)["lapse"] == "coming"


def test_a_lapse_that_fails_is_told_too():
    lapse = due("lottery_lapse", ANNOUNCES, "KeyError", 1)
    found = steps("announced", lapse, now=ANNOUNCES + timedelta(hours=1))

    assert states(found)["lapse"] == "stuck"
