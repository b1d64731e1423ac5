"""An invented town: courts by the hour, a gym floor that sports share, a divided hall in bands, a lodge by the night."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from yoyaku.booking.policy import BookedFacts, BookingRequest, HeldBooking, Person, decide_booking
from yoyaku.booking.rules import ServiceRules
from yoyaku.facility.policy import locate_use
from yoyaku.rulebook.compile import compile_rules
from yoyaku.rulebook.terms import RuleSet

TOKYO = ZoneInfo("Asia/Tokyo")
REGISTERED = Person(
    facts={"user_class": "individual", "residency": "resident", "registration": "registered"},
    registered_at=datetime(2026, 4, 1, tzinfo=UTC),
)
PROVISIONAL = Person(facts={"user_class": "individual", "registration": "provisional"})
GROUP = Person(facts={"user_class": "group", "registration": "registered"})

INVENTORY: list[dict[str, Any]] = [
    {
        "code": "park",
        "name": "中央公園",
        "service": "town",
        "groups": ["paid"],
        "category": "sports",
        "number_code": "013",
        "calendar": {"closed": [{"weekly": ["monday"]}, {"yearly": {"from": "12-29", "to": "01-03"}}]},
        "hours": [
            {"when": {"season": "winter"}, "opens": "09:00", "closes": "17:00"},
            {"opens": "06:00", "closes": "21:00"},
        ],
        "floors": [{"code": "floor", "units": 8}],
        "spaces": [
            {"code": "tennis", "name": "テニスコート", "kind": "tennis", "capacity": 4, "people": 12},
            {
                "code": "marked",
                "name": "指定コート",
                "kind": "tennis",
                "capacity": 2,
                "choose_unit": True,
                "parts": [{"unit": 1, "name": "A"}, {"unit": 2, "name": "B"}],
            },
            {
                "code": "basketball",
                "name": "バスケットボール",
                "kind": "gym",
                "capacity": 2,
                "consumes": {"floor": "floor", "units": 4},
                "activities": ["basketball", "volleyball"],
            },
            {
                "code": "table-tennis",
                "name": "卓球台",
                "kind": "gym",
                "capacity": 8,
                "bucket_minutes": 60,
                "consumes": {"floor": "floor", "units": 1},
            },
            {"code": "office", "name": "事務室", "kind": "gym", "online": False},
        ],
    },
    {
        "code": "hall",
        "name": "公会堂",
        "service": "town",
        "groups": ["rooms"],
        "category": "culture",
        "floors": [{"code": "big", "units": 2}],
        "spaces": [
            {"code": "room", "name": "会議室", "kind": "room", "people": 20},
            {"code": "east", "name": "東", "kind": "half", "consumes": {"floor": "big", "named": [1]}},
            {"code": "west", "name": "西", "kind": "half", "consumes": {"floor": "big", "named": [2]}},
            {"code": "whole", "name": "全面", "kind": "whole", "consumes": {"floor": "big", "named": [1, 2]}},
        ],
        "equipment": [
            {"code": "projector", "name": "プロジェクター", "stock": 9},
            {"code": "piano", "name": "ピアノ", "stock": 1, "spaces": ["whole"]},
        ],
    },
    {
        "code": "lodge",
        "name": "山の家",
        "service": "town",
        "groups": ["lodging"],
        "calendar": {"closed": [{"dates": ["2027-03-03"]}]},
        "spaces": [
            {"code": "twin", "name": "和室", "kind": "twin", "capacity": 20, "people": 3, "bucket_minutes": 1440}
        ],
    },
    {"code": "pool", "name": "プール", "service": "town", "bookable": False, "spaces": [
        {"code": "lane", "name": "コース", "kind": "lane"},
    ]},
]  # fmt: skip

RULES: dict[str, Any] = {
    "language": 1,
    "service": "town",
    "title": "予約",
    "applies": {"by": "used", "from": "2025-01-01"},
    "calendars": {"office": {"closed": [{"weekly": ["saturday", "sunday"]}, {"holidays": "national"}]}},
    "seasons": [{"code": "winter", "from": "12-01", "to": "02-28"}],
    "timetables": {
        "hourly": {
            "kind": "grid",
            "opens": "06:00",
            "closes": "22:00",
            "step_minutes": 60,
            "minimum_minutes": 60,
            "maximum_minutes": 240,
        },
        "bands": {
            "kind": "bands",
            "joined_at_most": 2,
            "bands": [
                {"code": "am", "name": "午前", "starts": "09:00", "ends": "12:00"},
                {"code": "pm", "name": "午後", "starts": "13:00", "ends": "17:00"},
                {"code": "night", "name": "夜間", "starts": "18:00", "ends": "21:30"},
            ],
        },
        "nights": {
            "kind": "nights",
            "check_in": "15:00",
            "check_out": "10:00",
            "minimum_nights": 1,
            "maximum_nights": 2,
            "age_groups": [
                {"code": "adult", "name": "大人"},
                {"code": "child", "name": "子供"},
                {"code": "infant", "name": "幼児", "counts_for_capacity": False},
            ],
            "preferences": [{"code": "mixed", "label": "和洋室希望"}],
        },
    },
    "timetable_use": [
        {"when": {"facility_group": "rooms"}, "timetable": "bands", "reference": "条例第3条"},
        {"when": {"facility_group": "lodging"}, "timetable": "nights"},
        {"timetable": "hourly"},
    ],
    "registration": {
        "classes": [{"code": "individual", "name": "個人"}, {"code": "group", "name": "団体", "account_kind": "group"}],
        "stages": [
            {"code": "provisional", "name": "仮登録", "may_book": False, "reference": "条例第5条"},
            {"code": "registered", "name": "本登録", "may_book": True},
        ],
        "login": {"id_label": "ID", "id_pattern": "^[a-z]+$"},
    },
    "booking": {
        "channels": [
            {"code": "web", "name": "ネット", "entered_by": "resident"},
            {"code": "telephone", "name": "電話", "entered_by": "clerk"},
            {"code": "counter", "name": "窓口", "entered_by": "clerk"},
        ],
        "windows": [
            {
                "code": "web",
                "channels": ["web"],
                "when": {"registration": "registered"},
                "opens": {"from": "use_month", "months": -1, "day": 16, "at": "09:00"},
                "closes": {"from": "use_day", "days": -2, "at": "24:00"},
                "reference": "手引き17頁",
            },
            {
                "code": "telephone",
                "channels": ["telephone"],
                "when": {"facility_group": "paid"},
                "opens": {"from": "use_day", "at": "00:00"},
                "closes": {"from": "use_start"},
                "office_hours": {"calendar": "facility", "opens": "09:00", "closes": "17:00"},
            },
            {
                "code": "counter",
                "channels": ["counter"],
                "closes": {"from": "use_end"},
            },
        ],
        "lifecycle": [
            {
                "when": {"facility_group": "rooms", "paid": "unpaid"},
                "initial": "tentative",
                "confirmed_by": ["counter", "payment"],
                "lapses": {
                    "from": "tentative_since",
                    "days": 14,
                    "at": "24:00",
                    "not_after": {"from": "use_day", "at": "24:00"},
                },
            },
            {"initial": "confirmed"},
        ],
        "same_slot_ban": [{"when": {"facility_group": "rooms"}, "after": ["cancelled", "withdrawn", "lapsed"]}],
        "number": {"format": "{fiscal_year}-{sequence:06d}", "restarts": "fiscal_year"},
        "cancellation": [
            {
                "code": "rain",
                "by": ["clerk"],
                "grounds": ["rain"],
                "ends_as": "revoked",
                "reason": "required",
                "tiers": [{"at_least": 0, "percent": 100}],
            },
            {
                "code": "courts",
                "when": {"facility_group": "paid"},
                "by": ["resident", "clerk"],
                "until": {"from": "use_start"},
                "tiers": [{"at_least": 7, "percent": 100}, {"at_least": 0, "at_most": 6, "percent": 0}],
            },
            {
                "code": "tentative",
                "when": {"state": "tentative"},
                "by": ["resident", "clerk"],
                "until": {"from": "use_start"},
                "ends_as": "withdrawn",
                "tiers": [{"at_least": 0, "percent": 100}],
            },
            {
                "code": "card",
                "when": {"state": "confirmed", "paid_by": "card"},
                "by": ["resident"],
                "until": {"from": "use_start"},
                "reason": "required",
                "tiers": [
                    {"at_least": 21, "percent": 100},
                    {"at_least": 11, "at_most": 20, "percent": 75},
                    {"at_least": 6, "at_most": 10, "percent": 50},
                    {"at_least": 0, "at_most": 5, "percent": 0},
                ],
            },
        ],
        "change": [
            {
                "code": "stay",
                "when": {"facility_group": "lodging"},
                "by": ["resident"],
                "until": {"from": "use_day", "days": -5, "at": "24:00"},
                "allows": ["fewer_nights", "guests", "preference"],
            },
            {
                "code": "equipment",
                "when": {"facility_group": "rooms"},
                "by": ["resident", "clerk"],
                "allows": ["equipment"],
            },
            {
                "code": "class",
                "when": {"facility_group": "paid"},
                "by": ["clerk"],
                "allows": ["form", "extension"],
                "total": "not_less",
            },
        ],
    },
    "fees": {
        "steps": [
            {
                "step": "base",
                "code": "court",
                "name": "使用料",
                "when": {"facility_group": "paid"},
                "per": "hour",
                "table": [
                    {"when": {"form.class": "young"}, "yen": 370, "reference": "別表1"},
                    {"yen": 750, "reference": "別表1"},
                ],
            },
            {
                "step": "base",
                "code": "room",
                "name": "使用料",
                "when": {"facility_group": "rooms"},
                "per": "slot",
                "table": [{"when": {"band": "am"}, "yen": 700}, {"when": {"band": ["pm", "night"]}, "yen": 900}],
            },
            {
                "step": "base",
                "code": "stay",
                "name": "宿泊料",
                "when": {"facility_group": "lodging"},
                "per": "guest_night",
                "table": [
                    {"when": {"age_group": "adult", "day_type": "saturday"}, "yen": 10000},
                    {"when": {"age_group": "adult"}, "yen": 9000},
                    {"when": {"age_group": ["child", "infant"]}, "yen": 6500},
                ],
            },
            {
                "step": "add",
                "code": "bath_tax",
                "name": "入湯税",
                "when": {"facility_group": "lodging"},
                "per": "guest_night",
                "tax": "out_of_scope",
                "table": [{"when": {"age_group": "adult"}, "yen": 150}],
            },
            {
                "step": "equipment",
                "code": "equipment",
                "name": "備品",
                "per": "booking",
                "prices": {"projector": 500, "piano": 2000},
            },
        ]
    },
    "payment": {
        "methods": [
            {
                "code": "online",
                "name": "オンライン",
                "when": {"facility_group": "paid"},
                "due": {"from": "made", "days": 3, "at": "24:00", "not_after": {"from": "use_start"}},
                "online": True,
            },
            {"code": "cash", "name": "現金"},
        ]
    },
    "inventory": INVENTORY,
}


def make_rules(**sections: Mapping[str, Any] | list[Any]) -> ServiceRules:
    """The town's rules; a mapping is laid over the section of its name, a list takes its place."""
    document = copy.deepcopy(RULES)
    for name, section in sections.items():
        document[name] = {**document[name], **section} if isinstance(section, Mapping) else section
    return compile_rules(msgspec.convert(document, RuleSet), [])


def at(text: str) -> datetime:
    """An instant from the town's civil time, ``2027-02-20 09:00``."""
    day, _, clock = text.partition(" ")
    if clock == "24:00":
        return at(f"{date.fromisoformat(day) + timedelta(days=1)} 00:00")
    return datetime.fromisoformat(f"{day} {clock or '00:00'}").replace(tzinfo=TOKYO).astimezone(UTC)


def court(day: str = "2027-02-20", starts: str = "09:00", ends: str = "12:00", **more: Any) -> BookingRequest:
    """A tennis court for three hours."""
    values = {"facility": "park", "space": "tennis", "starts": starts, "ends": ends}
    return BookingRequest(use_on=date.fromisoformat(day), **(values | more))


def room(day: str = "2027-02-20", bands: tuple[str, ...] = ("am",), **more: Any) -> BookingRequest:
    """The meeting room for a band."""
    values = {"facility": "hall", "space": "room", "bands": bands}
    return BookingRequest(use_on=date.fromisoformat(day), **(values | more))


def stay(day: str = "2027-02-20", nights: int = 1, **more: Any) -> BookingRequest:
    """A room of the lodge for two adults."""
    values: dict[str, Any] = {
        "facility": "lodge",
        "space": "twin",
        "nights": nights,
        "guests": ({"adult": 2},) * nights,
        "preferences": {"mixed": False},
    }
    return BookingRequest(use_on=date.fromisoformat(day), **(values | more))


def decide(rules: ServiceRules, request: BookingRequest, now: str = "2027-02-01 10:00", **more: Any):
    """The decision for a registered resident on the web."""
    values: dict[str, Any] = {"person": REGISTERED, "channel": "web", "actor": "resident", "held": ()}
    return decide_booking(rules, request=request, now=at(now), **(values | more))


def booked(rules: ServiceRules, request: BookingRequest, made: str = "2027-02-01 10:00", **more: Any) -> BookedFacts:
    """A booking that was made."""
    use = locate_use(rules, request.wish, at(made))
    values: dict[str, Any] = {"booking_id": "a", "state": "confirmed", "total_yen": 700, "person": REGISTERED}
    return BookedFacts(request=request, period=use.period, made_at=at(made), **(values | more))


def held(rules: ServiceRules, request: BookingRequest, made: str = "2027-02-01 10:00", **more: Any) -> HeldBooking:
    """A booking that is there already, of the same person."""
    use = locate_use(rules, request.wish, at(made))
    values: dict[str, Any] = {"booking_id": "a", "state": "confirmed"}
    return HeldBooking(
        space_id=request.space_id,
        period=use.period,
        use_on=request.use_on,
        made_at=at(made),
        nights=use.nights,
        surfaces=request.surfaces,
        unit=request.unit,
        equipment=request.equipment,
        **(values | more),
    )
