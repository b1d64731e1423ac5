"""Somebody who applies by invented rules."""

from datetime import UTC, date, datetime

import msgspec

from yoyaku.kernel.seal import Seal
from yoyaku.registration.act import Act
from yoyaku.registration.policy.form import Application
from yoyaku.registration.service.applying import apply_for_registration
from yoyaku.registration.service.details import change_details
from yoyaku.registration.terms import RegistrationTerms

NOW = datetime(2027, 1, 10, 1, 0, tzinfo=UTC)
SEAL = Seal(["only for tests, forty characters and more"])
RULES = {
    "classes": [
        {"code": "person", "name": "個人", "apply_by": ["web", "counter"], "first_stage": "new"},
        {"code": "group", "name": "団体", "account_kind": "group", "apply_by": ["web"], "first_stage": "new"},
    ],
    "stages": [
        {"code": "new", "name": "仮登録", "may_book": False},
        {"code": "registered", "name": "本登録", "may_book": True},
    ],
    "login": {"id_label": "ID", "id_pattern": "^[a-z0-9]{6,16}$"},
    "fields": [
        {"code": "name", "kind": "name", "label": "氏名", "changed_by": ["clerk"]},
        {"code": "kana", "kind": "kana", "label": "フリガナ", "changed_by": ["clerk"]},
        {"code": "birth_date", "kind": "birth_date", "label": "生年月日", "changed_by": ["clerk"]},
        {"code": "representative", "kind": "name", "label": "代表者", "when": {"account_kind": "group"}},
        {
            "code": "members",
            "kind": "long_text",
            "label": "構成員",
            "when": {"account_kind": "group"},
            "required": False,
        },
        {"code": "phone", "kind": "phone", "label": "電話番号"},
        {"code": "postcode", "kind": "postcode", "label": "郵便番号", "required": False},
        {"code": "address", "kind": "address", "label": "住所", "required": False},
        {"code": "email", "kind": "email", "label": "メール", "required": False, "typed_twice": True},
        {"code": "work_name", "kind": "text", "label": "勤務先", "required": False},
    ],
    "one_per_person": {"group_birth_date_field": "birth_date"},
    "mail": {"required_for": []},
}
TERMS = msgspec.convert(RULES, RegistrationTerms)
ACT = Act(terms=TERMS, rule_set_version=1, now=NOW, real_now=NOW, today=date(2027, 1, 10))
ANSWERS = {
    "name": "髙橋　﨑太",
    "kana": "たかはし さきた",
    "birth_date": "19780616",
    "phone": "０３１２３４５６７８",
    "address": "東京都青葉区1",
    "email": "saki@example.jp",
    "email_again": "saki@example.jp",
    "work_name": "青葉商店",
}
APPLICATION = Application(
    user_class="person", way="web", answers=ANSWERS, login_id="sakita78", password="kirin4maru8zebra"
)


async def apply(conn, application=APPLICATION, **more):
    return await apply_for_registration(conn, act=more.pop("act", ACT), seal=SEAL, application=application, **more)


async def correct(conn, applied, answers, *, seal=SEAL):
    """What a clerk changes."""
    return await change_details(
        conn, act=ACT, registrant_id=applied.registrant_id, answers=answers, by="clerk", seal=seal
    )
