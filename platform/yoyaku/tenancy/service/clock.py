"""Moving a service's business clock in a demo: forward only, and nothing but business time."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.kernel.clock import business_now
from yoyaku.kernel.errors import NotAllowed, NotFound, YoyakuError
from yoyaku.kernel.settings import Settings
from yoyaku.tenancy import repository


class ClockNotMovable(NotAllowed):
    """This installation's clocks are real (CLOCK_MOVABLE is not set; in production it cannot be)."""

    code = "clock_not_movable"
    title = "The clock cannot be moved here: CLOCK_MOVABLE is not true, and in production it never is."


class ClockOnlyForward(YoyakuError):
    """The wanted time is not after the service's present one (``stands_at``)."""

    code = "clock_only_forward"


class ClockTooFar(YoyakuError):
    """The wanted time is years ahead (``until`` is the last one): there would be no way back from a slip of the pen."""

    code = "clock_too_far"


class UnknownService(NotFound):
    """No such service is loaded (``known`` lists those that are)."""

    code = "unknown_service"


FARTHEST: Final = timedelta(days=3653)
"""How far ahead of real time a clock may run: ten years."""


@dataclass(frozen=True, kw_only=True)
class ServiceClock:
    """What a service's clock says: business time in its own zone, and by how many seconds it runs ahead."""

    tenant_id: str
    service_id: str
    stands_at: datetime
    offset_seconds: int


async def show_clocks(conn: AsyncConnection, *, real_now: datetime) -> list[ServiceClock]:
    """The clock of every service."""
    return [_clock(row, real_now) for row in await repository.list_services(conn)]


async def move_clock(
    conn: AsyncConnection, *, settings: Settings, service: tuple[str, str], to: datetime, real_now: datetime
) -> ServiceClock:
    """Let a service's business time be ``to`` now and run on from there.

    Args:
        conn: a transaction of the owner's.
        settings: must allow it.
        service: slugs of tenant and service.
        to: a civil time of the tenant, naive.
        real_now: the real instant.

    Raises:
        ClockNotMovable, UnknownService, ClockOnlyForward, ClockTooFar: nothing was changed.
    """
    if not settings.clock_movable:
        raise ClockNotMovable
    tenant_id, service_id = service
    offset = await repository.read_clock_offset(conn, tenant_id=tenant_id, service_id=service_id)
    tenant = await repository.read_tenant(conn, tenant_id=tenant_id)
    if offset is None or tenant is None:
        known = ", ".join(f"{row['tenant_id']}/{row['service_id']}" for row in await repository.list_services(conn))
        raise UnknownService(f"There is no service {tenant_id}/{service_id}; known are: {known}", known=known)
    zone = ZoneInfo(tenant["time_zone"])
    wanted = to.replace(tzinfo=zone)
    stands_at = business_now(offset, real_now).astimezone(zone)
    if wanted <= stands_at:
        raise ClockOnlyForward(
            f"The clock of {tenant_id}/{service_id} stands at {stands_at:%Y-%m-%dT%H:%M:%S} and moves only forward.",
            stands_at=stands_at,
        )
    _check_reach(wanted, real_now)
    seconds = math.ceil((wanted - real_now).total_seconds())
    await repository.save_clock_offset(conn, tenant_id=tenant_id, service_id=service_id, seconds=seconds)
    return ServiceClock(tenant_id=tenant_id, service_id=service_id, stands_at=wanted, offset_seconds=seconds)


def _check_reach(wanted: datetime, real_now: datetime) -> None:
    if wanted - real_now > FARTHEST:
        raise ClockTooFar(
            f"{wanted:%Y-%m-%d} is more than ten years ahead, and a clock moves only forward: is the year right?",
            until=real_now + FARTHEST,
        )


def _clock(row: Mapping[str, Any], real_now: datetime) -> ServiceClock:
    offset = int(row["clock_offset_seconds"])
    return ServiceClock(
        tenant_id=row["tenant_id"],
        service_id=row["service_id"],
        stands_at=business_now(offset, real_now).astimezone(ZoneInfo(row["time_zone"])),
        offset_seconds=offset,
    )
