"""Facilities: what is lent, changed by forms, with the bookings that a change hits."""

from typing import Final

from yoyaku.admin.pages.facilities import adding, editing, photos, showing

ROUTES: Final = [*showing.ROUTES, *adding.ROUTES, *editing.ROUTES, *photos.ROUTES]
