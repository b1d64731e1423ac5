"""Drafts of rules: begun from a version, saved, reviewed by a second person, published or dropped.

Nothing that was saved is lost: every save is kept, and whoever saves on top of another's save is told instead.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.kernel.errors import NotFound
from yoyaku.kernel.ids import new_id
from yoyaku.ruleset.policy import (
    LONGEST_SAID,
    Draft,
    DraftChangedMeanwhile,
    FilesRefused,
    RemarkMissing,
    Review,
    Save,
    Texts,
    Tried,
    Verdict,
    VersionHead,
    require_second_person,
    require_state,
    require_storable,
)
from yoyaku.ruleset.repository import drafts as repository
from yoyaku.ruleset.repository import versions as stored
from yoyaku.ruleset.service.versions import Checked, versions


async def begin_draft(  # noqa: PLR0913  # which service's draft, from what, by whom
    conn: AsyncConnection,
    *,
    tenant_id: str,
    service_id: str,
    title: str,
    based_on: int,
    files: Texts,
    staff_id: UUID,
    now: datetime,
) -> Draft:
    """Begin a draft from a version, with these texts; it is of the service that the transaction is in.

    Raises:
        NotFound: there is no such version.
        FilesRefused: the texts or the title cannot be kept.
    """
    require_storable(files, title=title)
    heads = await versions(conn, tenant_id=tenant_id, service_id=service_id)
    if based_on not in {head.version for head in heads}:
        raise NotFound(what="rule_set_version", version=based_on)
    draft_id = new_id()
    values = {"draft_id": draft_id, "title": title.strip(), "based_on": based_on, "state": "open", "revision": 1}
    values |= {"files": dict(files), "transition": ""}
    values |= {"made_at": now, "made_by": staff_id, "changed_at": now, "changed_by": staff_id}
    await repository.add_draft(conn, values=values)
    await repository.add_save(conn, draft_id=draft_id, revision=1, files=files, transition="", saved=(now, staff_id))
    return await get_draft(conn, draft_id=draft_id)


async def get_draft(conn: AsyncConnection, *, draft_id: UUID) -> Draft:
    """A draft as last saved.

    Raises:
        NotFound: there is none.
    """
    return await _read(conn, draft_id)


async def list_drafts(conn: AsyncConnection) -> list[Draft]:
    """All drafts of the service: first those that are still worked on, each part the latest first."""
    return await repository.list_drafts(conn)


async def saves_of(conn: AsyncConnection, *, draft_id: UUID) -> list[Save]:
    """The saves of a draft, the latest first."""
    return await repository.read_saves(conn, draft_id=draft_id)


async def reviews_of(conn: AsyncConnection, *, draft_id: UUID) -> list[Review]:
    """What second persons said of a draft, the latest first."""
    return await repository.read_reviews(conn, draft_id=draft_id)


async def authors_of(conn: AsyncConnection, *, draft: Draft) -> frozenset[UUID]:
    """Who may not review a draft: who wrote any of it, and who asked for the review."""
    saved_by = await repository.read_authors(conn, draft_id=draft.draft_id)
    asked_by = frozenset() if draft.review_asked_by is None else frozenset({draft.review_asked_by})
    return saved_by | asked_by | {draft.made_by}


async def tried_of(conn: AsyncConnection, *, draft: Draft) -> Tried | None:
    """The dry run of a draft as it stands."""
    return await repository.read_tried(conn, draft_id=draft.draft_id, revision=draft.revision)


async def draft_files_at(conn: AsyncConnection, *, draft_id: UUID, revision: int) -> Texts:
    """The texts of one save.

    Raises:
        NotFound: there is none.
    """
    found = await repository.read_files_at(conn, draft_id=draft_id, revision=revision)
    if found is None:
        raise NotFound(what="rule_draft_save", revision=revision)
    return found


async def save_draft(  # noqa: PLR0913  # what is saved over which save, by whom
    conn: AsyncConnection,
    *,
    draft_id: UUID,
    seen_revision: int,
    files: Texts,
    transition: str,
    staff_id: UUID,
    now: datetime,
) -> Draft:
    """Save a draft over the save that was seen; what is under review or approved is open again.

    The same texts as before are no save of their own. Where only the transition is another, the dry run still counts.

    Raises:
        NotFound: there is no such draft.
        DraftOver: it is published or dropped.
        DraftChangedMeanwhile: somebody saved after ``seen_revision``; nothing was overwritten.
        FilesRefused: the texts cannot be kept.
    """
    require_storable(files, transition=transition)
    draft = await _locked(conn, draft_id, seen_revision=seen_revision)
    require_state(draft, "open", "in_review", "approved")
    if files == draft.files and transition == draft.transition:
        return draft
    revision = draft.revision + 1
    saved = {"files": dict(files), "transition": transition, "revision": revision}
    await repository.change_draft(
        conn, draft_id=draft_id, values={**saved, "state": "open", "changed_at": now, "changed_by": staff_id}
    )
    await repository.add_save(
        conn, draft_id=draft_id, revision=revision, files=files, transition=transition, saved=(now, staff_id)
    )
    if files == draft.files:
        await repository.carry_runs(conn, draft_id=draft_id, revision=draft.revision)
    return await get_draft(conn, draft_id=draft_id)


async def ask_review(
    conn: AsyncConnection, *, draft_id: UUID, seen_revision: int, staff_id: UUID, now: datetime
) -> Draft:
    """Ask that somebody else reviews the draft as it stands; also once more, where an approval counts no longer.

    Raises:
        NotFound, DraftOver, DraftChangedMeanwhile: nothing was changed.
    """
    draft = await _locked(conn, draft_id, seen_revision=seen_revision)
    require_state(draft, "open", "approved")
    values = {"state": "in_review", "review_asked_at": now, "review_asked_by": staff_id}
    await repository.change_draft(conn, draft_id=draft_id, values=values)
    await repository.add_event(conn, draft_id=draft_id, kind="rules_review_asked", facts={"revision": draft.revision})
    return await get_draft(conn, draft_id=draft_id)


async def take_back_review(conn: AsyncConnection, *, draft_id: UUID) -> Draft:
    """Go on writing: a draft under review or approved is open again.

    Raises:
        NotFound, DraftOver: nothing was changed.
    """
    require_state(await _locked(conn, draft_id), "in_review", "approved")
    await repository.change_draft(conn, draft_id=draft_id, values={"state": "open"})
    return await get_draft(conn, draft_id=draft_id)


async def review_draft(  # noqa: PLR0913  # what is said of which save, by whom
    conn: AsyncConnection,
    *,
    draft_id: UUID,
    seen_revision: int,
    verdict: Verdict,
    remark: str,
    staff_id: UUID,
    now: datetime,
) -> Draft:
    """Approve a draft as it stands, or return it with a remark.

    Raises:
        NotFound, DraftOver, DraftChangedMeanwhile, OwnReview, RemarkMissing, FilesRefused: nothing was changed.
    """
    draft = await _locked(conn, draft_id, seen_revision=seen_revision)
    require_state(draft, "in_review")
    require_second_person(staff_id, draft=draft, authors=await authors_of(conn, draft=draft))
    if verdict == "returned" and not remark.strip():
        raise RemarkMissing
    if len(remark) > LONGEST_SAID:
        raise FilesRefused(reason="title", allowed=LONGEST_SAID)
    said = {"review_id": new_id(), "draft_id": draft_id, "revision": draft.revision, "verdict": verdict}
    await repository.add_review(
        conn, values={**said, "remark": remark.strip(), "reviewed_at": now, "reviewed_by": staff_id}
    )
    state = "approved" if verdict == "approved" else "open"
    await repository.change_draft(conn, draft_id=draft_id, values={"state": state})
    return await get_draft(conn, draft_id=draft_id)


async def drop_draft(conn: AsyncConnection, *, draft_id: UUID) -> Draft:
    """Give a draft up; its saves stay.

    Raises:
        NotFound, DraftOver: nothing was changed.
    """
    require_state(await _locked(conn, draft_id), "open", "in_review", "approved")
    await repository.change_draft(conn, draft_id=draft_id, values={"state": "dropped"})
    return await get_draft(conn, draft_id=draft_id)


async def publish_draft(  # noqa: PLR0913  # which draft, as what, by whom
    conn: AsyncConnection,
    *,
    tenant_id: str,
    service_id: str,
    draft: Draft,
    checked: Checked,
    published_by: str,
    reviewed_by: str,
    real_now: datetime,
) -> VersionHead:
    """Store an approved draft as the next version; whether it may be is decided before, and by the database again.

    Raises:
        NotFound, DraftOver, DraftChangedMeanwhile: nothing was changed.
    """
    await stored.lock_versions(conn, tenant_id=tenant_id, service_id=service_id)
    require_state(await _locked(conn, draft.draft_id, seen_revision=draft.revision), "approved")
    heads = await versions(conn, tenant_id=tenant_id, service_id=service_id)
    head = VersionHead(
        version=heads[-1].version + 1 if heads else 1,
        digest=checked.digest,
        applies_by=checked.applies_by,
        applies_from=checked.applies_from,
        published_at=real_now,
        published_by=published_by,
        draft_id=draft.draft_id,
        summary=draft.title,
        transition=draft.transition,
        reviewed_by=reviewed_by,
    )
    await stored.add_version(
        conn, tenant_id=tenant_id, service_id=service_id, head=head, document=checked.document, files=draft.files
    )
    values = {"state": "published", "published_version": head.version}
    await repository.change_draft(conn, draft_id=draft.draft_id, values=values)
    return head


async def _locked(conn: AsyncConnection, draft_id: UUID, *, seen_revision: int | None = None) -> Draft:
    draft = await _read(conn, draft_id, for_update=True)
    if seen_revision is not None and draft.revision != seen_revision:
        raise DraftChangedMeanwhile(by_name=draft.changed_by_name, at=draft.changed_at, revision=draft.revision)
    return draft


async def _read(conn: AsyncConnection, draft_id: UUID, *, for_update: bool = False) -> Draft:
    draft = await repository.read_draft(conn, draft_id=draft_id, for_update=for_update)
    if draft is None:
        raise NotFound(what="rule_draft")
    return draft
