"""The folder of an invented town, as files: for tests of what a folder may say and of loading it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from yoyaku.testing.town import town_rule_set

LOGO: Final = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64" role="img" aria-label="青葉町">
  <rect width="64" height="64" rx="12" fill="#00556b"/>
  <path d="M32 12c12 10 12 30 0 40c-12-10-12-30 0-40z" fill="#ffffff"/>
</svg>
"""
FILES: Final[Mapping[str, str]] = {
    "tenants/aoba/tenant.yaml": """\
slug: aoba
municipality_code: "999997"
name: {ja: 青葉町, en: Aoba Town}
time_zone: Asia/Tokyo
languages: [ja, en]
services:
  - code: halls
    name: {ja: 施設予約, en: Halls}
    rule_set: aoba-halls
    hosts: ["halls.aoba.{base_domain}"]
    contact:
      name: {ja: 青葉町役場, en: Aoba Town Hall}
      phone: "000-000-0000"
      hours: {ja: 平日 9時～17時, en: "Weekdays 9:00-17:00"}
      mail: halls@aoba.example
    brand: brand/halls.yaml
    pages:
      terms: {ja: 利用規約, en: Terms of use}
""",
    "tenants/aoba/brand/halls.yaml": """\
name: {ja: 青葉町 施設予約, en: Aoba Halls}
tagline: {ja: 集う場所を、すぐに。, en: "A place to meet, at once."}
colours:
  primary: "#00556b"
  primary_dark: "#003a4a"
  accent: "#b3400f"
  surface: "#eef6f8"
logo: halls.svg
""",
    "tenants/aoba/brand/halls.svg": LOGO,
    "tenants/aoba/pages/halls/terms.ja.md": "# 利用規約\n\n静かに使います。\n",
    "tenants/aoba/pages/halls/terms.en.md": "# Terms of use\n\nBe quiet.\n",
    "tenants/aoba/facilities/halls.yaml": """\
facilities:
  - code: plaza
    name: {ja: あおばプラザ, en: Aoba Plaza}
    service: halls
    staff_mail: plaza@aoba.example
    floors:
      - {code: gym, units: 8}
    spaces:
      - {code: room, name: 会議室, kind: room, bucket_minutes: 60}
      - {code: court, name: テニスコート, kind: court, capacity: 4, bucket_minutes: 60}
      - {code: quiet, name: 和室, kind: limited, bucket_minutes: 60}
      - {code: table, name: 卓球台, kind: court, capacity: 8, consumes: {floor: gym, units: 1}, bucket_minutes: 60}
  - code: inn
    name: あおば荘
    service: halls
    spaces:
      - {code: twin, name: 洋室, kind: twin, capacity: 20, people: 2, bucket_minutes: 1440}
""",
    "tenants/aoba/demo.yaml": """\
residents:
  - service: halls
    login_id: "00012345"
    password: midori-no-mado
    name: 髙﨑　𠮷子
    kana: タカサキ　ヨシコ
    user_class: individual
    residency: resident
    registration: registered
    email: yoshiko@aoba.example
    phone: "000-111-2222"
  - service: halls
    login_id: "00012346"
    password: midori-no-kaze
    name: 青葉テニスクラブ
    kana: アオバテニスクラブ
    kind: group
    user_class: individual
    registration: registered
clerks:
  - service: "*"
    login_id: counter
    password: madoguchi-no-hito
    name: 窓口　花子
    roles: [counter_clerk]
""",
}
_CODES: Final = ("space_kind.room", "space_kind.court", "space_kind.limited", "space_kind.twin")
_MAILS: Final = ("made", "confirmed", "cancelled", "revoked", "lapsed", "made_staff")


@dataclass(frozen=True)
class Folder:
    """The town's folder below ``root``, with its rule set beside it."""

    root: Path
    slug: str = "aoba"

    @property
    def tenant(self) -> Path:
        """The tenant folder."""
        return self.root / "tenants" / self.slug

    @property
    def rule_sets(self) -> Path:
        """Where its rule set stands."""
        return self.root / "rulesets"

    def edit(self, name: str, old: str, new: str) -> int:
        """Replace a text in a file of the folder; returns the line on which it begins.

        Raises:
            LookupError: the text is not there exactly once.
        """
        file = self.tenant / name
        before, found, after = (text := file.read_text(encoding="utf-8")).partition(old)
        if not found or old in after:
            raise LookupError(f"{old!r} stands {text.count(old)} times in {name}")
        file.write_text(before + new + after, encoding="utf-8")
        return before.count("\n") + 1


def write_folder(root: Path) -> Folder:
    """Write the town's files below ``root``."""
    for name, text in FILES.items():
        _write(root / name, text)
    for language in ("ja", "en"):
        mails = [f"mail.booking_{kind}.{part}" for kind in _MAILS for part in ("subject", "body")]
        lines = [f'{key}: "{key} ({language}) {{number}}"' for key in mails] + [f"{key}: {key}" for key in _CODES]
        _write(root / f"tenants/aoba/wording/halls.{language}.yaml", "\n".join(lines) + "\n")
    rules = msgspec.to_builtins(town_rule_set())
    rules["inventory"] = []
    _write(root / "rulesets/aoba-halls.yaml", msgspec.json.format(msgspec.json.encode(rules), indent=2).decode())
    return Folder(root)


def _write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
