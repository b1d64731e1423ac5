"""The pages of lotteries for residents and for everybody."""

from __future__ import annotations

from typing import Final

from yoyaku.lottery.pages import calendar, day, downloads, entry, overview, report_page, results

ROUTES: Final = [
    *overview.ROUTES,
    *calendar.ROUTES,
    *day.ROUTES,
    *entry.ROUTES,
    *results.ROUTES,
    *report_page.ROUTES,
    *downloads.ROUTES,
]
