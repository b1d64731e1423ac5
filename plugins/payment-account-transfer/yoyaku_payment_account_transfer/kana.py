"""Names as the banks' files have them: half-width kana without small ones, capitals, digits and seven signs.

Characters of the format of the Japanese Bankers Association: JIS X 0201, one byte each.
"""

from __future__ import annotations

import unicodedata
from typing import Final

HIRAGANA: Final = {code: code + 0x60 for code in range(0x3041, 0x3097)}
SMALL: Final = str.maketrans("ァィゥェォッャュョヮヵヶ", "アイウエオツヤユヨワカケ")
SAME: Final = str.maketrans(
    dict.fromkeys("ー‐‑‒–—―−ｰ", "-") | {"¥": "\\", "「": "｢", "」": "｣", "\u3099": "ﾞ", "\u309a": "ﾟ"}
)
"""What is written in one way: every dash and the mark of a long vowel, the sign of the yen, the voiced marks."""

_HALF: Final = "".join(map(chr, range(0xFF66, 0xFF9E)))
_TO_HALF: Final = {ord(unicodedata.normalize("NFKC", letter)): letter for letter in _HALF if letter not in "ｧｨｩｪｫｬｭｮｯｰ"}
ALLOWED: Final = frozenset("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ ().-/,\\｢｣ﾞﾟ") | frozenset(_TO_HALF.values())


class NotForBanks(ValueError):
    """A character that no bank's file holds: which (``letter``), the how manieth of the name (``place``, from 1)."""

    def __init__(self, letter: str, place: int) -> None:
        super().__init__(letter)
        self.letter = letter
        self.place = place


def bank_kana(text: str, *, o_for_wo: bool = False) -> str:
    """A name in the characters of the banks' files: キョウト becomes ｷﾖｳﾄ, ガッキ ｶﾞﾂｷ, ノーベル ﾉ-ﾍﾞﾙ.

    Any width, kind of kana and case is taken. ``o_for_wo``: the bank has ｵ for ヲ.

    Raises:
        NotForBanks: a character that has no such form (kanji, ヰ, ・).
    """
    return "".join(_half(letter, place, o_for_wo=o_for_wo) for place, letter in enumerate(text.strip(), start=1))


def _half(letter: str, place: int, *, o_for_wo: bool) -> str:
    wide = unicodedata.normalize("NFKC", letter).translate(HIRAGANA).translate(SMALL).upper()
    half = unicodedata.normalize("NFD", wide).translate(SAME).translate(_TO_HALF)
    if not half or not ALLOWED.issuperset(half):
        raise NotForBanks(letter, place)
    return half.replace("ｦ", "ｵ") if o_for_wo else half
