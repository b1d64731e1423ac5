"""What rules name of an installation: a demo's settings files are told in production, and those that are not there anywhere."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from yoyaku.admin.service.rule_checking import beside
from yoyaku.cli.rules import check_command
from yoyaku.extension.profiles import Installation
from yoyaku.rulebook.draft import check_draft
from yoyaku.rulebook.lint.installation import is_of_the_demo

ROOMS = Path(__file__).parents[2] / "rulesets" / "meguro-rooms"


def warned(*options: str, **environment: str) -> list[tuple[str, str, str]]:
    """Code, path and English mend of what is found of the lottery's beacon."""
    outside = {"ENVIRONMENT": None, "PLUGIN_PROFILES": None} | environment
    done = CliRunner().invoke(check_command, [str(ROOMS), *options, "--format", "json"], env=outside)
    assert done.exit_code == 0, done.output
    faults = json.loads(done.stdout)["faults"]
    assert {fault["level"] for fault in faults} <= {"warning"}
    told = [(fault["code"], fault["path"], fault["mend"]["en"]) for fault in faults]
    return [one for one in told if one[1].startswith("lottery")]


def test_rules_by_themselves_are_of_no_installation(tmp_path: Path):
    assert warned() == warned("--profiles", str(tmp_path)) == []


@pytest.mark.parametrize("given", ["option", "environment"])
def test_production_is_warned_of_the_demo_s_beacon_although_its_file_is_there(tmp_path: Path, given: str):
    (tmp_path / "beacon-drand.demo.yaml").touch()
    if given == "option":
        [(code, path, mend)] = warned("--for", "production", "--profiles", str(tmp_path))
    else:
        [(code, path, mend)] = warned(ENVIRONMENT="production", PLUGIN_PROFILES=str(tmp_path))

    assert (code, path) == ("profile_of_demo", "lottery.schemes[0].proof.profile")
    assert "beacon-drand.<name>.yaml" in mend


def test_a_settings_file_that_is_not_there_is_named(tmp_path: Path):
    [(code, _, mend)] = warned("--for", "demo", "--profiles", str(tmp_path))
    assert (code, "beacon-drand.demo.yaml" in mend) == ("profile_missing", True)
    (tmp_path / "beacon-drand.demo.yaml").touch()
    assert warned("--for", "demo", "--profiles", str(tmp_path)) == []


def test_the_demo_s_payment_company_is_none_in_production():
    assert is_of_the_demo("demo-rooms")
    assert not is_of_the_demo("democracy-hall")


@pytest.mark.parametrize(("is_production", "level"), [(False, "warning"), (True, "error")])
def test_a_draft_is_checked_beside_what_the_installation_has(tmp_path: Path, is_production: bool, level: str):
    """Where people depend on it, rules that name what is not there cannot be published."""
    texts = {file.name: file.read_text() for file in ROOMS.glob("*.yaml")}
    checked = check_draft(texts, [], name="rooms", with_examples=False)
    found = beside(checked, Installation(profiles=tmp_path, is_production=is_production)).faults
    assert {one.level for one in found if one.code.startswith("profile_")} == {level}
    assert beside(checked, None) is checked
