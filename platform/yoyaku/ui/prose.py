"""The tenants' own pages: headings, paragraphs and lists, and telephone numbers that a phone can call.

Everything is escaped; there is no HTML and no link that a text could choose, so that it can carry no script.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby
from typing import Final

from markupsafe import Markup, escape

_HEADING: Final = re.compile(r"(#{1,4})\s+(.*)")
_BULLET: Final = re.compile(r"[-*・]\s*(.*)")
_NUMBERED: Final = re.compile(r"[0-9]+[.)]\s+(.*)")
_TELEPHONE: Final = re.compile(r"(?<![0-9-])0[0-9]{1,4}-[0-9]{1,4}-[0-9]{3,4}(?![0-9-])")


def prose_html(text: str, *, top_level: int = 2) -> Markup:
    """Write the HTML of a text; its first-level headings become ``<h{top_level}>``."""
    lines = [line.strip() for line in text.splitlines()]
    parts: list[str] = []
    for kind, group in groupby(lines, key=_kind):
        parts.extend(_block(kind, list(group), top_level))
    return Markup("\n".join(parts))  # noqa: S704 (every piece was escaped)


def split_title(text: str) -> tuple[str | None, str]:
    """Take a first-level heading off the beginning of a text; it is the title of the page."""
    first, _, rest = text.lstrip().partition("\n")
    found = _HEADING.fullmatch(first.strip())
    return (found[2], rest) if found and len(found[1]) == 1 else (None, text)


def _kind(line: str) -> str:
    if not line:
        return "gap"
    if _HEADING.fullmatch(line):
        return "heading"
    if _BULLET.fullmatch(line):
        return "ul"
    return "ol" if _NUMBERED.fullmatch(line) else "p"


def _block(kind: str, lines: list[str], top_level: int) -> Iterator[str]:
    if kind == "heading":
        for line in lines:
            marks, words = _HEADING.fullmatch(line).groups()  # type: ignore[union-attr]  # _kind has matched it
            level = min(top_level + len(marks) - 1, 6)
            yield f"<h{level}>{_words(words)}</h{level}>"
    elif kind in {"ul", "ol"}:
        pattern = _BULLET if kind == "ul" else _NUMBERED
        items = "".join(f"<li>{_words(pattern.fullmatch(line)[1])}</li>" for line in lines)  # type: ignore[index]
        yield f"<{kind}>{items}</{kind}>"
    elif kind == "p":
        yield f"<p>{'<br>'.join(map(_words, lines))}</p>"


def _words(text: str) -> str:
    """Escaped, and each telephone number as a link: whoever reads on a phone calls with one touch."""
    return _TELEPHONE.sub(lambda found: f'<a href="tel:{found[0]}">{found[0]}</a>', str(escape(text)))
