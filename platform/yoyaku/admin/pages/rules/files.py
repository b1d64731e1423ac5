"""A draft's files out of and into the console: the same folder that stands under version control."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.params import FromPath

from yoyaku.admin.pages.desk import at_desk
from yoyaku.admin.pages.rules.draft import draft_page, seen_revision
from yoyaku.admin.pages.rules.meanwhile import keep_mine, meanwhile_page
from yoyaku.admin.pages.rules.shown import DRAFT, attachment, draft_path
from yoyaku.admin.service.rule_drafts import save
from yoyaku.booking.pages.here import Here
from yoyaku.kernel.errors import NotFound, YoyakuError
from yoyaku.registration.policy.roles import Permission
from yoyaku.rulebook.texts import pack, unpack
from yoyaku.ruleset import service as ruleset
from yoyaku.ruleset.policy import LARGEST_BYTES, DraftChangedMeanwhile, Texts

LARGEST: Final = 8 * LARGEST_BYTES
"""Bytes of an upload that is read at all, so that who sends too much is told so in words."""


@get(DRAFT + "/files.zip")
async def export_draft(here: NamedDependency[Here], draft_id: FromPath[UUID]) -> Response[Any]:
    """The draft's texts as they were saved last."""
    at_desk(here, Permission.RULES)
    draft = await ruleset.get_draft(here.conn, draft_id=draft_id)
    name = f"{here.visit.tenant_id}-{here.visit.service_id}-draft-{draft.revision}.zip"
    return attachment(pack(draft.files), name)


@post(DRAFT + "/files", status_code=303, request_max_body_size=LARGEST)
async def import_files(
    here: NamedDependency[Here], draft_id: FromPath[UUID], request: Request[Any, Any, Any]
) -> Response[Any]:
    """Take a ZIP or single files into the draft, as one save; a ZIP replaces all, single files only those named alike."""
    at_desk(here, Permission.EDIT_RULES)
    sent, words = await request.form(), here.words
    draft = await ruleset.get_draft(here.conn, draft_id=draft_id)
    chosen = [one for one in sent.getall("files", []) if isinstance(one, UploadFile) and one.filename]
    if not chosen:
        missing = words.say("form.missing", label=words.say("rules.upload_files"))
        return await draft_page(here, draft_id, errors={"files": missing})
    seen = seen_revision({"seen_revision": str(sent.get("seen_revision", ""))})
    try:
        # Beside the files that were seen: what somebody else saved meanwhile is not to pass as one's own.
        present = await ruleset.draft_files_at(here.conn, draft_id=draft_id, revision=seen)
        texts = await _taken(present, chosen)
        try:
            await save(
                here.conn,
                visit=here.visit,
                draft_id=draft_id,
                seen_revision=seen,
                texts=texts,
                transition=draft.transition,
            )
        except DraftChangedMeanwhile:
            return await meanwhile_page(here, draft, seen_revision=seen, mine=texts, transition=draft.transition)
    except NotFound:
        raise
    except YoyakuError as refusal:
        return await draft_page(here, draft_id, errors={"files": words.sentence(refusal)})
    return here.page.go(draft_path(draft_id), flash="rules_imported")


async def _taken(present: Texts, chosen: list[UploadFile]) -> Texts:
    """The files of a draft with those that were sent."""
    texts = dict(present)
    for one in chosen:
        sent = unpack(one.filename, await one.read())
        texts = dict(sent) if one.filename.lower().endswith(".zip") else {**texts, **sent}
    return texts


ROUTES: Final = [export_draft, import_files, keep_mine]
