"""What an admin may write of their own site: looks, words, pages, contact; checked as a folder is."""

from __future__ import annotations

import dataclasses
import hashlib
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import msgspec

from yoyaku.tenancy.policy.checks import FREE_WORDING
from yoyaku.tenancy.policy.logo import logo_faults
from yoyaku.tenancy.policy.looks import COLOUR, TOKENS, weak_contrasts
from yoyaku.ui.languages import LANGUAGES
from yoyaku.ui.wording import facts_named

Part = Literal["brand", "wording", "pages", "contact"]
PARTS: Final[tuple[Part, ...]] = ("brand", "wording", "pages", "contact")
SITE_PAGES: Final = ("guide", "faq", "terms", "privacy", "notices")
"""The pages that the frame of every site leads to, where the city has them."""
STEP_PAGES: Final = ("payment", "cancellation")
"""The pages that a step of booking shows, where the city has them."""
ESSENTIAL: Final = frozenset({"link"})
"""Facts without which a text is of no use to whoever reads it; where the default names one, the city's own does too."""
LONGEST: Final = {"brand": 100, "wording": 10_000, "pages": 50_000, "contact": 300}
"""Letters of one text."""
_MAIL: Final = re.compile(r"[^@\s,;:<>()\"\\]+@([^@\s,;:<>()\"\\]+\.[^@\s,;:<>()\"\\]+|localhost)\Z")
"""One address, and nothing that makes a header of mails mean several."""
_PHONE: Final = re.compile(r"[0-9+()\- ]{3,30}\Z")


@dataclass(frozen=True, kw_only=True)
class Piece:
    """What is changed at once: ``name`` is the wording key or the page's code, empty for looks and contact."""

    part: Part
    name: str = ""


@dataclass(frozen=True, kw_only=True)
class SiteFault:
    """What is wrong with what was typed, and in which field; the sentence is the wording ``site.fault.<code>``."""

    field: str
    code: str
    facts: Mapping[str, object] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Speech:
    """In which languages a site speaks, the platform's words by language, and the facts that a text may name.

    ``given``: by wording key, where the default's own facts are not all (mails).
    """

    languages: Sequence[str]
    defaults: Mapping[str, Mapping[str, str]]
    given: Mapping[str, Collection[str]] = dataclasses.field(default_factory=dict)


def piece_of(site: Mapping[str, Any], piece: Piece) -> Any:  # noqa: ANN401  # JSON
    """What stands there now, of the city's own; ``None``: nothing. ``site`` has the columns of a service by name."""
    whole = site[piece.part]
    if piece.part == "wording":
        own = {language: words[piece.name] for language, words in whole.items() if piece.name in words}
        return own or None
    return whole.get(piece.name) if piece.part == "pages" else whole


def with_piece(site: Mapping[str, Any], piece: Piece, value: Any) -> dict[str, Any]:  # noqa: ANN401  # JSON
    """The whole of a part, with one piece put in (``None``: taken out)."""
    whole = site[piece.part]
    if piece.part == "wording":
        languages = sorted({*whole, *(value or {})})
        kept = {
            language: {key: text for key, text in whole.get(language, {}).items() if key != piece.name}
            for language in languages
        }
        return {language: {**kept[language], **_own(piece.name, value, language)} for language in languages}
    if piece.part == "pages":
        others = {code: page for code, page in whole.items() if code != piece.name}
        return others if value is None else {**others, piece.name: value}
    return dict(value)


def _own(key: str, value: Mapping[str, str] | None, language: str) -> dict[str, str]:
    return {key: value[language]} if value and language in value else {}


def mark_of(value: object) -> str:
    """A short sign of what stood there when somebody began to change it."""
    return hashlib.sha256(msgspec.json.encode(value, order="deterministic")).hexdigest()[:20]


def site_faults(piece: Piece, value: Any, speech: Speech) -> list[SiteFault]:  # noqa: ANN401  # JSON
    """What is wrong with what is to stand there, field by field; empty where it may."""
    checks = {"brand": _brand, "wording": _wording, "pages": _page, "contact": _contact}
    return list(checks[piece.part](piece, value, speech))


def _in_all(name: str, text: Mapping[str, str] | None, speech: Speech, part: Part) -> Iterator[SiteFault]:
    for language in speech.languages:
        said = (text or {}).get(language, "").strip()
        if not said and language not in LANGUAGES:
            continue  # its readers read the English meanwhile
        if not said:
            yield SiteFault(field=f"{name}.{language}", code="missing")
        elif len(said) > LONGEST[part]:
            yield SiteFault(field=f"{name}.{language}", code="too_long", facts={"most": LONGEST[part]})


def _brand(_: Piece, value: Mapping[str, Any], speech: Speech) -> Iterator[SiteFault]:
    yield from _in_all("name", value["name"], speech, "brand")
    if value.get("tagline"):
        yield from _in_all("tagline", value["tagline"], speech, "brand")
    colours = value["colours"]
    unread = [name for name in TOKENS if not COLOUR.match(colours.get(name, ""))]
    for name in unread:
        yield SiteFault(field=f"colours.{name}", code="no_colour", facts={"found": colours.get(name, "")})
    if not unread:
        for weak in weak_contrasts(colours):
            facts = {**weak.facts, "proposal": weak.proposal}
            yield SiteFault(field=f"colours.{weak.name}", code="contrast", facts=facts)
    for code, found in logo_faults(value["logo_svg"]):
        yield SiteFault(field="logo_svg", code=code, facts={"found": found})


def _wording(piece: Piece, value: Mapping[str, str] | None, speech: Speech) -> Iterator[SiteFault]:
    key = piece.name
    defaults = {language: words[key] for language, words in speech.defaults.items() if key in words}
    given = speech.given.get(key)
    if given is None:
        given = {fact for text in defaults.values() for fact in facts_named(text)}
    wanted = {fact for text in defaults.values() for fact in facts_named(text)} & ESSENTIAL
    is_free = not defaults
    for language in speech.languages:
        text, at = (value or {}).get(language), f"text.{language}"
        if text is None:
            if is_free and language in LANGUAGES:  # nothing of the platform's stands behind it
                yield SiteFault(field=at, code="missing")
            continue
        if len(text) > LONGEST["wording"]:
            yield SiteFault(field=at, code="too_long", facts={"most": LONGEST["wording"]})
        strange = facts_named(text) - set(given) if not (is_free and key not in speech.given) else set()
        if strange:
            facts = {"found": _braced(strange), "allowed": _braced(given)}
            yield SiteFault(field=at, code="unknown_fact" if given else "no_facts", facts=facts)
        if lacking := wanted - facts_named(text):
            yield SiteFault(field=at, code="needed_fact", facts={"found": _braced(lacking)})


def _braced(facts: Collection[str]) -> str:
    return " ".join(f"{{{fact}}}" for fact in sorted(facts))


def _page(_: Piece, value: Mapping[str, Any], speech: Speech) -> Iterator[SiteFault]:
    yield from _in_all("title", value["title"], speech, "brand")
    yield from _in_all("text", value["text"], speech, "pages")


def _contact(_: Piece, value: Mapping[str, Any], speech: Speech) -> Iterator[SiteFault]:
    yield from _in_all("name", value["name"], speech, "contact")
    for name in ("hours", "address"):
        if value.get(name):
            yield from _in_all(name, value[name], speech, "contact")
    if value.get("mail") and not _MAIL.match(value["mail"]):
        yield SiteFault(field="mail", code="no_mail", facts={"found": value["mail"]})
    if value.get("phone") and not _PHONE.match(value["phone"]):
        yield SiteFault(field="phone", code="no_phone", facts={"found": value["phone"]})


def may_word(key: str, speech: Speech, own: Mapping[str, Mapping[str, str]]) -> bool:
    """Whether a city may word this key: one of the platform's, or one of its own codes that it words already."""
    return any(key in words for words in speech.defaults.values()) or (
        key.startswith(FREE_WORDING) and any(key in words for words in own.values())
    )
