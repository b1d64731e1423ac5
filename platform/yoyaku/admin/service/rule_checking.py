"""A rule set that is being written, checked against the city's facilities as they are lent now."""

from __future__ import annotations

import asyncio

from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.rulebook.draft import DraftChecked, check_draft
from yoyaku.rulebook.stored import stored_facilities
from yoyaku.ruleset.policy import Texts


async def check_texts(
    conn: AsyncConnection, *, tenant_id: str, name: str, texts: Texts, with_examples: bool = False
) -> DraftChecked:
    """Every fault of the texts, and how their examples come out where that is asked for; other requests go on meanwhile.

    Raises:
        NotFound: the tenant has no inventory.
    """
    facilities = await stored_facilities(conn, tenant_id=tenant_id)
    return await asyncio.to_thread(check_draft, texts, facilities, name=name, with_examples=with_examples)
