"""Figures, the monthly report, and the mark on uses that nobody came to."""

from typing import Final

from yoyaku.admin.pages.figures import no_shows, pages

ROUTES: Final = [*pages.ROUTES, *no_shows.ROUTES]
