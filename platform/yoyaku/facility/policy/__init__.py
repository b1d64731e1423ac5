"""Place and time: what is lent, how a day is cut, and what a use occupies."""

from yoyaku.facility.policy.claims import Claim, Occupation, Shortage, claims_for, find_shortage
from yoyaku.facility.policy.inventory import Inventory, PlacedSpace, equipment_resource
from yoyaku.facility.policy.refusals import (
    ClosedDay,
    InventoryWrong,
    NotBookable,
    OutsideHours,
    SlotNotOffered,
    TooLong,
    TooShort,
    UnknownSpace,
)
from yoyaku.facility.policy.rules import FacilityRules, may_hold
from yoyaku.facility.policy.slots import (
    Slot,
    TimesOfDay,
    closed_reason,
    day_slots,
    minute_of_day,
    offered_slots,
    opening_minutes,
    time_of_day,
    timetable_for,
    use_facts,
)
from yoyaku.facility.policy.uses import Use, Wish, locate_use

__all__ = [
    "Claim",
    "ClosedDay",
    "FacilityRules",
    "Inventory",
    "InventoryWrong",
    "NotBookable",
    "Occupation",
    "OutsideHours",
    "PlacedSpace",
    "Shortage",
    "Slot",
    "SlotNotOffered",
    "TimesOfDay",
    "TooLong",
    "TooShort",
    "UnknownSpace",
    "Use",
    "Wish",
    "claims_for",
    "closed_reason",
    "day_slots",
    "equipment_resource",
    "find_shortage",
    "locate_use",
    "may_hold",
    "minute_of_day",
    "offered_slots",
    "opening_minutes",
    "time_of_day",
    "timetable_for",
    "use_facts",
]
