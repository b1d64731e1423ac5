"""Photographs of facilities."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.booking.repository.bookings import keys_of
from yoyaku.booking.visit import Visit
from yoyaku.db.engine import encode_json
from yoyaku.kernel.ids import new_id
from yoyaku.kernel.picture import Picture
from yoyaku.rules.values import Text

_OF_FACILITY = text("""
    SELECT photo_id, facility_id, width, height, alt FROM facility_photo
    WHERE tenant_id = :tenant_id AND service_id = :service_id AND facility_id = :facility ORDER BY place
""")
_CONTENT = text("""
    SELECT content FROM facility_photo
    WHERE tenant_id = :tenant_id AND service_id = :service_id AND facility_id = :facility AND photo_id = :photo_id
""")
_ADD = text("""
    INSERT INTO facility_photo (tenant_id, service_id, photo_id, facility_id, place, media_type, content, width, height,
                                alt, added_at, added_by)
    SELECT :tenant_id, :service_id, :photo_id, :facility, 1 + coalesce(max(place), 0), 'image/jpeg', :content, :width,
           :height, CAST(:alt AS jsonb), :now, :staff_id
    FROM facility_photo WHERE tenant_id = :tenant_id AND service_id = :service_id AND facility_id = :facility
""")
_REMOVE = text("""
    DELETE FROM facility_photo
    WHERE tenant_id = :tenant_id AND service_id = :service_id AND facility_id = :facility AND photo_id = :photo_id
""")


@dataclass(frozen=True, slots=True, kw_only=True)
class Photo:
    """A photograph without its content; ``alt`` says what it shows."""

    photo_id: UUID
    facility_id: str
    width: int
    height: int
    alt: Text

    @property
    def path(self) -> str:
        """Where it is."""
        return f"/facilities/{self.facility_id}/photos/{self.photo_id}"


async def photos_of(conn: AsyncConnection, *, visit: Visit, facility: str) -> list[Photo]:
    """The photographs of a facility, in order."""
    rows = await conn.execute(_OF_FACILITY, {**keys_of(visit), "facility": facility})
    return [Photo(**row) for row in rows.mappings()]


async def photo_content(conn: AsyncConnection, *, visit: Visit, facility: str, photo_id: UUID) -> bytes | None:
    """A photograph as JPEG."""
    values: Mapping[str, Any] = {**keys_of(visit), "facility": facility, "photo_id": photo_id}
    found: bytes | None = await conn.scalar(_CONTENT, values)
    return found


async def add_photo(conn: AsyncConnection, *, visit: Visit, facility: str, picture: Picture, alt: Text) -> UUID:
    """Put a photograph behind the others of its facility; its id."""
    photo_id = new_id()
    values = {"content": picture.content, "width": picture.width, "height": picture.height, "alt": encode_json(alt)}
    here = {**keys_of(visit), "facility": facility, "photo_id": photo_id, "now": visit.now, "staff_id": visit.staff_id}
    await conn.execute(_ADD, {**here, **values})
    return photo_id


async def remove_photo(conn: AsyncConnection, *, visit: Visit, facility: str, photo_id: UUID) -> bool:
    """Take a photograph away; whether it was there."""
    done = await conn.execute(_REMOVE, {**keys_of(visit), "facility": facility, "photo_id": photo_id})
    return done.rowcount > 0
