"""Changing a facility: what was typed, the bookings it hits, and keeping it with a reason."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Literal

import msgspec
from litestar import Request, Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from yoyaku.admin.pages.desk import crumbs, may, need_id, read_form
from yoyaku.admin.pages.facilities.sections import SECTIONS, NotANumber, with_section
from yoyaku.admin.pages.facilities.showing import HOME, cut_lines, differences, facility_page, keeper
from yoyaku.admin.service.facility_changes import (
    FacilityChange,
    FacilityChangedMeanwhile,
    FacilityWrong,
    preview_change,
    read_facility,
    save_change,
)
from yoyaku.booking.pages.booked import booking_row
from yoyaku.booking.pages.here import Here, read_number
from yoyaku.facility.service import UnitsStillBooked
from yoyaku.facility.terms import Facility
from yoyaku.kernel.errors import NotAllowed, NotFound, YoyakuError
from yoyaku.registration.policy.roles import Permission


@post(HOME + "/{code:str}/preview/{section:str}", status_code=200)
async def show_preview(
    here: NamedDependency[Here], code: FromPath[str], section: FromPath[str], request: Request[Any, Any, Any]
) -> Response[Any]:
    """What one section would become, and whom that hits; nothing is changed."""
    visit, form = keeper(here), await request.form()
    if section not in SECTIONS:
        raise NotFound(what="section")
    facility, version = await read_facility(here.conn, visit=visit, code=code)
    if read_number(str(form.get("version", ""))) != version:
        errors = {"": here.words.sentence(FacilityChangedMeanwhile())}
        return await facility_page(here, code, errors=errors, section=section)
    try:
        document = with_section(msgspec.to_builtins(facility), section, form)
    except NotANumber as wrong:
        errors = {wrong.name: here.words.say("form.not_a_number", label=here.words.say("facilities.number"))}
        return await facility_page(here, code, errors=errors, section=section)
    text = msgspec.json.encode(document).decode()
    try:
        change = await preview_change(here.conn, visit=visit, rules=await here.rules(), code=code, document=text)
    except FacilityWrong as wrong:
        return await facility_page(here, code, errors=told_faults(here, wrong), section=section)
    return _preview(here, facility, change, text)


def told_faults(here: Here, wrong: YoyakuError) -> dict[str, str]:
    """What is wrong, in the words of the checks; without them, what the refusal says."""
    language: Literal["ja", "en"] = "ja" if here.words.language.startswith("ja") else "en"
    faults = wrong.faults if isinstance(wrong, FacilityWrong) else ()
    told = [f"{fault.says(language)} {fault.mend(language)}" for fault in faults]
    return {"": " ".join(told) or here.words.sentence(wrong)}


def _preview(
    here: Here, facility: Facility, change: FacilityChange, document: str, errors: Mapping[str, str] | None = None
) -> Response[Any]:
    words = here.words
    return here.page.show(
        "admin/facilities/preview.html",
        status=422 if errors else 200,
        errors=errors or {},
        facility=facility,
        changes=differences(facility, change.after, words),
        cuts=cut_lines(change.rules, change.after, words, beside=facility),
        hits=[
            {
                "row": booking_row(change.rules, hit.booking, here),
                "why": [words.say(f"facilities.hit.{one}") for one in hit.why],
                "first": hit.must_go_first,
            }
            for hit in change.hits
        ],
        blocked=any(hit.must_go_first for hit in change.hits),
        may_see=may(here, Permission.BOOKINGS),
        document=document,
        version=change.version,
        seen=" ".join(sorted(str(one) for one in change.seen)),
        crumbs=crumbs(
            here,
            (words.say("facilities.admin_title"), HOME),
            (words.text(facility.name), f"{HOME}/{facility.code}"),
            (words.say("facilities.preview_title"), None),
        ),
    )


@post(HOME + "/{code:str}", status_code=303)
async def save(here: NamedDependency[Here], code: FromPath[str], request: Request[Any, Any, Any]) -> Response[Any]:
    """Keep what was shown."""
    visit, form, rules = keeper(here), await read_form(request), await here.rules()
    document = form.get("document", "")
    try:
        async with here.conn.begin_nested():
            await save_change(
                here.conn,
                visit=visit,
                rules=rules,
                code=code,
                document=document,
                why=form.get("why", ""),
                seen_version=read_number(form.get("version")) or 0,
                seen=frozenset(need_id(one, "booking") for one in form.get("seen", "").split()),
            )
    except (NotFound, NotAllowed):
        raise
    except (FacilityWrong, FacilityChangedMeanwhile) as refusal:
        return await facility_page(here, code, errors=told_faults(here, refusal))
    except YoyakuError as refusal:
        field = "" if isinstance(refusal, UnitsStillBooked) else "why"
        change = await preview_change(here.conn, visit=visit, rules=rules, code=code, document=document)
        facility, _ = await read_facility(here.conn, visit=visit, code=code)
        return _preview(here, facility, change, document, {field: here.words.sentence(refusal)})
    return here.page.go(f"{HOME}/{code}", flash="facility_saved")


ROUTES: Final = [show_preview, save]
