"""The text behind a form: which file a part stands in, what was typed, and the text with that."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from litestar import Request

from yoyaku.admin.pages.desk import read_form
from yoyaku.rulebook.editing import EditRefused, remove_item
from yoyaku.rulebook.editing.codes import CityCodes
from yoyaku.rulebook.editing.fields import Field, group_at, name_of, path_of, with_item, with_key, with_value
from yoyaku.rules.document import read_document
from yoyaku.rules.fault import DocumentRefused, KeyPath, path_text
from yoyaku.ruleset.policy import Texts

TYPED, WAS, KEY, TICKED = "v:", "w:", "k:", "m:"
"""Before the names of fields: what was typed, what stood there when the form was opened, a key to add, what was ticked."""


@dataclass(frozen=True, slots=True)
class Opened:
    """The file in which a part stands, and what it says."""

    file: str
    whole: Mapping[str, Any]


async def read_typed(request: Request[Any, Any, Any]) -> dict[str, str]:
    """What was typed; what was ticked of a list as if it had been typed."""
    typed = await read_form(request)
    ticked: dict[str, list[str]] = {}
    for name, value in (await request.form()).multi_items():
        if name.startswith(TICKED) and isinstance(value, str):
            ticked.setdefault(TYPED + name.removeprefix(TICKED), []).append(value)
    return {**typed, **{name: "、".join(filter(None, values)) for name, values in ticked.items()}}


def open_part(texts: Texts, path: KeyPath) -> Opened | None:
    """The file of a part: that which has its section; ``None`` where no file has it, or it cannot be read."""
    for file in sorted(texts):
        try:
            document = read_document(texts[file], file=file)
        except DocumentRefused:
            continue
        if isinstance(document.value, dict) and path[0] in document.value:
            return None if document.faults else Opened(file, document.value)
    return None


def edited(texts: Texts, path: KeyPath, typed: Mapping[str, str], codes: CityCodes | None) -> Texts:
    """The texts with everything that was changed in the form, and then what its button adds or removes.

    Raises:
        EditRefused: the part cannot be written.
    """
    opened = open_part(texts, path)
    if opened is None:
        raise EditRefused(path=path_text(path))
    text = texts[opened.file]
    group = group_at(path, opened.whole, codes)
    changed = [] if group is None else [field for field in group.walk() if is_changed(field, typed)]
    for field in reversed(changed):  # from the end, so that what is taken out moves nothing that is still to come
        text = with_value(text, field, typed[TYPED + name_of(field.path)])
    return {**texts, opened.file: _acted(text, typed, path, codes)}


def is_changed(field: Field, typed: Mapping[str, str]) -> bool:
    """Whether something else was typed than stood there."""
    name = name_of(field.path)
    return TYPED + name in typed and typed[TYPED + name] != typed.get(WAS + name)


def _acted(text: str, typed: Mapping[str, str], part: KeyPath, codes: CityCodes | None) -> str:
    """What a button adds or removes: ``add:…``, ``remove:…``, ``key:…`` with a path behind."""
    act, _, name = typed.get("act", "").partition(":")
    if not name:
        return text
    whole = read_document(text, file="").value
    path = path_of(name, whole)
    if path[: len(part)] != part:
        raise EditRefused(path=path_text(part))
    acts: Mapping[str, Callable[[], str]] = {
        "add": lambda: with_item(text, path, whole),
        "remove": lambda: remove_item(text, path),
        "key": lambda: with_key(text, (*path, typed.get(KEY + name, "")), whole, codes),
    }
    return acts[act]() if act in acts else text
