"""The plugin: which papers must have been seen, and what a clerk's yes establishes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, ClassVar, Literal

from msgspec import Struct

from yoyaku.extension.identity import (
    CONTRACT,
    Answer,
    AnswerRefused,
    Applicant,
    Begun,
    CheckContext,
    Claims,
    ClerkSaw,
    NextStep,
    Outcome,
    PaperAsked,
    Rejected,
    Verified,
    VisitCounter,
)

Confirmed = Literal["name", "kana", "birth_date", "address"]


class CounterSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``confirms`` are the properties that the papers show: what a clerk's yes establishes.

    ``note_required`` asks for a note even where a clerk approves.
    """

    confirms: tuple[Confirmed, ...] = ("name", "birth_date")
    note_required: bool = False


class CounterPlugin:
    """A visit to a counter. Papers come from the rule set, for the person or for their proxy."""

    name: ClassVar[str] = "identity-counter"
    contract: ClassVar[int] = CONTRACT
    settings_type: ClassVar[type[Struct]] = CounterSettings
    begins_with: ClassVar[type[NextStep]] = VisitCounter

    async def begin(self, context: CheckContext) -> Begun:  # noqa: ARG002  # the contract's
        """Send the person to a counter; nothing is kept."""
        return Begun(step=VisitCounter())

    async def receive(self, context: CheckContext, *, kept: Mapping[str, Any], answer: Answer) -> Outcome:  # noqa: ARG002
        """Decide as the clerk did, if every paper that is required was seen.

        Raises:
            AnswerRefused: ``foreign`` (no clerk's decision), ``why_missing``, ``paper_missing`` or ``paper_unknown`` (with
                the ``paper``'s name).
        """
        if not isinstance(answer, ClerkSaw):
            raise AnswerRefused(reason="foreign")
        settings: CounterSettings = context.settings
        if not answer.note.strip() and (settings.note_required or not answer.approved):
            raise AnswerRefused(reason="why_missing")
        if not answer.approved:
            return Rejected(code="at_counter", facts={"why": answer.note.strip()})
        for paper in context.papers:
            _check_paper(paper, answer.papers)
        evidence = {"papers": dict(answer.papers), "by_proxy": answer.by_proxy, "note": answer.note.strip()}
        return Verified(claims=_claims(context.applicant, settings.confirms), evidence=evidence)


def _check_paper(paper: PaperAsked, seen: Mapping[str, str]) -> None:
    kind = seen.get(paper.code)
    if not kind:
        if paper.required:
            raise AnswerRefused(reason="paper_missing", paper=paper.name, code=paper.code)
    elif paper.kinds and kind not in paper.kinds:
        raise AnswerRefused(reason="paper_unknown", paper=paper.name, code=paper.code)


def _claims(applicant: Applicant, confirms: tuple[Confirmed, ...]) -> Claims:
    def told(name: Confirmed, value: str | None) -> str | None:
        return value if name in confirms else None

    born: date | None = applicant.birth_date if "birth_date" in confirms else None
    return Claims(
        name=told("name", applicant.name),
        kana=told("kana", applicant.kana),
        birth_date=born,
        address=told("address", applicant.address),
    )


plugin = CounterPlugin()
