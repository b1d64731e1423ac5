"""One registration as the counter sees it: data, checks, groups, bookings, and who looked."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Final
from uuid import UUID

from litestar import Response

from yoyaku.admin.pages.desk import crumbs, may, shown_purpose
from yoyaku.admin.pages.log import act_name
from yoyaku.admin.pages.parts import answer_rows
from yoyaku.admin.service.barring import barred_of
from yoyaku.admin.service.helping import has_second_factor
from yoyaku.booking.service import BookingView, list_bookings
from yoyaku.booking.visit import Visit
from yoyaku.kernel.errors import YoyakuError
from yoyaku.registration.pages.door import Door
from yoyaku.registration.policy.form import find_class
from yoyaku.registration.policy.roles import Permission
from yoyaku.registration.repository.groups import list_memberships
from yoyaku.registration.service.details import changeable_fields, read_profile, stage_of
from yoyaku.registration.service.identity_views import open_checks
from yoyaku.registration.terms import Stage
from yoyaku.report.repository.record import RecordQuery, search_record
from yoyaku.ui.formats import long_date

LOOKS_SHOWN: Final = 50


async def do_for(
    door: Door,
    registrant_id: UUID,
    at: str,
    act: Callable[[], Awaitable[None]],
    *,
    typed: dict[str, str] | None = None,
) -> Response[Any]:
    """Do something for somebody and show them again; a refusal stands at the field ``at``."""
    try:
        await act()
    except YoyakuError as refusal:
        return await person_page(door, registrant_id, errors={at: door.words.sentence(refusal)}, typed=typed)
    return door.page.go(f"/counter/people/{registrant_id}", flash="staff_done")


async def person_page(
    door: Door, registrant_id: UUID, *, errors: dict[str, str] | None = None, typed: dict[str, str] | None = None
) -> Response[Any]:
    """The page of one registration, with what is wrong in one of its forms."""
    words = door.words
    profile = await read_profile(door.conn, registrant_id=registrant_id)
    chosen = find_class(door.terms, profile.row.user_class)
    checks = await open_checks(door.conn, act=door.act, means=door.identity_means, registrant_id=registrant_id)
    looks = await search_record(door.conn, wanted=RecordQuery(registrant_id=registrant_id), at_most=LOOKS_SHOWN)
    groups = await list_memberships(door.conn, registrant_id=registrant_id)
    named = {one.code: words.text(one.name) for one in door.terms.validity}
    return door.page.show(
        "admin/person.html",
        status=422 if errors else 200,
        errors=errors or {},
        typed=typed or {},
        profile=profile,
        stage=stage_of(door.terms, profile),
        class_name=words.text(chosen.name) if chosen else profile.row.user_class,
        id_label=words.text(door.terms.login.id_label),
        rows=answer_rows(door, profile),
        expiries=[(code, named[code], last) for code, last in profile.expiries.items() if code in named],
        checks=checks,
        groups=groups,
        bookings=await _bookings(door, registrant_id),
        by_hand=[(one.code, words.text(one.name)) for one in door.terms.stages if _may_put(one, profile.row.stage)],
        barred=await barred_of(door.conn, registrant_id=registrant_id),
        has_second_factor=await has_second_factor(door.conn, profile=profile),
        may_correct=bool(changeable_fields(door.terms, profile, by="clerk")),
        looks=[(one, act_name(words, one.act), shown_purpose(words, one.purpose)) for one in looks],
        may={one.value: may(door, one) for one in Permission},
        crumbs=crumbs(door, (words.say("staff.people"), "/counter/people"), (profile.row.name, None)),
    )


def _may_put(stage: Stage, now: str) -> bool:
    """Whether a clerk may put a registration at this stage."""
    return stage.by_clerk and stage.code != now


async def _bookings(door: Door, registrant_id: UUID) -> list[dict[str, Any]]:
    """The bookings to come at the facilities of this member of staff, where they may see bookings."""
    session = door.session
    if session is None or not may(door, Permission.BOOKINGS):
        return []
    visit = Visit(
        tenant_id=door.place.tenant_id,
        service_id=door.place.service_id,
        now=door.now,
        real_now=door.real_now,
        channel="counter",
        actor="clerk",
        account_id=session.account_id,
        registrant_id=registrant_id,
        staff_id=session.staff_id,
        staff_name=session.display_name,
        facilities=session.facilities,
        purpose=session.purpose,
    )
    return [_booking(one, door) for one in await list_bookings(door.conn, visit=visit)]


def _booking(one: BookingView, door: Door) -> dict[str, Any]:
    words = door.words
    return {
        "path": f"/counter/bookings/{one.booking_id}",
        "number": one.number,
        "when": long_date(one.request.use_on, words.language),
        "place": f"{words.text(one.facility_name)} {words.text(one.space_name)}",
        "state": one.state,
    }
