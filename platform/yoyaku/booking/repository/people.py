"""What bookings hold of one registrant: what ties them, what is written for them, and taking out what says who."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.registration.ties import Ties

_TIES = text("""
    SELECT count(*) FILTER (WHERE b.state IN ('tentative', 'confirmed') AND b.ends_at > :now) AS bookings,
           coalesce(sum(greatest(CASE WHEN b.state IN ('confirmed', 'used') THEN b.total_yen
                                      ELSE coalesce(b.kept_yen, 0) END - b.paid_yen - coalesce(c.written_off_yen, 0), 0))
                    FILTER (WHERE b.state <> 'tentative'), 0)::int AS owed_yen,
           (max(greatest(b.made_at, CASE WHEN b.state IN ('tentative', 'confirmed', 'used') THEN b.ends_at END))
            AT TIME ZONE (SELECT time_zone FROM tenant WHERE tenant_id = current_setting('app.tenant_id')))::date AS last_on
    FROM booking b LEFT JOIN charge c ON (c.tenant_id, c.service_id, c.charge_id) = (b.tenant_id, b.service_id, b.booking_id)
    WHERE b.registrant_id = :registrant_id OR b.payer_id = :registrant_id
""")
# Which answers are somebody's own words is said by the rules under which they were given; codes and numbers stay.
_PLAIN: Final = """
    SELECT question ->> 'code' FROM rule_set_version v,
           jsonb_array_elements(coalesce(v.document::jsonb #> '{booking,form}', '[]')) AS question
    WHERE v.version IN (%s) AND question ->> 'kind' NOT IN ('text', 'long_text')
"""
_KEPT: Final = """
    coalesce((SELECT jsonb_object_agg(answer.key, answer.value) FROM jsonb_each(%s) AS answer
              WHERE answer.key NOT LIKE '%s' OR substr(answer.key, %d) IN (%s)), '{}')
"""
_OF_BOOKING: Final = _PLAIN % "b.rule_set_version"
_OF_APPLICATION: Final = _PLAIN % "SELECT m.rule_set_version FROM booking m WHERE m.application_id = a.application_id"
_FORGET_BOOKINGS = text(f"""
    UPDATE booking b SET end_reason = NULL, form = {_KEPT % ("b.form", "%", 1, _OF_BOOKING)},
        facts = jsonb_set(facts, '{{use}}', {_KEPT % ("b.facts -> 'use'", "form.%", 6, _OF_BOOKING)})
    WHERE b.registrant_id = :registrant_id
""")  # noqa: S608  # constants of this module
_FORGET_APPLICATIONS = text(f"""
    UPDATE application a SET form = {_KEPT % ("a.form", "%", 1, _OF_APPLICATION)}
    WHERE a.registrant_id = :registrant_id
""")  # noqa: S608
# What was decided stays; why somebody asked for it, and why it was refused, were told of them alone.
_FORGET_RELIEFS = text("""
    UPDATE relief_application f SET grounds = '', why = NULL
    WHERE EXISTS (SELECT FROM booking b WHERE (b.tenant_id, b.service_id, b.booking_id)
        = (f.tenant_id, f.service_id, f.booking_id) AND b.registrant_id = :registrant_id)
""")
_EXPORT_RELIEFS = text("""
    SELECT (to_jsonb(f) - ARRAY['tenant_id', 'service_id', 'decided_by'])::text
    FROM relief_application f JOIN booking b USING (tenant_id, service_id, booking_id)
    WHERE b.registrant_id = :registrant_id ORDER BY f.asked_at, f.relief_id
""")
_EXPORT_RECEIPTS = text("""
    SELECT (to_jsonb(r) - ARRAY['tenant_id', 'service_id', 'entered_by'])::text
    FROM receipt r JOIN booking b ON (b.tenant_id, b.service_id, b.booking_id) = (r.tenant_id, r.service_id, r.charge_id)
    WHERE b.registrant_id = :registrant_id OR b.payer_id = :registrant_id ORDER BY r.issued_at, r.receipt_id
""")
_EXPORT = text("""
    SELECT (to_jsonb(b) - ARRAY['tenant_id', 'service_id', 'trace', 'facts', 'entered_by', 'inventory_version'])::text
    FROM booking b WHERE b.registrant_id = :registrant_id ORDER BY b.made_at, b.booking_id
""")


async def find_ties(conn: AsyncConnection, *, registrant_id: UUID, now: datetime) -> Ties:
    """How many bookings are not over, what is owed in yen, and the last day of booking or use in the city's zone."""
    row = (await conn.execute(_TIES, {"registrant_id": registrant_id, "now": now})).one()
    return Ties(bookings=row.bookings, owed_yen=row.owed_yen, last_on=row.last_on)


async def forget_person(conn: AsyncConnection, *, registrant_id: UUID) -> None:
    """Take out of bookings and applications what was typed in one's own words; all else stays."""
    await conn.execute(_FORGET_APPLICATIONS, {"registrant_id": registrant_id})
    await conn.execute(_FORGET_BOOKINGS, {"registrant_id": registrant_id})
    await conn.execute(_FORGET_RELIEFS, {"registrant_id": registrant_id})


async def export_held(conn: AsyncConnection, *, registrant_id: UUID) -> Mapping[str, list[Mapping[str, Any]]]:
    """Every booking of somebody's as it is stored, the reductions asked for them, and the receipts of what was paid."""
    statements = {"bookings": _EXPORT, "reliefs": _EXPORT_RELIEFS, "receipts": _EXPORT_RECEIPTS}
    held = {}
    for name, statement in statements.items():
        rows = (await conn.execute(statement, {"registrant_id": registrant_id})).scalars()
        held[name] = [msgspec.json.decode(row) for row in rows]
    return held
