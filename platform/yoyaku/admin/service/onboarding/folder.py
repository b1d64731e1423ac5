"""The folder of a new city: written whole, checked as ``yoyaku tenant check`` does, and taken away again where it fails."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from string import Template
from typing import Final

import yaml

from yoyaku.admin.service.folder_check import CheckedFolder, check_folder, rule_set_path
from yoyaku.admin.service.onboarding.answers import Answers
from yoyaku.admin.service.onboarding.texts import FACILITY, PAGES, SPACE, borrowed, rule_texts
from yoyaku.kernel.errors import NotFound, YoyakuError
from yoyaku.rulebook.source import read_texts
from yoyaku.rules.fault import DocumentRefused
from yoyaku.tenancy.service.folder import read_folder

SPACE_KINDS: Final = {
    "rooms": ("room", "部屋", "Room"),
    "sports": ("court", "コート・体育館", "Court or gym"),
    "lodging": ("guest_room", "客室", "Guest room"),
}
CATEGORY: Final = ("facility", "施設", "Facility")
COLOURS: Final = {"primary": "#0b4f6c", "primary_dark": "#07374b", "accent": "#a3410f", "surface": "#eef5f8"}


class FolderThere(YoyakuError):
    """There is a folder, or a rule set, of that name already (``path``); nothing was written."""

    code = "onboard_folder_there"
    title = "There is a folder of that name already."


@dataclass(frozen=True, kw_only=True)
class Places:
    """Where folders stand: ``tenants/``, ``rulesets/``, and the bases within it."""

    tenants: Path
    rule_sets: Path

    @property
    def bases(self) -> Path:
        """Where the bases stand."""
        return self.rule_sets / "base"


def write_city(answers: Answers, *, places: Places, base_domain: str, today: date) -> CheckedFolder:
    """Write a new city's folder and rule set, and check them.

    Raises:
        FolderThere, NotFound: nothing was written.
        DocumentRefused: they would not pass the check; they were taken away again.
    """
    tenant, rules = places.tenants / answers.slug, places.rule_sets / answers.rule_set
    for path in (tenant, rules, rules.with_suffix(".yaml")):
        if path.exists():
            raise FolderThere(path=str(path))
    city, rule_set = _texts(answers, places=places, today=today)
    stays = False
    try:
        _write(tenant, city)
        _write(rules, rule_set)
        checked = check_folder(tenant, rule_sets=places.rule_sets, base_domain=base_domain)
        stays = not checked.errors
    finally:
        if not stays:
            shutil.rmtree(tenant, ignore_errors=True)
            shutil.rmtree(rules, ignore_errors=True)
    if checked.errors:
        raise DocumentRefused(checked.errors)
    return checked


def _texts(answers: Answers, *, places: Places, today: date) -> tuple[dict[str, str], dict[str, str]]:
    city = _city_texts(answers, places.bases / "city")
    if answers.copy:
        facilities, wording, rules = _borrowed(answers, places)
        return {**city, **facilities, **wording}, rules
    return {**city, **_own_stock(answers)}, rule_texts(answers, bases=places.bases, today=today)


def _write(folder: Path, texts: Mapping[str, str]) -> None:
    for name, text in texts.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")


def _both(answers: Answers, ja: str, en: str) -> dict[str, str]:
    """A text in the languages of the site."""
    return {language: {"ja": ja, "en": en or ja}[language] for language in answers.tongues}


def _yaml(value: object, *, head: str = "") -> str:
    return head + yaml.safe_dump(value, allow_unicode=True, sort_keys=False, width=110)


def _city_texts(answers: Answers, skeleton: Path) -> dict[str, str]:
    """Everything that does not depend on what is lent."""
    service = answers.service
    entry = _service_entry(answers)
    tenant = {
        "slug": answers.slug,
        "municipality_code": answers.municipality_code,
        "name": _both(answers, answers.name_ja, answers.name_en),
        "time_zone": "Asia/Tokyo",
        "languages": answers.tongues,
        "services": [entry],
    }
    brand = {"name": entry["name"], "colours": COLOURS, "logo": f"{service}.svg"}
    logo = Template((skeleton / "brand.svg").read_text(encoding="utf-8"))
    pages = {
        f"pages/{service}/{code}.{language}.md": (skeleton / f"{code}.{language}.md").read_text(encoding="utf-8")
        for code in PAGES
        for language in answers.tongues
    }
    return {
        "tenant.yaml": _yaml(tenant),
        f"brand/{service}.yaml": _yaml(brand, head="# 既定の色と図柄。市区町村のものに差し替えてください。\n"),
        f"brand/{service}.svg": logo.substitute(city_ja=_plain(answers.name_ja)),
        **pages,
    }


def _service_entry(answers: Answers) -> dict[str, object]:
    """The service as tenant.yaml lists it."""
    contact: dict[str, object] = {"name": _both(answers, answers.name_ja, answers.name_en)}
    contact |= {key: value for key, value in (("phone", answers.phone), ("mail", answers.mail)) if value}
    return {
        "code": answers.service,
        "name": _both(answers, answers.service_ja, answers.service_en),
        "rule_set": answers.rule_set,
        "hosts": [answers.hosts],
        "contact": contact,
        "brand": f"brand/{answers.service}.yaml",
        "pages": {code: _both(answers, *titles) for code, titles in PAGES.items()},
    }


def _plain(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _own_stock(answers: Answers) -> dict[str, str]:
    """The first facility with its first space, and the words for what only this city knows."""
    kind, kind_ja, kind_en = SPACE_KINDS[answers.base]
    space: dict[str, object] = {
        "code": SPACE,
        "name": _both(answers, answers.space_ja, answers.space_en),
        "kind": kind,
        "people": int(answers.capacity),
        "reference": "default",
    }
    facility: dict[str, object] = {
        "code": FACILITY,
        "name": _both(answers, answers.facility_ja, answers.facility_en),
        "service": answers.service,
        "category": CATEGORY[0],
        "reference": "default",
        "calendar": {"reference": "default", "closed": [{"yearly": {"from": "12-29", "to": "01-03"}}]},
    }
    if answers.base == "lodging":
        space |= {"capacity": 1, "bucket_minutes": 1440}
    else:
        facility["hours"] = [{"opens": answers.opens, "closes": answers.closes, "reference": "default"}]
    facility["spaces"] = [space]
    words = {
        language: {f"space_kind.{kind}": named[0], f"category.{CATEGORY[0]}": named[1]}
        for language, named in (("ja", (kind_ja, CATEGORY[1])), ("en", (kind_en, CATEGORY[2])))
        if language in answers.tongues
    }
    wording = {f"wording/{answers.service}.{language}.yaml": _yaml(each) for language, each in words.items()}
    return {"facilities/main.yaml": _yaml({"facilities": [facility]}), **wording}


def _borrowed(answers: Answers, places: Places) -> tuple[dict[str, str], dict[str, str], dict[str, str]]:
    """Facilities, words and rules of the service whose rule set is named, with what was that city's own exchanged.

    Raises:
        NotFound: there is no such rule set, or no city has it.
    """
    path = rule_set_path(places.rule_sets, answers.copy)
    for file in sorted(places.tenants.glob("*/tenant.yaml")) if path else []:
        folder = read_folder(file.parent)
        for entry in folder.terms.services:
            if entry.rule_set == answers.copy and path is not None:
                return _taken_over(answers, folder.path, entry.code, folder.terms.name, read_texts(path))
    raise NotFound(f"{answers.copy}: no city has such a rule set. その規則を使う自治体がありません。", what="rule_set")


def _taken_over(
    answers: Answers, folder: Path, service: str, name: str | Mapping[str, str], rules: Mapping[str, str]
) -> tuple[dict[str, str], dict[str, str], dict[str, str]]:
    of = {"ja": name} if isinstance(name, str) else dict(name)

    def exchange(text: str) -> str:
        return borrowed(text, answers=answers, of=of, service=service)

    facilities = {
        f"facilities/{file.name}": exchange(text)
        for file in sorted(folder.glob("facilities/*.yaml"))
        if f"service: {service}\n" in (text := file.read_text(encoding="utf-8"))
    }
    wording = {
        f"wording/{answers.service}.{language}.yaml": exchange(file.read_text(encoding="utf-8"))
        for language in answers.tongues
        if (file := folder / "wording" / f"{service}.{language}.yaml").is_file()
    }
    texts = {name if len(rules) > 1 else "rules.yaml": exchange(text) for name, text in rules.items()}
    return facilities, wording, texts
