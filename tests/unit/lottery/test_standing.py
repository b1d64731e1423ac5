"""How far a lottery is: each step done, next, planned, late or stuck, and why."""

from datetime import UTC, date, datetime, timedelta

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


def due(kind, at, error=None, attempts=0, next_try_at=None, **more):
    """A deadline; ``error`` is the kind of what went wrong, ``code`` and ``facts`` its sentence."""
    done = more.pop("done", False)
    failure = None if error is None else {"kind": error, **more}
    tries = {"attempts": attempts, "next_try_at": next_try_at, "failure": failure}
    return Awaited(subject_id="one", kind=kind, due_at=at, deadline_id="its record", done=done, **tries)


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
        ("BeaconFailed", "beacon"),
        ("NotYet", "early"),
        ("ProfileMissing", "setup"),
        ("NotReady", "order"),
        ("ZeroDivisionError", "other"),
    ],
)
def test_an_error_is_known_by_its_kind_and_the_next_try_told_in_the_service_s_time(error, code):
    again = DRAWS - AHEAD + timedelta(minutes=30)
    now = DRAWS + timedelta(minutes=10)
    found = steps("sealed", due("lottery_draw", DRAWS, error, 3, again), now=now)
    trouble = next(step.trouble for step in found if step.kind == "lottery_draw")

    assert (trouble.code, trouble.since, trouble.attempts) == (code, DRAWS, 3)
    assert (trouble.next_try_at, trouble.record) == (DRAWS + timedelta(minutes=30), "its record")
    assert trouble.said is None


def test_an_error_that_has_a_sentence_is_told_by_it():
    changed = {"code": "capacity_changed", "title": "Less.", "facts": {"resource": "court", "day": "2027-02-20"}}
    found = steps("sealed", due("lottery_draw", DRAWS, "CapacityChanged", 1, **changed), now=DRAWS)
    trouble = next(step.trouble for step in found if step.trouble)

    assert (trouble.code, trouble.said.code) == ("refused", "capacity_changed")
    assert trouble.said.facts == {"resource": "court", "day": date(2027, 2, 20)}


def test_a_value_that_has_to_be_typed_in_is_told_at_once_with_or_without_a_try():
    found = steps("sealed", now=DRAWS, value_wanted=True)

    assert [step.trouble.code for step in found if step.trouble] == ["by_hand"]
    assert states(found)["draw"] == "stuck"


def test_before_its_moment_an_old_error_is_no_trouble():
    found = steps("sealed", due("lottery_draw", DRAWS, "BeaconFailed"), now=DRAWS - timedelta(hours=1))

    assert states(found)["draw"] == "next"


def test_reminders_and_lapses_stand_at_their_moments_and_what_comes_first_is_next():
    lapse = due("lottery_lapse", ANNOUNCES + timedelta(days=1))
    found = steps("announced", lapse, now=ANNOUNCES + timedelta(hours=1))

    assert [step.kind for step in found][-2:] == ["lottery_lapse", "lottery_release"]
    assert (states(found)["lapse"], states(found)["release"]) == ("next", "coming")


def test_a_lapse_of_the_moment_of_the_release_comes_before_it():
    found = steps("announced", due("lottery_lapse", RELEASES), now=ANNOUNCES)

    assert [step.kind for step in found][-2:] == ["lottery_lapse", "lottery_release"]


@pytest.mark.parametrize("state", ["announced", "released"])
def test_what_was_done_besides_stays_among_the_steps(state):
    done = [due(f"lottery_{what}", ANNOUNCES + timedelta(days=1), done=True) for what in ("remind_win", "lapse")]
    found = steps(state, *done, now=ANNOUNCES + timedelta(days=2))

    assert [step.kind for step in found][-3:] == ["lottery_remind_win", "lottery_lapse", "lottery_release"]
    assert (states(found)["remind_win"], states(found)["lapse"]) == ("done", "done")
    assert states(found)["release"] == ("next" if state == "announced" else "done")


def test_a_lapse_that_fails_is_told_too():
    lapse = due("lottery_lapse", ANNOUNCES, "KeyError", 1)
    found = steps("announced", lapse, now=ANNOUNCES + timedelta(hours=1))

    assert states(found)["lapse"] == "stuck"


def test_an_announcement_whose_bookings_or_notices_fail_is_not_called_done():
    telling = due("lottery_announce", ANNOUNCES, "KeyError", 1)
    found = steps("announced", telling, now=ANNOUNCES + timedelta(hours=1))

    assert states(found)["announce"] == "stuck"


def test_a_draw_that_was_taken_back_is_not_blamed_on_the_worker():
    found = steps("sealed", now=DRAWS + timedelta(hours=1))

    assert [step.trouble.code for step in found if step.trouble] == ["undone"]
