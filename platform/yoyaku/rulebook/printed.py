"""Guides and timelines of published versions, kept: neither versions nor inventories ever change."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from datetime import date
from typing import Any, Final, NamedTuple, TypeVar

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.facility.terms import Facility
from yoyaku.rulebook.provider import StoredInventory
from yoyaku.rulebook.stored import rules_of_version
from yoyaku.rulebook.terms import RuleSet
from yoyaku.rulebook.words import Guide, Timeline, Tongue, guide, timeline
from yoyaku.ruleset.service import inventory_of
from yoyaku.ui.wording import Wording

MOST_KEPT: Final = 128
"""Guides and timelines kept in one process; the least recently read go first."""
Written = TypeVar("Written", Guide, Timeline)


class Edition(NamedTuple):
    """Which version of whose rules, with which inventory, in which language and words."""

    tenant_id: str
    service_id: str
    version: int
    inventory_version: int
    tongue: Tongue
    for_admins: bool = False


_kept: OrderedDict[tuple[Any, ...], tuple[Wording, Any]] = OrderedDict()


async def printed_guide(conn: AsyncConnection, edition: Edition, *, wording: Wording, on: date) -> Guide:
    """The guide as it is read on a day.

    Raises:
        NotFound: there is no such version.
    """

    def write(rules: RuleSet, facilities: list[Facility]) -> Guide:
        return guide(rules, facilities, language=edition.tongue, wording=wording, on=on, for_admins=edition.for_admins)

    return await _printed(conn, edition, wording, ("guide", on), write)


async def printed_timeline(conn: AsyncConnection, edition: Edition, *, wording: Wording, month: date) -> Timeline:
    """What begins and ends in a month.

    Raises:
        NotFound: there is no such version.
    """

    def write(rules: RuleSet, facilities: list[Facility]) -> Timeline:
        return timeline(rules, facilities, month=month, language=edition.tongue, wording=wording)

    return await _printed(conn, edition, wording, ("timeline", month), write)


async def _printed(
    conn: AsyncConnection,
    edition: Edition,
    wording: Wording,
    what: tuple[str, date],
    write: Callable[[RuleSet, list[Facility]], Written],
) -> Written:
    """What was written before with the very same words, else written now."""
    key = (*edition, *what)
    found = _kept.get(key)
    if found is not None and found[0] is wording:
        _kept.move_to_end(key)
        written: Written = found[1]
        return written
    rules = await rules_of_version(
        conn, tenant_id=edition.tenant_id, service_id=edition.service_id, version=edition.version
    )
    document = await inventory_of(conn, tenant_id=edition.tenant_id, version=edition.inventory_version)
    written = write(rules, msgspec.json.decode(document, type=StoredInventory).facilities)
    _kept[key] = (wording, written)
    if len(_kept) > MOST_KEPT:
        _kept.popitem(last=False)
    return written
