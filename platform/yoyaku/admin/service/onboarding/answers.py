"""The questions of a new city, and what of the answers cannot be."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final, Literal

import msgspec

from yoyaku.kernel.errors import Malformed
from yoyaku.tenancy.policy import check_digit

Shape = Literal["rooms", "sports", "lodging"]
SHAPES: Final[tuple[Shape, ...]] = ("rooms", "sports", "lodging")
LONGEST: Final = 100
MOST: Final = 1_000_000
MIDNIGHT: Final = "24:00"

_CODE: Final = re.compile(r"[a-z][a-z0-9]{1,30}")
_HOST: Final = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*(\.\{base_domain\})?")
_TIME: Final = re.compile(r"([01]?[0-9]|2[0-3]):00|24:00")
_NAME: Final = re.compile(r"""[^"\\$\x00-\x1f]+""")
_MAIL: Final = re.compile(r"[^@\s\"]+@[^@\s\"]+")
_RULE_SET: Final = re.compile(r"[a-z0-9][a-z0-9_-]*")


class Answers(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a city that begins, each as typed.

    ``copy`` names another city's rule set to begin from, in place of ``base``; its facilities come along. ``host`` may
    hold ``{base_domain}``; empty: ``<service>.<slug>.{base_domain}``. ``capacity`` is people in a space, or in a room.
    """

    slug: str = ""
    municipality_code: str = ""
    name_ja: str = ""
    name_en: str = ""
    languages: str = "ja,en"
    service: str = "rooms"
    service_ja: str = "施設予約"
    service_en: str = "Facility reservations"
    host: str = ""
    base: str = "rooms"
    copy: str = ""
    phone: str = ""
    mail: str = ""
    facility_ja: str = "市民会館"
    facility_en: str = "Civic Hall"
    space_ja: str = "会議室"
    space_en: str = "Meeting room"
    capacity: str = "20"
    opens: str = "09:00"
    closes: str = "21:00"
    price_yen: str = "500"

    @property
    def tongues(self) -> list[str]:
        """The site's languages, Japanese first."""
        return [one for one in ("ja", "en") if one in self.languages.replace(" ", "").split(",")]

    @property
    def hosts(self) -> str:
        """The host as tenant.yaml has it."""
        return self.host or f"{self.service}.{self.slug}.{{base_domain}}"

    @property
    def rule_set(self) -> str:
        """The name of its rule set."""
        return f"{self.slug}-{self.service}"


class AnswersWrong(Malformed):
    """Answers that cannot be; ``wrong`` says by field which sentence (``onboard.wrong.<…>``) fits."""

    code = "answers_wrong"
    title = "Some answers cannot be used."

    def __init__(self, wrong: Mapping[str, str], **facts: object) -> None:
        self.wrong = dict(wrong)
        super().__init__(None, fields=", ".join(self.wrong), **facts)


def read_answers(given: Mapping[str, str]) -> Answers:
    """Answers without spaces around; what is not answered is as :class:`Answers` says.

    Raises:
        AnswersWrong: some cannot be.
    """
    known = {name: value.strip() for name, value in given.items() if name in Answers.__struct_fields__}
    answers = Answers(**known)
    wrong = dict(_wrong(answers))
    if wrong:
        raise AnswersWrong(wrong, code=right_code(answers.municipality_code))
    return msgspec.structs.replace(answers, opens=_padded(answers.opens), closes=_padded(answers.closes))


def right_code(code: str) -> str:
    """The municipality's code with the check digit that it should have, where its first five digits are digits."""
    return f"{code[:5]}{check_digit(code[:5])}" if re.fullmatch("[0-9]{5,6}", code) else ""


def _wrong(one: Answers) -> Iterator[tuple[str, str]]:
    yield from _wrong_keys(one)
    yield from _wrong_names(one)
    yield from _wrong_contact(one)
    if not one.copy:
        yield from _wrong_stock(one)
    elif not _RULE_SET.fullmatch(one.copy):
        yield "copy", "copy"


def _wrong_keys(one: Answers) -> Iterator[tuple[str, str]]:
    for field in ("slug", "service"):
        if not _CODE.fullmatch(getattr(one, field)):
            yield field, "code"
    if not re.fullmatch("[0-9]{6}", one.municipality_code):
        yield "municipality_code", "six_digits"
    elif one.municipality_code != right_code(one.municipality_code):
        yield "municipality_code", "check_digit"
    if "ja" not in one.tongues:
        yield "languages", "languages"
    if one.host and not _HOST.fullmatch(one.host):
        yield "host", "host"


def _wrong_contact(one: Answers) -> Iterator[tuple[str, str]]:
    if one.mail and not _MAIL.fullmatch(one.mail):
        yield "mail", "mail"
    if one.phone and not re.fullmatch("[0-9+() -]{5,30}", one.phone):
        yield "phone", "phone"


def _wrong_names(one: Answers) -> Iterator[tuple[str, str]]:
    for field in ("name", "service", "facility", "space"):
        for language in one.tongues:
            value = getattr(one, f"{field}_{language}")
            if not _NAME.fullmatch(value) or len(value) > LONGEST:
                yield f"{field}_{language}", "name"


def _wrong_stock(one: Answers) -> Iterator[tuple[str, str]]:
    if one.base not in SHAPES:
        yield "base", "base"
    for field, least in (("capacity", 1), ("price_yen", 0)):
        value = getattr(one, field)
        if not value.isascii() or not value.isdigit() or not least <= int(value) <= MOST:
            yield field, "number"
    times = [field for field in ("opens", "closes") if not _TIME.fullmatch(getattr(one, field))]
    for field in times:
        yield field, "time"
    if not times and _padded(one.opens) >= _padded(one.closes):
        yield "closes", "order"


def _padded(time: str) -> str:
    return time.zfill(len(MIDNIGHT))
