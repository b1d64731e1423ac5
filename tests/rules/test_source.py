"""Rule sets in files and folders, with the facilities of the tenants that name them."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from yoyaku.kernel.errors import NotFound
from yoyaku.rulebook.lint import check_rule_set
from yoyaku.rulebook.source import find_rule_sets, read_source
from yoyaku.rules.fault import DocumentRefused

SMALL = (Path(__file__).parent / "small.yaml").read_text(encoding="utf-8")
RULES, INVENTORY = SMALL[: SMALL.index("inventory:\n")], SMALL[SMALL.index("inventory:\n") : SMALL.index("examples:\n")]
EXAMPLES = SMALL[SMALL.index("examples:\n") :]

TENANT = """
slug: aoba
municipality_code: "990019"
name: 青葉町
services:
  - code: town
    name: 予約
    rule_set: aoba-town
    hosts: ["aoba.{base_domain}"]
    contact: {name: 総務課}
    brand: brand/town.yaml
"""


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder with ``rulesets/aoba-town/`` in two files and ``tenants/aoba/``."""
    folder = tmp_path / "rulesets" / "aoba-town"
    facilities = tmp_path / "tenants" / "aoba" / "facilities"
    folder.mkdir(parents=True)
    facilities.mkdir(parents=True)
    (folder / "rules.yaml").write_text(RULES, encoding="utf-8")
    (folder / "examples.yaml").write_text(EXAMPLES, encoding="utf-8")
    (facilities / "hall.yaml").write_text(INVENTORY.replace("inventory:", "facilities:"), encoding="utf-8")
    (facilities.parent / "tenant.yaml").write_text(TENANT, encoding="utf-8")
    return tmp_path


def codes(place: Path) -> list[tuple[str, str, int]]:
    found = check_rule_set(place / "rulesets" / "aoba-town")
    return [(fault.code, Path(fault.place.file).name, fault.place.line) for fault in found]


def test_a_folder_is_one_rule_set_and_finds_its_facilities(place: Path):
    assert find_rule_sets(place / "rulesets") == [place / "rulesets" / "aoba-town"]
    assert find_rule_sets(place / "rulesets" / "aoba-town") == [place / "rulesets" / "aoba-town"]
    assert codes(place) == []
    assert read_source(place / "rulesets" / "aoba-town").has_tenant


def test_files_and_folders_stand_side_by_side_and_side_folders_are_passed_over(place: Path):
    root = place / "rulesets"
    (root / "zeta.yaml").write_text(SMALL, encoding="utf-8")
    shutil.copytree(root / "aoba-town", root / "base")
    (root / "notes").mkdir()
    assert [path.name for path in find_rule_sets(root)] == ["aoba-town", "zeta.yaml"]


def test_where_there_is_no_rule_set_it_is_said(place: Path):
    with pytest.raises(NotFound):
        find_rule_sets(place / "tenants")
    with pytest.raises(NotFound):
        find_rule_sets(place / "nowhere")


def test_a_section_in_two_files_is_refused_in_the_second(place: Path):
    (place / "rulesets" / "aoba-town" / "zz.yaml").write_text("# 二度目\npayment: {}\n", encoding="utf-8")
    assert codes(place) == [("two_files", "zz.yaml", 2)]


def test_a_file_without_keys_is_refused(place: Path):
    (place / "rulesets" / "aoba-town" / "zz.yaml").write_text("- 1\n", encoding="utf-8")
    assert codes(place) == [("no_mapping", "zz.yaml", 1)]


def test_faults_of_a_facility_are_told_in_its_own_file(place: Path):
    file = place / "tenants" / "aoba" / "facilities" / "hall.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("capacity: 2, bucket_minutes: 60", "capacity: two"), encoding="utf-8")
    assert codes(place) == [("wrong_type", "hall.yaml", 10)]
    file.write_text(text.replace("bucket_minutes: 60", "consumes: {floor: x}"), encoding="utf-8")
    assert codes(place) == [("inventory_wrong", "hall.yaml", 2)]
    file.write_text("facilities: [", encoding="utf-8")
    assert [code for code, *_ in codes(place)] == ["no_facilities", "syntax"]
    file.write_text(text.replace("    number_code", "    spases: []\n    number_code"), encoding="utf-8")
    assert [code for code, *_ in codes(place)] == ["unknown_key_guess"]


def test_the_same_facility_in_two_files_is_refused(place: Path):
    folder = place / "tenants" / "aoba" / "facilities"
    shutil.copy(folder / "hall.yaml", folder / "again.yaml")
    assert ("duplicate_code", "hall.yaml", 2) in codes(place)


def test_a_number_code_that_the_format_needs_is_asked_of_every_facility(place: Path):
    rules = place / "rulesets" / "aoba-town" / "rules.yaml"
    text = rules.read_text(encoding="utf-8")
    rules.write_text(text.replace('"{fiscal_year}-', '"{number_code}-{fiscal_year}-'), encoding="utf-8")
    assert codes(place) == []
    hall = place / "tenants" / "aoba" / "facilities" / "hall.yaml"
    hall.write_text(hall.read_text(encoding="utf-8").replace('    number_code: "01"\n', ""), encoding="utf-8")
    assert codes(place) == [("number_code_missing", "hall.yaml", 2)]


def test_a_space_that_no_window_reaches_is_told(place: Path):
    rules = place / "rulesets" / "aoba-town" / "rules.yaml"
    text = rules.read_text(encoding="utf-8")
    found = text.replace(
        "when: {registration: registered}", "when: {registration: registered, space_kind: [room, court]}"
    )
    rules.write_text(found, encoding="utf-8")
    assert codes(place) == [("no_window", "hall.yaml", 11)]


def test_a_tenant_that_cannot_be_read_is_said(place: Path):
    (place / "tenants" / "aoba" / "tenant.yaml").write_text("slug: [", encoding="utf-8")
    with pytest.raises(DocumentRefused):
        read_source(place / "rulesets" / "aoba-town")
    assert [code for code, *_ in codes(place)] == ["syntax"]


def test_a_head_that_is_missing_is_told_and_nothing_else_can_be(tmp_path: Path):
    file = tmp_path / "town.yaml"
    file.write_text("- 1\n", encoding="utf-8")
    assert [fault.code for fault in check_rule_set(file)] == ["wrong_type"]
