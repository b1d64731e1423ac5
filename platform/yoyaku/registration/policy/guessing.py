"""How a guesser takes a password apart: words, runs of keys, years, repetitions, and what others know of its owner."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from datetime import date
from typing import Final

import jaconv

from yoyaku.kernel.text import fold_width
from yoyaku.registration.policy.common_passwords import COMMON_WORDS, KEYBOARD_RUNS

SHORTEST_RUN: Final = 3
SHORTEST_WORD: Final = 3
SHORTEST_PERSONAL: Final = 3
MOST_PIECES: Final = 3
"""A phrase of more pieces than this is not taken apart: its order is its strength."""
PHRASE_LETTERS: Final = 15
"""Three words of so many letters are a phrase, which is better than what a pattern makes people invent."""
LEFT_AT_MOST: Final = 3
"""So few characters around what is guessed are guessed with it."""
LONGEST_UNIT: Final = 5

_RUNS: Final = tuple(run for keys in KEYBOARD_RUNS for run in (keys, keys[::-1]))
_YEAR: Final = re.compile(r"(19|20)\d\d")
_DATE: Final = re.compile(r"^\s*(\d{4})\s*(?:[-/.年])?\s*(\d{1,2})\s*(?:[-/.月])?\s*(\d{1,2})\s*日?\s*$")
_LONGEST_WORD: Final = max(map(len, COMMON_WORDS))
_ERAS: Final = (
    (date(2019, 5, 1), 2018, ("r", "reiwa", "令和", "令")),
    (date(1989, 1, 8), 1988, ("h", "heisei", "平成", "平")),
    (date(1926, 12, 25), 1925, ("s", "showa", "shouwa", "昭和", "昭")),
    (date(1912, 7, 30), 1911, ("t", "taisho", "taishou", "大正", "大")),
)
"""First day, the year before its first, and how people write it."""


def bare(text: str) -> str:
    """``text`` in one width and kana, in small letters, without anything but letters and digits."""
    folded = jaconv.kata2hira(fold_width(text).casefold())
    return "".join(character for character in folded if character.isalnum())


def is_one_unit_again_and_again(text: str) -> bool:
    """Whether ``text`` is a few characters repeated: ``aaaaaaaa``, ``abcabcabc``."""
    units = range(1, min(LONGEST_UNIT, len(text) // 2) + 1)
    return any(_repeats(text, length) for length in units)


def is_made_of_common_pieces(text: str) -> bool:
    """Whether ``text`` falls to a list of words, runs of keys and years, with next to nothing between them."""
    pieces, left = 0, 0
    place = 0
    while place < len(text):
        length = _piece_at(text, place)
        pieces, left = (pieces + 1, left) if length else (pieces, left + 1)
        place += length or 1
    most = MOST_PIECES - 1 if len(text) >= PHRASE_LETTERS else MOST_PIECES
    return 0 < pieces <= most and left <= LEFT_AT_MOST


def is_made_of(text: str, known: Collection[str]) -> bool:
    """Whether ``text`` is something ``known`` of its owner, with next to nothing around it."""
    left = bare(text)
    found = False
    for one in sorted(known, key=len, reverse=True):
        if len(one) >= SHORTEST_PERSONAL and one in left:
            left, found = left.replace(one, ""), True
    return found and len(left) <= LEFT_AT_MOST


def writings(personal: Iterable[str]) -> frozenset[str]:
    """What others know of somebody, in every common writing: dates, readings in Roman letters, parts of an address."""
    return frozenset(bare(written) for text in personal for written in _written(text)) - {""}


def _written(text: str) -> Iterator[str]:
    yield text
    day = _day(text)
    if day is not None:
        yield from _dates(day)
        return
    yield from re.split(r"[\s　@]+", text)
    for part in re.split(r"[\s　]+", text):
        kana = jaconv.kata2hira(jaconv.h2z(part))
        if kana and all("ぁ" <= character <= "ゖ" or character == "ー" for character in kana):
            roman = jaconv.kana2alphabet(kana)
            yield from (roman, roman.replace("ou", "o").replace("uu", "u").replace("-", ""))


def _day(text: str) -> date | None:
    found = _DATE.match(fold_width(text))
    if found is None:
        return None
    try:
        return date(*(int(part) for part in found.groups()))
    except ValueError:
        return None


def _dates(day: date) -> Iterator[str]:
    year, short, month, on = day.year, day.year % 100, day.month, day.day
    years = [f"{year}", f"{short:02}", ""]
    for first, before, names in _ERAS:
        if day >= first:
            years += [f"{name}{day.year - before}{mark}" for name in ("", *names) for mark in ("", "年")]
            years += [f"{name}{day.year - before:02}" for name in ("", *names)]
            break
    for written in (f"{month:02}{on:02}", f"{month}{on}", f"{month}月{on}日"):
        for one in (*years, f"{year}年"):
            yield f"{one}{written}"
    yield from (f"{on:02}{month:02}{year}", f"{on:02}{month:02}{short:02}", f"{month:02}{on:02}{year}")


def _piece_at(text: str, place: int) -> int:
    """The length of the longest guessed piece that begins there; 0: none."""
    lengths = [_word_at(text, place), _run_at(text, place), _repetition_at(text, place)]
    if _YEAR.match(text, place):
        lengths.append(4)
    return max(lengths)


def _word_at(text: str, place: int) -> int:
    longest = min(_LONGEST_WORD, len(text) - place)
    return next(
        (length for length in range(longest, SHORTEST_WORD - 1, -1) if text[place : place + length] in COMMON_WORDS), 0
    )


def _run_at(text: str, place: int) -> int:
    length = SHORTEST_RUN
    while place + length <= len(text) and any(text[place : place + length] in run for run in _RUNS):
        length += 1
    return length - 1 if length > SHORTEST_RUN else 0


def _repetition_at(text: str, place: int) -> int:
    end = place
    while end < len(text) and text[end] == text[place]:
        end += 1
    return end - place if end - place >= SHORTEST_RUN else 0


def _repeats(text: str, length: int) -> bool:
    return text == (text[:length] * (len(text) // length + 1))[: len(text)]
