"""The texts of a new city's files: a base with its blanks filled, or another city's with what was its own taken out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from string import Template
from typing import Final

from yoyaku.admin.service.onboarding.answers import Answers
from yoyaku.kernel.errors import NotFound

FACILITY: Final = "main"
SPACE: Final = "first"
PAGES: Final = {
    "guide": ("ご利用の手引き", "Guide"),
    "terms": ("利用規約", "Conditions of use"),
    "privacy": ("個人情報の取扱い", "Privacy"),
    "notices": ("お知らせ", "Notices"),
}
BANDS: Final = (
    ("morning", "午前", "Morning", "00:00", "12:00"),
    ("afternoon", "午後", "Afternoon", "13:00", "17:00"),
    ("evening", "夜間", "Evening", "18:00", "24:00"),
)
_SECTION: Final = re.compile(r"^(?=[a-z_]+:)", re.MULTILINE)
_FILES: Final = {"registration": "registration.yaml", "booking": "booking.yaml", "examples": "examples.yaml"}
_FILES_OF_MONEY: Final = {"fees": "fees.yaml", "payment": "fees.yaml"}
REFERENCE: Final = "reference: "
_QUOTED: Final = re.compile(r"""("[^"]*"|'[^']*')""")
_OWN_KEY: Final = re.compile(rf"(?<![a-z_]){REFERENCE}")
"""The key, not the end of another (preference)."""
_REMARK: Final = re.compile(r"\s#")
_IN_BRACES: Final = re.compile(r"[,}\]]")


def rule_texts(answers: Answers, *, bases: Path, today: date) -> dict[str, str]:
    """The files of a first rule set from one of the bases.

    Raises:
        NotFound: the bases are not there.
    """
    file = bases / f"{answers.base}.yaml"
    if not file.is_file():
        raise NotFound(f"{file}: no such base. ひな形がありません。", path=str(file))
    blanks = _blanks(answers, today)
    text = Template(file.read_text(encoding="utf-8")).substitute(blanks)
    more = Template((bases / "common" / "registration.yaml").read_text(encoding="utf-8")).substitute(blanks)
    return {**_split(text), "registration.yaml": more}


def _blanks(answers: Answers, today: date) -> dict[str, object]:
    bands = _bands(answers)
    hour = f"{int(answers.opens[:2]) + 1:02d}:00"
    return {
        "service": answers.service,
        "service_ja": answers.service_ja,
        "service_en": answers.service_en or answers.service_ja,
        "city_ja": answers.name_ja,
        "city_en": answers.name_en or answers.name_ja,
        "facility": FACILITY,
        "facility_ja": answers.facility_ja,
        "facility_en": answers.facility_en or answers.facility_ja,
        "space": SPACE,
        "from_day": min(date(today.year, 1, 1), date(2027, 1, 1)).isoformat(),
        "opens": answers.opens,
        "closes": answers.closes,
        "first_hour": hour,
        "price_yen": int(answers.price_yen),
        "bands": "\n".join(_band_line(*one) for one in bands),
        "band_count": len(bands),
        "first_band": bands[0][0],
    }


def _bands(answers: Answers) -> list[tuple[str, str, str, str, str]]:
    """Morning, afternoon and evening, as far as it is open then; where none fits, the whole day is one."""
    cut = [
        (code, ja, en, max(starts, answers.opens), min(ends, answers.closes)) for code, ja, en, starts, ends in BANDS
    ]
    return [one for one in cut if one[3] < one[4]] or [("day", "全日", "Whole day", answers.opens, answers.closes)]


def _band_line(code: str, ja: str, en: str, starts: str, ends: str) -> str:
    return f'      - {{code: {code}, name: {{ja: {ja}, en: {en}}}, starts: "{starts}", ends: "{ends}", reference: default}}'


def _split(text: str) -> dict[str, str]:
    """One text as the files of a folder: booking, fees and examples by themselves, all else in ``rules.yaml``."""
    files: dict[str, str] = {}
    for section in _SECTION.split(text):
        key = section.partition(":")[0]
        name = (_FILES | _FILES_OF_MONEY).get(key, "rules.yaml")
        files[name] = files.get(name, "") + section
    return {name: content.rstrip() + "\n" for name, content in files.items()}


def borrowed(text: str, *, answers: Answers, of: Mapping[str, str], service: str) -> str:
    """Another city's text as this one's: its names and its service are exchanged, every reference is ``default``."""
    for language in ("ja", "en"):
        own = getattr(answers, f"name_{language}") or answers.name_ja
        if of.get(language):
            text = text.replace(of[language], own)
    text = re.sub(rf"(\bservice: ){re.escape(service)}\b", rf"\g<1>{answers.service}", text)
    text = re.sub(r"\n +facts: \[[^\]]*\]", "", text)
    return "\n".join(_without_references(line) for line in text.split("\n"))


def _without_references(line: str) -> str:
    """A line whose references are ``default``; within braces they end where the next key begins."""
    done, *values = _OWN_KEY.split(line)
    for value in values:
        inside = done.count("{") + done.count("[") > done.count("}") + done.count("]")
        quoted = _QUOTED.match(value)
        end = _IN_BRACES.search(value) if inside else _REMARK.search(value)
        rest = value[quoted.end() :] if quoted else "" if end is None else value[end.start() :]
        done += f"{REFERENCE}default{rest}"
    return done
