"""What a guide is made of: sections of paragraphs, lists and tables, as data."""

from __future__ import annotations

from dataclasses import dataclass

from yoyaku.rulebook.words.voice import Tongue


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """A paragraph; ``source`` is where the city says so, in words."""

    text: str
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bullets:
    """Points of a list, each a paragraph; ``heading`` may be empty."""

    points: tuple[Paragraph, ...]
    heading: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table: the first cell of each row names it; ``amounts`` are the columns of numbers."""

    caption: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    sources: tuple[str, ...] = ()
    amounts: frozenset[int] = frozenset()


Block = Paragraph | Bullets | Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One section of a guide; ``code`` is its place in an address."""

    code: str
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Guide:
    """The guide of a rule set in one language."""

    tongue: Tongue
    title: str
    lead: str
    sections: tuple[Section, ...]
