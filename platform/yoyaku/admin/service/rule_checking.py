"""A rule set that is being written, checked against the city's facilities as they are lent now."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.admin.service.rule_checking_turns import check_beside
from yoyaku.booking.visit import Visit
from yoyaku.extension.profiles import Installation
from yoyaku.facility.terms import Facility
from yoyaku.rulebook.book import Book
from yoyaku.rulebook.draft import DraftChecked, check_draft, read_draft
from yoyaku.rulebook.editing.codes import CityCodes
from yoyaku.rulebook.lint.installation import check_installation
from yoyaku.rulebook.stored import files_of, stored_facilities
from yoyaku.rules.fault import DocumentRefused, Level, in_reading_order
from yoyaku.ruleset.policy import Draft, Texts
from yoyaku.ruleset.service import latest_inventory_version

MOST_KEPT: Final = 16
_KEPT: OrderedDict[tuple[str, str, UUID, int, int], CityCodes | None] = OrderedDict()
"""The codes that drafts were asked for lately, by tenant, service, draft, save, version of the inventory."""


async def check_texts(  # which texts beside what
    conn: AsyncConnection,
    *,
    tenant_id: str,
    name: str,
    texts: Texts,
    with_examples: bool = False,
    installation: Installation | None = None,
) -> DraftChecked:
    """Every fault of the texts, and how their examples come out where that is asked for; other requests go on meanwhile.

    What they name and the installation has not is among the faults, where one is given.

    Raises:
        NotFound: the tenant has no inventory.
        Busy: too many large texts are being checked.
    """
    facilities = await stored_facilities(conn, tenant_id=tenant_id)
    checked = await check_beside(
        texts, partial(check_draft, facilities=facilities, name=name, with_examples=with_examples)
    )
    return beside(checked, installation)


def beside(checked: DraftChecked, installation: Installation | None) -> DraftChecked:
    """What was found, and what the rules name that the installation has not: where people depend on it, an error."""
    if checked.source is None or installation is None:
        return checked
    level: Level = "error" if installation.is_production else "warning"
    lacking = [replace(fault, level=level) for fault in check_installation(checked.source, installation)]
    return replace(checked, faults=tuple(in_reading_order([*checked.faults, *lacking])))


async def city_codes(conn: AsyncConnection, *, visit: Visit, draft: Draft) -> CityCodes | None:
    """The codes of a draft as last saved, or, where that is no rule set, of the version it began from.

    Raises:
        NotFound: the tenant has no inventory.
    """
    tenant_id, service_id = visit.tenant_id, visit.service_id
    inventory = await latest_inventory_version(conn, tenant_id=tenant_id)
    key = (tenant_id, service_id, draft.draft_id, draft.revision, inventory)
    if key not in _KEPT:
        facilities = await stored_facilities(conn, tenant_id=tenant_id)
        before = await files_of(conn, tenant_id=tenant_id, service_id=service_id, version=draft.based_on)
        _KEPT[key] = await asyncio.to_thread(_codes_of, [draft.files, before], facilities, service_id)
        if len(_KEPT) > MOST_KEPT:
            _KEPT.popitem(last=False)
    return _KEPT[key]


def _codes_of(choices: Sequence[Texts], facilities: Sequence[Facility], name: str) -> CityCodes | None:
    """The codes of the first texts that are a rule set."""
    for texts in choices:
        try:
            source = read_draft(texts, facilities, name=name)
        except DocumentRefused:
            continue
        if source.rule_set is not None:
            return CityCodes(Book(source=source, rules=source.rule_set, compiled=None))
    return None
