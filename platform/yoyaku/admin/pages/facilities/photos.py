"""The photographs of a facility: added with words for what they show, and taken away."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.params import FromPath

from yoyaku.admin.pages.desk import crumbs
from yoyaku.admin.pages.facilities.showing import HOME, keeper
from yoyaku.admin.service.audit import note_act
from yoyaku.admin.service.facility_changes import read_facility
from yoyaku.booking.pages.here import Here
from yoyaku.booking.repository.photos import add_photo, photos_of, remove_photo
from yoyaku.kernel.errors import NotFound
from yoyaku.kernel.picture import LARGEST_BYTES, NotAPicture, keep_picture

AT_MOST: Final = 10
ALT_LETTERS: Final = 200


@get(HOME + "/{code:str}/photos")
async def show_photos(here: NamedDependency[Here], code: FromPath[str]) -> Response[Any]:
    """The photographs, and the form to add one."""
    return await _page(here, code, {}, {})


@post(HOME + "/{code:str}/photos", status_code=303, request_max_body_size=LARGEST_BYTES + 100_000)
async def add(here: NamedDependency[Here], code: FromPath[str], request: Request[Any, Any, Any]) -> Response[Any]:
    """Add one; it is written anew before it is kept."""
    visit, sent = keeper(here), await request.form()
    await read_facility(here.conn, visit=visit, code=code)
    form = {name: str(sent.get(name, "")).strip()[:ALT_LETTERS] for name in ("alt_ja", "alt_en")}
    errors = {}
    if not form["alt_ja"]:
        errors["alt_ja"] = here.words.say("form.missing", label=here.words.say("facilities.alt_ja"))
    if len(await photos_of(here.conn, visit=visit, facility=code)) >= AT_MOST:
        errors["photo"] = here.words.say("facilities.photos_full", count=AT_MOST)
    file = sent.get("photo")
    content = await file.read() if isinstance(file, UploadFile) else b""
    picture = None
    if not errors:
        try:
            picture = await asyncio.to_thread(keep_picture, content)
        except NotAPicture:
            errors["photo"] = here.words.say("facilities.not_a_picture")
    if picture is None:
        return await _page(here, code, form, errors)
    alt = {"ja": form["alt_ja"], **({"en": form["alt_en"]} if form["alt_en"] else {})}
    photo_id = await add_photo(here.conn, visit=visit, facility=code, picture=picture, alt=alt)
    facts = {"photo_id": str(photo_id), "alt": form["alt_ja"]}
    await note_act(here.conn, visit=visit, act="photo_added", subject=("facility", code), facts=facts)
    return here.page.go(f"{HOME}/{code}/photos", flash="photo_added")


@post(HOME + "/{code:str}/photos/{photo_id:uuid}/remove", status_code=303)
async def remove(here: NamedDependency[Here], code: FromPath[str], photo_id: FromPath[UUID]) -> Response[Any]:
    """Take one away."""
    visit = keeper(here)
    await read_facility(here.conn, visit=visit, code=code)
    if not await remove_photo(here.conn, visit=visit, facility=code, photo_id=photo_id):
        raise NotFound(what="photo")
    facts = {"photo_id": str(photo_id)}
    await note_act(here.conn, visit=visit, act="photo_removed", subject=("facility", code), facts=facts)
    return here.page.go(f"{HOME}/{code}/photos", flash="photo_removed")


async def _page(here: Here, code: str, form: Mapping[str, str], errors: Mapping[str, str]) -> Response[Any]:
    visit, words = keeper(here), here.words
    facility, _ = await read_facility(here.conn, visit=visit, code=code)
    return here.page.show(
        "admin/facilities/photos.html",
        status=422 if errors else 200,
        facility=facility,
        photos=await photos_of(here.conn, visit=visit, facility=code),
        form=form,
        errors=errors,
        crumbs=crumbs(
            here,
            (words.say("facilities.admin_title"), HOME),
            (words.text(facility.name), f"{HOME}/{code}"),
            (words.say("facilities.photos"), None),
        ),
    )


ROUTES: Final = [show_photos, add, remove]
