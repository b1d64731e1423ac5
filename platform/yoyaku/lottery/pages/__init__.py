"""The pages of lotteries for residents and for everybody."""

from __future__ import annotations

from typing import Final

from yoyaku.lottery.pages import (
    calendar,
    day,
    downloads,
    entry,
    mine,
    overview,
    report_page,
    results,
    several,
    wins,
)

ROUTES: Final = [
    *overview.ROUTES,
    *calendar.ROUTES,
    *day.ROUTES,
    *entry.ROUTES,
    *mine.ROUTES,
    *several.ROUTES,
    *wins.ROUTES,
    *results.ROUTES,
    *report_page.ROUTES,
    *downloads.ROUTES,
]
