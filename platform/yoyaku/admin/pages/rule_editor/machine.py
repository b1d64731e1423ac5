"""What the editor's script asks while somebody types: what is wrong, how the examples come out, what may come next."""

from __future__ import annotations

import time
from typing import Any, Final, TypeVar
from uuid import UUID

import msgspec
from litestar import Request, Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from yoyaku.admin.pages.rule_editor.parts import (
    LARGEST_BODY,
    ONE,
    counted,
    fault_told,
    key_help,
    key_in_words,
    open_draft,
    outcomes_told,
    path_in_words,
    require_readable,
    value_in_words,
)
from yoyaku.admin.service.rule_checking import check_texts, city_codes
from yoyaku.admin.service.rule_mails import with_mails
from yoyaku.booking.pages.here import Here
from yoyaku.kernel.errors import Malformed
from yoyaku.rulebook.editing.hints import LONGEST_WORD, Meaning, Option, meaning_at, options_at
from yoyaku.ruleset.policy import FilesRefused
from yoyaku.ui.words import Words

Shape = TypeVar("Shape", bound=msgspec.Struct)
JSON: Final = "application/json"
LONGEST_BEFORE: Final = 300_000
"""Characters before the cursor that are read to complete a word."""


class Typed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The files as they stand in the browser."""

    files: dict[str, str]
    examples: bool = False


class Asked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The text before a word, and the word."""

    before: str
    word: str = ""


@post(ONE + "/check", status_code=200, request_max_body_size=LARGEST_BODY)
async def check_typed(
    here: NamedDependency[Here], draft_id: FromPath[UUID], request: Request[Any, Any, Any]
) -> Response[Any]:
    """Every fault of what is typed, and, where asked for, its examples; nothing is kept."""
    draft = await open_draft(here, draft_id)
    typed = _read(await request.body(), Typed)
    try:
        require_readable(typed.files)
    except FilesRefused as refused:  # a script asks: it is told in the form that it reads
        return _answer({"says": here.words.sentence(refused)}, status=refused.status)
    begun = time.perf_counter()
    checked = await check_texts(
        here.conn,
        tenant_id=here.visit.tenant_id,
        name=draft.title,
        texts=typed.files,
        with_examples=typed.examples,
        installation=here.installation,
    )
    checked = await with_mails(here.conn, visit=here.visit, checked=checked)
    milliseconds = round((time.perf_counter() - begun) * 1000)
    told = {
        "faults": [fault_told(here.words, fault) for fault in checked.faults],
        **counted(checked.faults),
        "milliseconds": milliseconds,
    }
    if typed.examples:
        told["examples"] = outcomes_told(here.words, checked)
    return _answer(told)


@post(ONE + "/complete", status_code=200)
async def complete_word(
    here: NamedDependency[Here], draft_id: FromPath[UUID], request: Request[Any, Any, Any]
) -> Response[Any]:
    """What may be typed behind a text: keys and values, by the schema."""
    draft = await open_draft(here, draft_id)
    asked = _read(await request.body(), Asked)
    codes = await city_codes(here.conn, visit=here.visit, draft=draft)
    found = options_at(asked.before, codes) if len(asked.before) <= LONGEST_BEFORE else []
    options = [
        {
            "label": option.label,
            "detail": here.words.text(option.name) or _named(here.words, option),
            "is_key": option.is_key,
            "required": option.required,
        }
        for option in found
    ]
    return _answer({"options": options})


@post(ONE + "/explain", status_code=200)
async def explain_word(
    here: NamedDependency[Here], draft_id: FromPath[UUID], request: Request[Any, Any, Any]
) -> Response[Any]:
    """What a word of the text means: its place, its kind, the values it takes."""
    draft = await open_draft(here, draft_id)
    asked = _read(await request.body(), Asked)
    fits = len(asked.before) <= LONGEST_BEFORE and len(asked.word) <= LONGEST_WORD
    codes = await city_codes(here.conn, visit=here.visit, draft=draft)
    found = meaning_at(asked.before, asked.word, codes) if fits else None
    return _answer({} if found is None else _meaning_told(here.words, found))


def _meaning_told(words: Words, found: Meaning) -> dict[str, Any]:
    """A meaning in words: the sentence of the key, and only where it has none what the schema says (in English)."""
    kinds = [words.say(f"rule_kind.{kind}") for kind in found.kinds if kind != "null"]
    named = {
        value: words.text(found.names.get(value)) or value_in_words(words, value, found.key) for value in found.allowed
    }
    helped = key_help(words, found.owner, found.key)
    return {
        "key": found.key,
        "name": key_in_words(words, found.key, found.owner),
        "where": path_in_words(words, found.path),
        "kinds": words.fact(kinds),
        "allowed": [f"{value} {name}".strip() for value, name in named.items() if value != "null"],
        "help": helped,
        "about": "" if helped or not found.owner else found.about.replace("``", ""),
    }


def _named(words: Words, option: Option) -> str:
    """What an option is called; nothing where it is called by itself."""
    if not option.is_key:
        return value_in_words(words, option.label, option.under)
    named = key_in_words(words, option.label, option.under)
    return "" if named == option.label else named


def _read(body: bytes, shape: type[Shape]) -> Shape:
    try:
        return msgspec.json.decode(body, type=shape)
    except msgspec.MsgspecError as error:
        raise Malformed from error


def _answer(told: dict[str, Any], *, status: int = 200) -> Response[Any]:
    headers = {"cache-control": "no-store"}
    return Response(msgspec.json.encode(told), media_type=JSON, headers=headers, status_code=status)


ROUTES: Final = [check_typed, complete_word, explain_word]
