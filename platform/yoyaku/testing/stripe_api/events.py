"""What Stripe tells by itself: events, signed as Stripe documents it (a timestamp and HMAC-SHA256 over both)."""

from __future__ import annotations

import copy
import hashlib
import hmac
import json
import secrets
import time
from dataclasses import dataclass, field

from yoyaku.testing.stripe_api.shapes import Json

VERSION = "2026-10-28.endive"


@dataclass(kw_only=True)
class Events:
    """Every event so far, in order; a test takes them and brings them to the webhook, as often and late as it likes."""

    secret: str
    told: list[Json] = field(default_factory=list)

    def tell(self, kind: str, about: Json) -> None:
        """Something happened to an object; the event shows it as it was then."""
        event = {
            "id": f"evt_{secrets.token_hex(12)}",
            "object": "event",
            "api_version": VERSION,
            "created": int(time.time()),
            "livemode": False,
            "pending_webhooks": 1,
            "request": {"id": None, "idempotency_key": None},
            "type": kind,
            "data": {"object": copy.deepcopy(about)},
        }
        self.told.append(event)

    def last(self, kind: str) -> Json:
        """The newest event of a kind."""
        return next(event for event in reversed(self.told) if event["type"] == kind)

    def signed(self, event: object, *, seconds_ago: int = 0, secret: str | None = None) -> tuple[dict[str, str], bytes]:
        """The headers and the body with which it comes."""
        body = json.dumps(event, ensure_ascii=False).encode()
        at = int(time.time()) - seconds_ago
        key = (secret or self.secret).encode()
        mark = hmac.new(key, f"{at}.".encode() + body, hashlib.sha256).hexdigest()
        return {"stripe-signature": f"t={at},v1={mark}", "content-type": "application/json"}, body
