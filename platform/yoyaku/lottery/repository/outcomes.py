"""The decisions on somebody's entries, which stand with those of some dozens of others."""

from __future__ import annotations

from typing import Final

DECISIONS: Final = """
    LEFT JOIN LATERAL (
        SELECT CAST(x.decisions AS jsonb) ->> a.receipt AS decisions FROM lottery_outcome x
        WHERE x.lottery_id = a.lottery_id AND x.first_receipt <= a.receipt
        ORDER BY x.first_receipt DESC LIMIT 1
    ) o ON true
"""
"""To be joined to ``lottery_applicant a``: ``o.decisions`` is JSON text, or empty before the draw."""
