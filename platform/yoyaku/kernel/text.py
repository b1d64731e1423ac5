"""Names as people write them, and the key by which anyone finds them.

A name is stored byte for byte: normalisation destroys it (U+FA10 becomes another character even under NFC). What is
compared is a folded key, made here and never shown: width, variation sequences, the common form of a
variant character, one kind of kana, no spaces.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_COMMON_FORMS: Final = (
    "高髙 崎﨑碕嵜 吉𠮷 辺邊邉 斉齊斎齋 浜濱濵 沢澤 広廣 島嶋嶌 桜櫻 国國圀 徳德 瀬瀨 弥彌 恵惠 真眞 竜龍 富冨 柳栁桺 館舘 "
    "淵渕渊 静靜 薮藪籔 曽曾 条條 栄榮 実實 寿壽 礼禮 蔵藏 総總 与與 関關 円圓 鉄鐵 会會 学學 県縣 郷鄕 黒黑 "
    "緑綠 横橫 増增 槙槇 桧檜 滝瀧 鶴靍靏 鴎鷗 亀龜 万萬 亜亞 伝傳 仏佛 児兒 写寫 剣劍劔 勲勳 単單 厳嚴 参參 "
    "双雙 収收 図圖 団團 声聲 売賣 変變 宝寶 対對 将將 専專 岳嶽 峡峽 巌巖 帯帶 庁廳 応應 戦戰 択擇 拝拜 "
    "挙擧 摂攝 晋晉 暁曉 来來 枢樞 桑桒 梅楳 楼樓 楽樂 欧歐 歩步 歴歷 毎每 気氣 浅淺 浄淨 済濟 渋澁 渓溪 "
    "湾灣 満滿 焼燒 営營 独獨 献獻 画畫 当當 発發 研硏 稲稻 穂穗 穣穰 粛肅 経經 継繼 続續 縄繩 聡聰 台臺 "
    "芸藝 荘莊 薫薰 虫蟲 蛍螢 衛衞 覚覺 観觀 訳譯 証證 誉譽 豊豐 読讀 転轉 軽輕 遅遲 遥遙 郎郞 釈釋 鋭銳 "
    "録錄 隠隱 隣鄰 雑雜 霊靈 頼賴 顕顯 駅驛 験驗 鶏鷄 麦麥 黄黃 点點 歓歡 秋穐 船舩 杉椙 松枩 峰峯 村邨 "
    "野埜 橋槗 兎兔 卯夘 窓窗 喜㐂 草艸 昂昻 花華 "
)
"""Groups of one common form and its variants, for finding only: different names may share a key, and both are found."""

_PROLONGED: Final = str.maketrans(dict.fromkeys("‐‑‒–—―−-ｰ〜~", "ー"))
_SMALL_KANA: Final = str.maketrans("ァィゥェォッャュョヮヵヶ", "アイウエオツヤユヨワカケ")
_HIRAGANA: Final = {code: code + 0x60 for code in range(0x3041, 0x3097)}
_INVISIBLE: Final = dict.fromkeys([*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0), 0x200B, 0x200D, 0xFEFF])
VARIATION_SELECTORS: Final = frozenset(map(chr, [*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)]))
"""What follows a character to say which of its shapes is meant (IVS)."""

FIRST_JAPANESE: Final = 0x2E80
_JOINER: Final = "\u200d"
_HALF_MARKS: Final = "\uff9e\uff9f"
_UNREADABLE: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
_NOT_KANA: Final = re.compile("[^\u30a1-\u30fa\u30fc\u30fb\u30fd\u30fe\u3000]")
_LATIN_WIDE: Final = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}


def _variant_table() -> dict[int, str]:
    table: dict[int, str] = {}
    for group in _COMMON_FORMS.split():
        for variant in group[1:]:
            table.setdefault(ord(variant), group[0])
    return table


_VARIANTS: Final = _variant_table()


def fold_width(text: str) -> str:
    """``text`` with one width for each letter and digit (NFKC) and no spaces around; for codes, never for names."""
    return unicodedata.normalize("NFKC", text).strip()


def fold_for_search(text: str) -> str:
    """The key of a name, a reading or a query: what different people type for the same name gives one key."""
    plain = unicodedata.normalize("NFKC", text.translate(_INVISIBLE).translate(_VARIANTS)).casefold()
    kana = plain.translate(_VARIANTS).translate(_HIRAGANA).translate(_SMALL_KANA).translate(_PROLONGED)
    return "".join(character for character in kana if not character.isspace() and character not in "・.,、。'\"")


def search_key(*texts: str | None) -> str:
    """One key for all the texts by which something may be found (name, reading, number), parted by a line feed."""
    return "\n".join(folded for text in texts if text and (folded := fold_for_search(text)))


def common_form(letter: str) -> str:
    """The common form of a variant character (髙 高, 﨑 崎); any other character as it is."""
    return letter.translate(_VARIANTS)


def tidy_name(text: str) -> str:
    """A name as it was written, but for its spaces: none around, one between, full-width among Japanese letters.

    Every other character stays byte for byte, variants and variation sequences too.
    """
    words = text.split()
    return ("\u3000" if any(ord(letter) >= FIRST_JAPANESE for letter in text) else " ").join(words)


def tidy_kana(text: str, *, latin: bool = False) -> str | None:
    """A reading as full-width katakana with full-width spaces; ``None`` where it is not kana.

    Half-width kana and hiragana are taken too. ``latin`` allows letters and digits, as names of groups have them.
    """
    wide = unicodedata.normalize("NFKC", text).translate(_HIRAGANA).translate(_PROLONGED)
    kana = "\u3000".join(wide.split())
    if latin:
        kana = kana.translate(_LATIN_WIDE)
        return None if _NOT_KANA.search(re.sub("[\uff01-\uff5e]", "", kana)) else kana
    return None if _NOT_KANA.search(kana) else kana


def tidy_lines(text: str) -> str:
    """A longer text with one kind of line end, and no spaces around the lines."""
    lines = [line.strip() for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")]
    return "\n".join(lines).strip("\n")


def count_letters(text: str) -> int:
    """How many characters a reader sees: marks and variation selectors belong to the letter before them."""
    return sum(1 for place, letter in enumerate(text) if place == 0 or not _continues(text[place - 1], letter))


def _continues(before: str, letter: str) -> bool:
    joined = _JOINER in (letter, before)
    return joined or letter in _HALF_MARKS or unicodedata.category(letter).startswith("M")


def has_unreadable(text: str, *, lines: bool = False) -> bool:
    """Whether a text holds what nobody can see or read: control characters, marks of direction, private characters.

    ``lines`` allows line ends. Tabs count as spaces.
    """
    spared = "\t\n\r" if lines else "\t"
    return any(letter not in spared and unicodedata.category(letter) in _UNREADABLE for letter in text)
