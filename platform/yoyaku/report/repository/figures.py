"""Counting bookings, cancellations, lotteries and registrations: one statement a figure, of whole months."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.db.engine import encode_json
from yoyaku.report.policy.counts import (
    ChannelCount,
    EndCount,
    LotteryCount,
    NoShowCount,
    RebookCount,
    RegistrationCount,
    UseCount,
)
from yoyaku.report.policy.span import Span

REBOOKED_WITHIN_MINUTES: Final = 10
_HERE: Final = "(CAST(:facilities AS text[]) IS NULL OR b.facility_id = ANY(CAST(:facilities AS text[])))"

# Each hour that a booking touches, by how much of it; what nobody came to was not used. Bookings of one shape (weekday,
# time of day, length) are added up before they are cut into hours.
_USES: Final = text(f"""
    WITH used AS (
        SELECT b.facility_id, CAST(extract(isodow FROM b.use_on) AS int) - 1 AS weekday, b.nights,
               CAST(b.starts_at AT TIME ZONE :zone AS time) - time '00:00' AS starts, b.ends_at - b.starts_at AS lasts,
               sum(b.surfaces * u.units) AS units
        FROM booking b JOIN jsonb_to_recordset(CAST(:units AS jsonb)) AS u(space_id text, units int)
            ON u.space_id = b.space_id
        WHERE b.use_on >= :first AND b.use_on < :end AND b.ended_at IS NULL AND b.no_show_at IS NULL AND {_HERE}
        GROUP BY 1, 2, 3, 4, 5
    )
    SELECT facility_id, (weekday + h / 24) % 7 AS weekday, h % 24 AS hour,
           CAST(sum(units * extract(epoch FROM least(make_interval(hours => h + 1), starts + lasts)
                                               - greatest(make_interval(hours => h), starts)) / 3600) AS float) AS used
    FROM used CROSS JOIN LATERAL generate_series(
        CAST(extract(hour FROM starts) AS int),
        CAST(ceil(extract(epoch FROM starts + lasts) / 3600) AS int) - 1) AS h
    WHERE nights = 0 GROUP BY 1, 2, 3
    UNION ALL
    SELECT facility_id, (weekday + n) % 7, -1, CAST(sum(units) AS float)
    FROM used CROSS JOIN LATERAL generate_series(0, nights - 1) AS n
    WHERE nights > 0 GROUP BY 1, 2
    ORDER BY 1, 2, 3
""")  # noqa: S608  # constants of this module
# Times that were closed or kept for official use are not offered.
_CLOSED: Final = text("""
    SELECT split_part(o.resource_id, '.', 1) AS facility, CAST(extract(isodow FROM o.use_on) AS int) - 1 AS weekday,
           CASE WHEN g.minutes = 1440 THEN -1 ELSE o.bucket / 60 END AS hour,
           CAST(sum(CASE WHEN g.minutes = 1440 THEN 1 ELSE g.minutes / 60.0 END) AS float) AS used
    FROM occupancy o JOIN jsonb_to_recordset(CAST(:grains AS jsonb)) AS g(resource_id text, minutes int)
        ON g.resource_id = o.resource_id
    WHERE o.kind IN ('closure', 'official') AND o.use_on >= :first AND o.use_on < :end
    GROUP BY 1, 2, 3
""")
_CHANNELS: Final = text(f"""
    SELECT CAST(date_trunc('month', b.made_at AT TIME ZONE :zone) AS date) AS month, b.channel, count(*) AS bookings,
           count(*) FILTER (WHERE b.arose = 'lottery') AS drawn
    FROM booking b WHERE b.made_at >= :since AND b.made_at < :until AND {_HERE} GROUP BY 1, 2 ORDER BY 1, 2
""")  # noqa: S608
_LOTTERIES: Final = text("""
    SELECT l.period_starts AS month, l.scheme, coalesce(l.applicants, 0) AS applicants,
           coalesce(l.entries, 0) AS entries, coalesce(w.won, 0) AS won, coalesce(w.unused, 0) AS unused
    FROM lottery l CROSS JOIN LATERAL (
        SELECT count(*) AS won, count(*) FILTER (WHERE state IN ('declined', 'lapsed')) AS unused
        FROM lottery_win WHERE lottery_id = l.lottery_id
    ) w
    WHERE l.period_starts >= :first AND l.period_starts < :end AND l.state IN ('announced', 'released') ORDER BY 1, 2
""")
_LOTTERIES_AT: Final = text("""
    SELECT l.period_starts AS month, l.scheme, count(DISTINCT e.applicant_id) AS applicants, count(*) AS entries,
           count(w.entry_id) AS won, count(*) FILTER (WHERE w.state IN ('declined', 'lapsed')) AS unused
    FROM lottery l
    JOIN lottery_entry e USING (tenant_id, service_id, lottery_id)
    LEFT JOIN lottery_win w USING (tenant_id, service_id, entry_id)
    WHERE l.period_starts >= :first AND l.period_starts < :end AND l.state IN ('announced', 'released')
      AND EXISTS (SELECT FROM lottery_part p WHERE (p.tenant_id, p.service_id, p.entry_id)
                  = (e.tenant_id, e.service_id, e.entry_id) AND p.facility_id = ANY(CAST(:facilities AS text[])))
    GROUP BY 1, 2 ORDER BY 1, 2
""")
_ENDS: Final = text(f"""
    WITH ended AS (
        SELECT CASE b.state WHEN 'revoked' THEN 'city' WHEN 'lapsed' THEN 'lapsed'
                    ELSE coalesce((SELECT CASE e.actor WHEN 'clerk' THEN 'clerk' ELSE 'resident' END FROM booking_event e
                                   WHERE (e.tenant_id, e.service_id, e.booking_id)
                                       = (b.tenant_id, b.service_id, b.booking_id) AND e.at = b.ended_at
                                   ORDER BY e.event_id DESC LIMIT 1), 'resident') END AS actor,
               CASE WHEN b.ended_at >= b.starts_at THEN -1
                    ELSE b.use_on - CAST(b.ended_at AT TIME ZONE :zone AS date) END AS days,
               coalesce(b.kept_yen, 0) AS kept
        FROM booking b WHERE b.ended_at >= :since AND b.ended_at < :until AND {_HERE}
    )
    SELECT actor, CASE WHEN days < 0 THEN 'after' WHEN days = 0 THEN '0' WHEN days <= 3 THEN '1' WHEN days <= 7 THEN '4'
                       WHEN days <= 14 THEN '8' WHEN days <= 30 THEN '15' ELSE '31' END AS lead,
           count(*) AS bookings, CAST(sum(kept) AS bigint) AS kept
    FROM ended GROUP BY 1, 2
""")  # noqa: S608
_NO_SHOWS: Final = text(f"""
    SELECT b.facility_id AS facility, count(*) AS bookings, count(b.no_show_at) AS missed
    FROM booking b
    WHERE b.use_on >= :first AND b.use_on < :end AND b.ended_at IS NULL AND b.ends_at <= :now AND {_HERE}
    GROUP BY 1 ORDER BY 1
""")  # noqa: S608
_REGISTRATIONS: Final = text("""
    SELECT CAST(date_trunc('month', r.registered_at AT TIME ZONE :zone) AS date) AS month, r.user_class, r.stage,
           CASE WHEN EXISTS (SELECT FROM audit_entry a WHERE a.tenant_id = r.tenant_id AND a.service_id = r.service_id
                             AND a.registrant_id = r.registrant_id
                             AND a.act IN ('registration_entered', 'walk_in_taken'))
                THEN 'counter' ELSE 'web' END AS channel,
           coalesce((SELECT c.step FROM identity_check c WHERE c.tenant_id = r.tenant_id AND c.service_id = r.service_id
                     AND c.registrant_id = r.registrant_id AND c.state = 'approved'
                     ORDER BY c.decided_at, c.check_id LIMIT 1), '') AS proof,
           count(*) AS people
    FROM registrant r WHERE r.registered_at >= :since AND r.registered_at < :until
    GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5
""")
# Looked for by when it was made (OFFSET keeps the planner from beginning at the day, on which there are more of them).
# Close to each other: in one group, the group itself and a member of it, or at one address.
_REBOOKED: Final = text(f"""
    WITH pair AS (
        SELECT b.facility_id, b.booking_id, bool_or(
            (x.address IS NOT NULL AND x.address = y.address AND x.postcode IS NOT DISTINCT FROM y.postcode)
            OR EXISTS (SELECT FROM group_member m WHERE m.state <> 'ended' AND
                       ((m.group_id = x.registrant_id AND m.registrant_id = y.registrant_id)
                        OR (m.group_id = y.registrant_id AND m.registrant_id = x.registrant_id)))
            OR EXISTS (SELECT FROM group_member m JOIN group_member o
                       ON (o.tenant_id, o.service_id, o.group_id) = (m.tenant_id, m.service_id, m.group_id)
                       WHERE m.registrant_id = x.registrant_id AND o.registrant_id = y.registrant_id
                         AND m.state <> 'ended' AND o.state <> 'ended')) AS close
        FROM booking b
        CROSS JOIN LATERAL (
            SELECT a.* FROM booking a
            WHERE a.tenant_id = b.tenant_id AND a.service_id = b.service_id
              AND a.made_at >= b.ended_at AND a.made_at < b.ended_at + make_interval(mins => :minutes) OFFSET 0
        ) n
        JOIN registrant x ON (x.tenant_id, x.service_id, x.registrant_id) = (b.tenant_id, b.service_id, b.registrant_id)
        JOIN registrant y ON (y.tenant_id, y.service_id, y.registrant_id) = (n.tenant_id, n.service_id, n.registrant_id)
        WHERE b.ended_at >= :since AND b.ended_at < :until AND b.state IN ('withdrawn', 'cancelled') AND {_HERE}
          AND n.space_id = b.space_id AND n.registrant_id <> b.registrant_id
          AND n.starts_at < b.ends_at AND n.ends_at > b.starts_at
        GROUP BY b.facility_id, b.booking_id
    )
    SELECT facility_id AS facility, count(*) AS pairs, count(*) FILTER (WHERE close) AS close
    FROM pair GROUP BY 1 ORDER BY 1
""")  # noqa: S608


async def count_uses(conn: AsyncConnection, *, span: Span, units: Mapping[str, int]) -> list[UseCount]:
    """What was used (and, of days to come, is booked); ``units`` says how much of its floor each space takes."""
    rows = [{"space_id": space_id, "units": count} for space_id, count in units.items()]
    return [UseCount(*row) for row in await conn.execute(_USES, {**span.values(), "units": encode_json(rows)})]


async def count_closed(conn: AsyncConnection, *, span: Span, grains: Mapping[str, int]) -> list[UseCount]:
    """What was closed or kept back, as :func:`count_uses`; ``grains`` are the minutes of each floor's pieces of time."""
    rows = [{"resource_id": code, "minutes": minutes} for code, minutes in grains.items()]
    values = {"first": span.first, "end": span.end, "grains": encode_json(rows)}
    return [UseCount(*row) for row in await conn.execute(_CLOSED, values)]


async def count_channels(conn: AsyncConnection, *, span: Span) -> list[ChannelCount]:
    """Bookings by the month in which they were made, and by channel."""
    return [ChannelCount(*row) for row in await conn.execute(_CHANNELS, span.values())]


async def count_lotteries(conn: AsyncConnection, *, span: Span) -> list[LotteryCount]:
    """Lotteries whose month of use is in the span, once announced; of some facilities, entries that name one of them."""
    statement = _LOTTERIES_AT if span.facilities else _LOTTERIES
    return [LotteryCount(*row) for row in await conn.execute(statement, span.values())]


async def count_ends(conn: AsyncConnection, *, span: Span) -> list[EndCount]:
    """Bookings that ended in the span, by whom and how long before their use."""
    return [EndCount(*row) for row in await conn.execute(_ENDS, span.values())]


async def count_no_shows(conn: AsyncConnection, *, span: Span, now: object) -> list[NoShowCount]:
    """Uses that are over by now (business time), and those to which nobody came, by facility."""
    return [NoShowCount(*row) for row in await conn.execute(_NO_SHOWS, {**span.values(), "now": now})]


async def count_registrations(conn: AsyncConnection, *, span: Span) -> list[RegistrationCount]:
    """Registrations by the month in which they were made."""
    return [RegistrationCount(*row) for row in await conn.execute(_REGISTRATIONS, span.values())]


async def count_rebooked(conn: AsyncConnection, *, span: Span) -> list[RebookCount]:
    """Times that were cancelled in the span and taken by another within minutes."""
    values = {**span.values(), "minutes": REBOOKED_WITHIN_MINUTES}
    return [RebookCount(*row) for row in await conn.execute(_REBOOKED, values)]
