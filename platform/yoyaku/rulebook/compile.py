"""From the files to rules that decide."""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from yoyaku.booking.rules import ServiceRules
from yoyaku.facility.policy import Inventory
from yoyaku.facility.terms import Facility
from yoyaku.rulebook.terms import RuleSet
from yoyaku.rules.calendar import Calendar


def compile_rules(
    rule_set: RuleSet, facilities: Sequence[Facility], *, version: int = 0, inventory_version: int = 0
) -> ServiceRules:
    """The rules of one service in one version.

    Args:
        rule_set: as checked; its own ``inventory`` is added to the facilities, where they do not hold it already.
        facilities: those of the tenant; other services' are left out.
        version: of the rule set; what a booking keeps.
        inventory_version: of the facilities.

    Raises:
        InventoryWrong: the facilities contradict each other.
    """
    stored = {facility.code for facility in facilities}
    inline = [facility for facility in rule_set.inventory if facility.code not in stored]
    mine = [facility for facility in [*facilities, *inline] if facility.service == rule_set.service]
    return ServiceRules(
        zone=ZoneInfo(rule_set.time_zone),
        inventory=Inventory.build(mine),
        timetables=rule_set.timetables,
        timetable_use=rule_set.timetable_use,
        calendars={name: Calendar(terms) for name, terms in rule_set.calendars.items()},
        seasons=rule_set.seasons,
        service=rule_set.service,
        registration=rule_set.registration,
        booking=rule_set.booking,
        fees=rule_set.fees,
        payment=rule_set.payment,
        notices=rule_set.notices,
        lotteries=rule_set.lottery.schemes,
        staff=rule_set.staff,
        version=version,
        inventory_version=inventory_version,
    )
