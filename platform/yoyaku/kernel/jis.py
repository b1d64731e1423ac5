"""Text for systems that know the letters of JIS X 0208 and no others: written with those, and flagged where changed.

What people wrote stays as they wrote it; this is for handing a copy to such a system.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from yoyaku.kernel.text import VARIATION_SELECTORS, common_form

GETA: Final = "〓"
"""What printers set where they had no type."""

_HALF_KANA: Final = re.compile("[\uff61-\uff9f]+")
_WITH_MARKS: Final = re.compile("[^\u3099\u309a]?[\u3099\u309a]*", re.DOTALL)
"""A letter with the sound marks written apart from it (か + ゛)."""

_LINES: Final = frozenset({"\n", "\t", "\u3000"})
_CODEC: Final = "iso2022_jp"
_SAME_SIGN: Final = str.maketrans("～－∥￠￡￢", "〜−‖¢£¬")  # the same signs as other tables name them


def shrink_to_jis(text: str) -> tuple[str, bool]:
    """``text`` in ASCII and JIS X 0208, and whether anything of it was changed.

    A variant becomes its common form (髙 高, 﨑 崎, 𠮷 吉), variation sequences lose their selector, half-width kana
    become full-width, and what has no form there becomes ``〓``.
    """
    whole = _HALF_KANA.sub(lambda run: unicodedata.normalize("NFKC", run[0]), text)
    composed = "".join(unicodedata.normalize("NFC", part) for part in _WITH_MARKS.findall(whole))
    shrunk = "".join(_shrink(letter) for letter in composed if letter not in VARIATION_SELECTORS)
    return shrunk, shrunk != text


def _shrink(letter: str) -> str:
    forms = (letter, letter.translate(_SAME_SIGN), common_form(letter), unicodedata.normalize("NFKC", letter))
    return next((form for form in forms if _is_known(form)), GETA)


def _is_known(text: str) -> bool:
    try:
        text.encode(_CODEC)
    except UnicodeEncodeError:
        return False
    return text.isprintable() or text in _LINES
