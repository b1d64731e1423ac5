"""Which parts of two rule sets differ at a place: what is the same in both need not be decided twice."""

from __future__ import annotations

from typing import Final

from yoyaku.booking.rules import ServiceRules
from yoyaku.booking.terms import Action
from yoyaku.rulebook.dryrun.values import FindingKind

EVERYTHING: Final[frozenset[FindingKind]] = frozenset(
    {"validity", "state", "price", "due", "refund", "cancel", "change"}
)


def same_ground(old: ServiceRules, new: ServiceRules) -> bool:
    """Whether the facts of every decision are the same: places, days, classes, channels, questions."""
    return (
        old.zone == new.zone
        and old.inventory.facilities == new.inventory.facilities
        and old.timetables == new.timetables
        and list(old.timetable_use) == list(new.timetable_use)
        and list(old.seasons) == list(new.seasons)
        and {name: one.terms for name, one in old.calendars.items()}
        == {name: one.terms for name, one in new.calendars.items()}
        and old.registration.classes == new.registration.classes
        and old.registration.stages == new.registration.stages
        and old.registration.mail == new.registration.mail
        and old.booking.channels == new.booking.channels
        and old.booking.form == new.booking.form
        and old.booking.derived == new.booking.derived
    )


def differing(old: ServiceRules, new: ServiceRules, space_id: str) -> frozenset[FindingKind]:
    """What can come out otherwise at a space, where the ground is the same."""
    before, after = old.inventory.space(space_id), new.inventory.space(space_id)
    found: set[FindingKind] = set()
    if _windows(old, space_id, "book") != _windows(new, space_id, "book") or limits_differ(old, new, space_id):
        found.add("validity")
    if old.fees != new.fees and (
        old.fee_rules.steps_at(before) != new.fee_rules.steps_at(after)
        or (old.fees.relief, old.fees.tax_rate_percent, old.fees.tax_rounding)
        != (new.fees.relief, new.fees.tax_rate_percent, new.fees.tax_rounding)
    ):
        found |= {"validity", "price", "state", "due"}
    if old.lifecycles_at(before) != new.lifecycles_at(after):
        found |= {"validity", "state", "due"}
    if old.methods_at(before) != new.methods_at(after):
        found.add("due")
    cancelling = old.cancellations_at(before) != new.cancellations_at(after)
    if cancelling or _windows(old, space_id, "cancel") != _windows(new, space_id, "cancel"):
        found |= {"refund", "cancel"}
    changing = old.changes_at(before) != new.changes_at(after)
    if changing or _windows(old, space_id, "change") != _windows(new, space_id, "change"):
        found.add("change")
    return frozenset(found)


def limits_differ(old: ServiceRules, new: ServiceRules, space_id: str) -> bool:
    """Whether other limits can hold at a space."""
    if space_id not in old.inventory.spaces or space_id not in new.inventory.spaces:
        return False
    return old.limits_at(old.inventory.space(space_id)) != new.limits_at(new.inventory.space(space_id))


def _windows(rules: ServiceRules, space_id: str, action: Action) -> list[object]:
    return [one for one in rules.windows_at(rules.inventory.space(space_id)) if one.action == action]
