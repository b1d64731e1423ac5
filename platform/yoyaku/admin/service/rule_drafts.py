"""What an admin does with drafts of rules: each act checked, written down, and the checks of a text kept for a while."""

from __future__ import annotations

import asyncio
import hashlib
from collections import OrderedDict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Final
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.admin.service.audit import note_act
from yoyaku.admin.service.rule_checking_turns import check_beside
from yoyaku.booking.visit import Visit
from yoyaku.kernel.errors import NotAllowed
from yoyaku.rulebook.adapting import adapted
from yoyaku.rulebook.draft import DraftChecked, check_draft
from yoyaku.rulebook.editing import EditRefused, set_value
from yoyaku.rulebook.stored import files_of, stored_facilities
from yoyaku.rules.tricks import find_trick
from yoyaku.ruleset import service as ruleset
from yoyaku.ruleset.policy import AppliesBy, Draft, FilesRefused, Texts, Verdict

MOST_KEPT: Final = 16
SUBJECT: Final = "rule_draft"
_KEPT: OrderedDict[tuple[str, str, str, int], DraftChecked] = OrderedDict()
"""What was found in texts lately, by tenant, service, digest of the texts, version of the inventory."""


class NotStaff(NotAllowed):
    """Only staff write rules."""

    code = "not_staff"
    title = "Only staff may do this."


@dataclass(frozen=True, kw_only=True)
class Applies:
    """To what a version applies, and from which day."""

    by: AppliesBy
    since: date


def staff_of(visit: Visit) -> UUID:
    """Who acts.

    Raises:
        NotStaff: nobody of the staff.
    """
    if visit.staff_id is None:
        raise NotStaff
    return visit.staff_id


async def examine(conn: AsyncConnection, *, visit: Visit, texts: Texts) -> DraftChecked:
    """What is wrong with texts, beside the facilities as they are now; the same texts are looked at once.

    Raises:
        Busy: too many large texts are being checked.
    """
    version = await ruleset.latest_inventory_version(conn, tenant_id=visit.tenant_id)
    digest = hashlib.sha256(msgspec.json.encode(texts, order="deterministic")).hexdigest()
    key = (visit.tenant_id, visit.service_id, digest, version)
    if key not in _KEPT:
        facilities = await stored_facilities(conn, tenant_id=visit.tenant_id)
        own = [facility for facility in facilities if facility.service == visit.service_id]
        _KEPT[key] = await check_beside(texts, partial(check_draft, facilities=own, name=visit.service_id))
        if len(_KEPT) > MOST_KEPT:
            _KEPT.popitem(last=False)
    _KEPT.move_to_end(key)
    return _KEPT[key]


async def begin(
    conn: AsyncConnection, *, visit: Visit, title: str, version: int, applies: Applies | None = None
) -> Draft:
    """Begin a draft with the texts of a version, for a day of its own where one is named.

    Raises:
        NotFound, FilesRefused, EditRefused: nothing was stored.
    """
    texts = await files_of(conn, tenant_id=visit.tenant_id, service_id=visit.service_id, version=version)
    if applies is not None:
        texts = with_applies(texts, applies)
    return await begin_with(conn, visit=visit, title=title, version=version, texts=texts)


async def begin_with(conn: AsyncConnection, *, visit: Visit, title: str, version: int, texts: Texts) -> Draft:
    """Begin a draft with texts of one's own.

    Raises:
        NotFound, FilesRefused: nothing was stored.
    """
    require_harmless(texts)
    draft = await ruleset.begin_draft(
        conn,
        tenant_id=visit.tenant_id,
        service_id=visit.service_id,
        title=title,
        based_on=version,
        files=texts,
        staff_id=staff_of(visit),
        now=visit.now,
    )
    await _note(conn, visit, draft, "rules_draft_begun", based_on=version)
    return draft


def require_harmless(texts: Texts) -> None:
    """Let pass texts that are wrong at worst: what could only mean harm is not even kept as a draft.

    Raises:
        FilesRefused: a file has an alias, a tag or endless depth; with its line.
    """
    for name, text in sorted(texts.items()):
        trick = find_trick(text)
        if trick is not None:
            raise FilesRefused(reason=trick.kind, file=name, line=trick.line)


def with_applies(texts: Texts, applies: Applies) -> Texts:
    """The texts, applying to other bookings from another day on; all else stays as it was typed.

    Raises:
        EditRefused: no file says ``applies``, or it cannot be read.
    """
    for name in sorted(texts):
        changed = texts[name]
        try:
            for step, value in (("by", str(applies.by)), ("from", applies.since.isoformat())):
                changed = set_value(changed, ("applies", step), value)
        except EditRefused:
            continue
        return {**texts, name: changed}
    raise EditRefused(path="applies")


async def save(
    conn: AsyncConnection, *, visit: Visit, draft_id: UUID, seen_revision: int, texts: Texts, transition: str
) -> Draft:
    """Save a draft over the save that was seen.

    Raises:
        NotFound, DraftOver, DraftChangedMeanwhile, FilesRefused: nothing was overwritten.
    """
    require_harmless(texts)
    draft = await ruleset.save_draft(
        conn,
        draft_id=draft_id,
        seen_revision=seen_revision,
        files=texts,
        transition=transition,
        staff_id=staff_of(visit),
        now=visit.now,
    )
    if draft.revision != seen_revision:
        await _note(conn, visit, draft, "rules_draft_saved")
    return draft


async def save_adapted(
    conn: AsyncConnection, *, visit: Visit, draft_id: UUID, seen_revision: int, chosen: Collection[int]
) -> Draft:
    """Save a draft with some of its examples (places in their list) written as they come out now.

    Raises:
        NotFound, DraftOver, DraftChangedMeanwhile, FilesRefused, EditRefused, Busy: nothing was overwritten.
    """
    draft = await ruleset.get_draft(conn, draft_id=draft_id)
    texts = draft.files
    if draft.revision == seen_revision:  # else somebody saved meanwhile, and other examples stand at these places
        checked = await examine(conn, visit=visit, texts=texts)
        texts = await asyncio.to_thread(adapted, texts, checked=checked, chosen=chosen)
    return await save(
        conn,
        visit=visit,
        draft_id=draft_id,
        seen_revision=seen_revision,
        texts=texts,
        transition=draft.transition,
    )


async def take_back(conn: AsyncConnection, *, visit: Visit, draft_id: UUID) -> Draft:
    """Go on writing what is under review or approved.

    Raises:
        NotFound, DraftOver: nothing was changed.
    """
    draft = await ruleset.take_back_review(conn, draft_id=draft_id)
    await _note(conn, visit, draft, "rules_review_taken_back")
    return draft


async def review(
    conn: AsyncConnection, *, visit: Visit, draft_id: UUID, seen_revision: int, verdict: Verdict, remark: str
) -> Draft:
    """Approve or return what somebody else wrote.

    Raises:
        NotFound, DraftOver, DraftChangedMeanwhile, OwnReview, RemarkMissing, FilesRefused: nothing was changed.
    """
    draft = await ruleset.review_draft(
        conn,
        draft_id=draft_id,
        seen_revision=seen_revision,
        verdict=verdict,
        remark=remark,
        staff_id=staff_of(visit),
        now=visit.now,
    )
    await _note(conn, visit, draft, "rules_reviewed", why=remark or None, verdict=verdict)
    return draft


async def to_review(conn: AsyncConnection, *, visit: Visit) -> list[Draft]:
    """The drafts that wait for a review by whoever acts: those they neither wrote nor asked about."""
    waiting = [draft for draft in await ruleset.list_drafts(conn) if draft.state == "in_review"]
    return [draft for draft in waiting if visit.staff_id not in await ruleset.authors_of(conn, draft=draft)]


async def drop(conn: AsyncConnection, *, visit: Visit, draft_id: UUID) -> Draft:
    """Give a draft up.

    Raises:
        NotFound, DraftOver: nothing was changed.
    """
    draft = await ruleset.drop_draft(conn, draft_id=draft_id)
    await _note(conn, visit, draft, "rules_draft_dropped")
    return draft


async def _note(
    conn: AsyncConnection, visit: Visit, draft: Draft, act: str, *, why: str | None = None, **facts: object
) -> None:
    subject = (SUBJECT, str(draft.draft_id))
    told = {"title": draft.title, "revision": draft.revision, **facts}
    await note_act(conn, visit=visit, act=act, subject=subject, why=why, facts=told)
