"""Pages of the console: each module has its routes."""

from typing import Final

from yoyaku.admin.pages import bookings

ROUTES: Final = [*bookings.ROUTES]
