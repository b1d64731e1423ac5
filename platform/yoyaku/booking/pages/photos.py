"""A photograph of a facility, as its page shows it."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from yoyaku.booking.pages.here import Here
from yoyaku.booking.repository.photos import photo_content
from yoyaku.kernel.errors import NotFound


@get("/facilities/{code:str}/photos/{photo_id:uuid}")
async def send_photo(here: NamedDependency[Here], code: FromPath[str], photo_id: FromPath[UUID]) -> Response[bytes]:
    """The picture; it never changes under its id."""
    content = await photo_content(here.conn, visit=here.visit, facility=code, photo_id=photo_id)
    if content is None:
        raise NotFound(what="photo")
    headers = {"cache-control": "private, max-age=86400", "x-content-type-options": "nosniff"}
    return Response(content, media_type="image/jpeg", headers=headers)


ROUTES: Final = [send_photo]
