"""Requests of the counter, for the documentation."""

from __future__ import annotations

from typing import Final

from yoyaku.admin.api.shapes import PERSON_SHOWN
from yoyaku.booking.api.examples import SUBMISSIONS

BEHALF: Final = {"registrant_id": str(PERSON_SHOWN.registrant_id), "channel": "phone"}
ON_BEHALF: Final = [(name, {**BEHALF, **body}) for name, body in SUBMISSIONS]
SEARCHES: Final = [("For somebody who called", {"query": "やまだ", "purpose": "telephone"})]
WALK_INS: Final = [("Somebody without a registration", {"name": "窓口 太郎", "phone": "03-0000-0000"})]
CONFIRMATIONS: Final = [("Fee taken", {"documents_seen": True, "fee_taken_yen": 1200, "why": "窓口で受領"})]
REVOCATIONS: Final = [("Rain", {"grounds": "rain", "why": "雨天のため使用不可"})]
