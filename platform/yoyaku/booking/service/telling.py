"""What an outbox event tells: a few plain facts; everything else is read from the booking when it is handled."""

from __future__ import annotations

from typing import Any

from yoyaku.booking.policy import BookingPlan


def made_facts(plan: BookingPlan, number: str) -> dict[str, Any]:
    """Of a booking that was made or changed."""
    return {"number": number, "state": plan.state, "total_yen": plan.quote.total_yen, "lapses_at": plan.lapses_at}
