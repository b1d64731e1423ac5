"""Who looks, when, and at what: as it was chosen, completed by what the rules offer first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Final

from yoyaku.booking.pages.here import Here, read_date, read_number
from yoyaku.booking.rules import ServiceRules
from yoyaku.facility.policy import PlacedSpace
from yoyaku.facility.terms import Facility
from yoyaku.registration.policy.eligibility import RESIDENCIES
from yoyaku.registration.policy.form import find_class, form_facts
from yoyaku.registration.terms import RegistrantClass
from yoyaku.rules.condition import Value

FIRST_LOOK_DAYS: Final = 14
MORNING: Final = "09:00"
MOST_GUESTS: Final = 20


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What is tried: all codes are of the rules; ``now`` is an instant, ``errors`` are by field."""

    user_class: RegistrantClass
    residency: str
    stage: str
    channel: str
    on: date
    at: str
    now: datetime
    facility: Facility
    placed: PlacedSpace
    day: date
    slot: str
    nights: int
    guests: Mapping[str, int]
    errors: Mapping[str, str] = field(default_factory=dict)

    @property
    def facts(self) -> dict[str, Value]:
        """What is known of whoever looks."""
        return {
            **form_facts(self.user_class, way="web"),
            "residency": self.residency or self.user_class.residency,
            "registration": self.stage,
            "has_mail": True,
            "mail_verified": True,
        }

    def query(self) -> dict[str, object]:
        """The same as an address asks for it, the slot left out."""
        return {
            "class": self.user_class.code,
            "residency": self.residency,
            "stage": self.stage,
            "channel": self.channel,
            "on": self.on.isoformat(),
            "at": self.at,
            "facility": self.facility.code,
            "space": self.placed.space.code,
            "day": self.day.isoformat(),
            "nights": self.nights if self.nights > 1 else "",
            **{f"guest.{code}": count for code, count in self.guests.items()},
        }


def read_asked(here: Here, rules: ServiceRules, query: Mapping[str, str]) -> Asked | None:
    """What was chosen; what was not is the first that the rules offer. ``None`` where nothing is lent."""
    facilities = [one for one in rules.inventory.facilities.values() if one.bookable and one.spaces]
    if not facilities:
        return None
    facility = next((one for one in facilities if one.code == query.get("facility")), facilities[0])
    online = [one for one in facility.spaces if one.online] or list(facility.spaces)
    space = next((one for one in online if one.code == query.get("space")), online[0])
    errors: dict[str, str] = {}
    on = _date(here, query, "on", errors) or here.today
    at = _time(here, query, errors)
    stages = [one.code for one in rules.registration.stages]
    may_book = [one.code for one in rules.registration.stages if one.may_book]
    channels = [one.code for one in rules.booking.channels]
    residency = query.get("residency", "")
    return Asked(
        user_class=find_class(rules.registration, query.get("class", "")) or rules.registration.classes[0],
        residency=residency if residency in RESIDENCIES else "",
        stage=query["stage"] if query.get("stage") in stages else (may_book or stages)[-1],
        channel=query["channel"] if query.get("channel") in channels else channels[0],
        on=on,
        at=at,
        now=_instant(rules, on, at),
        facility=facility,
        placed=rules.inventory.space(f"{facility.code}.{space.code}"),
        day=_date(here, query, "day", errors) or on + timedelta(days=FIRST_LOOK_DAYS),
        slot=query.get("slot", ""),
        nights=max(1, read_number(query.get("nights")) or 1),
        guests=_guests(query),
        errors=errors,
    )


def _date(here: Here, query: Mapping[str, str], name: str, errors: dict[str, str]) -> date | None:
    typed = query.get(name, "")
    found = read_date(typed)
    if typed and found is None:
        errors[name] = here.words.say("form.not_a_date")
    return found


def _time(here: Here, query: Mapping[str, str], errors: dict[str, str]) -> str:
    typed = query.get("at", "") or MORNING
    try:
        return f"{time.fromisoformat(typed):%H:%M}"
    except ValueError:
        errors["at"] = here.words.say("rule_try.not_a_time")
        return MORNING


def _instant(rules: ServiceRules, on: date, at: str) -> datetime:
    clock = time.fromisoformat(at)
    return rules.instant(on, clock.hour * 60 + clock.minute)


def _guests(query: Mapping[str, str]) -> Mapping[str, int]:
    typed = {name.removeprefix("guest."): read_number(value) for name, value in query.items() if name[:6] == "guest."}
    return {code: min(count, MOST_GUESTS) for code, count in typed.items() if count}
