"""Where first come begins later than what is left is released, a service's words do not name the release as that day."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[3]
PLATFORM = ROOT / "platform" / "yoyaku" / "ui" / "wording"
LATER = {"halls": "kumamoto", "rooms": "meguro"}
FACTS = ("{releases}", "{releases_at}")
ALSO = ("lottery_mine.todo.lost", "lottery_mine.todo_lost_hint", "lottery_enter.step.releases")


def words_of(path: Path) -> dict[str, str]:
    return yaml.safe_load(path.read_text(encoding="utf-8")) or {}


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("service", sorted(LATER))
def test_no_sentence_promises_first_come_from_the_release(service: str, language: str) -> None:
    common = {key: text for path in PLATFORM.glob(f"*{language}.yaml") for key, text in words_of(path).items()}
    own = words_of(ROOT / "tenants" / LATER[service] / "wording" / f"{service}.{language}.yaml")
    promising = {key for key, text in common.items() if any(fact in text for fact in FACTS)} | set(ALSO)

    said = {key: own.get(key, common[key]) for key in promising}

    assert {key for key in ALSO if key not in own} == set()
    assert [key for key, text in said.items() if any(fact in text for fact in (*FACTS, "{at}"))] == []
