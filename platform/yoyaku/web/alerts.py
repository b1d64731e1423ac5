"""Notices of emergency: shown on every page, so looked up at most once in two seconds for each service."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from yoyaku.tenancy.policy.notices import seen_by
from yoyaku.tenancy.repository.notices import OpenNotice, open_notices
from yoyaku.ui.page import Alert
from yoyaku.ui.words import Words
from yoyaku.web.opened import Opened

FRESH_FOR: Final = timedelta(seconds=2)


class Alerts:
    """The urgent notices of each service, as they were up to two seconds ago."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], tuple[datetime, Sequence[OpenNotice]]] = {}

    async def of(self, opened: Opened, words: Words) -> list[Alert]:
        """Those that whoever asks may see now, the latest first."""
        session = opened.session
        user_class = None if session is None else session.person_facts.get("user_class")
        found = seen_by(
            await self._open(opened),
            is_member=session is not None,
            user_class=user_class if isinstance(user_class, str) else None,
        )
        return [
            Alert(
                title=words.text(one.title),
                path="/" if one.on_top else f"/facilities/{one.facility_id}",
                since=one.shown_from,
            )
            for one in found
        ]

    async def _open(self, opened: Opened) -> Sequence[OpenNotice]:
        key = (opened.site.tenant_id, opened.site.service_id)
        known = self._known.get(key)
        if known is not None and timedelta(0) <= opened.real_now - known[0] < FRESH_FOR:
            return known[1]
        found = [one for one in await open_notices(opened.conn, now=opened.now) if one.importance == "urgent"]
        self._known[key] = (opened.real_now, found)
        return found
