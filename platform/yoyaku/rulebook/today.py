"""The rules that count today, and who acts under them where nobody is logged in: the system, or the operator."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.booking.rules import ServiceRules
from yoyaku.registration.act import Act
from yoyaku.rulebook.provider import RulesProvider
from yoyaku.tenancy.service import Site


async def rules_of_today(provider: RulesProvider, conn: AsyncConnection, *, site: Site, now: datetime) -> ServiceRules:
    """The rules that count at an instant of business time: those by which registrations live.

    Raises:
        NoRuleSetInForce: no published version applies.
    """
    today = now.astimezone(site.zone).date()
    return await provider.rules_for(
        conn, tenant_id=site.tenant_id, service_id=site.service_id, made_on=today, used_on=today
    )


def act_under(
    rules: ServiceRules, *, site: Site, now: datetime, real_now: datetime, staff_name: str | None = None
) -> Act:
    """The system doing something to a registration, or whoever ``staff_name`` says."""
    return Act(
        terms=rules.registration,
        rule_set_version=rules.version,
        now=now,
        real_now=real_now,
        today=now.astimezone(site.zone).date(),
        staff_name=staff_name,
    )
