"""Closures and official use: what stands, what a new one would do, and ending one."""

from typing import Final

from yoyaku.admin.pages.closures import closing, standing

ROUTES: Final = [*standing.ROUTES, *closing.ROUTES]
