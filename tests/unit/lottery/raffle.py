"""The invented town with lotteries: courts and rooms drawn monthly, the lodge by the night, and the means to enter."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

import msgspec
from tests.unit.booking.town import REGISTERED, RULES, at, court, room, stay

from yoyaku.booking.policy import BookingRequest
from yoyaku.booking.rules import ServiceRules
from yoyaku.lottery.policy.cover import Cover, covering_scheme
from yoyaku.lottery.policy.entry import EntryPlan, EntryRequest, HeldEntry, HeldPart, decide_entry
from yoyaku.lottery.rules import month_of, times_of
from yoyaku.rulebook.compile import compile_rules
from yoyaku.rulebook.terms import RuleSet

OPEN = "2027-01-07 10:00"

SCHEME: dict[str, Any] = {
    "code": "monthly",
    "name": {"ja": "市の抽選", "en": "The town's lottery"},
    "when": {"facility_group": ["paid", "rooms"], "space_kind": ["tennis", "gym", "room", "half", "whole"]},
    "channels": ["web", "counter"],
    "opens": {"from": "use_month", "months": -1, "day": 6, "at": "09:00"},
    "closes": {"from": "use_month", "months": -1, "day": 10, "at": "24:00"},
    "draws": {"from": "use_month", "months": -1, "day": 11, "at": "00:00"},
    "announces": {"from": "use_month", "months": -1, "day": 11, "at": "09:00"},
    "releases": {"from": "use_month", "months": -1, "day": 16, "at": "09:00"},
    "requires": [
        {
            "code": "residents",
            "when": {"user_class": "individual"},
            "need": {"residency": "resident"},
            "words": {"ja": "町民の方だけが申し込めます。", "en": "Residents only."},
            "next_step": {"ja": "空きは16日から予約できます。", "en": "Free places can be booked from the 16th."},
            "reference": "要綱第2条",
        }
    ],
    "entry": {
        "at_most": 3,
        "parts_at_most": 3,
        "one_facility": "entry",
        "own_overlap": "forbidden",
        "reference": "要綱第3条",
        "most": [
            {"when": {"space_kind": "tennis"}, "minutes": 180, "surfaces": 2, "reference": "要綱第4条"},
            {"when": {"space_kind": "room"}, "people": 10},
        ],
    },
    "draw": {
        "algorithm": "rounds",
        "tiers": [{"when": {"user_class": "group"}, "tier": 1}],
        "tickets": [{"when": {"user_class": "individual"}, "tickets": 2}],
    },
    "win": {"accept": "automatic"},
    "proof": {"beacon": "published"},
}
NIGHTS: dict[str, Any] = {
    **SCHEME,
    "code": "nights",
    "name": "宿の抽選",
    "when": {"facility_group": "lodging"},
    "requires": [],
    "entry": {
        "at_most": 3,
        "one_facility": "applicant",
        "preferences_for_first_only": True,
        "most": [{"nights": 1, "reference": "要綱第9条"}],
    },
    "draw": {"algorithm": "rounds", "wins_at_most": 1},
}


def raffle_rules(
    *schemes: Mapping[str, Any], sections: Mapping[str, Any] | None = None, **of_entry: Any
) -> ServiceRules:
    """The town's rules with these schemes (none: both of the town's); ``of_entry`` is laid over the first one's entry."""
    document = copy.deepcopy(RULES)
    for name, section in (sections or {}).items():
        document[name] = {**document[name], **section}
    chosen = [copy.deepcopy(dict(scheme)) for scheme in schemes or (SCHEME, NIGHTS)]
    chosen[0]["entry"] = {**chosen[0]["entry"], **of_entry}
    document["lottery"] = {"schemes": chosen}
    return compile_rules(msgspec.convert(document, RuleSet), [])


TOWN = raffle_rules()


def enter(
    *parts: BookingRequest, rules: ServiceRules = TOWN, now: str = OPEN, scheme: str = "monthly", **more: Any
) -> EntryPlan:
    """The entry of a registered resident on the web, into the February of a scheme."""
    terms = next(one for one in rules.lotteries if one.code == scheme)
    month = month_of(at("2027-02-10").date())
    values: dict[str, Any] = {
        "scheme": terms,
        "month": month,
        "times": times_of(rules, terms, month),
        "rank": None,
        "person": REGISTERED,
        "channel": "web",
        "actor": "resident",
        "held": (),
        "now": at(now),
    }
    return decide_entry(rules, request=EntryRequest(parts=parts), **(values | more))


def standing(plan: EntryPlan, entry_id: str = "a", rank: int = 1) -> HeldEntry:
    """A planned entry as if it had been made."""
    return HeldEntry(
        entry_id=entry_id,
        rank=rank,
        facilities=frozenset(part.placed.facility.code for part in plan.parts),
        parts=tuple(HeldPart(space_id=part.space_id, period=part.period) for part in plan.parts),
        wishes=any(any(part.request.preferences.values()) for part in plan.parts),
    )


def cover(request: BookingRequest, rules: ServiceRules = TOWN, now: str = OPEN) -> Cover | None:
    """Which lottery draws the place and day of a request."""
    return covering_scheme(rules, space_id=request.space_id, use_on=request.use_on, now=at(now))


__all__ = ["NIGHTS", "OPEN", "SCHEME", "TOWN", "court", "cover", "enter", "raffle_rules", "room", "standing", "stay"]
