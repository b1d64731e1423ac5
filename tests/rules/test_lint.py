"""Each check across the sections: the small rule set, broken in one place, is refused for that and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from yoyaku.rulebook.lint import check_rule_set

SMALL = (Path(__file__).parent / "small.yaml").read_text(encoding="utf-8")


def faults_of(text: str, folder: Path) -> list[tuple[str, str]]:
    """The code of each fault and the line it stands on."""
    file = folder / "town.yaml"
    file.write_text(text, encoding="utf-8")
    lines = text.splitlines()
    return [(fault.code, lines[fault.place.line - 1].strip()) for fault in check_rule_set(file)]


def test_the_small_rule_set_is_without_fault(tmp_path: Path):
    assert faults_of(SMALL, tmp_path) == []


SECOND = """examples:
  - name: 会議室の午前は600円
    given: {now: 2027-01-10T10:00:00, user: {user_class: citizen, registration: registered}}
    when: {action: quote, facility: hall, space: meeting, date: 2027-02-10, bands: [am]}
    then: {total_yen: 600}
"""

WEB_OPENS = (
    'opens: {from: use_month, months: -2, day: 1, at: 09:00}\n      closes: {from: use_day, days: -1, at: "24:00"}'
)

# ruff: noqa: E501 -- what is found, what is put in its place, and what is said stand on one line each
BROKEN = [
    # Conditions
    ("{residency: outsider}", "{residence: outsider}", "unknown_fact_guess"),
    ("{residency: outsider}", "{zodiac: outsider}", "unknown_fact"),
    ("{residency: outsider}", "{state: tentative}", "fact_not_here"),
    ("{when: {space_kind: cabin}, timetable: stay}", "{when: {residency: resident}, timetable: stay}", "fact_not_here bucket_kind bucket_kind bucket_kind"),
    ("{residency: outsider}", "{residency: outsidr}", "unknown_value_guess"),
    ("{residency: outsider}", "{residency: zebra}", "unknown_value"),
    ("{residency: outsider}", "{residency: {at_least: 3}}", "not_a_number_fact"),
    ("{residency: outsider}", "{residency: 5}", "not_text"),
    ("{residency: outsider}", "{minutes: long}", "not_number"),
    ("{residency: outsider}", "{minutes: true}", "not_number"),
    ("{residency: outsider}", "{minutes: {at_least: 3, at_most: 2}}", "empty_range"),
    ("{residency: outsider}", "{residency: []}", "empty_choice"),
    ("{residency: outsider}", "{age_group: adult}", "fact_not_here"),
    ("{residency: outsider}", "{facility: hall, space: hut}", "unknown_value holds_nowhere"),
    ("hours: [{opens: 09:00, closes: 22:00}]", "hours: [{when: {sesion: summer}, opens: 09:00, closes: 22:00}]", "unknown_fact_guess"),
    ("hours: [{opens: 09:00, closes: 22:00}]", "hours: [{when: {channel: web}, opens: 09:00, closes: 22:00}]", "fact_not_here"),
    # Codes
    ("- {timetable: bands}", "- {timetable: band}", "unknown_code_guess timetable_unused no_timetable no_base_fee"),
    ("channels: [counter]", "channels: [kiosk]", "unknown_code"),
    ("line: room", "line: roof", "unknown_code_guess"),
    ("bands: [am, pm]", "bands: [am, night]", "unknown_code"),
    ("prices: {projector: 500}", "prices: {projektor: 500}", "unknown_code_guess equipment_unpriced"),
    ("field: heads", "field: purpose", "unknown_code"),
    ("fee_class: {field", "state: {field", "derived_taken unknown_fact_guess unknown_fact_guess unpriced"),
    ("from: use_month, months: -2, day: 1, at: 09:00}\n      closes: {from: use_start}", "from: use_day, open_days: -3, calendar: post, at: 09:00}\n      closes: {from: use_start}", "unknown_code"),
    ("kind: people_by_class\n      required: true\n      when: {space_kind: court}\n", "kind: choice\n      required: true\n      when: {space_kind: court}\n", "unknown_code"),
    ("choices: {meeting: {ja: 会議, en: Meeting}, sport: {ja: 運動, en: Sport}}", "choices: {}", "choices_missing"),
    ("code: purpose\n      label: {ja: 利用目的, en: Purpose}\n      kind: choice", "code: purpose\n      label: {ja: 利用目的, en: Purpose}\n      kind: text", "choices_unused"),
    ("may_book: true", "may_book: false", "nobody_may_book"),
    ('"^[0-9]{6}$"', '"^[0-9"', "bad_pattern"),
    ("language: 1\n", "language: 1\ntime_zone: Asia/Edo\n", "unknown_zone"),
    ('"{fiscal_year}-{sequence:05d}"', '"{fiscal_year}-{serial}"', "bad_number_format"),
    ('"{fiscal_year}-{sequence:05d}"', '"{fiscal_year}"', "numbers_repeat"),
    ('"{fiscal_year}-{sequence:05d}"', '"{sequence}"', "numbers_repeat"),
    ("title: {ja: 青葉町の施設予約, en: Aoba Town bookings}", "title: {ja: 青葉町の施設予約, xx: Aoba}", "language_missing unknown_language"),
    ("- {code: guest,", "- {code: citizen,", "duplicate_code"),
    # Tiers
    ("{at_least: 8, percent: 100}", "{at_least: 9, percent: 100}", "tier_gap"),
    ("{at_least: 8, percent: 100}", "{at_least: 7, percent: 100}", "tier_overlap"),
    ("{at_least: 8, percent: 100}", "{at_least: 8, at_most: 30, percent: 100}", "tier_gap"),
    ("{at_least: 8, percent: 100}", "{at_least: 8, at_most: 7, percent: 100}", "empty_range"),
    ("{at_least: 0, at_most: 3, percent: 0}", "{at_least: 1, at_most: 3, percent: 0}", "tier_gap"),
    ("{at_least: 0, at_most: 3, percent: 0}", "{at_least: 0, percent: 0}", "tier_overlap"),
    ("{at_least: 4, at_most: 7, percent: 50}", "{at_least: 4, at_most: 7, percent: 0}\n        - {at_least: 4, at_most: 7, percent: 0}", "tier_overlap"),
    ("{at_least: 0, at_most: 3, percent: 0}", "{at_least: 0, at_most: 3, percent: 60}", "tier_rises"),
    # Timetables
    ('starts: 09:00, ends: "12:00"}', 'starts: 09:00, ends: "08:00"}', "ends_before_start"),
    ("starts: 13:00, ends: 17:00}", "starts: 11:30, ends: 17:00}", "bands_overlap"),
    ("closes: 21:00\n", "closes: 08:00\n", "ends_before_start"),
    ("step_minutes: 60", "step_minutes: 70", "step_misfit step_misfit bucket_misfit"),
    ("maximum_minutes: 180", "maximum_minutes: 100", "step_misfit"),
    ("maximum_minutes: 180", "maximum_minutes: 60\n    minimum_minutes: 120", "empty_range"),
    ("maximum_minutes: 180", "starts_on_minutes: [0, 60]", "not_among"),
    ("maximum_nights: 2", "maximum_nights: 2\n    minimum_nights: 3", "empty_range"),
    ("- {timetable: bands}", "- {when: {space_kind: court}, timetable: bands}", "no_timetable never_reached no_base_fee"),
    ("bucket_minutes: 1440}", "bucket_minutes: 60}", "bucket_kind"),
    ("kind: room, people: 20}", "kind: room, people: 20, bucket_minutes: 1440}", "bucket_kind"),
    ("starts: 13:00, ends: 17:00}", "starts: 13:10, ends: 17:00}", "bucket_misfit"),
    ("  - {when: {space_kind: cabin}, timetable: stay}\n", "  - {when: {space_kind: cabin}, timetable: bands}\n", "timetable_unused bucket_kind"),
    ("service: town\n    number_code", "service: other\n    number_code", "no_facilities"),
    ("capacity: 2, bucket_minutes: 60}", "consumes: {floor: ground}, bucket_minutes: 60}", "inventory_wrong"),
    # Moments and spans
    ("lapses: {from: tentative_since, days: 14", "lapses: {from: won, days: 14", "anchor_not_here"),
    (WEB_OPENS, WEB_OPENS.replace("day: 1,", "day: 31,"), "past_month_end"),
    (WEB_OPENS, WEB_OPENS.replace("days: -1", "days: -95"), "never_opens"),
    (WEB_OPENS, WEB_OPENS.replace("days: -1", "days: -60"), "opens_not_always"),
    (WEB_OPENS, WEB_OPENS + "\n      visible: {from: use_day, days: 2}", "never_opens"),
    ("lapses: {from: tentative_since, days: 14", "lapses: {from: use_month, months: -3", "lapses_before_made"),
    ("due: {from: made, days: 14,", "due: {from: use_month, months: -3,", "due_before_made"),
    ("    - initial: tentative\n", "    - when: {day_type: weekday, paid: unpaid}\n      initial: tentative\n", "no_lifecycle"),
    ("    - initial: tentative\n", "    - when: {state: tentative}\n      initial: tentative\n", "fact_not_here no_lifecycle"),
    ("    - code: cash\n", "    - code: cash\n      when: {paid: unpaid, state: tentative}\n", ""),
    ('"{fiscal_year}-{sequence:05d}"', '"{fiscal_year}-{sequence:d}"', "bad_number_format"),
    # Order
    ("- when: {space_kind: cabin}\n      initial: confirmed\n    - initial", "- initial: confirmed\n    - initial", "never_reached"),
    ("by: [clerk]\n      when: {grounds: [storm]}\n      grounds: [storm]\n", "by: [clerk]\n      until: {from: use_start}\n", "never_reached"),
    ("{from: 2027-04-01, yen: 900}", "{from: 2026-04-01, yen: 900}", "dates_out_of_order"),
    ("{from: 2026-04-01, yen: 800}", "{from: 2026-04-02, yen: 800}", "dated_too_late"),
    # Fees
    ("{when: {season: none}, yen: 7000}", "{when: {season: none, day_type: weekday}, yen: 7000}", "unpriced"),
    ("{when: {fee_class: general}, yen: 600}", "{when: {fee_class: none}, yen: 600}", "unpriced"),
    ("{when: {fee_class: general}, yen: 600}", "{when: {fee_class: general, channel: web}, yen: 600}", "unpriced"),
    ("{when: {fee_class: general}, yen: 600}", "{when: {fee_class: general, registration: [registered, none]}, yen: 600}", ""),
    ("{when: {fee_class: general}, yen: 600}", "{when: {fee_class: general, residency: resident}, yen: 600}", "unpriced"),
    ("{when: {fee_class: general}, yen: 600}", "{when: {fee_class: general, surfaces: {at_most: 1}}, yen: 600}", "unpriced"),
    ("{when: {fee_class: general}, yen: 600}", "{when: {fee_class: general, activity: none, actor: [resident, clerk]}, yen: 600}", ""),
    ("{when: {fee_class: general}, yen: 600}", "{when: {fee_class: general, starts_minute: {at_most: 1139}}, yen: 600}", "unpriced"),
    ("per: hour\n      table:\n        - {when: {fee_class: youth}", "per: booking\n      table:\n        - {when: {fee_class: youth}", ""),
    ("{when: {fee_class: general}, yen: 600}", "{when: {fee_class: general, form.purpose: [meeting, sport]}, yen: 600}", ""),
    ("{when: {fee_class: general}, yen: 600}", "{when: {fee_class: general, form.purpose: sport}, yen: 600}", "unpriced"),
    ("{when: {season: none}, yen: 7000}", "{when: {season: none, form.purpose: sport}, yen: 7000}", "unpriced"),
    ("{when: {fee_class: general}, yen: 600}", "{when: {fee_class: general, form.heads: {at_most: 20}}, yen: 600}", "unpriced"),
    ("{when: {season: none}, yen: 7000}", "{yen: 7000}", "priced_twice"),
    ("{when: {season: none}, yen: 7000}", "{when: {day_type: holiday}, yen: 7000}", "unpriced priced_twice"),
    ("    - step: base\n      code: room\n", "    - step: add\n      code: room\n", "no_base_fee"),
    ("spaces: [meeting]}", "spaces: [meeting]}\n      - {code: easel, name: 画架, stock: 2, spaces: [tennis]}", "equipment_unpriced"),
    ("  cancellation:\n", "  lending_minutes: 10\n  cancellation:\n", "lending_too_fine"),
    ("  cancellation:\n", "  lending_minutes: 30\n  cancellation:\n", ""),
    ("  methods:\n    - code: cash\n", "  methods:\n    - code: cash\n      channels: [kiosk]\n", "unknown_code"),
    ("examples:\n", SECOND, "example_twice"),
    ("lines: [room, court]", "lines: [room, court]\n      percent_by: 5", "unknown_key_guess"),
    # Examples
    ("examples:\n", "notes_are_not_examples:\n", "unknown_key no_examples"),
    ("- name: 会議室の午前は600円\n", "- name: 会議室の午前は600円\n    facts: [A, B, C, D, E, F]\n", "too_many_facts"),
]  # fmt: skip


@pytest.mark.parametrize(("find", "put", "codes"), BROKEN)
def test_a_fault_is_found(find: str, put: str, codes: str, tmp_path: Path):
    assert SMALL.count(find) == 1, find
    found = [code for code, _ in faults_of(SMALL.replace(find, put), tmp_path)]
    assert sorted(found) == sorted(codes.split())
