"""Staff publish the public value of a lottery's seed."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.extension.registry import beacon_plugin
from yoyaku.kernel.errors import NotFound
from yoyaku.lottery.policy.publishing import check_publishable, read_value
from yoyaku.lottery.repository import publishing


async def publish_value(  # which lottery, what was typed, from where, when
    conn: AsyncConnection, *, lottery_id: UUID, value: str, again: str, source: str, now: datetime
) -> str:
    """Fix the value of a lottery that is closed: typed twice, with where it can be looked up. The value as it counts.

    It is never changed; the draw that waits for it is tried at once. ``now`` is business time.

    Raises:
        NotFound: there is no such lottery.
        ValueNotByHand, ValueTooEarly, ValuePublished, ValueMalformed, ValuesDiffer: see the policy.
    """
    found = await publishing.read_beacon(conn, lottery_id=lottery_id)
    if found is None:
        raise NotFound(lottery=str(lottery_id))
    beacon, state, published = found
    check_publishable(by_hand=beacon_plugin(beacon).by_hand, state=state, value=published)
    counted = read_value(value, again)
    proof = {"source": source.strip(), "typed_at": now.isoformat()}
    await publishing.write_value(conn, lottery_id=lottery_id, value=counted, proof=proof, at=now)
    return counted
