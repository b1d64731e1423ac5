"""The text of a draft: one field for each file, checked by a button, saved over the save that was seen.

With the editor's script each field is an editor that marks faults while one types; without it everything still works.
"""

from __future__ import annotations

import asyncio
from typing import Any, Final
from uuid import UUID

import msgspec
from litestar import Request, Response, get, post
from litestar.datastructures import FormMultiDict
from litestar.di import NamedDependency
from litestar.params import FromPath

from yoyaku.admin.pages.rule_editor.parts import (
    LARGEST_BODY,
    ONE,
    address,
    counted,
    draft_crumbs,
    fault_told,
    open_draft,
    outcomes_told,
    require_readable,
    save,
)
from yoyaku.admin.service.rule_checking import check_texts
from yoyaku.admin.service.rule_drafts import begin_with
from yoyaku.admin.service.rule_mails import with_mails
from yoyaku.booking.pages.here import Here, read_number
from yoyaku.kernel.errors import YoyakuError
from yoyaku.rulebook.texts import FileDifference, text_difference
from yoyaku.ruleset.policy import (
    LONGEST_TITLE,
    Draft,
    DraftChangedMeanwhile,
    FilesRefused,
    Texts,
    require_storable,
)
from yoyaku.ui.assets import asset_address
from yoyaku.ui.words import Words

FILE: Final = "file:"
SCRIPT: Final = "vendor/rule-editor.min.js"
SHOWN_DIFFERENCES: Final = 400
FILE_ACTS: Final = ("add:", "rename:", "remove:")
"""What a button does with files: it is done to what is typed, and saved with it."""
ENDING: Final = ".yaml"


@get(ONE + "/edit")
async def show_editor(
    here: NamedDependency[Here], draft_id: FromPath[UUID], request: Request[Any, Any, Any]
) -> Response[Any]:
    """The texts as last saved; ``file`` and ``line`` lead to a place."""
    draft = await open_draft(here, draft_id)
    at = (request.query_params.get("file", ""), read_number(request.query_params.get("line")))
    return await _page(here, draft, files=draft.files, at=at)


@post(ONE + "/edit", status_code=200, request_max_body_size=LARGEST_BODY)
async def save_editor(
    here: NamedDependency[Here], draft_id: FromPath[UUID], request: Request[Any, Any, Any]
) -> Response[Any]:
    """Check what was typed, or save it; a script is answered in JSON."""
    draft = await open_draft(here, draft_id)
    sent = await request.form()
    files = {
        name.removeprefix(FILE): text.replace("\r\n", "\n")
        for name, text in sent.multi_items()
        if name.startswith(FILE) and isinstance(text, str)
    }
    require_readable(files)
    seen, act = read_number(str(sent.get("revision", ""))) or 0, str(sent.get("act", ""))
    if act == "keep":
        return await _kept(here, draft, files)
    if act.startswith(FILE_ACTS):
        return await _with_files(here, draft, files, seen, act=act, name=_new_name(sent, act))
    if act != "save":
        return await _page(here, draft, files=files, revision=seen, tried=True)
    return await _saved(here, draft, files, seen, wants_json=request.headers.get("accept", "") == "application/json")


async def _saved(here: Here, draft: Draft, files: Texts, seen: int, *, wants_json: bool) -> Response[Any]:
    """What was typed, saved over the save that was seen; a script is answered in JSON."""
    try:
        saved = await save(here, draft, seen_revision=seen, files=files)
    except YoyakuError as refused:
        if wants_json:
            refusal = {"says": here.words.sentence(refused)}
            return Response(msgspec.json.encode(refusal), media_type="application/json", status_code=refused.status)
        return await _page(here, draft, files=files, revision=seen, refused=refused)
    if wants_json:
        told = {"says": here.words.say("rule_editor.saved", revision=saved.revision), "revision": saved.revision}
        return Response(msgspec.json.encode(told), media_type="application/json")
    return here.page.go(address(draft, "edit"), flash="rule_draft_saved")


async def _kept(here: Here, draft: Draft, files: Texts) -> Response[Any]:
    """What was typed, kept as a draft of its own beside the other's."""
    title = here.words.say("rules.kept_title", title=draft.title)[:LONGEST_TITLE]
    kept = await begin_with(here.conn, visit=here.visit, title=title, version=draft.based_on, texts=files)
    return here.page.go(address(kept), flash="rules_kept")


async def _with_files(here: Here, draft: Draft, files: Texts, seen: int, *, act: str, name: str) -> Response[Any]:
    """What was typed, with one file more, one fewer or one called otherwise; nothing is saved by it."""
    try:
        changed = change_files(files, act=act, name=name)
    except YoyakuError as refused:
        return await _page(here, draft, files=files, revision=seen, refused=refused)
    return await _page(here, draft, files=changed, revision=seen, unsaved=True, at=(name, None))


def _new_name(sent: FormMultiDict, act: str) -> str:
    """The name that was typed beside the button; people leave the ending to us."""
    of = act.partition(":")[2]
    name = str(sent.get(f"name:{of}", "")).strip()
    return name if not name or name.endswith(ENDING) else name + ENDING


def change_files(files: Texts, *, act: str, name: str) -> Texts:
    """The files after ``add:``, ``rename:<file>`` or ``remove:<file>``; ``name`` is the new one.

    Raises:
        FilesRefused: a file of that name is there, or no draft can hold them so.
    """
    kind, _, of = act.partition(":")
    if kind != "remove" and name in files:
        raise FilesRefused(reason="taken", file=name)
    kept = {file: text for file, text in files.items() if file != of or kind == "add"}
    if kind != "remove":
        kept[name] = files.get(of, "")
    require_storable(kept)
    return kept


async def _page(  # noqa: PLR0913  # what was typed and what came of it
    here: Here,
    draft: Draft,
    *,
    files: Texts,
    revision: int | None = None,
    at: tuple[str, int | None] = ("", None),
    tried: bool = False,
    unsaved: bool = False,
    refused: YoyakuError | None = None,
) -> Response[Any]:
    words = here.words
    shown: dict[str, Any] = {"faults": [], "errors": 0, "warnings": 0, "outcomes": None}
    if not isinstance(refused, YoyakuError) or isinstance(refused, DraftChangedMeanwhile):
        checked = await check_texts(
            here.conn,
            tenant_id=here.visit.tenant_id,
            name=draft.title,
            texts=files,
            with_examples=tried,
            installation=here.installation,
        )
        checked = await with_mails(here.conn, visit=here.visit, checked=checked)
        shown = {"faults": [fault_told(words, fault) for fault in checked.faults], **counted(checked.faults)}
        shown["outcomes"] = outcomes_told(words, checked) if tried else None
    meanwhile = isinstance(refused, DraftChangedMeanwhile)
    return here.page.show(
        "admin/rule_editor/edit.html",
        status=200 if refused is None else refused.status,
        draft=draft,
        files=files,
        revision=draft.revision if revision is None or meanwhile else revision,
        at=at,
        unsaved=unsaved or tried or refused is not None,
        refused=None if refused is None else words.sentence(refused),
        differences=await _differences(here.words, draft.files, files) if meanwhile else [],
        script=asset_address(SCRIPT),
        base=here.page.url(address(draft)),
        crumbs=draft_crumbs(here, draft, words.say("rule_editor.text")),
        **shown,
    )


async def _differences(words: Words, theirs: Texts, typed: Texts) -> list[tuple[str, str]]:
    """By file, what the other's save and what was typed have different."""
    found = await asyncio.to_thread(text_difference, theirs, typed)
    return [(one.name, "\n".join(_lines_of(one)) or words.say("rules.too_long")) for one in found]


def _lines_of(found: FileDifference) -> list[str]:
    return [line if sign == "@" else f"{sign}{line}" for sign, line in found.lines[:SHOWN_DIFFERENCES]]


ROUTES: Final = [show_editor, save_editor]
