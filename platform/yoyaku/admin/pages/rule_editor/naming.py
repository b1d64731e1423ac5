"""What the places of a draft are called in its forms: by the language's words, and by the city's own names."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from yoyaku.admin.pages.rule_editor.parts import key_help, key_in_words, result_in_words, tongue, value_in_words
from yoyaku.kernel.errors import YoyakuError
from yoyaku.rulebook.adapting import civil_text
from yoyaku.rulebook.cases import ENDS
from yoyaku.rulebook.editing.codes import CityCodes, Names
from yoyaku.rulebook.editing.fields import Field, Group
from yoyaku.rulebook.editing.schema import owner_of
from yoyaku.rulebook.terms import Example
from yoyaku.rulebook.words.names import Names as Called
from yoyaku.rulebook.words.spoken import Spoken
from yoyaku.rulebook.words.voice import Voice
from yoyaku.rules.condition import NONE
from yoyaku.rules.fault import KeyPath
from yoyaku.rules.values import CalendarTerms
from yoyaku.ui.words import Words


class Naming:
    """Says keys, values and clauses; of a draft that cannot be read, by the language's words alone."""

    def __init__(self, words: Words, codes: CityCodes | None, whole: Mapping[str, Any]) -> None:
        """Speak of a rule set (``whole``) in the language of its reader."""
        voice = Voice(tongue(words), words.wording)
        self._words, self._codes, self._whole, self._spoken = words, codes, whole, Spoken(voice)
        self._called = None if codes is None else Called(codes.rules, codes.facilities, voice)

    def for_template(self) -> dict[str, Callable[..., object]]:
        """What the template of forms asks to be said."""
        return {
            "label_of": self.label,
            "title_of": self.title,
            "key_of": self.missing,
            "option_of": self.option,
            "help_of": lambda field: key_help(self._words, field.owner, str(field.path[-1])),
            "helps_of": lambda group: list(self._helps(group)),
        }

    def label(self, path: KeyPath) -> str:
        """What a place is called by its key; an item of a list by its number."""
        last = path[-1]
        if isinstance(last, int):
            return self._words.say("rule_editor.nth", name=self.label(path[:-1]), number=last + 1) if path[1:] else ""
        names = {} if self._codes is None else self._codes.keys_at(path[:-1], self._whole)
        return self.key(last, names, owner_of(path, self._whole))

    def title(self, group: Group) -> str:
        """What tells a clause from its neighbours: its name, its days, its condition in words; empty where nothing does."""
        clause = None if self._codes is None else self._codes.clause(group.path)
        if isinstance(group.name, Mapping) or isinstance(clause, Example):
            return self._words.text(group.name)
        if isinstance(clause, CalendarTerms):
            return self._words.text(clause.note)
        if group.is_list or self._codes is None or self._called is None or not isinstance(group.path[-1], int):
            return ""
        if not isinstance(clause, msgspec.Struct):
            return ""
        said = self._spoken.entry(clause, group.path[-1], self._called)
        numbered = self._spoken.voice.say("diff.item", n=group.path[-1] + 1)
        return "" if said == numbered else said

    def missing(self, key: str, group: Group) -> str:
        """What a key is called that may be added to a group."""
        return self.key(key, group.names, owner_of((*group.path, key), self._whole))

    def key(self, key: str, names: Names, owner: str = "") -> str:
        """What a key is called: the city's own, a question of its form, or a word of the language."""
        own = self._words.text(names.get(key))
        if own or self._called is None or self._codes is None:
            return own or key_in_words(self._words, key, owner)
        majority = self._codes.rules.booking.derived.get(key)
        if majority is not None:
            asked = self._called.label(f"form.{majority.field}") or majority.field
            return self._words.say("rule_editor.majority", name=asked)
        return self._called.label(key) if key.startswith("form.") else key_in_words(self._words, key, owner)

    def option(self, code: str, field: Field) -> str:
        """What a value is called that may be chosen in a field."""
        named = self._words.text(field.names.get(code)) or ("" if code != NONE else self._words.say("rule_value.none"))
        key = next((step for step in reversed(field.path) if isinstance(step, str)), "")
        said = named or ("" if field.names else value_in_words(self._words, code, key))
        if said or self._called is None or self._codes is None:
            return said or code
        fact = self._codes.fact_of(field.path, self._whole)
        return (self._called.value(fact, code) if fact else "") or value_in_words(self._words, code, key) or code

    def result(self, key: str, found: object, zone: ZoneInfo) -> str:
        """What came of an example under a key of ``then``, moments as rule sets write them, codes by their names."""
        if isinstance(found, datetime):
            return civil_text(found, zone, ends_days=key in ENDS)
        at: KeyPath = ("examples", 0, "then", key)
        if isinstance(found, Mapping):
            names = {} if self._codes is None else self._codes.keys_at(at, self._whole)
            named = [(self._words.text(names.get(str(one))) or str(one), part) for one, part in found.items()]
            return self._words.fact([f"{name} {self.result(key, part, zone)}" for name, part in named])
        if isinstance(found, list | tuple):
            codes = {} if self._codes is None else self._codes.values_at((*at, 0), self._whole)
            return self._words.fact([self._words.text(codes.get(str(one))) or str(one) for one in found])
        return result_in_words(self._words, key, found, zone)

    def sentence(self, error: YoyakuError) -> str:
        """Why something was refused, as residents read it."""
        return self._words.sentence(error)

    def _helps(self, group: Group) -> Iterator[tuple[Field, str]]:
        """What the fields of a group are for, where there is a sentence of it."""
        for field in group.fields:
            if told := key_help(self._words, field.owner, str(field.path[-1])):
                yield field, told
