"""The rule editor over HTTP: as text and as a form, checked and searched; nothing is overwritten, nothing typed is lost."""

import re
from dataclasses import fields, replace
from html import unescape
from uuid import UUID

import httpx
import pytest
import yaml
from sqlalchemy import text
from tests.cities import ROOT
from tests.pages.conftest import Browser
from tests.rule_faults import catalogue

from yoyaku.db.engine import tenant_transaction
from yoyaku.kernel.clock import read_clock
from yoyaku.ruleset.service import begin_draft, get_draft

SERVICE = "rooms"
RULES = {file.name: file.read_text() for file in sorted((ROOT / "rulesets" / "meguro-rooms").glob("*.yaml"))}
TIER = "{at_least: 11, at_most: 20, percent: 75}"


def admin(services, login_id):
    """An admin of the city, as a person who logs in."""
    demo = yaml.safe_load((ROOT / "tenants" / "meguro" / "demo.yaml").read_text())
    found = next(one for one in demo["clerks"] if one["login_id"] == login_id)
    like = services[SERVICE].clerk
    return replace(like, **{each.name: found[each.name] for each in fields(like) if each.name in found})


@pytest.fixture
def inside(application, services):
    service = services[SERVICE]
    return lambda: tenant_transaction(application.app.state["engine"], service.tenant, service.code)


async def begin(conn, service):
    """A draft with the texts of the city."""
    query = "SELECT staff_id FROM account WHERE login_id = 'admin-meguro'"
    draft = await begin_draft(
        conn,
        tenant_id=service.tenant,
        service_id=service.code,
        title="還付の見直し",
        based_on=1,
        files=RULES,
        staff_id=(await conn.execute(text(query))).scalar_one(),
        now=read_clock(),
    )
    return draft.draft_id


@pytest.fixture
async def draft_id(inside, services):
    """A draft of its own for each test."""
    async with inside() as conn:
        return await begin(conn, services[SERVICE])


@pytest.fixture
async def site(browse, services, draft_id):
    """The first admin at the draft's text."""
    found = browse(SERVICE)
    await found.log_in(admin(services, "admin-meguro"))
    await found.get(f"/counter/rules/drafts/{draft_id}/edit")
    return found


def typed(html):
    """The texts that stand in the page's fields."""
    found = re.findall(r'name="file:([^"]+)"[^>]*>\n(.*?)</textarea>', html, re.DOTALL)
    return {name: unescape(content) for name, content in found}


def revision(html):
    return re.search(r'name="revision" value="(\d+)"', html)[1]


async def send(site, draft_id, files, *, act="save", **more):
    parts = {f"file:{name}": content for name, content in files.items()}
    return await site.post(f"/counter/rules/drafts/{draft_id}/edit", act=act, **parts, **more)


async def ask(site, draft_id, part, **body):
    token = re.search(r'name="_csrf_token" value="([^"]+)"', site.html)[1]
    path = f"/counter/rules/drafts/{draft_id}/{part}"
    return await site.client.post(path, json=body, headers={"x-csrftoken": token})


async def test_the_text_is_shown_as_it_was_written_and_saved_as_it_is_typed(site, draft_id, inside):
    assert typed(site.html) == RULES
    changed = RULES | {"booking.yaml": RULES["booking.yaml"].replace(TIER, TIER.replace("75", "70"))}
    page = await send(site, draft_id, changed, revision=revision(site.html))
    assert page.status_code == 200
    assert "改正案を保存しました" in page.text
    async with inside() as conn:
        draft = await get_draft(conn, draft_id=draft_id)
    assert (draft.revision, draft.files) == (2, changed)


async def test_rules_that_are_wrong_in_any_way_are_saved_as_a_draft(site, draft_id, inside):
    broken = RULES | {"booking.yaml": "booking: [\n", "fees.yaml": RULES["fees.yaml"].replace("yen: 700", "yen: 七百")}
    page = await send(site, draft_id, broken, revision=revision(site.html))
    assert page.status_code == 200
    assert "booking.yaml 2行目" in page.text
    async with inside() as conn:
        assert (await get_draft(conn, draft_id=draft_id)).files == broken


async def test_the_second_of_two_is_told_who_saved_and_neither_text_is_lost(site, browse, services, draft_id, inside):
    other = browse(SERVICE)
    await other.log_in(admin(services, "second-meguro"))
    await other.get(f"/counter/rules/drafts/{draft_id}/edit")
    seen = revision(site.html)
    theirs = RULES | {"fees.yaml": RULES["fees.yaml"].replace("yen: 700", "yen: 710")}
    await send(other, draft_id, theirs, revision=revision(other.html))
    mine = RULES | {"fees.yaml": RULES["fees.yaml"].replace("yen: 700", "yen: 720")}
    page = await send(site, draft_id, mine, revision=seen)

    assert page.status_code == 409
    assert "課長　守さんが" in page.text
    assert typed(page.text) == mine
    assert "-          yen: 710" in page.text
    assert "+          yen: 720" in page.text
    async with inside() as conn:
        assert (await get_draft(conn, draft_id=draft_id)).files == theirs
    kept = await send(site, draft_id, mine, act="keep", revision=revision(page.text))
    other_id = UUID(re.search(r"/drafts/([0-9a-f-]{36})", str(kept.url))[1])
    assert other_id != draft_id
    async with inside() as conn:
        assert (await get_draft(conn, draft_id=other_id)).files == mine
        assert (await get_draft(conn, draft_id=draft_id)).files == theirs
    after = await send(site, draft_id, mine, revision=revision(page.text))
    assert after.status_code == 200
    async with inside() as conn:
        assert (await get_draft(conn, draft_id=draft_id)).files == mine


async def test_files_are_added_renamed_and_removed_with_what_is_typed_and_saved_like_it(site, draft_id, inside):
    mine = RULES | {"fees.yaml": RULES["fees.yaml"] + "# 追記\n"}
    page = await send(site, draft_id, mine, act="add:", revision="1", **{"name:": "payment"})
    assert set(typed(page.text)) == {*mine, "payment.yaml"}
    page = await send(site, draft_id, mine, act="rename:fees.yaml", revision="1", **{"name:fees.yaml": "money.yaml"})
    renamed = {("money.yaml" if name == "fees.yaml" else name): text for name, text in mine.items()}
    assert typed(page.text) == renamed
    page = await send(site, draft_id, renamed, act="remove:money.yaml", revision="1")
    assert "money.yaml" not in typed(page.text)
    page = await send(site, draft_id, mine, act="add:", revision="1", **{"name:": "fees"})
    assert "「fees.yaml」というファイルはもうあります" in page.text
    assert typed(page.text) == mine
    async with inside() as conn:
        assert (await get_draft(conn, draft_id=draft_id)).revision == 1
    await send(site, draft_id, renamed, revision="1")
    async with inside() as conn:
        assert (await get_draft(conn, draft_id=draft_id)).files == renamed


async def test_a_check_without_scripts_keeps_what_was_typed_and_tries_the_examples(site, draft_id, inside):
    wrong = RULES | {"booking.yaml": RULES["booking.yaml"].replace(TIER, TIER.replace("75", "70"))}
    page = await send(site, draft_id, wrong, act="check", revision=revision(site.html))
    assert page.status_code == 200
    assert typed(page.text) == wrong
    assert "期待と違う" in page.text
    assert "還付（円）：期待は" in unescape(page.text)
    assert "が合いません(還付額" in page.text
    async with inside() as conn:
        assert (await get_draft(conn, draft_id=draft_id)).revision == 1


@pytest.fixture(scope="module")
async def checked(editing):
    """What the editor's check answers to these files, asked once."""
    site, draft_id = editing
    found = {}

    async def check(files):
        if files not in found:
            found[files] = (await ask(site, draft_id, "check", files=dict(files))).json()["faults"]
        return found[files]

    return check


@pytest.mark.parametrize("planted", catalogue(), ids=lambda planted: planted.name)
async def test_a_planted_fault_is_marked_at_its_line_in_both_languages(checked, planted):
    place = (planted.code, planted.file, planted.line)
    found = [one for one in await checked(planted.files) if (one["code"], one["file"], one["line"]) == place]
    assert found
    for fault in found:
        assert fault["column"] >= 1
        assert fault["says"] == fault["message"]["ja"] != fault["message"]["en"]
        assert fault["mends"] == fault["mend"]["ja"] != fault["mend"]["en"]


@pytest.fixture(scope="module")
async def editing(application, services):
    """One admin at one draft, for many checks that change nothing."""
    service = services[SERVICE]
    transport = httpx.ASGITransport(app=application, raise_app_exceptions=False, client=("10.250.0.1", 40_000))
    client = httpx.AsyncClient(transport=transport, base_url=f"http://{service.host}", follow_redirects=True)
    site = Browser(client)
    await site.log_in(admin(services, "admin-meguro"))
    async with tenant_transaction(application.app.state["engine"], service.tenant, service.code) as conn:
        draft_id = await begin(conn, service)
    await site.get(f"/counter/rules/drafts/{draft_id}/edit")
    yield site, draft_id
    await client.aclose()


async def test_what_may_come_next_is_told_by_the_schema(editing):
    site, draft_id = editing
    before = "booking:\n  windows:\n    - code: web\n      opens: {from: "
    told = (await ask(site, draft_id, "complete", before=before)).json()
    assert {"label": "use_month", "detail": "利用する月", "is_key": False, "required": False} in told["options"]
    keys = (await ask(site, draft_id, "complete", before=before.rpartition("\n")[0] + "\n      ")).json()
    assert {"opens", "closes", "channels"} <= {one["label"] for one in keys["options"]}
    assert "code" not in {one["label"] for one in keys["options"]}
    meaning = (await ask(site, draft_id, "explain", before="booking:\n  windows:\n    - ", word="closes")).json()
    assert meaning["name"] == "終わり"
    assert meaning["where"] == "予約 › 受付期間（1番目） › 終わり"
    assert "この時ちょうどからは受け付けません" in meaning["help"]
    assert meaning["about"] == ""


async def test_the_citys_own_codes_are_offered_by_their_names(editing):
    site, draft_id = editing
    before = "booking:\n  windows:\n    - code: web\n      when: {user_class: "
    told = (await ask(site, draft_id, "complete", before=before)).json()
    assert {"label": "group", "detail": "団体", "is_key": False, "required": False} in told["options"]
    meaning = (
        await ask(site, draft_id, "explain", before=before.removesuffix("user_class: "), word="user_class")
    ).json()
    assert "group 団体" in meaning["allowed"]
    assert meaning["about"] == ""


HOSTILE = {
    "anchors": "a: &a [x]\nb: &b [*a, *a]\nc: &c [*b, *b]\n" + "d: [" + ", ".join(["*c"] * 5000) + "]\n",
    "deep": "a: " + "[" * 5000 + "]" * 5000,
    "tags": "a: !!python/object/apply:os.system [ls]\n",
    "tabs": "a:\n\tb: 1\n",
    "characters": "a: \x07\n",
}


@pytest.mark.parametrize("kind", HOSTILE)
async def test_a_hostile_text_is_answered_with_its_fault(editing, kind):
    site, draft_id = editing
    answer = await ask(site, draft_id, "check", files={"rules.yaml": HOSTILE[kind]})
    assert answer.status_code == 200
    assert answer.json()["errors"] >= 1
    assert answer.json()["faults"][0]["says"]


@pytest.mark.parametrize(
    ("kind", "says"),
    [
        ("anchors", "「rules.yaml」の1行目に、別名（「&」「*」で始まるもの）があります"),
        ("deep", "「rules.yaml」の1行目は、括弧や字下げが深すぎます"),
        ("tags", "「rules.yaml」の1行目に、型の指定（「!」で始まるもの）があります"),
    ],
)
async def test_what_could_only_mean_harm_is_not_even_kept_as_a_draft(site, draft_id, inside, kind, says):
    sent = {"file:rules.yaml": HOSTILE[kind], "revision": revision(site.html), "act": "save"}
    page = await site.post(f"/counter/rules/drafts/{draft_id}/edit", **sent)

    assert says in unescape(page.text)
    async with inside() as conn:
        draft = await get_draft(conn, draft_id=draft_id)
    assert HOSTILE[kind] not in draft.files.values()


async def test_five_megabytes_are_refused_at_once_in_words(editing):
    site, draft_id = editing
    answer = await ask(site, draft_id, "check", files={"rules.yaml": "a: [" + "1, " * 1_700_000 + "]"})
    assert answer.status_code in {400, 413, 422}
    assert "大きすぎます" in answer.json()["says"]


async def test_the_form_writes_one_place_and_leaves_the_rest_of_the_text(site, draft_id, inside):
    page = await site.get(f"/counter/rules/drafts/{draft_id}/form", params={"part": "tiers"})
    assert "根拠：手引き 第5章(3) ⑤" in page.text
    name = "booking/cancellation/2/tiers/1/percent"
    sent = {f"v:{name}": "70", f"w:{name}": "75", "part": "tiers", "revision": revision(page.text)}
    after = await site.post(f"/counter/rules/drafts/{draft_id}/form", **sent)
    assert "改正案を保存しました" in after.text
    async with inside() as conn:
        draft = await get_draft(conn, draft_id=draft_id)
    assert draft.files == RULES | {"booking.yaml": RULES["booking.yaml"].replace(TIER, TIER.replace("75", "70"), 1)}


async def test_the_form_adds_and_removes_by_buttons(site, draft_id, inside):
    await site.get(f"/counter/rules/drafts/{draft_id}/form", params={"part": "tiers"})
    path = f"/counter/rules/drafts/{draft_id}/form"
    await site.post(path, part="tiers", revision="1", act="add:booking/cancellation/2/tiers")
    await site.post(path, part="tiers", revision="2", act="remove:booking/cancellation/2/tiers/0")
    await site.post(path, part="limits", revision="3", act="add:booking/limits")
    await site.post(path, part="limits", revision="4", act="key:booking/limits/0", **{"k:booking/limits/0": "note"})
    async with inside() as conn:
        draft = await get_draft(conn, draft_id=draft_id)
    value = yaml.safe_load(draft.files["booking.yaml"])["booking"]
    assert [one["percent"] for one in value["cancellation"][2]["tiers"]] == [75, 50, 0, 0]
    assert "note" in value["limits"][0]
    assert draft.files["booking.yaml"].splitlines()[0] == RULES["booking.yaml"].splitlines()[0]


@pytest.mark.parametrize("part", ["windows", "limits", "fees", "tiers", "calendars"])
async def test_a_form_sent_as_it_was_shown_changes_nothing(site, draft_id, inside, part):
    page = await site.get(f"/counter/rules/drafts/{draft_id}/form", params={"part": part})
    assert page.status_code == 200
    pairs = re.findall(r'<input[^>]* name="([vw]:[^"]+)" value="([^"]*)"', page.text)
    sent = {unescape(name): unescape(value) for name, value in pairs}
    for name, value in re.findall(r'name="(m:[^"]+)" value="([^"]*)" checked', page.text):
        sent.setdefault(unescape(name), []).append(unescape(value))
    await site.post(f"/counter/rules/drafts/{draft_id}/form", part=part, revision="1", **sent)
    async with inside() as conn:
        assert (await get_draft(conn, draft_id=draft_id)).revision == 1


async def test_codes_are_chosen_in_the_form_by_their_names(site, draft_id, inside):
    page = await site.get(f"/counter/rules/drafts/{draft_id}/form", params={"part": "windows"})
    name = "booking/windows/0/channels"
    ticked = re.findall(f'name="m:{name}" value="([^"]+)" checked><span>([^<]+)', page.text)
    offered = re.findall(f'name="m:{name}" value="([^"]+)"', page.text)
    assert len(ticked) < len(offered)
    assert all(code != shown for code, shown in ticked)
    before = "、".join(code for code, _ in ticked)
    sent = {f"m:{name}": ["", "counter"], f"w:{name}": before, "part": "windows", "revision": revision(page.text)}
    assert "改正案を保存しました" in (await site.post(f"/counter/rules/drafts/{draft_id}/form", **sent)).text
    async with inside() as conn:
        draft = await get_draft(conn, draft_id=draft_id)
    assert yaml.safe_load(draft.files["booking.yaml"])["booking"]["windows"][0]["channels"] == ["counter"]


async def test_a_form_opened_before_another_s_save_keeps_what_was_typed(site, browse, services, draft_id, inside):
    page = await site.get(f"/counter/rules/drafts/{draft_id}/form", params={"part": "tiers"})
    other = browse(SERVICE)
    await other.log_in(admin(services, "second-meguro"))
    await other.get(f"/counter/rules/drafts/{draft_id}/edit")
    theirs = RULES | {"booking.yaml": RULES["booking.yaml"].replace("percent: 50", "percent: 55")}
    await send(other, draft_id, theirs, revision=1)
    name = "booking/cancellation/2/tiers/1/percent"
    sent = {f"v:{name}": "70", f"w:{name}": "75", "part": "tiers", "revision": revision(page.text)}
    told = await site.post(f"/counter/rules/drafts/{draft_id}/form", **sent)
    assert told.status_code == 409
    assert "課長　守さんが" in told.text
    assert f'name="v:{name}" value="70"' in told.text
    await site.post(f"/counter/rules/drafts/{draft_id}/form", **sent | {"revision": revision(told.text)})
    async with inside() as conn:
        files = (await get_draft(conn, draft_id=draft_id)).files
    assert files["booking.yaml"] == theirs["booking.yaml"].replace(TIER, TIER.replace("75", "70"), 1)


async def test_a_clause_is_found_by_its_article_and_opened_at_its_line(site, draft_id):
    page = await site.get("/counter/rules/search", params={"q": "第５章(3) ⑤"})
    assert "根拠：手引き 第5章(3) ⑤" in page.text
    assert "booking.yaml" in page.text
    found = await site.get("/counter/rules/search", params={"q": "第5章(3) ⑤", "in": str(draft_id)})
    link = unescape(re.search(r'href="(/counter/rules/drafts/[^"]+line=\d+)"', found.text)[1])
    line = int(re.search(r"line=(\d+)", link)[1])
    assert "第5章(3) ⑤" in RULES["booking.yaml"].splitlines()[line - 1]
    opened = await site.get(link)
    assert f'data-line="{line}"' in opened.text
    nothing = await site.get("/counter/rules/search", params={"q": "ありえない言葉"})
    assert "見つかりませんでした" in nothing.text


async def test_the_editor_speaks_english_too(site, draft_id):
    for part in ("edit", "form?part=fees"):
        page = await site.get(f"/counter/rules/drafts/{draft_id}/{part}{'&' if '?' in part else '?'}lang=en")
        assert "By fields" in page.text


async def test_a_draft_is_read_as_residents_would_read_it(site, draft_id):
    changed = RULES | {"booking.yaml": RULES["booking.yaml"].replace(TIER, TIER.replace("75", "70"), 1)}
    await send(site, draft_id, changed, revision=revision(site.html))
    page = await site.get(f"/counter/rules/drafts/{draft_id}/preview", params={"month": "2027-02"})
    assert page.status_code == 200
    assert "70" in page.text.partition('id="draft-changes"')[2].partition("</section>")[0]
    assert "<svg" in page.text.partition('id="draft-month"')[2]
    broken = changed | {"rules.yaml": RULES["rules.yaml"].replace("service: rooms", "service: 5")}
    await site.get(f"/counter/rules/drafts/{draft_id}/edit")
    await send(site, draft_id, broken, revision=revision(site.html))
    told = await site.get(f"/counter/rules/drafts/{draft_id}/preview")
    assert "エラーがある間は表せません" in told.text


def fields_of(html):
    """What a browser would send of the fields of the page's form, as they are shown."""
    inputs = re.findall(r'name="([wv]:[^"]+)" value="([^"]*)"', html)
    selects = re.findall(r'<select[^>]* name="(v:[^"]+)"[^>]*>(.*?)</select>', html, re.DOTALL)
    chosen = {name: re.search(r'(?:value="([^"]*)" selected|selected>([^<]*)<)', body) for name, body in selects}
    return {
        **{name: unescape(value) for name, value in inputs},
        **{name: unescape(found[1] or found[2] or "") for name, found in chosen.items() if found},
    }


async def test_an_example_is_made_changed_and_tried_in_a_form(site, draft_id, inside):
    path = f"/counter/rules/drafts/{draft_id}/form"
    listed = await site.get(path, params={"part": "examples"})
    assert "申込みは仮予約となり" in listed.text
    made = await site.post(path, part="examples", revision="1", act="new:", action="book")
    assert made.status_code == 200
    part = re.search(r'name="part" value="(examples\.\d+)"', made.text)[1]
    at = part.replace(".", "/")
    assert "期待どおり" in made.text
    typed_in = fields_of(made.text)
    assert typed_in[f"v:{at}/when/space"] == "702"

    changed = typed_in | {f"v:{at}/when/form/purpose": "event", f"v:{at}/then/outcome": "refused"}
    tried = await site.post(path, part=part, revision="2", act="try", **changed)
    assert "可否：期待は 断られる、実際は できる" in tried.text
    async with inside() as conn:
        assert (await get_draft(conn, draft_id=draft_id)).revision == 2

    adopted = await site.post(path, part=part, revision="2", act="adopt", **changed, **{"f:total_yen": "yes"})
    assert "期待どおり" in adopted.text
    async with inside() as conn:
        text_now = (await get_draft(conn, draft_id=draft_id)).files["examples.yaml"]
    assert text_now.startswith(RULES["examples.yaml"].rstrip("\n"))
    new = yaml.safe_load(text_now)["examples"][-1]
    assert new["when"]["form"]["purpose"] == "event"
    assert new["then"] == {"outcome": "allowed", "total_yen": 700}


async def test_examples_are_listed_while_the_rules_have_errors_whatever_stands_among_them(site, draft_id, inside):
    """What is half typed as text has a place in the list, and a new example can be made beside it."""
    query = "UPDATE rule_draft SET files = jsonb_set(files, '{examples.yaml}', to_jsonb(CAST(:text AS text)))"
    broken = "examples:\n  - 3\n  - name: 半端な例\n    when: foo\n    given: []\n  - name: [1]\n    when: {action: {b: c}}\n"
    async with inside() as conn:
        await conn.execute(text(f"{query} WHERE draft_id = :id"), {"text": broken, "id": draft_id})
    path = f"/counter/rules/drafts/{draft_id}/form"
    listed = await site.get(path, params={"part": "examples"})
    assert (listed.status_code, 'part=examples.1">半端な例' in listed.text) == (200, True)
    made = await site.post(path, part="examples", revision="1", act="new:", action="book")
    assert 'name="part" value="examples.3"' in made.text
