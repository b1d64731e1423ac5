"""The city's notices as a visitor meets them, on the first page and on those of facilities."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from yoyaku.booking.pages.here import Here
from yoyaku.tenancy.policy.notices import notices_for
from yoyaku.tenancy.repository.notices import open_notices
from yoyaku.ui.prose import prose_html


@dataclass(frozen=True, kw_only=True)
class ShownNotice:
    """A notice in the page's language; the body is escaped."""

    title: str
    body: Markup
    importance: str
    since: datetime


async def notices_here(here: Here, *, facility: str | None = None) -> list[ShownNotice]:
    """Those of the first page, or of a facility's, that this visitor may see now; the gravest first."""
    facts = here.visit.person.facts if here.visit.person else {}
    user_class = facts.get("user_class")
    found = notices_for(
        await open_notices(here.conn, now=here.visit.now),
        is_member=here.visit.account_id is not None,
        user_class=user_class if isinstance(user_class, str) and here.visit.account_id is not None else None,
        facility=facility,
    )
    return [
        ShownNotice(
            title=here.words.text(one.title),
            body=prose_html(here.words.text(one.body), top_level=4),
            importance=one.importance,
            since=one.shown_from,
        )
        for one in found
    ]
