"""Groups over HTTP: a club lists and invites members, one of them acts for it, and pays."""

import re
from datetime import date

import pytest
from tests.pages.test_booking import apply, find

CLUB, PLAYER = "tsubasa11", "hanako01"


@pytest.fixture
def club_and_player(people):
    found = {one.login_id: one for one in people["sports"]}
    return found[CLUB], found[PLAYER]


async def logged_in(browse, person, path="/me/groups"):
    site = browse("sports")
    await site.log_in(person)
    await site.get(path)
    return site


async def leaves(theirs, name):
    """Take whoever has that name off the club's list; those of the demo stay."""
    page = await theirs.get("/me/groups")
    for end in re.findall(rf'action="(/me/groups/members/[^"]+/end)" data-confirm="{name} 様', page.text):
        page = await theirs.post(end)
    return page


@pytest.fixture
async def linked(browse, club_and_player):
    """The club and a player who agreed to be its member, to act for it and to pay; they part afterwards."""
    club, player = club_and_player
    theirs = await logged_in(browse, club)
    asked = {"name": "髙木 花子", "login_id": PLAYER, "role": "member", "may_act": "yes", "may_pay": "yes"}
    await theirs.post("/me/groups/invitations", **asked)
    mine = await logged_in(browse, player)
    page = await mine.post(re.search(r'action="(/me/groups/memberships/[^"]+/join)"', mine.html)[1], pays="yes")
    assert "構成員になりました" in page.text
    yield theirs, mine
    await leaves(theirs, "髙木 花子")


@pytest.mark.fact("KS-028", "KS-030")
async def test_members_are_listed_and_what_is_wrong_is_said_at_its_field(browse, club_and_player):
    theirs = await logged_in(browse, club_and_player[0])
    page = await theirs.post("/me/groups/members", name="鈴木 一郎", kana="スズキ イチロウ", role="contact_person")
    assert "構成員を登録しました" in page.text
    page = await theirs.post("/me/groups/members", name="佐藤 次郎", role="contact_person")
    assert page.status_code == 422
    assert 'value="佐藤 次郎"' in page.text
    assert 'id="role-error"' in page.text
    missing = await theirs.post("/me/groups/invitations", name="髙木 花子", login_id="")
    assert missing.status_code == 422
    assert 'href="#login_id"' in missing.text

    assert "鈴木 一郎" not in (await leaves(theirs, "鈴木 一郎")).text


async def test_who_is_invited_reads_so_on_their_own_page(browse, club_and_player):
    club, player = club_and_player
    theirs = await logged_in(browse, club)
    page = await theirs.post("/me/groups/invitations", name="髙木 花子", login_id=PLAYER)
    assert "招待中" in page.text
    mine = await logged_in(browse, player, "/me")
    assert "団体への招待が1件届いています" in mine.html

    page = await mine.get("/me/groups")
    assert club.name in page.text
    page = await mine.post(re.search(r'action="(/me/groups/memberships/[^"]+/leave)"', page.text)[1])
    assert club.name not in page.text


@pytest.mark.fact("KC-007", "KS-028")
async def test_a_member_who_acts_for_the_club_reads_so_until_they_are_removed(linked, club_and_player):
    (club, player), (theirs, mine) = club_and_player, linked
    page = await mine.post("/me/groups/act", group=re.search(r'name="group" value="([^"]+)"', mine.html)[1])
    header = page.text[: page.text.index("<main")]
    assert header.index(club.name) < header.index(player.name)
    assert "この団体として利用中" in header
    assert f"ご自身（{player.name} 様）の登録です" in page.text

    assert (await mine.post("/me/groups/members", name="勝手に追加")).status_code == 403
    await leaves(theirs, "髙木 花子")
    page = await mine.get("/me")
    assert "この団体として利用中" not in page.text


@pytest.mark.fact("KS-042")
async def test_a_club_chooses_its_usual_payer_among_those_who_agreed(linked):
    theirs, mine = linked
    page = await theirs.get("/me/groups")
    payer = re.search(r'name="payer" value="([^"]+)"[^>]*><span>髙木 花子', page.text)[1]
    page = await theirs.post("/me/groups/payer", payer=payer)
    assert f'value="{payer}" checked' in page.text

    page = await mine.get("/me/groups")
    await mine.post(re.search(r'action="(/me/groups/memberships/[^"]+/stop-paying)"', page.text)[1])
    page = await theirs.get("/me/groups")
    assert payer not in page.text


async def test_who_invites_an_unknown_id_reads_the_same(browse, club_and_player):
    club, player = club_and_player
    site = browse("sports")
    await site.log_in(club)
    await site.get("/me/groups")
    answers = []
    for login_id in ("nobody9999", PLAYER):
        page = await site.post("/me/groups/invitations", name="だれか", login_id=login_id)
        assert "招待中" in page.text
        answers.append(re.sub(r"[0-9a-f-]{36}|value=\"[^\"]{20,}\"", "", page.text[page.text.index("<main") :]))
        await leaves(site, "だれか")
        await site.get("/me/groups")

    assert answers[0] == answers[1]
    other = browse("sports")
    await other.log_in(player)
    assert "招待は" not in (await other.get("/me")).text


async def test_nobody_changes_a_group_without_logging_in(browse, club_and_player):
    site = browse("sports")
    for path in ("members", "invitations", "payer"):
        await site.get("/login")
        assert (await site.post(f"/me/groups/{path}", name="x", login_id="y")).status_code == 403
    for path in ("act", "memberships/00000000-0000-0000-0000-000000000000/join"):
        await site.get("/login")
        assert (await site.post(f"/me/groups/{path}", follow=False)).headers["location"].startswith("/login")

    club, _ = club_and_player
    await site.log_in(club)
    await site.get("/me/groups")
    gone = await site.post("/me/groups/memberships/00000000-0000-0000-0000-000000000000/leave")
    assert gone.status_code == 404


@pytest.mark.fact("KS-042")
async def test_who_pays_is_chosen_when_applying_and_read_on_the_booking(browse, club_and_player):
    site = await logged_in(browse, club_and_player[0], "/cart")
    path, slot = await find(site, date(2027, 2, 9))
    await site.post(path, slot=slot)
    page = await site.get("/apply")
    assert page.url.path == "/apply", page.text
    payers = dict(re.findall(r'name="payer" value="([^"]+)"[^>]*><span>([^<]+)', page.text))
    assert len(payers) == 2
    member = next(one for one, name in payers.items() if name == "森 みどり")

    numbers = re.findall(r'name="(form\.(?:people\.[a-z_]+|head_count))"', page.text)
    carried = await apply(site, payer=member, **dict.fromkeys(numbers, "2"))
    assert carried["payer"] == member
    terms = re.findall(r'type="checkbox" id="(terms\.[a-z_]+)"', site.html)
    page = await site.post("/apply/submit", **carried, **dict.fromkeys(terms, "yes"))
    assert page.url.path.startswith("/done/"), page.text
    assert "森 みどり" in page.text[page.text.index("<main") :]
