"""What the parser of YAML says is wrong, in our words."""

from __future__ import annotations

from typing import Final

from yoyaku.rules.fault import Term

PROBLEMS: Final = {
    "mapping values are not allowed in this context": "map_here",
    "could not find expected ':'": "colon",
    "did not find expected key": "key",
    "did not find expected ',' or '}'": "brace",
    "did not find expected ',' or ']'": "bracket",
    "did not find expected node content": "node",
    "block sequence entries are not allowed in this context": "dash",
    "found character that cannot start any token": "start",
    "found unexpected end of stream": "end",
    "did not find expected '-' indicator": "item",
    "did not find expected <document start>": "document",
    "found unknown escape character": "escape",
    "found undefined tag handle": "tag_handle",
}
"""What libyaml says, and the word we have for it (``term.syntax.<word>``)."""


def in_words(problem: str) -> Term | str:
    """What is wrong, as a word of ours; where we have none, as the parser says it."""
    known = PROBLEMS.get(problem)
    return problem if known is None else Term(f"syntax.{known}")
