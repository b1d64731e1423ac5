"""Examples for the documentation of the API: a court in an invented town, drawn by lot."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any, Final
from uuid import UUID

from msgspec import to_builtins

from yoyaku.booking.api.examples import APPLICATION, WISHES
from yoyaku.booking.policy import FormMissing, TermsNotAccepted
from yoyaku.facility.policy import UnknownSpace
from yoyaku.lottery.api.shapes import EnteredOut, EntryOut, LotteryOut, MyLotteryOut, OddsOut, UseOut
from yoyaku.lottery.policy.refusals import (
    EntryNotCovered,
    EntryNotOpen,
    NotEligible,
    TooManyEntries,
)
from yoyaku.rules.trace import ClauseUse

_LOTTERY = UUID("0194b3a0-5c1e-7d3a-9b52-3d6c1f0a7e20")
_ENTRY = UUID("0194b3a0-5c1e-7d3a-9b52-3d6c1f0a7e21")
_OPENS, _CLOSES = datetime(2027, 1, 6, 0, 0, tzinfo=UTC), datetime(2027, 1, 10, 15, 0, tzinfo=UTC)
_RELEASES = datetime(2027, 1, 16, 0, 0, tzinfo=UTC)
_MONTH = date(2027, 2, 1)
_NAME = {"ja": "抽選の申込み", "en": "Monthly lottery"}
_WHY = (ClauseUse(path="lottery.schemes[0]", reference="第6条", inputs={"channel": "web"}, outcome="over"),)
_USE = UseOut(
    facility="midori-park",
    facility_name={"ja": "みどり公園", "en": "Midori Park"},
    space="tennis",
    space_name={"ja": "テニスコート", "en": "Tennis court"},
    use_on=date(2027, 2, 20),
    starts_at=datetime(2027, 2, 20, 0, 0, tzinfo=UTC),
    ends_at=datetime(2027, 2, 20, 2, 0, tzinfo=UTC),
    nights=0,
    surfaces=1,
    yen=1200,
)
_OWN = EntryOut(
    entry_id=_ENTRY,
    lottery_id=_LOTTERY,
    rank=1,
    state="waiting",
    uses=[_USE],
    total_yen=1200,
    entered_at=datetime(2027, 1, 6, 0, 3, 12, tzinfo=UTC),
    withdrawn_at=None,
    accept_until=None,
    application_id=None,
)


def _one(name: str, value: object) -> list[tuple[str, Any]]:
    return [(name, to_builtins(value))]


_MY_LOTTERY = MyLotteryOut(
    lottery_id=_LOTTERY, scheme="monthly", month_starts=_MONTH, receipt="7K3QD-0XW9B", entries=[_OWN]
)
MINE: Final = _one("One entry that waits", [_MY_LOTTERY])
ORDERED: Final = _one("As they now stand", _MY_LOTTERY)
LOTTERIES: Final = _one(
    "One that is open",
    [
        LotteryOut(
            lottery_id=_LOTTERY,
            scheme="monthly",
            month_starts=_MONTH,
            month_ends=date(2027, 3, 1),
            state="open",
            opens_at=_OPENS,
            closes_at=_CLOSES,
            draws_at=_CLOSES,
            announces_at=datetime(2027, 1, 11, 0, 0, tzinfo=UTC),
            releases_at=_RELEASES,
            secret_hash="9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",  # noqa: S106  # a hash
            sealed_hash=None,
            public_source=None,
            public_value=None,
            applicants=None,
            entries=None,
            announced_at=None,
            seed=None,
            result_hash=None,
        )
    ],
)
ODDS: Final = _one(
    "Seven for four courts",
    [OddsOut(space="tennis", use_on=date(2027, 2, 20), starts_minute=540, applications=7, winnable=4)],
)
ENTERED: Final = _one(
    "The first wish",
    EnteredOut(entry_id=_ENTRY, lottery_id=_LOTTERY, receipt="7K3QD-0XW9B", rank=1, entries=1, repeated=False),
)
IDS: Final = _one("One", [_ENTRY])
ANSWERED: Final = [("Booked", [{"entry_id": str(_ENTRY), "application": APPLICATION[0][1], "refusal": None}])]
ENTRIES: Final = [(name, {**body, "accepted_terms": ["terms"]}) for name, body in WISHES]
ENTRY_IDS: Final = [("One", {"entry_ids": [str(_ENTRY)]})]
SEVERAL: Final = [("One", {"entry_ids": [str(_ENTRY)], "form": {"people": 4}, "accepted_terms": ["terms"]})]
ACCEPTANCES: Final = [("With what is still asked", {"form": {"people": 4}, "accepted_terms": ["terms"]})]

NOT_OPEN: Final = EntryNotOpen(
    name=_NAME, opens_at=_OPENS, closes_at=_CLOSES, releases_at=_RELEASES, allowed_from=None, starting=False, trace=_WHY
)
REFUSALS: Final = (
    NOT_OPEN,
    TooManyEntries(cap=10, used=10, trace=_WHY),
    EntryNotCovered(item=0),
    NotEligible(
        requirement="residents_only",
        words={"ja": "抽選に申し込めるのは市民の方だけです。", "en": "Only residents can enter the lottery."},
        next_step=None,
        trace=_WHY,
    ),
    UnknownSpace(item=0),
    TermsNotAccepted(terms=["terms"], labels=["利用規約"]),
    FormMissing(fields=["people"], labels=["利用人数"]),
)
