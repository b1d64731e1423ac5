"""Who has just applied and has no way to log in yet: known for an hour by a sealed mark in their browser.

It opens what belongs to applying (the page that shows the id, sending documents) and nothing else.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import msgspec

from yoyaku.kernel.seal import NotReadable, Seal
from yoyaku.registration.pages.door import Door
from yoyaku.ui.page import Page

APPLICANT_COOKIE: Final = "applicant"
LASTS: Final = timedelta(hours=1)
LASTS_SHARED: Final = timedelta(minutes=5)
"""At a terminal that one person uses after another: enough to note the id that is shown."""
FORM_LASTS: Final = timedelta(hours=24)


class _Mark(msgspec.Struct, frozen=True):
    purpose: str
    registrant_id: UUID
    until: datetime


def remember_applicant(page: Page, *, seal: Seal, registrant_id: UUID, real_now: datetime) -> None:
    """Let this browser go on with the registration that was just applied for."""
    lasts = LASTS_SHARED if page.is_shared else LASTS
    mark = seal_mark(seal, purpose=APPLICANT_COOKIE, registrant_id=registrant_id, until=real_now + lasts)
    page.remember(APPLICANT_COOKIE, mark, seconds=int(lasts.total_seconds()))


def applicant_of(door: Door) -> UUID | None:
    """Who applied in this browser within the hour; ``None`` where nobody did, or the mark is over or not ours."""
    return open_mark(door.means.seal, door.client.applicant_mark, purpose=APPLICANT_COOKIE, real_now=door.real_now)


def seal_mark(seal: Seal, *, purpose: str, registrant_id: UUID, until: datetime) -> str:
    """A mark that nobody else can make or read."""
    mark = _Mark(purpose=purpose, registrant_id=registrant_id, until=until)
    return seal.seal(msgspec.json.encode(mark)).decode("ascii")


def open_mark(seal: Seal, sealed: str | None, *, purpose: str, real_now: datetime) -> UUID | None:
    """What a mark of that purpose names; ``None`` where it is absent, over or not ours."""
    if not sealed or not sealed.isascii():
        return None
    try:
        mark = msgspec.json.decode(seal.open(sealed.encode("ascii")), type=_Mark)
    except (NotReadable, msgspec.DecodeError):
        return None
    return mark.registrant_id if mark.purpose == purpose and mark.until > real_now else None
