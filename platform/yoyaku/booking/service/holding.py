"""What a lottery holds is not booked by first come."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.booking.policy import BookingPlan, StillDrawn
from yoyaku.booking.repository.holds import first_hold, is_refused_as_held
from yoyaku.booking.rules import ServiceRules
from yoyaku.booking.visit import Visit


async def require_not_drawn(
    conn: AsyncConnection, *, visit: Visit, rules: ServiceRules, plans: Sequence[BookingPlan]
) -> None:
    """Let pass what no lottery holds; where the rules have no lottery, nothing is asked of the database.

    Raises:
        StillDrawn: a lottery holds it; ``item`` is the place in ``plans``.
    """
    if rules.lotteries:
        await _refuse_held(conn, visit=visit, rules=rules, plans=plans)


@asynccontextmanager
async def taking(
    conn: AsyncConnection, *, visit: Visit, rules: ServiceRules, plans: Sequence[BookingPlan]
) -> AsyncIterator[None]:
    """Take slots inside: what a lottery holds by then, unseen before, is refused in words and not by the database alone.

    The transaction can be used afterwards, for the page that tells so.

    Raises:
        StillDrawn: as :func:`require_not_drawn`, also where a lottery holds it that the rules of today no longer have.
    """
    try:
        async with conn.begin_nested():
            yield
    except Exception as error:
        if is_refused_as_held(error):
            await _refuse_held(conn, visit=visit, rules=rules, plans=plans)
        raise


async def _refuse_held(
    conn: AsyncConnection, *, visit: Visit, rules: ServiceRules, plans: Sequence[BookingPlan]
) -> None:
    wanted = {(claim.resource_id, claim.use_on): item for item, plan in enumerate(plans) for claim in plan.claims}
    hold = await first_hold(conn, visit=visit, places=wanted)
    if hold is None:
        return
    item = wanted[hold.resource_id, hold.use_on]
    scheme = next((one for one in rules.lotteries if getattr(one, "code", None) == hold.scheme), None)
    raise StillDrawn(
        item=item,
        use_on=hold.use_on,
        name=getattr(scheme, "name", hold.scheme),
        releases_at=hold.releases_at,
        trace=plans[item].trace,
    )
