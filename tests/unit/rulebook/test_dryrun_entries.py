"""Entries of lotteries beside a draft: how many there may be, what they cost, until when a win stands."""

import pytest
from tests.unit.booking.town import REGISTERED, at
from tests.unit.lottery.raffle import SCHEME, court, raffle_rules

from yoyaku.lottery.rules import month_of, scheme_of, times_of
from yoyaku.rulebook.dryrun.entries import compare_entry
from yoyaku.rulebook.dryrun.values import EntrySubject, Head

NEXT_DAY = {"from": "announced", "days": 2, "at": "24:00"}
OLD = raffle_rules({**SCHEME, "win": {"accept": "required", "until": {**NEXT_DAY, "days": 5}}})


def entry(number, day, *, won=False):
    part = court(day)
    month = month_of(part.use_on)
    head = Head(
        kind="entry", subject_id=f"e{number}", number=str(number), registrant_id="p", facility_id=part.facility,
        use_on=part.use_on, versions=(1, 1),
    )  # fmt: skip
    scheme = scheme_of(OLD, "monthly")
    return EntrySubject(
        head=head, scheme="monthly", month=month, times=times_of(OLD, scheme, month), parts=(part,),
        person=REGISTERED, channel="web", made_at=at("2027-01-07 10:00"), promised=won,
    )  # fmt: skip


FIRST, SECOND = entry(1, "2027-02-20"), entry(2, "2027-02-21", won=True)
WIN = {"accept": "required", "until": {**NEXT_DAY, "days": 5}}


@pytest.mark.parametrize(
    ("new", "found"),
    [
        (raffle_rules({**SCHEME, "win": WIN}), []),
        (raffle_rules({**SCHEME, "win": WIN}, at_most=1), [("validity", "too_many_entries", True)]),
        (raffle_rules({**SCHEME, "win": {**WIN, "until": NEXT_DAY}}), [("due", None, False)]),
        (raffle_rules({**SCHEME, "code": "other", "win": WIN}), [("validity", "lottery_not_found", True)]),
    ],
    ids=["the same", "one entry each", "sooner", "no such lottery"],
)
def test_an_entry_is_decided_beside_those_before_it(new, found):
    findings = compare_entry(OLD, new, SECOND, [FIRST])
    assert [(one.kind, one.becomes.get("code"), one.breaks) for one in findings] == found
    if found and found[0][0] == "due":
        assert [findings[0].was["due"], findings[0].becomes["due"]] == [
            {"win": at("2027-01-17 00:00").isoformat()},
            {"win": at("2027-01-14 00:00").isoformat()},
        ]


def test_the_first_of_two_entries_stands_where_one_is_allowed():
    assert compare_entry(OLD, raffle_rules({**SCHEME, "win": WIN}, at_most=1), FIRST) == []
