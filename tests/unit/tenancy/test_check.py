from __future__ import annotations

import pytest

from yoyaku.admin.service.folder_check import check_folder, find_folders
from yoyaku.kernel.errors import NotFound
from yoyaku.rules.fault import DocumentRefused
from yoyaku.testing.folder import write_folder


@pytest.fixture
def folder(tmp_path):
    return write_folder(tmp_path)


def faults_of(folder, **more):
    """What is wrong in the folder; what is wrong in its rule set has tests of its own."""
    found = check_folder(folder.tenant, rule_sets=folder.rule_sets, base_domain="localhost", **more).faults
    return [fault for fault in found if not fault.place.file.startswith(str(folder.rule_sets))]


def test_a_good_folder_has_no_faults(folder):
    assert [(str(fault.place), fault.says("en")) for fault in faults_of(folder) if fault.level == "error"] == []


LONG = "a" * 64
TENANT, BRAND, PLACES, DEMO = "tenant.yaml", "brand/halls.yaml", "facilities/halls.yaml", "demo.yaml"
WORDS = "wording/halls.ja.yaml"
TABLE = [
    (TENANT, "slug: aoba", "slug: aoba2", "slug_not_folder", "aoba2"),
    (TENANT, '"999997"', '"999991"', "wrong_check_digit", "999997"),
    (TENANT, '"999997"', "999997", "wrong_type", "999997"),
    (TENANT, "Asia/Tokyo", "Asia/Edo", "unknown_time_zone", "Asia/Edo"),
    (TENANT, "{ja: 施設予約, en: Halls}", "{ja: 施設予約}", "text_untranslated", '"en"'),
    (TENANT, "{ja: 施設予約, en: Halls}", "{ja: 施設予約, en: Halls, zh: 设施}", "language_unknown", "zh"),
    (TENANT, "rule_set: aoba-halls", "rule_set: aoba-hall", "rule_set_missing", "aoba-hall"),
    (TENANT, "halls.aoba.{base_domain}", "Halls.aoba.{base_domain}", "wrong_shape", "Halls"),
    (TENANT, "halls.aoba.{base_domain}", "halls.aoba.example", "host_reserved", "halls.aoba.example"),
    (TENANT, "halls.aoba.{base_domain}", "halls", "host_without_domain", "halls"),
    (TENANT, "halls.aoba.{base_domain}", "192.0.2.1", "host_is_address", "192.0.2.1"),
    (TENANT, "halls.aoba.{base_domain}", f"{LONG}.{{base_domain}}", "host_too_long", LONG),
    (TENANT, '.{base_domain}"]', '.{base_domain}", "halls.aoba.localhost"]', "host_twice", "halls.aoba.localhost"),
    (TENANT, "    brand: brand/halls.yaml", "    brand: brand/hall.yaml", "file_missing", "hall.yaml"),
    (
        TENANT,
        "      terms: {ja: 利用規約, en: Terms of use}",
        "      rules: {ja: 規約, en: Rules}",
        "page_missing",
        "rules.ja.md",
    ),
    (TENANT, "    pages:\n", "    colour: red\n    pages:\n", "unknown_key", "colour"),
    (BRAND, '"#00556b"', '"#8fd4e6"', "colour_contrast", "#8fd4e6"),
    (BRAND, '"#eef6f8"', '"#00556b"', "colour_contrast", "#00556b"),
    (BRAND, '"#b3400f"', "red", "wrong_shape", "red"),
    (BRAND, "logo: halls.svg", "logo: hall.svg", "file_missing", "hall.svg"),
    (BRAND, "{ja: 青葉町 施設予約, en: Aoba Halls}", "{en: Aoba Halls}", "text_untranslated", '"ja"'),
    (PLACES, "service: halls\n    staff_mail", "service: hall\n    staff_mail", "facility_service_unknown", "plaza"),
    (PLACES, "  - code: inn", "  - code: plaza", "facility_twice", "plaza"),
    (
        PLACES,
        "consumes: {floor: gym, units: 1}",
        "consumes: {floor: gym, units: 2}",
        "inventory_contradicts",
        "more than",
    ),
    (DEMO, 'service: "*"', "service: pools", "demo_service_unknown", "pools"),
    (DEMO, '"00012346"', '"00012345"', "demo_login_twice", "00012345"),
    (DEMO, '"00012346"', '"A12346"', "demo_id_malformed", "A12346"),
    (
        DEMO,
        "kind: group\n    user_class: individual",
        "kind: group\n    user_class: club",
        "demo_value_unknown",
        "club",
    ),
    (
        DEMO,
        "kind: group\n    user_class: individual",
        "kind: group\n    user_class: individual\n    sent_picture: letter",
        "demo_value_unknown",
        "letter",
    ),
    (DEMO, "password: midori-no-kaze", "password: kaze", "demo_password_weak", "short"),
    (WORDS, "space_kind.room: space_kind.room", "space_kinds.room: 会議室", "words_missing", "space_kind.room"),
    (WORDS, "space_kind.room: space_kind.room", "state.tentativ: 仮予約", "wording_unknown_guess", "state.tentativ"),
    (WORDS, "space_kind.room: space_kind.room", "state.tentative: 仮{予約} {when}", "wording_unknown_fact", "{when}"),
    (WORDS, "space_kind.room: space_kind.room", "state.tentative: [仮予約]", "wording_not_text", "state.tentative"),
    (
        WORDS,
        "space_kind.room: space_kind.room",
        "space_kind.room: 会議室\nstate.tentative: 仮予約",
        "wording_one_language",
        "state.tentative",
    ),
]


@pytest.mark.parametrize(("file", "old", "new", "code", "says"), TABLE, ids=[f"{row[3]}-{row[4]}" for row in TABLE])
def test_a_fault_is_told_with_its_file_line_and_mend(folder, file, old, new, code, says):
    line = folder.edit(file, old, new)
    (found,) = [fault for fault in faults_of(folder) if fault.code == code][:1]
    assert says in found.says("en")
    assert found.says("ja")
    assert found.mend("ja")
    assert found.mend("en")
    assert found.place.file.endswith(file)
    if code != "words_missing":  # what is missing stands on no line
        assert line <= found.place.line <= line + new.count("\n") + 1


def test_the_words_of_a_mail_that_only_the_rules_name_are_asked_for(folder):
    rules = folder.rule_sets / "aoba-halls.yaml"
    text = rules.read_text("utf-8").replace('"template": "booking_lapsed"', '"template": "forgotten"')
    rules.write_text(text, encoding="utf-8")
    missing = [fault for fault in faults_of(folder) if fault.code == "mail_words_missing"]
    assert [(fault.facts["found"], fault.facts["allowed"]) for fault in missing] == [
        (f"mail.forgotten.{part}", language) for language in ("en", "ja") for part in ("body", "subject")
    ]


def test_a_rule_set_whose_example_does_not_hold_is_refused(folder):
    rules = folder.rule_sets / "aoba-halls.yaml"
    example = """"examples": [{"name": "無料", "given": {"now": "2027-01-10T10:00:00"},
      "when": {"action": "quote", "facility": "plaza", "space": "court", "date": "2027-02-20", "from": "10:00", "to": "12:00"},
      "then": {"total_yen": 0}}]"""
    rules.write_text(rules.read_text("utf-8").replace('"examples": []', example), encoding="utf-8")
    checked = check_folder(folder.tenant, rule_sets=folder.rule_sets, base_domain="localhost")
    (fault,) = checked.errors
    assert fault.says("ja") == "例「無料」が合いません(合計額)。"


LOGOS = [
    ("<script>alert(1)</script>", "logo_unsafe", "<script>"),
    ("<foreignObject/>", "logo_unsafe", "<foreignObject>"),
    ('<rect onload="alert(1)"/>', "logo_unsafe", "onload"),
    ('<use href="https://evil.example/x.svg#a"/>', "logo_unsafe", "href"),
    ('<rect style="fill:url(https://evil.example/)"/>', "logo_unsafe", "style"),
    ('<rect fill="url( javascript:alert(1) )"/>', "logo_unsafe", "fill"),
    ('<rect style="fill:u\\72l(https://evil.example/)"/>', "logo_unsafe", "style"),
    ('<use href="#a" xml:base="https://evil.example/x.svg"/>', "logo_unsafe", "base"),
    ("<image/>", "logo_unsafe", "<image>"),
    ("<rect>", "logo_not_svg", "mismatched"),
]


@pytest.mark.parametrize(("part", "code", "says"), LOGOS)
def test_a_logo_that_could_run_or_fetch_something_is_refused(folder, part, code, says):
    folder.edit("brand/halls.svg", "</svg>", f"{part}</svg>")
    (found,) = [fault for fault in faults_of(folder) if fault.code == code]
    assert says in found.says("en")
    assert found.place.file.endswith("brand/halls.yaml")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('<!DOCTYPE svg [<!ENTITY a "b">]><svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"/>', "logo_unsafe"),
        ('<?xml-stylesheet href="x"?><svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"/>', "logo_unsafe"),
        ("<html/>", "logo_not_svg"),
        ('<svg xmlns="http://www.w3.org/2000/svg"/>', "logo_not_svg"),
        ("<svg>" + " " * 64_000, "logo_too_large"),
    ],
)
def test_what_is_no_plain_svg_is_refused(folder, text, code):
    (folder.tenant / "brand/halls.svg").write_text(text, encoding="utf-8")
    assert code in [fault.code for fault in faults_of(folder)]


def test_a_drawing_may_refer_to_its_own_parts(folder):
    inside = '<defs><path id="a" d="M0 0h1"/></defs><use href="#a" fill="url(#b)"/><!-- 葉 -->'
    folder.edit("brand/halls.svg", "</svg>", f"{inside}</svg>")
    assert not [fault for fault in faults_of(folder) if fault.level == "error"]


def test_a_host_of_another_tenant_is_refused(folder):
    found = faults_of(folder, taken_hosts={"halls.aoba.localhost": "wakaba/halls"})
    assert [fault.code for fault in found if fault.level == "error"] == ["host_taken"]
    assert "wakaba/halls" in found[0].says("ja")


def test_files_that_nobody_sees_are_told_but_do_not_hinder(folder):
    (folder.tenant / "pages/halls/old.ja.md").write_text("昔の案内", encoding="utf-8")
    (folder.tenant / "wording/halls.yaml").write_text("a: b", encoding="utf-8")
    (folder.tenant / "wording/pools.ja.yaml").write_text("state.tentative: 仮", encoding="utf-8")
    found = {fault.code: fault.level for fault in faults_of(folder)}
    assert found == {"page_unlisted": "warning", "file_unused": "warning", "wording_for_nobody": "error"}


def test_an_empty_page_is_refused(folder):
    (folder.tenant / "pages/halls/terms.en.md").write_text("\n", encoding="utf-8")
    assert [fault.code for fault in faults_of(folder)] == ["page_empty"]


def test_a_logo_that_is_not_utf_8_is_refused(folder):
    (folder.tenant / "brand/halls.svg").write_bytes(b"\xff\xfe")
    assert "not_utf8" in [fault.code for fault in faults_of(folder)]


def test_a_folder_without_a_readable_tenant_file_is_refused(folder):
    (folder.tenant / "tenant.yaml").write_text("a: [", encoding="utf-8")
    with pytest.raises(DocumentRefused):
        faults_of(folder)


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("tenants/aoba/facilities/halls.yaml", "facilities: [", "syntax"),
        ("tenants/aoba/facilities/halls.yaml", "facilities: 3", "wrong_type"),
        ("tenants/aoba/brand/halls.yaml", "a: [", "syntax"),
        ("tenants/aoba/brand/halls.yaml", "- a", "wrong_type"),
        ("tenants/aoba/wording/halls.ja.yaml", "a: [", "syntax"),
        ("tenants/aoba/wording/halls.ja.yaml", "- a", "words_missing"),
        ("tenants/aoba/demo.yaml", "people: []", "unknown_key"),
        ("rulesets/aoba-halls.yaml", "a: [", "syntax"),
        ("rulesets/aoba-halls.yaml", "a: b", "missing_key"),
    ],
)
def test_a_file_that_cannot_be_used_is_a_fault_among_others(folder, name, text, code):
    (folder.root / name).write_text(text, encoding="utf-8")
    folder.edit("tenant.yaml", '"999997"', '"999991"')
    checked = check_folder(folder.tenant, rule_sets=folder.rule_sets, base_domain="localhost")
    assert {code, "wrong_check_digit"} <= {fault.code for fault in checked.errors}


def test_a_page_that_is_not_utf_8_is_refused(folder):
    (folder.tenant / "pages/halls/terms.en.md").write_bytes(b"\xff\xfe")
    assert {"not_utf8", "page_missing"} <= {fault.code for fault in faults_of(folder)}


def test_a_service_stands_once(folder):
    tenant = folder.tenant / "tenant.yaml"
    head, found, entry = tenant.read_text("utf-8").partition("  - code: halls")
    tenant.write_text(head + (found + entry) * 2, encoding="utf-8")
    assert [fault.place.line for fault in faults_of(folder) if fault.code == "service_twice"] == [7, 19]


def test_a_rule_set_of_another_service_is_refused(folder):
    rules = folder.rule_sets / "aoba-halls.yaml"
    rules.write_text(rules.read_text("utf-8").replace('"service": "halls"', '"service": "pools"'), encoding="utf-8")
    (fault,) = [fault for fault in faults_of(folder) if fault.code == "rule_set_other_service"]
    assert "pools" in fault.says("en")


def test_a_service_without_facilities_is_refused(folder):
    (folder.tenant / "facilities/halls.yaml").unlink()
    assert "service_without_facilities" in [fault.code for fault in faults_of(folder)]


def test_a_terminal_is_a_channel_of_the_rules_at_a_host_that_nobody_has(folder):
    folder.edit("tenant.yaml", '    hosts: ["', '    terminals: {robot: ["halls.aoba.{base_domain}"]}\n    hosts: ["')
    found = {fault.code: fault.says("ja") for fault in faults_of(folder) if fault.level == "error"}
    assert set(found) == {"host_twice", "terminal_channel_unknown"}
    assert "robot" in found["terminal_channel_unknown"]


def test_terms_to_accept_need_their_page(folder):
    rules = folder.rule_sets / "aoba-halls.yaml"
    terms = '"terms": [{"code": "all", "label": "利用規約に同意する", "page": "conditions"}]'
    rules.write_text(rules.read_text("utf-8").replace('"terms": []', terms), encoding="utf-8")
    (fault,) = [fault for fault in faults_of(folder) if fault.code == "terms_page_missing"]
    assert "conditions" in fault.says("ja")


def test_a_facilitys_category_and_its_activities_need_words(folder):
    folder.edit("facilities/halls.yaml", "    staff_mail", "    category: hall\n    staff_mail")
    folder.edit("facilities/halls.yaml", "kind: room,", "kind: room, activities: [chess],")
    missing = {fault.facts["found"] for fault in faults_of(folder) if fault.code == "words_missing"}
    assert missing == {"category.hall", "activity.chess"}


def test_a_floor_that_two_grains_share_is_told_at_its_facility(folder):
    folder.edit("facilities/halls.yaml", "units: 1}, bucket_minutes: 60", "units: 1}, bucket_minutes: 1440")
    folder.edit(
        "facilities/halls.yaml",
        "      - {code: quiet",
        "      - {code: mat, name: 柔道, kind: court, consumes: {floor: gym, units: 1}, bucket_minutes: 60}\n"
        "      - {code: quiet",
    )
    (fault,) = [fault for fault in faults_of(folder) if fault.code == "inventory_contradicts"]
    assert fault.place.line == 2


def test_a_folder_needs_no_demo(folder):
    (folder.tenant / "demo.yaml").unlink()
    assert not [fault for fault in faults_of(folder) if fault.level == "error"]


def test_folders_are_found_one_level_down(folder):
    assert find_folders([folder.tenant, folder.tenant.parent]) == [folder.tenant]


def test_where_there_is_no_tenant_folder_it_is_said(tmp_path):
    with pytest.raises(NotFound, match=r"tenant\.yaml"):
        find_folders([tmp_path])
