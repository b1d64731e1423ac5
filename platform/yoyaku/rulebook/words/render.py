"""A guide and a timeline as plain text, Markdown and HTML."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final
from unicodedata import east_asian_width

from markupsafe import Markup

from yoyaku.rulebook.words.pieces import Block, Bullets, Guide, Paragraph, Table
from yoyaku.rulebook.words.timeline import Timeline

WIDE: Final = "WF"


def guide_text(shown: Guide) -> str:
    """A guide as plain text."""
    lines = [shown.title, "=" * _width(shown.title), "", shown.lead]
    for number, section in enumerate(shown.sections, start=1):
        heading = f"{number} {section.title}"
        lines += ["", heading, "-" * _width(heading)]
        for block in section.blocks:
            lines += ["", *_plain(block)]
    return "\n".join(lines) + "\n"


def guide_markdown(shown: Guide) -> str:
    """A guide as Markdown."""
    lines = [f"# {shown.title}", "", shown.lead]
    for section in shown.sections:
        lines += ["", f"## {section.title}"]
        for block in section.blocks:
            lines += ["", *_marked(block)]
    return "\n".join(lines) + "\n"


def guide_html(shown: Guide) -> Markup:
    """A guide as a page of its own."""
    body = Markup("\n").join(
        Markup("<section><h2>{}</h2>{}</section>").format(section.title, Markup("").join(map(_html, section.blocks)))
        for section in shown.sections
    )
    language = "en" if shown.tongue == "en" else "ja"
    return Markup(
        '<!doctype html><html lang="{}"><meta charset="utf-8"><title>{}</title><h1>{}</h1><p>{}</p>{}</html>\n'
    ).format(language, shown.title, shown.title, shown.lead, body)


def timeline_text(shown: Timeline) -> str:
    """A timeline as plain text."""
    lines = [shown.title, "=" * _width(shown.title), "", shown.lead, ""]
    lines += _plain(shown.events) if shown.events is not None else [shown.nothing]
    for block in (shown.closed, shown.rolling):
        if block is not None:
            lines += ["", *_plain(block)]
    return "\n".join(lines) + "\n"


def _sourced(paragraph: Paragraph) -> str:
    return f"{paragraph.text} [{paragraph.source}]" if paragraph.source else paragraph.text


def _plain(block: Block) -> Iterator[str]:
    if isinstance(block, Paragraph):
        yield _sourced(block)
    elif isinstance(block, Bullets):
        if block.heading:
            yield f"[{block.heading}]"
        yield from (f"- {_sourced(point)}" for point in block.points)
    else:
        yield f"[{block.caption}]"
        yield from _columns(block)


def _columns(table: Table) -> Iterator[str]:
    """The table in columns; the last is not filled up."""
    rows = [table.heads, *table.rows]
    widths = [max(_width(row[place]) for row in rows) for place in range(len(table.heads))]
    for row in rows:
        cells = [f"{cell}{' ' * (wide - _width(cell))}" for cell, wide in zip(row[:-1], widths, strict=False)]
        yield "  ".join(["", *cells, row[-1]])
    yield from (f"  [{source}]" for source in dict.fromkeys(filter(None, table.sources)))


def _width(text: str) -> int:
    return sum(2 if east_asian_width(letter) in WIDE else 1 for letter in text)


def _marked(block: Block) -> Iterator[str]:
    if isinstance(block, Paragraph):
        yield _sourced(block)
    elif isinstance(block, Bullets):
        if block.heading:
            yield f"### {block.heading}"
            yield ""
        yield from (f"- {_sourced(point)}" for point in block.points)
    else:
        yield f"### {block.caption}"
        yield ""
        yield _row(block.heads)
        yield _row("---" for _ in block.heads)
        yield from map(_row, block.rows)


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cell.replace('|', '¦') for cell in cells)} |"


def _html(block: Block) -> Markup:
    if isinstance(block, Paragraph):
        return Markup("<p>{}</p>").format(_sourced(block))
    if isinstance(block, Bullets):
        points = Markup("").join(Markup("<li>{}</li>").format(_sourced(point)) for point in block.points)
        heading = Markup("<h3>{}</h3>").format(block.heading) if block.heading else Markup("")
        return Markup("{}<ul>{}</ul>").format(heading, points)
    heads = Markup("").join(Markup('<th scope="col">{}</th>').format(head) for head in block.heads)
    rows = Markup("").join(
        Markup('<tr><th scope="row">{}</th>{}</tr>').format(
            row[0], Markup("").join(Markup("<td>{}</td>").format(cell) for cell in row[1:])
        )
        for row in block.rows
    )
    return Markup("<table><caption>{}</caption><thead><tr>{}</tr></thead><tbody>{}</tbody></table>").format(
        block.caption, heads, rows
    )
