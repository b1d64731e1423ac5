"""Whose registration a page of the account is about, and what those see who have none."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response

from yoyaku.registration.pages.door import Door


def own_registrant(door: Door) -> UUID | None:
    """The registration of whoever is logged in, whether or not they act for a group; ``None`` for staff and strangers."""
    session = door.session
    return None if session is None else session.own_registrant_id or session.registrant_id


def ask_to_log_in(door: Door, path: str) -> Response[Any]:
    """Log in first, and back; staff have no registration and go to the counter."""
    return door.page.go("/counter" if door.session else f"/login?next={path}")
