"""An application to be registered, what it was understood to say, and all that is wrong with it."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date

from yoyaku.kernel.errors import YoyakuError
from yoyaku.registration.terms import Way

Answer = str | bool | date


class ApplicationRefused(YoyakuError):
    """Something in an application is missing, wrong or against the rules: ``faults``, all of them."""

    status = 422
    code = "application_refused"
    title = "The application cannot be taken as it is."

    def __init__(self, faults: list[FieldFault]) -> None:
        super().__init__(count=len(faults))
        self.faults = faults


@dataclass(frozen=True, kw_only=True)
class FieldFault:
    """What is wrong with one field: ``code`` finds the words ``fault.<code>``, which ``facts`` fill in.

    Where a refusal of elsewhere says it (``error``), its own words are used.
    """

    field: str
    code: str
    facts: Mapping[str, object] = dataclasses.field(default_factory=dict)
    error: YoyakuError | None = None


@dataclass(frozen=True, kw_only=True)
class Application:
    """What somebody applies with: class, way, what they typed by field, and which consents they gave by code.

    ``login_id`` and ``password`` where people choose them. ``form_key`` is the id that the registration
    will have, as text: a form sent twice carries one.
    """

    user_class: str
    way: Way
    answers: Mapping[str, str] = dataclasses.field(repr=False)
    consents: AbstractSet[str] = frozenset()
    login_id: str | None = None
    password: str | None = dataclasses.field(default=None, repr=False)
    by_proxy: bool = False
    language: str = "ja"
    form_key: str | None = None


@dataclass(frozen=True, kw_only=True)
class Answers:
    """What the form was understood to say, by field, and everything that is wrong with it."""

    values: Mapping[str, Answer]
    faults: list[FieldFault]

    def text(self, code: str) -> str | None:
        """One answer that is text; ``None`` where there is none."""
        found = self.values.get(code)
        return found if isinstance(found, str) else None

    def day(self, code: str) -> date | None:
        """One answer that is a day; ``None`` where there is none."""
        found = self.values.get(code)
        return found if isinstance(found, date) else None
