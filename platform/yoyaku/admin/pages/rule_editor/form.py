"""The form of a draft's windows, limits, fees, tiers and calendars: the same text, edited place by place."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from yoyaku.admin.pages.desk import read_form
from yoyaku.admin.pages.rule_editor.parts import (
    ONE,
    address,
    counted,
    draft_crumbs,
    fault_told,
    key_help,
    key_in_words,
    open_draft,
    path_in_words,
    save,
)
from yoyaku.admin.service.rule_checking import check_texts, city_codes
from yoyaku.booking.pages.here import Here, read_number
from yoyaku.kernel.errors import NotFound, YoyakuError
from yoyaku.rulebook.editing import EditRefused, remove_item
from yoyaku.rulebook.editing.codes import CityCodes
from yoyaku.rulebook.editing.fields import (
    BETWEEN,
    Field,
    Group,
    group_at,
    name_of,
    path_of,
    with_item,
    with_key,
    with_value,
)
from yoyaku.rules.document import read_document
from yoyaku.rules.fault import DocumentRefused, KeyPath
from yoyaku.ruleset.policy import Draft, DraftChangedMeanwhile, Texts
from yoyaku.ui.words import Words

PARTS: Final[Mapping[str, KeyPath]] = {
    "windows": ("booking", "windows"),
    "limits": ("booking", "limits"),
    "fees": ("fees", "steps"),
    "tiers": ("booking", "cancellation"),
    "calendars": ("calendars",),
}
"""The parts that have a form, and where each stands."""
TYPED, WAS, KEY, TICKED = "v:", "w:", "k:", "m:"
"""Before the names of fields: what was typed, what stood there when the form was opened, a key to add, what was ticked."""


@dataclass(frozen=True, slots=True)
class Opened:
    """The file in which a part stands, and what it says."""

    file: str
    whole: Mapping[str, Any]


@get(ONE + "/form")
async def show_form(
    here: NamedDependency[Here], draft_id: FromPath[UUID], request: Request[Any, Any, Any]
) -> Response[Any]:
    """One part of the rules as fields."""
    draft = await open_draft(here, draft_id)
    return await _page(here, draft, part=_part(request.query_params.get("part", "windows")))


@post(ONE + "/form", status_code=200)
async def save_form(
    here: NamedDependency[Here], draft_id: FromPath[UUID], request: Request[Any, Any, Any]
) -> Response[Any]:
    """Write what was changed into the text and save it, over the save that was seen."""
    draft = await open_draft(here, draft_id)
    typed = await _read_typed(request)
    part = _part(typed.get("part", ""))
    seen = read_number(typed.get("revision")) or 0
    try:
        if seen != draft.revision:
            raise DraftChangedMeanwhile(by_name=draft.changed_by_name, at=draft.changed_at, revision=draft.revision)
        codes = await city_codes(here.conn, visit=here.visit, draft=draft)
        await save(here, draft, seen_revision=seen, files=_edited(draft.files, part, typed, codes))
    except YoyakuError as refused:
        return await _page(here, draft, part=part, typed=typed, refused=refused)
    return here.page.go(f"{address(draft, 'form')}?part={part}", flash="rule_draft_saved")


async def _read_typed(request: Request[Any, Any, Any]) -> dict[str, str]:
    """What was typed; what was ticked of a list as if it had been typed."""
    typed = await read_form(request)
    ticked: dict[str, list[str]] = {}
    for name, value in (await request.form()).multi_items():
        if name.startswith(TICKED) and isinstance(value, str):
            ticked.setdefault(TYPED + name.removeprefix(TICKED), []).append(value)
    return {**typed, **{name: "、".join(filter(None, values)) for name, values in ticked.items()}}


def _part(code: str) -> str:
    if code not in PARTS:
        raise NotFound(what="rule_part")
    return code


def _open(texts: Texts, part: str) -> Opened | None:
    """The file of a part: that which has its section; ``None`` where no file has it, or it cannot be read."""
    for file in sorted(texts):
        try:
            document = read_document(texts[file], file=file)
        except DocumentRefused:
            continue
        if isinstance(document.value, dict) and PARTS[part][0] in document.value:
            return None if document.faults else Opened(file, document.value)
    return None


def _edited(texts: Texts, part: str, typed: Mapping[str, str], codes: CityCodes | None) -> Texts:
    """The texts with everything that was changed in the form, and then what its button adds or removes."""
    opened = _open(texts, part)
    if opened is None:
        raise EditRefused(path=part)
    text = texts[opened.file]
    group = group_at(PARTS[part], opened.whole, codes)
    changed = [] if group is None else [field for field in group.walk() if _is_changed(field, typed)]
    for field in reversed(changed):  # from the end, so that what is taken out moves nothing that is still to come
        text = with_value(text, field, typed[TYPED + name_of(field.path)])
    return {**texts, opened.file: _acted(text, typed, part, codes)}


def _is_changed(field: Field, typed: Mapping[str, str]) -> bool:
    name = name_of(field.path)
    return TYPED + name in typed and typed[TYPED + name] != typed.get(WAS + name)


def _acted(text: str, typed: Mapping[str, str], part: str, codes: CityCodes | None) -> str:
    """What a button adds or removes: ``add:…``, ``remove:…``, ``key:…`` with a path behind."""
    act, _, name = typed.get("act", "").partition(":")
    if not name:
        return text
    whole = read_document(text, file="").value
    path = path_of(name, whole)
    if path[: len(PARTS[part])] != PARTS[part]:
        raise EditRefused(path=part)
    acts: Mapping[str, Callable[[], str]] = {
        "add": lambda: with_item(text, path, whole),
        "remove": lambda: remove_item(text, path),
        "key": lambda: with_key(text, (*path, typed.get(KEY + name, "")), whole, codes),
    }
    return acts[act]() if act in acts else text


async def _page(
    here: Here,
    draft: Draft,
    *,
    part: str,
    typed: Mapping[str, str] | None = None,
    refused: YoyakuError | None = None,
) -> Response[Any]:
    words, opened = here.words, _open(draft.files, part)
    checked = await check_texts(here.conn, tenant_id=here.visit.tenant_id, name=draft.title, texts=draft.files)
    faults = [fault for fault in checked.faults if fault.path[: len(PARTS[part])] == PARTS[part]]
    codes = await city_codes(here.conn, visit=here.visit, draft=draft)
    kept = typed or {}

    def value_of(field: Field) -> str:
        return kept[TYPED + name_of(field.path)] if _is_changed(field, kept) else field.shown

    return here.page.show(
        "admin/rule_editor/form.html",
        status=200 if refused is None else refused.status,
        draft=draft,
        part=part,
        parts=[(code, words.say(f"rule_editor.part.{code}")) for code in PARTS],
        group=None if opened is None else group_at(PARTS[part], opened.whole, codes),
        list_name=name_of(PARTS[part]),
        readable=opened is not None,
        name_of=name_of,
        value_of=value_of,
        **_speech(words),
        ticked=lambda field: BETWEEN.split(value_of(field)),
        refused=None if refused is None else words.sentence(refused),
        faults=[fault_told(words, fault) for fault in faults],
        at_fault={name_of(fault.path): fault_told(words, fault) for fault in faults},
        base=here.page.url(address(draft)),
        crumbs=draft_crumbs(here, draft, words.say("rule_editor.form")),
        **counted(faults),
    )


def _speech(words: Words) -> dict[str, Callable[..., object]]:
    """What the template asks to be said of places, keys, values and fields."""
    return {
        "label_of": lambda path: path_in_words(words, path[-1:] if isinstance(path[-1], str) else path[-2:]),
        "key_of": lambda key, names: words.text(names.get(key)) or key_in_words(words, key),
        "option_of": lambda code, names: words.text(names.get(code)) or words.maybe(f"rule_value.{code}") or code,
        "help_of": lambda field: key_help(words, field.owner, str(field.path[-1])),
        "helps_of": lambda group: list(_helps(words, group)),
    }


def _helps(words: Words, group: Group) -> Iterator[tuple[Field, str]]:
    """What the fields of a group are for, where there is a sentence of it."""
    for field in group.fields:
        if told := key_help(words, field.owner, str(field.path[-1])):
            yield field, told


ROUTES: Final = [show_form, save_form]
