"""The JSON API of bookings: the same acts as the pages, by the same services."""

from yoyaku.booking.api.acting import ACTING
from yoyaku.booking.api.keeping import KEEPING
from yoyaku.booking.api.money import MONEY
from yoyaku.booking.api.reading import READING

ROUTES = [*READING, *ACTING, *KEEPING, *MONEY]

__all__ = ["ROUTES"]
