"""A draft beside the version that bookings keep: what it would decide otherwise, to the yen, and by which clause."""

import copy
from dataclasses import replace

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.booking.town import RULES, at, booked, court, decide, held, make_rules, room, stay

from yoyaku.booking.policy import Arisen
from yoyaku.booking.policy.again import decide_again
from yoyaku.rulebook.compile import compile_rules
from yoyaku.rulebook.dryrun import Comparison, Subject, Tally
from yoyaku.rulebook.dryrun.values import Head
from yoyaku.rulebook.terms import RuleSet

NOW = at("2027-02-01 12:00")
OLD = make_rules()


def draft(change):
    """The town's rules after a change of the document."""
    document = copy.deepcopy(RULES)
    change(document)
    return compile_rules(msgspec.convert(document, RuleSet), [])


def subject(booking, *, promised=True, unpaid=False, over=False):
    request = booking.request
    head = Head(
        kind="booking", subject_id="a", number="1", registrant_id="p", facility_id=request.facility,
        use_on=request.use_on, versions=(1, 1),
    )  # fmt: skip
    return Subject(head=head, booked=booking, promised=promised, unpaid=unpaid, over=over)


def found(change, booking, beside=(), **more):
    return Comparison(OLD, draft(change), now=NOW).findings(subject(booking, **more), beside)


def paid_room(**more):
    values = {"total_yen": 2_000, "paid_yen": 2_000, "paid_by": frozenset({"card"}), "paid_at": NOW}
    return booked(OLD, room("2027-02-20"), **(values | more))


def tier_70(document):
    document["booking"]["cancellation"][3]["tiers"][1]["percent"] = 70


def test_a_tier_of_70_instead_of_75_gives_back_a_hundred_yen_less_of_two_thousand():
    (one,) = found(tier_70, paid_room())
    assert (one.kind, one.change_yen, one.today_yen, one.path) == ("refund", -100, -100, "booking.cancellation[3]")
    assert [row["yen"] for row in one.was["rows"]] == [1_500, 1_000, 0]
    assert [row["yen"] for row in one.becomes["rows"]] == [1_400, 1_000, 0]


def test_what_residents_cannot_cancel_is_compared_as_the_counter_gives_it_back():
    """Paid in cash it is ended at the counter only, by a way of its own."""

    def by_clerks_only(document):
        for one in document["booking"]["cancellation"]:
            one["by"] = [by for by in one["by"] if by == "clerk"] or one["by"]
        document["booking"]["cancellation"][3]["by"] = ["clerk"]

    def changed(document):
        by_clerks_only(document)
        tier_70(document)

    (one,) = Comparison(draft(by_clerks_only), draft(changed), now=NOW).findings(subject(paid_room()))
    assert (one.kind, one.change_yen, one.today_yen, one.was["by"]) == ("refund", -100, -100, "clerk")


def test_a_tier_of_later_days_costs_nothing_today():
    def later(document):
        document["booking"]["cancellation"][3]["tiers"][2]["percent"] = 40

    (one,) = found(later, paid_room())
    assert (one.change_yen, one.today_yen, one.was["on"]) == (-200, 0, "2027-02-10")


def test_a_price_of_another_yen_is_told_with_its_row():
    def dearer(document):
        document["fees"]["steps"][0]["table"][1]["yen"] = 800

    (one,) = found(dearer, booked(OLD, court()))
    assert (one.kind, one.was, one.becomes, one.change_yen) == ("price", {"yen": 2_250}, {"yen": 2_400}, 150)
    assert (one.path, one.reference) == ("fees.steps[0].table[1]", "別表1")


@pytest.mark.parametrize(("unpaid", "kinds"), [(True, ["due"]), (False, [])])
def test_a_due_date_matters_only_while_something_is_owed(unpaid, kinds):
    def sooner(document):
        document["payment"]["methods"][0]["due"]["days"] = 1

    findings = found(sooner, booked(OLD, court()), unpaid=unpaid)
    assert [one.kind for one in findings] == kinds
    if unpaid:
        assert findings[0].was["due"]["online"] == at("2027-02-05 00:00").isoformat()
        assert findings[0].becomes["due"]["online"] == at("2027-02-03 00:00").isoformat()


def later_window(document):
    document["booking"]["windows"][0]["opens"] = {"from": "use_day", "days": -7, "at": "09:00"}


@pytest.mark.parametrize(("promised", "breaks"), [(True, True), (False, False)])
def test_a_window_that_opens_later_breaks_what_was_confirmed(promised, breaks):
    (one,) = found(later_window, booked(OLD, court()), promised=promised)
    assert (one.kind, one.breaks, one.path, one.becomes["code"]) == (
        "validity", breaks, "booking.windows[0]", "outside_window.not_yet",
    )  # fmt: skip


def test_a_way_that_is_closed_is_told_by_the_window_that_let_it_pass():
    def by_telephone(document):
        document["booking"]["windows"][0]["channels"] = ["telephone"]

    (one,) = found(by_telephone, booked(OLD, court()))
    assert (one.becomes["code"], one.path, one.reference) == (
        "channel_not_open.elsewhere",
        "booking.windows[0]",
        "手引き17頁",
    )


def test_what_was_won_asks_for_no_window():
    won = booked(OLD, court(), arisen=Arisen(entry_id="e", anchors={}))
    assert found(later_window, won) == []


def test_a_band_that_is_gone_breaks_its_bookings():
    def no_morning(document):
        del document["timetables"]["bands"]["bands"][0]

    kinds = [(one.kind, one.breaks) for one in found(no_morning, paid_room())]
    assert ("validity", True) in kinds


def test_a_space_that_is_gone_breaks_its_bookings():
    def no_room(document):
        document["inventory"][1]["spaces"] = document["inventory"][1]["spaces"][1:]

    (one,) = found(no_room, paid_room())
    assert (one.kind, one.breaks) == ("validity", True)


def test_a_hole_in_the_fees_breaks_what_nobody_priced():
    def hole(document):
        document["fees"]["steps"][1]["table"] = [{"when": {"band": ["pm", "night"]}, "yen": 900}]

    (one,) = found(hole, paid_room())
    assert (one.kind, one.breaks, one.becomes["code"]) == ("validity", True, "not_priced")


def one_a_month(document):
    document["booking"]["limits"] = [{"code": "one", "unit": "bookings", "per": "month", "cap": 1}]


def test_a_new_limit_counts_the_bookings_of_the_same_person():
    other = held(OLD, court("2027-02-21"), booking_id="b")
    assert found(one_a_month, booked(OLD, court())) == []
    (one,) = found(one_a_month, booked(OLD, court()), beside=[other])
    assert (one.kind, one.path) == ("validity", "booking.limits[0]")


@pytest.mark.parametrize(("answers", "many"), [({}, 1), ({"club": "あおば会"}, 0)])
def test_an_answer_that_is_newly_required_refuses_what_has_none(answers, many):
    def asked(document):
        document["booking"]["form"] = [{"code": "club", "label": "団体の名前", "kind": "text", "required": True}]

    booking = booked(OLD, court())
    booking = replace(booking, request=replace(booking.request, form={**booking.request.form, **answers}))
    refusals = [(one.kind, one.becomes["code"], one.breaks) for one in found(asked, booking)]
    assert refusals == [("validity", "form_missing", True)] * many


def test_a_right_to_change_that_ends_sooner_is_told():
    def sooner(document):
        document["booking"]["change"][0]["until"]["days"] = -6

    (one,) = found(sooner, booked(OLD, stay()))
    assert (one.kind, one.path) == ("change", "booking.change[0]")
    assert one.becomes["until"]["guests"] == at("2027-02-15 00:00").isoformat()


def test_a_right_to_cancel_that_ends_sooner_is_told():
    def sooner(document):
        document["booking"]["cancellation"][1]["until"] = {"from": "use_day", "days": -3, "at": "24:00"}

    (one,) = found(sooner, booked(OLD, court()))
    assert (one.kind, one.path) == ("cancel", "booking.cancellation[1]")


def test_a_booking_in_use_is_only_priced():
    def dearer(document):
        tier_70(document)
        later_window(document)
        document["fees"]["steps"][1]["table"][0]["yen"] = 800

    assert [one.kind for one in found(dearer, paid_room(), over=True)] == ["price"]


def test_what_the_clauses_at_a_place_do_not_touch_is_not_looked_at():
    comparison = Comparison(OLD, draft(tier_70), now=NOW)
    assert comparison.differing("hall.room") == {"refund", "cancel"}
    assert comparison.differing("park.tennis") == {"refund", "cancel"}  # by its words, that entry could hold there, too
    assert Comparison(OLD, draft(lambda _: None), now=NOW).differing("hall.room") == frozenset()


REQUESTS = [court(), court("2027-02-13", "13:00", "15:00"), room(), room("2027-02-23", ("pm", "night")), stay(nights=2)]


@settings(max_examples=60, deadline=None)
@given(
    request=st.sampled_from(REQUESTS),
    made=st.sampled_from(["2027-01-16 09:00", "2027-02-01 10:00", "2027-02-01 11:59"]),
    paid=st.integers(0, 3_000),
    state=st.sampled_from(["tentative", "confirmed"]),
    again=st.booleans(),
)
def test_a_draft_like_its_base_finds_nothing(request, made, paid, state, again):
    """Whether it is passed over as equal, or decided in full because a note differs somewhere."""

    def noted(document):
        if again:
            document["registration"]["classes"][0]["note"] = "同じ"

    booking = booked(OLD, request, made, paid_yen=paid, state=state, paid_by=frozenset({"card"} if paid else ()))
    assert found(noted, booking, unpaid=True) == []


def test_the_schedule_that_is_kept_for_what_is_alike_is_the_one_worked_out_anew():
    comparison = Comparison(OLD, draft(tier_70), now=NOW)
    for yen in (2_000, 2_000, 3_000):
        (one,) = comparison.findings(subject(paid_room(total_yen=yen, paid_yen=yen)))
        assert one.change_yen == -yen // 20


def test_the_tally_counts_people_once_and_yen_by_sign():
    tally = Tally()
    findings = found(tier_70, paid_room())
    tally.add_person([("booking", True, findings), ("booking", False, findings), ("entry", False, [])])
    tally.add_person([("booking", True, [])])
    line = tally.kinds["refund"]
    assert (tally.people, tally.falling, tally.looked) == (1, 2, {"booking": 3, "entry": 1})
    assert (line.findings, line.people, line.less_yen, line.more_yen, line.today_less_yen) == (2, 1, 200, 0, 200)
    assert msgspec.json.decode(msgspec.json.encode(tally), type=Tally) == tally


@pytest.mark.parametrize("request_", REQUESTS)
def test_a_booking_decided_again_by_its_own_rules_is_what_it_was(request_):
    plan = decide(OLD, request_, check_form=False)
    again = decide_again(OLD, booked(OLD, request_), beside=())
    assert (again.refusal, again.plan.quote, again.plan.payment) == (None, plan.quote, plan.payment)
    assert (again.plan.state, again.plan.lapses_at) == (plan.state, plan.lapses_at)
