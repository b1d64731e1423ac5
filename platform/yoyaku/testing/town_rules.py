"""The rules and facilities of the invented town: one of everything."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from yoyaku.booking.rules import ServiceRules
from yoyaku.rulebook.compile import compile_rules
from yoyaku.rulebook.terms import RuleSet

SERVICE: Final = "halls"

_WEB_OR_COUNTER = ["web", "counter"]
_FACILITIES: list[dict[str, Any]] = [
    {
        "code": "plaza",
        "name": {"ja": "あおばプラザ", "en": "Aoba Plaza"},
        "service": SERVICE,
        "staff_mail": "plaza@aoba.example",
        "floors": [{"code": "gym", "units": 8}, {"code": "hall", "units": 2}],
        "spaces": [
            {"code": "room", "name": "会議室", "kind": "room", "bucket_minutes": 60},
            {"code": "court", "name": "テニスコート", "kind": "court", "capacity": 4, "bucket_minutes": 60},
            {"code": "quiet", "name": "和室", "kind": "limited", "bucket_minutes": 60},
            {
                "code": "basket",
                "name": "バスケットボール",
                "kind": "court",
                "capacity": 2,
                "consumes": {"floor": "gym", "units": 4},
                "bucket_minutes": 60,
            },
            {
                "code": "table",
                "name": "卓球台",
                "kind": "court",
                "capacity": 8,
                "consumes": {"floor": "gym", "units": 1},
                "bucket_minutes": 60,
            },
            {
                "code": "east",
                "name": "ホール東",
                "kind": "court",
                "consumes": {"floor": "hall", "named": [1]},
                "bucket_minutes": 60,
            },
            {
                "code": "whole",
                "name": "ホール全面",
                "kind": "court",
                "consumes": {"floor": "hall", "named": [1, 2]},
                "bucket_minutes": 60,
            },
        ],
        "equipment": [{"code": "projector", "name": "プロジェクター", "stock": 9}],
    },
    {
        "code": "inn",
        "name": "あおば荘",
        "service": SERVICE,
        "spaces": [
            {"code": "twin", "name": "洋室", "kind": "twin", "capacity": 20, "people": 2, "bucket_minutes": 1440}
        ],
    },
]
_RULES: dict[str, Any] = {
    "language": 1,
    "service": SERVICE,
    "title": "施設予約",
    "applies": {"by": "made", "from": "2026-01-01"},
    "timetables": {
        "hours": {"kind": "grid", "opens": "09:00", "closes": "21:00", "step_minutes": 60},
        "stay": {
            "kind": "nights",
            "check_in": "15:00",
            "check_out": "10:00",
            "maximum_nights": 3,
            "age_groups": [{"code": "adult", "name": "大人"}],
        },
    },
    "timetable_use": [{"when": {"space_kind": "twin"}, "timetable": "stay"}, {"timetable": "hours"}],
    "registration": {
        "classes": [{"code": "individual", "name": "個人"}],
        "stages": [{"code": "registered", "name": "登録済", "may_book": True}],
        "login": {"id_label": "利用者番号", "id_pattern": "^[0-9]{8}$"},
    },
    "booking": {
        "channels": [
            {"code": "web", "name": "インターネット", "entered_by": "resident"},
            {"code": "counter", "name": "窓口", "entered_by": "clerk"},
        ],
        "windows": [
            {
                "code": "always",
                "channels": _WEB_OR_COUNTER,
                "opens": {"from": "use_day", "months": -12, "at": "09:00"},
                "closes": {"from": "use_start"},
            }
        ],
        "limits": [
            {"code": "three", "when": {"space_kind": "limited"}, "unit": "bookings", "per": "outstanding", "cap": 3}
        ],
        "lifecycle": [
            {
                "when": {"space_kind": "room"},
                "initial": "tentative",
                "confirmed_by": ["counter", "payment"],
                "lapses": {"from": "tentative_since", "days": 1, "at": "24:00"},
            },
            {"initial": "confirmed"},
        ],
        "same_slot_ban": [{"after": ["lapsed"], "when": {"space_kind": "room"}}],
        "form": [{"code": "purpose", "label": "利用目的", "kind": "text", "required": False}],
        "number": {"format": "{year}-{sequence:06d}", "restarts": "year"},
        "cancellation": [
            {
                "code": "rain",
                "by": ["clerk"],
                "grounds": ["rain"],
                "ends_as": "revoked",
                "tiers": [{"at_least": 0, "percent": 100}],
            },
            {
                "code": "usual",
                "by": ["resident", "clerk"],
                "tiers": [{"at_least": 0, "at_most": 6, "percent": 0}, {"at_least": 7, "percent": 100}],
            },
        ],
        "change": [
            {
                "code": "usual",
                "by": ["resident", "clerk"],
                "allows": ["fewer_nights", "guests", "shorter", "extension", "fewer_surfaces", "equipment"],
            }
        ],
        "cart_at_most": 3,
        "lending_minutes": 30,
    },
    "fees": {
        "steps": [
            {
                "step": "base",
                "code": "use",
                "name": "使用料",
                "per": "hour",
                "when": {"timetable": "hours"},
                "table": [{"yen": 500}],
            },
            {
                "step": "base",
                "code": "stay",
                "name": "宿泊料",
                "per": "guest_night",
                "when": {"timetable": "stay"},
                "table": [{"yen": 3000}],
            },
        ]
    },
    "payment": {
        "methods": [
            {"code": "counter", "name": "窓口払い", "open_after_due": True},
            {"code": "card", "name": "カード", "online": True, "plugin": "payment-hosted", "profile": "town"},
        ],
        "collection_number": {"parts": ["date", "sequence"]},
        "refunds": {"online": "reverse_and_recharge", "by": "resident", "within_days": 180},
    },
    "notices": [
        {"event": kind, "to": "registrant", "template": kind}
        for kind in ("booking_made", "booking_confirmed", "booking_cancelled", "booking_revoked", "booking_lapsed")
    ]
    + [{"event": "booking_made", "to": "facility_staff", "when": {"space": "room"}, "template": "booking_made_staff"}],
}


def town_rule_set() -> RuleSet:
    """The town's rules, with its facilities inline."""
    return msgspec.convert({**_RULES, "inventory": _FACILITIES}, RuleSet)


def town_rules() -> ServiceRules:
    """The town's rules, ready to decide, as version 1."""
    return compile_rules(town_rule_set(), [], version=1, inventory_version=1)
