"""Notices of a city on its site: what one must say, and who sees it where and when."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, Protocol, TypeVar

from yoyaku.tenancy.policy.site import SiteFault
from yoyaku.ui.languages import LANGUAGES

Importance = Literal["normal", "important", "urgent"]
Audience = Literal["everyone", "members", "class"]
IMPORTANCE: Final[tuple[Importance, ...]] = ("normal", "important", "urgent")
AUDIENCES: Final[tuple[Audience, ...]] = ("everyone", "members", "class")
LONGEST_TITLE: Final = 100
LONGEST_BODY: Final = 4_000


@dataclass(frozen=True, kw_only=True)
class NoticeText:
    """A notice as it is typed: texts by language, shown in ``shown_from <= now < shown_until`` (business time; ``None``:
    until it is ended), to whom, on the first page or (and) on a facility's.
    """

    title: Mapping[str, str]
    body: Mapping[str, str]
    shown_from: datetime | None
    shown_until: datetime | None
    importance: str
    audience: str
    user_class: str | None
    on_top: bool
    facility_id: str | None


class Shown(Protocol):
    """A stored notice, as far as it matters who sees it."""

    @property
    def importance(self) -> str:
        """One of :data:`IMPORTANCE`."""
        ...

    @property
    def audience(self) -> str:
        """One of :data:`AUDIENCES`."""
        ...

    @property
    def user_class(self) -> str | None:
        """To which class it is shown, where to one."""
        ...

    @property
    def on_top(self) -> bool:
        """Whether the first page shows it."""
        ...

    @property
    def facility_id(self) -> str | None:
        """Which facility's page shows it."""
        ...

    @property
    def shown_from(self) -> datetime:
        """Since when."""
        ...


Stored = TypeVar("Stored", bound=Shown)


def notices_for(
    notices: Iterable[Stored], *, is_member: bool, user_class: str | None, facility: str | None
) -> list[Stored]:
    """Those that a visitor sees on the first page (``facility`` is ``None``) or on a facility's; the gravest first."""
    here = [one for one in notices if (one.on_top if facility is None else one.facility_id == facility)]
    latest = seen_by(here, is_member=is_member, user_class=user_class)
    return sorted(latest, key=lambda one: _GRAVEST.index(one.importance))


def seen_by(notices: Iterable[Stored], *, is_member: bool, user_class: str | None) -> list[Stored]:
    """Those that are meant for a visitor, the latest first."""
    mine = [
        one
        for one in notices
        if one.audience == "everyone"
        or (one.audience == "members" and is_member)
        or (one.audience == "class" and user_class is not None and one.user_class == user_class)
    ]
    return sorted(mine, key=lambda one: one.shown_from, reverse=True)


_GRAVEST: Final = ("urgent", "important", "normal")


def notice_faults(
    text: NoticeText, *, languages: Sequence[str], classes: Collection[str], facilities: Collection[str]
) -> list[SiteFault]:
    """What is wrong with what was typed, field by field."""
    return [*_texts(text, languages), *_times(text), *_targets(text, classes, facilities)]


def _texts(text: NoticeText, languages: Sequence[str]) -> Iterator[SiteFault]:
    for name, said, most in (("title", text.title, LONGEST_TITLE), ("body", text.body, LONGEST_BODY)):
        for language in languages:
            written = said.get(language, "").strip()
            if not written and language not in LANGUAGES:
                continue  # its readers read the English meanwhile
            if not written:
                yield SiteFault(field=f"{name}.{language}", code="missing")
            elif len(written) > most:
                yield SiteFault(field=f"{name}.{language}", code="too_long", facts={"most": most})


def _times(text: NoticeText) -> Iterator[SiteFault]:
    if text.shown_from is None:
        yield SiteFault(field="shown_from", code="no_moment")
    elif text.shown_until is not None and text.shown_until <= text.shown_from:
        yield SiteFault(field="shown_until", code="ends_before")


def _targets(text: NoticeText, classes: Collection[str], facilities: Collection[str]) -> Iterator[SiteFault]:
    if text.importance not in IMPORTANCE:
        yield SiteFault(field="importance", code="missing")
    if text.audience not in AUDIENCES:
        yield SiteFault(field="audience", code="missing")
    if text.audience == "class" and text.user_class not in classes:
        yield SiteFault(field="user_class", code="missing")
    if text.facility_id is not None and text.facility_id not in facilities:
        yield SiteFault(field="facility", code="missing")
    if not text.on_top and text.facility_id is None:
        yield SiteFault(field="facility", code="nowhere")
