"""The pages of lotteries for residents and for everybody."""

from __future__ import annotations

from typing import Final

from yoyaku.lottery.pages import downloads, report_page, results

ROUTES: Final = [*results.ROUTES, *report_page.ROUTES, *downloads.ROUTES]
