"""The form of a draft's parts: the same text, edited place by place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from yoyaku.admin.pages.rule_editor import cases
from yoyaku.admin.pages.rule_editor.fieldwork import TYPED, edited, is_changed, open_part, read_typed
from yoyaku.admin.pages.rule_editor.naming import Naming
from yoyaku.admin.pages.rule_editor.parts import ONE, address, counted, draft_crumbs, fault_told, open_draft, save
from yoyaku.admin.service.rule_checking import check_texts, city_codes
from yoyaku.booking.pages.here import Here, read_number
from yoyaku.kernel.errors import NotFound, YoyakuError
from yoyaku.rulebook.editing.fields import BETWEEN, Field, group_at, name_of
from yoyaku.rules.fault import KeyPath
from yoyaku.ruleset.policy import Draft, DraftChangedMeanwhile

PARTS: Final[Mapping[str, KeyPath]] = {
    "windows": ("booking", "windows"),
    "limits": ("booking", "limits"),
    "fees": ("fees", "steps"),
    "tiers": ("booking", "cancellation"),
    "calendars": ("calendars",),
}
"""The parts that have a form, and where each stands; the examples have pages of their own."""


@get(ONE + "/form")
async def show_form(
    here: NamedDependency[Here], draft_id: FromPath[UUID], request: Request[Any, Any, Any]
) -> Response[Any]:
    """One part of the rules as fields."""
    draft = await open_draft(here, draft_id)
    part = request.query_params.get("part", "windows")
    return await _page(here, draft, part=part)


@post(ONE + "/form", status_code=200)
async def save_form(
    here: NamedDependency[Here], draft_id: FromPath[UUID], request: Request[Any, Any, Any]
) -> Response[Any]:
    """Write what was changed into the text and save it, over the save that was seen."""
    draft = await open_draft(here, draft_id)
    typed = await read_typed(request)
    part = typed.get("part", "")
    path = _path_of(part)
    codes = await city_codes(here.conn, visit=here.visit, draft=draft)
    try:
        if typed.get("act") == cases.TRY:
            return await _page(here, draft, part=part, typed=typed)
        seen = read_number(typed.get("revision")) or 0
        if seen != draft.revision:
            raise DraftChangedMeanwhile(by_name=draft.changed_by_name, at=draft.changed_at, revision=draft.revision)
        files = draft.files if path == (cases.EXAMPLES,) else edited(draft.files, path, typed, codes)
        leads_to = part
        if path[0] == cases.EXAMPLES:
            files, leads_to = await cases.acted(here, draft, files=files, path=path, typed=typed)
        await save(here, draft, seen_revision=seen, files=files)
    except YoyakuError as refused:
        return await _page(here, draft, part=part, typed=typed, refused=refused)
    return here.page.go(f"{address(draft, 'form')}?part={leads_to}", flash="rule_draft_saved")


def _path_of(part: str) -> KeyPath:
    """Where a part stands.

    Raises:
        NotFound: there is no such part.
    """
    path = PARTS.get(part) or cases.path_of_part(part)
    if path is None:
        raise NotFound(what="rule_part")
    return path


async def _page(
    here: Here,
    draft: Draft,
    *,
    part: str,
    typed: Mapping[str, str] | None = None,
    refused: YoyakuError | None = None,
) -> Response[Any]:
    words, path, kept = here.words, _path_of(part), typed or {}
    if part == cases.EXAMPLES:
        shown = await cases.list_shown(here, draft)
    else:
        shown = await _fields_shown(here, draft, path=path, kept=kept)
    labels = [(code, words.say(f"rule_editor.part.{code}")) for code in (*PARTS, cases.EXAMPLES)]
    return here.page.show(
        f"admin/rule_editor/{shown.pop('template')}.html",
        status=200 if refused is None else refused.status,
        draft=draft,
        part=part,
        parts=labels,
        refused=None if refused is None else words.sentence(refused),
        base=here.page.url(address(draft)),
        crumbs=draft_crumbs(here, draft, words.say("rule_editor.form")),
        **shown,
    )


async def _fields_shown(here: Here, draft: Draft, *, path: KeyPath, kept: Mapping[str, str]) -> dict[str, Any]:
    """A part as fields, with what is wrong at each; of an example also what comes of it."""
    words, opened = here.words, open_part(draft.files, path)
    codes = await city_codes(here.conn, visit=here.visit, draft=draft)
    case = None
    if path[0] == cases.EXAMPLES:
        case = await cases.one_shown(here, draft, path=path, kept=kept, codes=codes)
        faults = case.faults
    else:
        checked = await check_texts(here.conn, tenant_id=here.visit.tenant_id, name=draft.title, texts=draft.files)
        faults = [fault for fault in checked.faults if fault.path[: len(path)] == path]

    def value_of(field: Field) -> str:
        return kept[TYPED + name_of(field.path)] if is_changed(field, kept) else field.shown

    return {
        "template": "form",
        "case": case,
        "group": None if opened is None else group_at(path, opened.whole, codes),
        "list_name": name_of(path),
        "readable": opened is not None,
        "name_of": name_of,
        "value_of": value_of,
        "ticked": lambda field: BETWEEN.split(value_of(field)),
        "faults": [fault_told(words, fault) for fault in faults],
        "at_fault": {name_of(fault.path): fault_told(words, fault) for fault in faults},
        **Naming(words, codes, {} if opened is None else opened.whole).for_template(),
        **counted(faults),
    }


ROUTES: Final = [show_form, save_form]
