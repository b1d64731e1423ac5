"""An admin changes their own site: one piece at a time, kept with what was before, told to whoever had begun too."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.admin.service.audit import note_act
from yoyaku.booking.visit import Visit
from yoyaku.kernel.errors import ChangedMeanwhile, Malformed, NotFound
from yoyaku.tenancy.policy.site import Piece, SiteFault, Speech, mark_of, piece_of, site_faults, with_piece
from yoyaku.tenancy.repository import changes
from yoyaku.tenancy.repository.changes import ChangeRow

__all__ = [
    "ChangeRow",
    "SameAsBefore",
    "SiteChangedMeanwhile",
    "SiteTextWrong",
    "change_site",
    "read_change",
    "undo_change",
]


class SiteTextWrong(Malformed):
    """What was typed may not stand on the site; ``faults`` says what, field by field."""

    code = "site_text_wrong"
    title = "This may not stand on the site as it is."

    def __init__(self, faults: Sequence[SiteFault]) -> None:
        super().__init__()
        self.faults = tuple(faults)


class SiteChangedMeanwhile(ChangedMeanwhile):
    """Somebody else changed the same of the site; nothing told: a folder was loaded."""

    what = "site"

    @property
    def variant(self) -> str | None:
        """Whether it was another admin."""
        return self.what if self.facts else "loaded"


class SameAsBefore(Malformed):
    """Nothing is different."""

    code = "site_same"
    title = "Nothing is different."


async def change_site(  # noqa: PLR0913  # what a change is
    conn: AsyncConnection,
    *,
    visit: Visit,
    piece: Piece,
    value: Any,  # noqa: ANN401  # JSON
    seen: str,
    why: str,
    speech: Speech,
    undoes: int | None = None,
) -> int:
    """Put something else there; returns the number of the change.

    ``seen`` is the mark of what stood there when it was opened (:func:`mark_of`).

    Raises:
        SiteTextWrong, SiteChangedMeanwhile, SameAsBefore: nothing was changed.
    """
    faults = [] if value is None and piece.part == "pages" else site_faults(piece, value, speech)
    if not why.strip():
        faults.append(SiteFault(field="why", code="missing"))
    if faults:
        raise SiteTextWrong(faults)
    site = await changes.read_parts(conn, lock=True)
    before = piece_of(site, piece)
    if mark_of(before) != seen:
        raise await _told(conn, piece)
    if before == value:
        raise SameAsBefore
    if visit.staff_id is None:
        raise LookupError("a site is changed by staff")
    await changes.save_part(conn, part=piece.part, value=with_piece(site, piece, value))
    kept = {"part": piece.part, "name": piece.name, "before": before, "after": value}
    number = await changes.add_change(
        conn, values={**kept, "why": why.strip(), "undoes": undoes, "made_at": visit.now}, made_by=visit.staff_id
    )
    facts: Mapping[str, object] = {"number": number, "name": piece.name, "undoes": undoes}
    subject = ("site", piece.part)
    await note_act(conn, visit=visit, act="site_changed", subject=subject, why=why.strip(), facts=facts)
    return number


async def _told(conn: AsyncConnection, piece: Piece) -> SiteChangedMeanwhile:
    """Who was quicker."""
    last = await changes.list_changes(conn, part=piece.part, name=piece.name, at_most=1)
    if not last:
        return SiteChangedMeanwhile()
    return SiteChangedMeanwhile(by_name=last[0].made_by, at=last[0].made_at)


async def read_change(conn: AsyncConnection, *, number: int) -> ChangeRow:
    """One change.

    Raises:
        NotFound: there is none of this number.
    """
    found = await changes.find_change(conn, number=number)
    if found is None:
        raise NotFound(what="site change")
    return found


async def undo_change(conn: AsyncConnection, *, visit: Visit, number: int, why: str, speech: Speech) -> int:
    """Put back what stood there before a change, as a new change; returns its number.

    Raises:
        NotFound, SiteTextWrong, SameAsBefore: nothing was changed.
        SiteChangedMeanwhile: it was changed again since, and that would be lost.
    """
    change = await read_change(conn, number=number)
    piece = Piece(part=change.part, name=change.name)  # type: ignore[arg-type]  # the column allows the four only
    return await change_site(
        conn,
        visit=visit,
        piece=piece,
        value=change.before,
        seen=mark_of(change.after),
        why=why,
        speech=speech,
        undoes=number,
    )
