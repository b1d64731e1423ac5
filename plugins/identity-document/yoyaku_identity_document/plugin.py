"""The plugin: a file that is what it says, for a clerk to look at."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from msgspec import Meta, Struct

from yoyaku.extension.identity import (
    CONTRACT,
    Answer,
    AnswerRefused,
    AwaitReview,
    Begun,
    CheckContext,
    Claims,
    ClerkSaw,
    NextStep,
    Outcome,
    PaperAsked,
    Rejected,
    SentFile,
    Upload,
    Verified,
)
from yoyaku_identity_document.picture import MediaType, clean_picture

MEGABYTE = 1_000_000


class DocumentSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What may be sent: ``media_types``, ``most_megabytes`` of 1,000,000 bytes, ``most_megapixels`` when it is unpacked.

    ``confirms_address``: the document shows the address that was typed, so a clerk's yes establishes it.
    """

    media_types: Annotated[tuple[MediaType, ...], Meta(min_length=1)] = ("image/jpeg", "image/png")
    most_megabytes: Annotated[int, Meta(ge=1, le=10)] = 10
    most_megapixels: Annotated[int, Meta(ge=1, le=80)] = 60
    confirms: tuple[Literal["address"], ...] = ()


class DocumentPlugin:
    """One picture, of which only the picture is kept, and a clerk's decision."""

    name: ClassVar[str] = "identity-document"
    contract: ClassVar[int] = CONTRACT
    settings_type: ClassVar[type[Struct]] = DocumentSettings
    begins_with: ClassVar[type[NextStep]] = Upload

    async def begin(self, context: CheckContext) -> Begun:
        """Ask for a file."""
        settings = _settings(context)
        return Begun(step=Upload(media_types=settings.media_types, most_bytes=settings.most_megabytes * MEGABYTE))

    async def receive(self, context: CheckContext, *, kept: Mapping[str, Any], answer: Answer) -> Outcome:  # noqa: ARG002
        """Make a clean picture of a file and let a clerk look; or do as the clerk decided.

        Raises:
            AnswerRefused: ``foreign``, what :func:`clean_picture` refuses, ``why_missing`` or ``paper_unknown``.
        """
        if isinstance(answer, SentFile):
            return await _review(answer, _settings(context))
        if isinstance(answer, ClerkSaw):
            return _decided(answer, context)
        raise AnswerRefused(reason="foreign")


async def _review(sent: SentFile, settings: DocumentSettings) -> AwaitReview:
    most_bytes = settings.most_megabytes * MEGABYTE
    if not sent.content:
        raise AnswerRefused(reason="empty")
    if len(sent.content) > most_bytes:
        raise AnswerRefused(reason="too_big", most_megabytes=settings.most_megabytes)
    clean = await asyncio.to_thread(
        clean_picture,
        sent.content,
        media_types=settings.media_types,
        most_pixels=settings.most_megapixels * 1_000_000,
        most_bytes=most_bytes,
    )
    return AwaitReview(file=clean, evidence={"media_type": clean.media_type})


def _decided(saw: ClerkSaw, context: CheckContext) -> Outcome:
    note = saw.note.strip()
    if not saw.approved:
        if not note:
            raise AnswerRefused(reason="why_missing")
        return Rejected(code="by_document", facts={"why": note})
    for paper in context.papers:
        _check_kind(paper, saw.papers)
    address = context.applicant.address if "address" in _settings(context).confirms else None
    return Verified(claims=Claims(address=address), evidence={"papers": dict(saw.papers), "note": note})


def _check_kind(paper: PaperAsked, seen: Mapping[str, str]) -> None:
    kind = seen.get(paper.code)
    if kind and paper.kinds and kind not in paper.kinds:
        raise AnswerRefused(reason="paper_unknown", paper=paper.name, code=paper.code)


def _settings(context: CheckContext) -> DocumentSettings:
    settings: DocumentSettings = context.settings
    return settings


plugin = DocumentPlugin()
