"""The registration form by invented rules: what is asked, how answers are understood, who may register."""

from datetime import date

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from yoyaku.registration.policy.eligibility import (
    answered_facts,
    check_application,
    consents_asked,
    lies_within,
    papers_for,
    residency_of,
)
from yoyaku.registration.policy.form import (
    Application,
    fields_asked,
    find_class,
    form_facts,
    names_listed,
    read_answers,
)
from yoyaku.registration.policy.person import person_of, registered_fault
from yoyaku.registration.terms import RegistrationTerms

TODAY = date(2027, 1, 10)
RULES = {
    "classes": [
        {"code": "person", "name": "個人", "apply_by": ["web", "counter"], "first_stage": "new"},
        {"code": "group", "name": "団体", "account_kind": "group", "apply_by": ["web"], "residency": "resident"},
        {"code": "closed", "name": "受付なし"},
    ],
    "stages": [{"code": "new", "name": "仮登録", "may_book": False}],
    "login": {"id_label": "ID", "id_pattern": "^[a-z0-9]{6,16}$"},
    "fields": [
        {"code": "name", "kind": "name", "label": "氏名", "lowest_letters": 2, "highest_letters": 10},
        {"code": "kana", "kind": "kana", "label": "フリガナ"},
        {"code": "birth_date", "kind": "birth_date", "label": "生年月日", "when": {"user_class": "person"}},
        {"code": "representative", "kind": "name", "label": "代表者", "when": {"account_kind": "group"}},
        {"code": "representative_birth_date", "kind": "birth_date", "label": "代表者の生年月日", "when": {"account_kind": "group"}},
        {"code": "members", "kind": "long_text", "label": "構成員", "when": {"account_kind": "group"}, "required": False,
         "highest_letters": 4000},
        {"code": "phone", "kind": "phone", "label": "電話番号"},
        {"code": "postcode", "kind": "postcode", "label": "郵便番号", "required": False},
        {"code": "address", "kind": "address", "label": "住所"},
        {"code": "email", "kind": "email", "label": "メール", "required": False, "typed_twice": True},
        {"code": "residency", "kind": "choice", "label": "区分", "choices": {"resident": "在住", "worker": "在勤"}},
        {"code": "works_here", "kind": "yes_no", "label": "在勤ですか", "required": False},
        {"code": "work_name", "kind": "text", "label": "勤務先", "when": {"form.works_here": True}},
        {"code": "proxy_name", "kind": "name", "label": "代理人", "when": {"by_proxy": True}},
    ],
    "eligibility": [
        {"code": "adult", "when": {"user_class": "person"}, "age": {"at_least": 18},
         "not_in_school_years": {"at_least": 10, "at_most": 12}, "refusal": "18歳以上（高校生を除く）"},
        {"code": "here", "when": {"residency": "resident"}, "address_within": ["東京都青葉区", "青葉区"], "refusal": "区内の住所"},
    ],
    "one_per_person": {},
    "consents": [{"code": "terms", "text": "同意する"}, {"code": "news", "text": "お知らせ", "required": False}],
    "papers": [
        {"code": "identity", "name": "本人確認書類"},
        {"code": "attorney", "name": "委任状", "when": {"by_proxy": True, "age": {"at_least": 18}}},
        {"code": "parent", "name": "親権者同意書", "when": {"age": {"at_most": 17}}},
    ],
    "groups": {"fewest_members": 2},
}  # fmt: skip
TERMS = msgspec.convert(RULES, RegistrationTerms)
GOOD = {
    "name": "髙橋 﨑太",
    "kana": "ﾀｶﾊｼ ｻｷﾀ",
    "birth_date": "昭和53年6月16日",
    "phone": "０３１２３４５６７８",
    "postcode": "１００－００１４",
    "address": "東京都青葉区1",
    "email": "Taro@Example.JP",
    "email_again": "taro@example.jp",
    "residency": "resident",
}


def with_rules(**more):
    return msgspec.convert({**RULES, **more}, RegistrationTerms)


def read(answers, *, user_class="person", way="web", by_proxy=False, terms=TERMS):
    return read_answers(terms, user_class=user_class, way=way, answers=answers, today=TODAY, by_proxy=by_proxy)


def faults(answers, **more):
    return {fault.field: fault.code for fault in read(answers, **more).faults}


def check(answers, *, user_class="person", consents=("terms",), way="web", today=TODAY, terms=TERMS):
    application = Application(user_class=user_class, way=way, answers=answers, consents=frozenset(consents))
    return {fault.field: fault.code for fault in check_application(terms, application, today=today).faults}


@pytest.mark.fact("ML-048", "ML-049")
def test_every_answer_is_kept_in_its_one_writing():
    assert read(GOOD).faults == []
    assert read(GOOD).values == {
        "name": "髙橋　﨑太",
        "kana": "タカハシ　サキタ",
        "birth_date": date(1978, 6, 16),
        "phone": "0312345678",
        "postcode": "100-0014",
        "address": "東京都青葉区1",
        "email": "Taro@example.jp",
        "residency": "resident",
    }


def test_every_fault_is_said_at_once():
    wrong = {
        "name": "x",
        "kana": "港",
        "birth_date": "2027-01-11",
        "phone": "12",
        "postcode": "1",
        "email": "taro",
        "residency": "moon",
        "works_here": "perhaps",
    }
    assert faults(wrong) == {
        "name": "too_short",
        "kana": "not_kana",
        "birth_date": "day_to_come",
        "phone": "no_phone_number",
        "postcode": "no_postcode",
        "address": "missing",
        "email": "no_mail_address",
        "residency": "no_such_choice",
        "works_here": "no_such_choice",
    }


@pytest.mark.parametrize(
    ("field", "typed", "code"),
    [
        ("name", "港\x00太郎", "unreadable"),
        ("name", "港\u202e太郎", "unreadable"),
        ("name", "あ" * 11, "too_long"),
        ("birth_date", "1867-01-01", "day_too_early"),
        ("birth_date", "1978-02-30", "no_such_day"),
        ("email_again", "other@example.jp", "not_the_same"),
        ("email_again", "not mail", "not_the_same"),
        ("email_again", " ", "missing_again"),
    ],
)
def test_a_fault_stands_at_the_field_where_it_is(field, typed, code):
    assert faults({**GOOD, field: typed}) == {field: code}


def test_letters_are_counted_as_people_see_them():
    assert faults({**GOOD, "name": "葛\U000e0100" * 10}) == {}


@pytest.mark.fact("ML-052", "KS-026")
@pytest.mark.parametrize(("way", "missing"), [("web", {"email": "missing"}), ("counter", {})])
def test_mail_is_needed_by_the_ways_that_the_rules_name(way, missing):
    without = {code: typed for code, typed in GOOD.items() if not code.startswith("email")}

    assert faults(without, way=way) == missing


def test_a_question_that_hangs_on_an_answer_is_open_until_it_is_given():
    facts = form_facts(find_class(TERMS, "person"), way="web")
    asked = {one.field.code: one for one in fields_asked(TERMS, facts)}
    said_no = {one.field.code for one in fields_asked(TERMS, {**facts, "form.works_here": False})}
    said_yes = {one.field.code: one for one in fields_asked(TERMS, {**facts, "form.works_here": True})}

    assert asked["work_name"].open
    assert not asked["work_name"].required
    assert "work_name" not in said_no
    assert said_yes["work_name"].required
    assert "proxy_name" not in asked


def test_what_an_answer_brings_up_is_asked_for():
    assert faults({**GOOD, "works_here": "yes"}) == {"work_name": "missing"}
    assert faults({**GOOD, "works_here": "no"}) == {}
    assert read({**GOOD, "works_here": "はい", "work_name": "a"}).faults[0].code == "no_such_choice"
    assert read({**GOOD, "works_here": "yes", "work_name": "港\t株式会社"}).values["work_name"] == "港 株式会社"


@pytest.mark.fact("KS-033")
def test_a_proxy_is_named():
    assert faults(GOOD, by_proxy=True, way="counter") == {"proxy_name": "missing"}


@pytest.mark.parametrize(("user_class", "way"), [("closed", "web"), ("nobody", "web"), ("group", "counter")])
def test_a_class_is_offered_by_its_ways_only(user_class, way):
    assert check(GOOD, user_class=user_class, way=way) == {"": "class_not_offered"}


GROUP = {**GOOD, "representative": "港 太郎", "representative_birth_date": "1978-06-16", "kana": "クラブA"}


@pytest.mark.fact("KS-030")
def test_members_are_listed_one_a_line():
    assert faults({**GROUP, "members": "港 一\r\n\r\n港 二"}, user_class="group") == {}
    assert faults({**GROUP, "members": "港 一"}, user_class="group") == {"members": "too_few_members"}
    assert faults({**GROUP, "members": "\n".join(["港"] * 201)}, user_class="group") == {"members": "too_many_members"}
    assert faults(GROUP, user_class="group") == {}
    assert names_listed("港 一\n \n港　二") == ["港　一", "港　二"]


@pytest.mark.fact("ML-046")
@pytest.mark.parametrize(
    ("born", "today", "refused"),
    [
        ("2009-01-11", date(2027, 1, 10), True),  # 18 tomorrow
        ("2009-01-10", date(2027, 1, 10), True),  # 18, in the last year of high school
        ("2009-01-10", date(2027, 4, 1), False),  # left school
        ("2008-04-02", date(2027, 3, 31), True),
        ("2008-04-01", date(2026, 4, 1), False),
    ],
)
def test_who_is_under_18_or_goes_to_high_school_is_refused(born, today, refused):
    found = check({**GOOD, "birth_date": born}, today=today)

    assert found == ({"birth_date": "not_eligible"} if refused else {})


@pytest.mark.parametrize(("attained", "refused"), [("birthday", True), ("day_before", False)])
def test_t_g1_an_age_is_attained_as_the_rules_say(attained, refused):
    adult = {"code": "adult", "age": {"at_least": 18}, "attained": attained, "refusal": "18歳以上"}
    terms = with_rules(eligibility=[adult])
    found = check({**GOOD, "birth_date": "2009-04-01"}, today=date(2027, 3, 31), terms=terms)

    assert found == ({"birth_date": "not_eligible"} if refused else {})


@pytest.mark.parametrize(("today", "refused"), [(date(2026, 2, 27), True), (date(2026, 2, 28), False)])
def test_t_g3_born_on_29_february_one_is_18_on_the_28th(today, refused):
    terms = with_rules(eligibility=[{"code": "adult", "age": {"at_least": 18}, "refusal": "18歳以上"}])

    assert bool(check({**GOOD, "birth_date": "2008-02-29"}, today=today, terms=terms)) is refused


def test_t_g7_school_years_are_no_ages():
    no_pupils = {"code": "school", "not_in_school_years": {"at_least": 1, "at_most": 6}, "refusal": "小学生を除く"}
    terms = with_rules(eligibility=[no_pupils])
    for born, refused in (("2014-04-02", True), ("2014-04-01", False), ("2015-04-01", True)):
        assert bool(check({**GOOD, "birth_date": born}, today=date(2027, 3, 1), terms=terms)) is refused


@pytest.mark.fact("KS-036")
def test_where_the_rules_name_no_age_children_register():
    assert check({**GOOD, "birth_date": "2018-05-05"}, terms=with_rules(eligibility=[])) == {}


@pytest.mark.fact("ML-046")
def test_who_lives_elsewhere_is_told_at_the_address():
    assert check({**GOOD, "address": "東京都千代田区永田町1"}) == {"address": "not_eligible"}
    assert check({**GOOD, "address": "東京都千代田区永田町1", "residency": "worker"}) == {}
    assert lies_within("東京都　青葉区 1", ["東京都青葉区"])


@pytest.mark.fact("ML-059")
def test_consents_are_asked_for_and_optional_ones_are_not_demanded():
    assert check(GOOD, consents=()) == {"consent.terms": "not_agreed"}
    assert [one.code for one in consents_asked(TERMS, {})] == ["terms", "news"]


@pytest.mark.fact("KS-032", "KS-033", "KS-034")
@pytest.mark.parametrize(
    ("by_proxy", "age", "papers"),
    [
        (False, 30, ["identity"]),
        (True, 30, ["identity", "attorney"]),
        (False, 17, ["identity", "parent"]),
        (True, 17, ["identity", "parent"]),
    ],
)
def test_papers_go_by_who_comes_and_how_old_the_person_is(by_proxy, age, papers):
    assert [one.code for one in papers_for(TERMS, {"by_proxy": by_proxy, "age": age})] == papers


def test_residency_is_the_class_s_or_what_was_answered():
    person, group = find_class(TERMS, "person"), find_class(TERMS, "group")
    answers = read({**GOOD, "residency": "worker"})

    assert residency_of(person, answers) == "worker"
    assert residency_of(group, answers) == "resident"
    assert answered_facts(person, answers, way="web", today=TODAY)["age"] == 48


@pytest.mark.fact("KS-029")
def test_a_person_is_known_by_folded_name_and_birth_date():
    person, group = find_class(TERMS, "person"), find_class(TERMS, "group")
    alone = person_of(TERMS, person, read(GOOD))
    other_writing = person_of(TERMS, person, read({**GOOD, "name": "高橋　崎太", "birth_date": "19780616"}))
    leader = person_of(TERMS, group, read({**GROUP, "representative": "髙橋﨑太"}, user_class="group"))

    assert alone == other_writing
    assert (leader.name, leader.born) == (alone.name, alone.born)
    assert leader.name_field == "representative"
    assert person_of(TERMS, person, read({})) is None
    assert person_of(with_rules(one_per_person=None), person, read(GOOD)) is None


def test_whose_application_waits_is_told_to_go_on():
    person = person_of(TERMS, find_class(TERMS, "person"), read(GOOD))

    assert registered_fault(person, unfinished=True, refusal="だめ").code == "person_unfinished"
    assert registered_fault(person, unfinished=False, refusal=None).code == "person_registered"
    assert registered_fault(person, unfinished=False, refusal="だめ").facts == {"refusal": "だめ"}


@given(st.dictionaries(st.sampled_from([one.code for one in TERMS.fields]), st.text(max_size=60)))
def test_no_form_breaks_the_reader(answers):
    found = read(answers)

    assert not set(found.values) & {fault.field for fault in found.faults}
    again = {code: value if isinstance(value, str) else str(value) for code, value in found.values.items()}
    assert read({**again, "email_again": again.get("email", "")}).values == found.values
