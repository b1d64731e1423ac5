"""The life of a rule set's version on the console: begun, checked, tried, reviewed by a second person, published."""

import asyncio
import html
import io
import re
import zipfile
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
import yaml
from sqlalchemy import insert, text
from tests.cities import ROOT
from tests.pages.test_roles import log_in

from yoyaku.db.engine import tenant_transaction
from yoyaku.db.tables import dry_run
from yoyaku.kernel.ids import new_id
from yoyaku.rulebook.texts import pack
from yoyaku.ruleset import service as ruleset
from yoyaku.ruleset.policy import Days, choose_version

FILES = {path.name: path.read_text("utf-8") for path in (ROOT / "rulesets" / "meguro-rooms").glob("*.yaml")}
TIER = ("at_most: 20, percent: 75", "at_most: 20, percent: 70")
EXAMPLES = (
    ("refund_yen: 525, kept_yen: 175", "refund_yen: 490, kept_yen: 210"),
    ("refund_yen: 0, kept_yen: 175", "refund_yen: 0, kept_yen: 210"),
    ("refund_yen: 337, kept_yen: 113", "refund_yen: 315, kept_yen: 135"),
)
AS_OF = datetime(2027, 1, 20, 1, tzinfo=UTC)
START = {"title": "還付率を70%に", "applies_by": "made", "applies_from": "2027-02-01"}


@pytest.fixture(scope="module")
def admins(services):
    """The two admins of the rooms' city."""
    demo = yaml.safe_load((ROOT / "tenants" / services["rooms"].tenant / "demo.yaml").read_text())
    found = [one for one in demo["clerks"] if one["roles"] == ["tenant_admin"]]
    keys = ("login_id", "password", "name", "second_factor")
    return [replace(services["rooms"].clerk, **{key: one[key] for key in keys}) for one in reversed(found)]


@pytest.fixture
async def first(browse, admins):
    site = browse("rooms")
    await site.log_in(admins[0])
    return site


@pytest.fixture
async def second(browse, admins):
    site = browse("rooms")
    await site.log_in(admins[1])
    return site


@pytest.fixture
def inside(application, services):
    """A transaction of the rooms' service."""
    service = services["rooms"]
    return lambda: tenant_transaction(application.app.state["engine"], service.tenant, service.code)


@pytest.fixture
def tried(inside, services):
    """A dry run of a draft as it stands has come out, with so many bookings broken."""
    where = {"tenant_id": services["rooms"].tenant, "service_id": "rooms"}

    async def run(path, broken=0):
        async with inside() as conn:
            draft = await ruleset.get_draft(conn, draft_id=path.rpartition("/")[2])
            now = datetime.now(tz=UTC)
            row = {"run_id": new_id(), "draft_id": draft.draft_id, "revision": draft.revision, "state": "done"}
            came_out = {"asked_at": now, "asked_by": draft.made_by, "finished_at": now, "total": 3, "done": 3}
            heads = await ruleset.versions(conn, **where)
            inventory = await ruleset.latest_inventory_version(conn, tenant_id=where["tenant_id"])
            beside = {"as_of": AS_OF, "newest_version": heads[-1].version, "inventory_version": inventory}
            rest = {"broken": broken, "cancel_asked": False, "summary": {}, **beside}
            await conn.execute(insert(dry_run).values(**where, **row, **came_out, **rest))

    return run


async def begin(site, version=1, **more):
    await site.get(f"/counter/rules/versions/{version}")
    page = await site.post(f"/counter/rules/versions/{version}/draft", **{**START, **more})
    assert page.status_code == 200, page.text
    return page.url.path


def token_of(site):
    """The page's token against forged requests."""
    return re.search(r'name="_csrf_token" value="([^"]+)"', site.html)[1]


def seen(site):
    """The save that the page was shown over."""
    return re.search(r'name="seen_revision" value="(\d+)"', site.html)[1]


def shown_over(site):
    """The save and the version that the page of a review was shown over."""
    newest = re.search(r'name="seen_newest" value="(\d+)"', site.html)[1]
    return {"seen_revision": seen(site), "seen_newest": newest}


async def upload(site, path, files):
    """Sends files as a browser does."""
    token = re.search(r'name="_csrf_token" value="([^"]+)"', site.html)[1]
    sent = [("files", (name, content.encode() if isinstance(content, str) else content)) for name, content in files]
    data = {"_csrf_token": token, "seen_revision": seen(site)}
    response = await site.client.post(f"{path}/files", data=data, files=sent)
    site.html = response.text
    return response


def changed():
    """The tier of the refund and its examples, changed."""
    examples = FILES["examples.yaml"]
    for old, new in EXAMPLES:
        examples = examples.replace(old, new)
    return [("booking.yaml", FILES["booking.yaml"].replace(*TIER)), ("examples.yaml", examples)]


async def approved(first, second, path, tried):
    """The draft has been tried, reviewed by the second admin and approved."""
    await tried(path)
    await first.get(path)
    asked = await first.post(f"{path}/ask-review", seen_revision=seen(first))
    assert "確認を依頼しました" in asked.text
    assert f"{path}/review" in (await second.get("/counter")).text
    assert f"{path}/review" not in (await first.get("/counter")).text
    page = await second.get(f"{path}/review")
    assert "3件を調べました" in page.text
    page = await second.post(f"{path}/review", verdict="approved", **shown_over(second))
    assert "承認しました" in page.text
    return await first.get(f"{path}/publish")


async def test_what_is_wrong_or_untried_is_not_reviewed(first):
    path = await begin(first)
    page = await upload(first, path, changed()[:1])  # its examples still expect 75 %
    assert "5件が合いません" in page.text
    assert "還付額　期待: 525 → 結果: 490" in page.text
    assert "2027年2月1日（月）以後" in page.text  # wrong examples do not hide from when it applies
    assert re.search(r"examples\.yaml:\d+", page.text)
    page = await first.post(f"{path}/ask-review", seen_revision=seen(first))
    assert page.status_code == 422
    assert "規則に誤りが5件あります" in page.text
    page = await upload(first, path, changed())
    assert "at_least: 11, at_most: 20, percent: 75" in page.text
    page = await first.post(f"{path}/ask-review", seen_revision=seen(first))
    assert "影響の試算が済んでいません" in page.text


async def test_examples_whose_new_result_is_meant_are_written_anew_and_nothing_else_is(first, inside):
    path = await begin(first)
    page = await upload(first, path, changed()[:1])
    places = re.findall(r'name="example\.(\d+)"', page.text)
    assert len(places) == 5
    await first.get("/counter/log")
    log = await first.post("/counter/log", act="rules_draft_saved")
    assert f'<a href="{path}">還付率を70%に</a>' in log.text
    page = await first.get(path)
    page = await first.post(f"{path}/examples", seen_revision=seen(first))
    assert page.status_code == 422
    assert 'href="#examples"' in page.text
    page = await first.post(f"{path}/examples", seen_revision="1", **{f"example.{places[0]}": "yes"})
    assert page.status_code == 422  # somebody saved meanwhile
    page = await first.post(f"{path}/examples", seen_revision=seen(first), **{f"example.{places[0]}": "yes"})
    assert "4件が合いません" in page.text
    rest = re.findall(r'name="example\.(\d+)"', page.text)
    page = await first.post(f"{path}/examples", seen_revision=seen(first), **{f"example.{one}": "yes" for one in rest})
    assert "合いません" not in page.text

    async with inside() as conn:
        draft = await ruleset.get_draft(conn, draft_id=path.rpartition("/")[2])
    was, now = FILES["examples.yaml"].splitlines(), draft.files["examples.yaml"].splitlines()
    assert len(was) == len(now)
    assert {after for before, after in zip(was, now, strict=True) if before != after} == {
        line for line in dict(changed())["examples.yaml"].splitlines() if line not in was
    }


async def test_a_mail_without_words_is_told_before_it_is_to_be_sent(first):
    path = await begin(first)
    notice = "  - {event: booking_made, to: registrant, template: booking_made}\n"
    rules = FILES["rules.yaml"].replace("2024-04-01", "2027-02-01")
    page = await upload(
        first,
        path,
        [("rules.yaml", rules.replace(notice, notice.replace("template: booking_made", "template: hello")))],
    )
    line = rules.splitlines().index(notice.rstrip("\n")) + 1
    for said in (
        "メール「hello」の日本語の件名がありません",
        "メール「hello」の英語の本文がありません",
        f"rules.yaml:{line}",
    ):
        assert said in page.text
    # Words that are there, of an event that knows other facts.
    other = notice.replace("template: booking_made", "template: registration_advanced")
    page = await upload(first, path, [("rules.yaml", rules.replace(notice, other))])
    assert re.search(
        r"メール「registration_advanced」の英語の本文にある \{\w+\}.*は、このできごとでは使えません", page.text
    )


async def test_nobody_approves_their_own_and_who_returns_says_why(first, second, tried):
    path = await begin(first)
    await tried(path)
    await first.get(path)
    await first.post(f"{path}/ask-review", seen_revision=seen(first))
    await first.get(f"{path}/review")
    page = await first.post(f"{path}/review", verdict="approved", **shown_over(first))
    assert page.status_code == 422
    assert "ご自分では確認できません" in page.text
    page = await first.get(f"{path}/publish")
    assert "書いていない人の承認がまだありません" in page.text
    assert 'name="sure"' not in page.text
    await second.get(f"{path}/review")
    page = await second.post(f"{path}/review", verdict="returned", **shown_over(second))
    assert page.status_code == 422
    assert 'id="remark-error"' in page.text
    await second.post(f"{path}/review", verdict="returned", remark="附則を書く", **shown_over(second))
    page = await first.get(path)
    assert "差し戻されました" in page.text
    assert "附則を書く" in page.text


async def test_a_tier_is_changed_scheduled_and_taken_back(first, second, tried, inside, services):
    path = await begin(first)
    await upload(first, path, changed())
    draft = await first.get(path)
    assert "変わる前の数字が残っています" in draft.text
    assert "利用日20日前～11日前…75%還付" in draft.text  # a page of the city's, which does not follow the rules
    assert "/counter/site/pages/cancellation" in first.html
    page = await approved(first, second, path, tried)
    assert "2027年2月1日（月）以後に受け付ける予約から" in page.text
    assert "利用日の20日前から11日前まで：75% → 70%" in page.text
    unsure = await first.post(f"{path}/publish", seen_revision=seen(first), seen_newest="1")
    assert unsure.status_code == 422
    page = await first.post(f"{path}/publish", seen_revision=seen(first), seen_newest="1", sure="yes")
    assert page.url.path == "/counter/rules/versions/2"
    assert "公開しました" in page.text
    page = await first.get("/counter/rules")
    assert re.search(r"第2版.*?施行前（予定）.*?第1版.*?施行中", page.text, re.DOTALL)
    assert "確認: 課長　守" in page.text
    where = {"tenant_id": services["rooms"].tenant, "service_id": "rooms"}
    async with inside() as conn:
        heads = await ruleset.versions(conn, **where)
        assert (await ruleset.texts_of(conn, **where, version=2))["booking.yaml"] == changed()[0][1]
    made = [date(2027, 1, 31), date(2027, 2, 1)]
    assert [choose_version(heads, Days(made_on=day, used_on=date(2027, 4, 1))).version for day in made] == [1, 2]

    await take_back(first, second, tried)
    async with inside() as conn:
        acts = (await conn.execute(text("SELECT count(*) FROM audit_entry WHERE act = 'rules_published'"))).scalar_one()
    assert acts == 2


async def take_back(first, second, tried):
    """Version 1 again, as version 3; what was published meanwhile is not overlooked."""
    page = await first.get("/counter/rules/versions/1")
    assert 'value="第1版に戻す"' in page.text
    back = await begin(first, 1, title="第1版に戻す", applies_from="2027-03-01")
    assert "最新は第2版です" in first.html
    await approved(first, second, back, tried)
    stale = await first.post(f"{back}/publish", seen_revision=seen(first), seen_newest="1", sure="yes")
    assert "第2版が公開されました" in stale.text
    page = await first.post(f"{back}/publish", seen_revision=seen(first), seen_newest="2", sure="yes")
    assert page.url.path == "/counter/rules/versions/3"


async def test_the_second_to_save_sees_both_texts_and_keeps_theirs_as_a_draft_of_its_own(first, second):
    path = await begin(first)
    await second.get(path)
    await upload(first, path, changed())
    told = await second.post(f"{path}/transition", transition="なお従前の例による", seen_revision="1")
    assert told.status_code == 409
    assert "なお従前の例による" in told.text
    await second.get(path)
    second.html = second.html.replace('name="seen_revision" value="2"', 'name="seen_revision" value="1"')
    page = await upload(second, path, [("fees.yaml", FILES["fees.yaml"] + "# 料金の注\n")])

    assert page.status_code == 409
    assert "係長　葉子" in page.text
    assert "+ # 料金の注" in page.text
    assert "percent: 70" in page.text
    fields = re.findall(r'<textarea name="(file\.[^"]+)" hidden[^>]*>\n(.*?)</textarea>', page.text, re.DOTALL)
    kept = await second.post(f"{path}/keep", **{name: html.unescape(typed) for name, typed in fields})
    assert kept.url.path != path
    assert "還付率を70%に（別案）" in kept.text
    assert "+ # 料金の注" in kept.text
    assert "percent: 70" not in kept.text
    assert "percent: 70" in (await first.get(path)).text


NO_RULES = [
    ("rules.exe", "a: 1", "YAML でも ZIP でもありません"),
    ("rules.zip", b"PK\x03\x04 broken", "ZIP ファイルとして開けません"),
    ("rules.zip", pack({"readme.txt": "a"}), "YAML ファイルがありません"),
    ("rules.zip", pack({"a/rules.yaml": "a: 1", "b/rules.yaml": "a: 1"}), "が2つあります"),
    ("bomb.zip", pack({"rules.yaml": "a" * 6_000_000}), "大きすぎます"),
    ("rules.zip", pack({"rules.yaml": "a: 1\n" * 99}).replace(b"K\xb4R", b"\xff" * 3), "ZIP ファイルとして開けません"),
    ("rules.yaml", b"\xff\xfe", "UTF-8 ではありません"),
    ("規則.yaml", "a: 1", "ファイル名は使えません"),
]


async def test_files_that_hold_no_rules_are_refused_whole(first):
    path = await begin(first)
    for name, content, told in NO_RULES:
        page = await upload(first, path, [("fees.yaml", "# fine\n"), (name, content)])
        assert page.status_code == 422
        assert told in page.text
        assert 'id="files-error"' in page.text
    assert "1回目" in (await first.get(path)).text


async def test_a_draft_goes_out_as_a_folder_and_comes_back_the_same(first):
    path = await begin(first, applies_from="")
    sent = await first.client.get(f"{path}/files.zip")
    with zipfile.ZipFile(io.BytesIO(sent.content)) as archive:
        assert {name: archive.read(name).decode() for name in archive.namelist()} == FILES
    page = await upload(first, path, [("rules.zip", sent.content)])
    assert page.status_code == 200
    assert "1回目" in page.text  # the same texts are no save
    version = await first.client.get("/counter/rules/versions/1/files.zip")
    assert version.content == sent.content


async def test_wrong_rules_are_kept_and_an_earlier_save_comes_back(first):
    path = await begin(first)
    page = await upload(first, path, [("booking.yaml", "booking: [\n")])
    assert "booking.yaml:" in page.text
    assert "直すところが1件あります" in page.text
    page = await first.get(f"{path}/saves/2")
    assert "- booking:" in page.text
    page = await first.get(f"{path}/saves/1")
    page = await first.post(f"{path}/saves/restore", revision="1", seen_revision=seen(first))
    assert "3回目" in page.text
    assert "誤りはありません" in page.text


async def test_a_day_that_has_passed_and_a_title_left_out_are_told_at_their_fields(first):
    await first.get("/counter/rules/versions/1")
    page = await first.post("/counter/rules/versions/1/draft", title="", applies_from="2027-02-31")
    assert page.status_code == 422
    assert 'id="title-error"' in page.text
    assert 'id="applies_from-error"' in page.text
    path = await begin(first, applies_from="2027-01-19")
    assert "過ぎた日です" in first.html
    page = await first.post(f"{path}/applies", applies_by="used", applies_from="2027-05-01", seen_revision=seen(first))
    assert "2027年5月1日（土）以後に利用する予約から" in page.text
    assert "applies: {by: used, from: &#34;2027-05-01&#34;}" in page.text


async def test_bookings_that_break_need_a_transition_and_the_dry_run_still_counts(first, tried):
    path = await begin(first)
    await tried(path, broken=2)
    await first.get(path)
    page = await first.post(f"{path}/ask-review", seen_revision=seen(first))
    assert "確定済みの予約が2件あります" in page.text
    page = await first.post(f"{path}/transition", transition="従前の例による", seen_revision=seen(first))
    assert "2回目" in page.text
    page = await first.post(f"{path}/ask-review", seen_revision=seen(first))
    assert "確認を依頼しました" in page.text
    page = await first.post(f"{path}/take-back")
    assert "作成に戻しました" in page.text
    page = await first.post(f"{path}/drop")
    assert "取りやめました" in page.text
    again = await first.post(f"{path}/drop")
    assert again.status_code == 422
    assert "取りやめになっています" in again.text


async def test_a_draft_of_another_city_is_not_there(first, browse, services):
    path = await begin(first)
    stranger, _ = await log_in(browse, services, "tenant_admin")
    for part in ("", "/edit", "/form", "/files.zip", "/saves/1", "/dry-run", "/try", "/preview", "/review", "/publish"):
        assert (await stranger.get(f"{path}{part}")).status_code == 404, part
    await stranger.get("/counter/rules")
    assert (await stranger.post(f"{path}/drop")).status_code == 404
    assert (await first.get(path)).status_code == 200


async def test_of_two_who_publish_at_once_the_second_is_told_of_the_first(first, second, tried):
    paths = [await begin(first, applies_from=day) for day in ("2027-06-01", "2027-07-01")]
    for path in paths:
        await first.get(path)
        await upload(first, path, changed())
        await approved(first, second, path, tried)
    newest = re.search(r'name="seen_newest" value="(\d+)"', first.html)[1]
    told = {"seen_newest": newest, "seen_revision": seen(first), "sure": "yes"}
    second.html = first.html.replace(token_of(first), token_of(second))
    answers = await asyncio.gather(
        first.post(f"{paths[0]}/publish", **told), second.post(f"{paths[1]}/publish", **told)
    )
    assert sorted(one.status_code for one in answers) == [200, 422]
    refused = next(one for one in answers if one.status_code != 200)
    assert f"第{int(newest) + 1}版が公開されました" in refused.text
    lapsed = paths[answers.index(refused)]
    for told in (
        "もう一度調べてください",
        "承認は無効になりました",
        f'href="{lapsed}/dry-run"',
        f'href="{lapsed}#ask-review"',
    ):
        assert told in refused.text
    page = await approved(first, second, lapsed, tried)
    assert 'name="sure"' in page.text
