"""An admin writes notices, changes them and ends them early."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.admin.service.audit import note_act
from yoyaku.admin.service.site import SiteTextWrong
from yoyaku.booking.visit import Visit
from yoyaku.kernel.errors import ChangedMeanwhile, NotFound
from yoyaku.kernel.ids import new_id
from yoyaku.tenancy.policy.notices import NoticeText, notice_faults
from yoyaku.tenancy.repository import notices
from yoyaku.tenancy.repository.notices import NoticeRow


class NoticeChangedMeanwhile(ChangedMeanwhile):
    """Somebody else changed or ended the notice."""

    what = "notice"


async def read_notice(conn: AsyncConnection, *, notice_id: UUID) -> NoticeRow:
    """One notice.

    Raises:
        NotFound: there is none of this id.
    """
    found = await notices.list_notices(conn, notice_id=notice_id)
    if not found:
        raise NotFound(what="notice")
    return found[0]


async def save_notice(  # noqa: PLR0913  # what a notice is checked against
    conn: AsyncConnection,
    *,
    visit: Visit,
    notice_id: UUID | None,
    seen: int,
    notice: NoticeText,
    languages: Sequence[str],
    classes: Collection[str],
    facilities: Collection[str],
) -> UUID:
    """Store a notice, a new one without an id; ``seen`` is the revision that was opened.

    Raises:
        SiteTextWrong, NoticeChangedMeanwhile, NotFound: nothing was stored.
    """
    faults = notice_faults(notice, languages=languages, classes=classes, facilities=facilities)
    if faults:
        raise SiteTextWrong(faults)
    kept = notice_id or new_id()
    staff_id = _staff(visit)
    if notice_id is None:
        await notices.add_notice(conn, notice_id=kept, notice=notice, staff_id=staff_id, now=visit.now)
    else:
        values = notices.values_of(notice)
        await _change(conn, visit=visit, notice_id=kept, seen=seen, values=values)
    act = "notice_made" if notice_id is None else "notice_changed"
    await note_act(conn, visit=visit, act=act, subject=("notice", str(kept)), facts={"title": dict(notice.title)})
    return kept


async def end_notice(conn: AsyncConnection, *, visit: Visit, notice_id: UUID, seen: int) -> None:
    """Show it no longer, from now on.

    Raises:
        NoticeChangedMeanwhile, NotFound: it stays as it is.
    """
    await _change(conn, visit=visit, notice_id=notice_id, seen=seen, values={"ended_at": visit.now})
    await note_act(conn, visit=visit, act="notice_ended", subject=("notice", str(notice_id)))


async def _change(
    conn: AsyncConnection, *, visit: Visit, notice_id: UUID, seen: int, values: dict[str, object]
) -> None:
    done = await notices.change_notice(
        conn, notice_id=notice_id, seen=seen, values=values, staff_id=_staff(visit), now=visit.now
    )
    if not done:
        present = await read_notice(conn, notice_id=notice_id)
        raise NoticeChangedMeanwhile(by_name=present.changed_by, at=present.changed_at)


def _staff(visit: Visit) -> UUID:
    if visit.staff_id is None:
        raise LookupError("notices are written by staff")
    return visit.staff_id
