"""What staff do to a lottery: look ahead, take a draw back and have it done again, mend a win that is stuck."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from tests.pages.console.byhand import DRAWN, add_batch, add_lottery, add_win
from tests.pages.test_roles import log_in


async def test_a_draw_is_taken_back_with_a_reason_and_done_again(browse, services, inside):
    keys, values = await add_lottery(inside, **DRAWN)
    batch = await add_batch(inside, keys, values, "draw", wins=3, rounds=2)
    home = f"/counter/lotteries/{values['lottery_id']}"
    site, _ = await log_in(browse, services, "tenant_admin")
    page = await site.get(home)
    assert f'href="{home}/batches/{batch}"' in page.text
    await site.get(f"{home}/batches/{batch}")
    unsaid = await site.post(f"{home}/batches/{batch}", why="", sure="yes")
    assert unsaid.status_code == 422
    assert 'id="why-error"' in unsaid.text

    page = await site.post(f"{home}/batches/{batch}", why="施設の休館が決まったため", sure="yes")
    assert "取り消しました" in page.text
    assert "施設の休館が決まったため" in page.text
    assert "抽選をやり直す" in page.text
    second = await site.post(f"{home}/batches/{batch}", why="もう一度", sure="yes")
    assert second.status_code == 422
    await site.get(home)
    page = await site.post(f"{home}/batches/again", kind="draw")
    assert "まもなく、やり直します" in page.text
    async with inside() as conn:
        noted = text("SELECT act, why FROM audit_entry WHERE subject_id IN (:a, :b) ORDER BY at, entry_id")
        found = (await conn.execute(noted, {"a": str(batch), "b": str(values["lottery_id"])})).all()
    assert [tuple(one) for one in found] == [
        ("lottery_reverted", "施設の休館が決まったため"),
        ("lottery_again", None),
    ]


async def test_a_release_is_taken_back_and_who_did_and_why_is_written_down(browse, services, inside):
    out = {**DRAWN, "state": "released", "announced_at": datetime.now(UTC), "released_at": datetime.now(UTC)}
    keys, values = await add_lottery(inside, scheme="monthly", **out)
    batch = await add_batch(inside, keys, values, "release", days=3)
    home = f"/counter/lotteries/{values['lottery_id']}"
    site, _ = await log_in(browse, services, "tenant_admin")
    await site.get(f"{home}/batches/{batch}")
    page = await site.post(f"{home}/batches/{batch}", why="早く開放しすぎたため", sure="yes")

    assert "取り消しました" in page.text
    async with inside() as conn:
        held = text("SELECT count(*) > 0 FROM lottery_hold WHERE lottery_id = :id")
        assert (await conn.execute(held, {"id": values["lottery_id"]})).scalar_one()
        noted = text("SELECT act, why, facts, staff_name IS NOT NULL FROM audit_entry WHERE subject_id = :id")
        [entry] = (await conn.execute(noted, {"id": str(batch)})).all()
    facts = {"kind": "release", "lottery_id": str(values["lottery_id"])}
    assert tuple(entry) == ("lottery_reverted", "早く開放しすぎたため", facts, True)


async def test_what_is_announced_is_not_offered_to_be_taken_back(browse, services, inside):
    keys, values = await add_lottery(inside, **{**DRAWN, "state": "announced", "announced_at": datetime.now(UTC)})
    batch = await add_batch(inside, keys, values, "draw", wins=3)
    home = f"/counter/lotteries/{values['lottery_id']}"
    site, _ = await log_in(browse, services, "tenant_admin")
    page = await site.get(home)
    assert f"/batches/{batch}" not in page.text
    await site.get(f"{home}/batches/{batch}")
    page = await site.post(f"{home}/batches/{batch}", why="やり直し", sure="yes")

    assert page.status_code == 422
    assert 'value="やり直し"' in page.text


@pytest.mark.parametrize("kind", ["seal", "draw", "announce", "release"])
async def test_what_would_happen_is_shown_before_it_does(browse, services, inside, kind):
    _, values = await add_lottery(inside)
    site, _ = await log_in(browse, services, "facility_manager")
    page = await site.get(f"/counter/lotteries/{values['lottery_id']}/preview/{kind}")

    assert page.status_code == 200
    assert "まだ何も変わっていません" in page.text
    assert (await site.get(f"/counter/lotteries/{values['lottery_id']}/preview/raffle")).status_code == 404


async def test_who_would_lose_what_is_told_by_name_for_a_purpose_only_and_each_look_is_kept(browse, services, inside):
    keys, values = await add_lottery(inside, state="open")
    person, receipt = await add_win(inside, keys, values, "失効 花子")
    path = f"/counter/lotteries/{values['lottery_id']}/preview/lapse"
    site, _ = await log_in(browse, services, "auditor")
    page = await site.get(path)
    assert receipt in page.text
    assert "失効 花子" not in page.text

    site, _ = await log_in(browse, services, "facility_manager")
    page = await site.get(path)
    assert "失効 花子" not in page.text
    page = await site.post("/counter/purpose", purpose="telephone", next=path)
    assert "失効 花子" in page.text
    assert "2040年1月5日" in page.text
    async with inside() as conn:
        noted = text("SELECT purpose FROM audit_entry WHERE act = 'lottery_previewed' AND registrant_id = :id")
        assert (await conn.execute(noted, {"id": person})).scalar_one() == "telephone"


async def test_a_win_that_could_not_become_a_booking_is_shown_with_why_and_tried_again(browse, services, inside):
    keys, values = await add_lottery(inside, state="open")
    _, receipt = await add_win(inside, keys, values, "当選 花子")
    async with inside() as conn:
        why = '{"code": "won_differs", "title": "", "facts": {}}'
        stick = text("UPDATE lottery_win SET stuck = CAST(:why AS jsonb) WHERE lottery_id = :id")
        await conn.execute(stick, {"why": why, "id": values["lottery_id"]})
    path = f"/counter/lotteries/{values['lottery_id']}"
    site, _ = await log_in(browse, services, "auditor")
    assert "予約にできなかった当選が1件あります" in (await site.get("/counter/lotteries")).text
    page = await site.get(path)
    assert receipt in page.text
    assert "抽選のあとで規則が変わったため" in page.text
    assert "もう一度予約にする" not in page.text

    site, _ = await log_in(browse, services, "tenant_admin")
    assert "もう一度予約にする" in (await site.get(path)).text
    page = await site.post(f"{path}/batches/again", kind="book")
    assert "予約にできなかった当選" not in page.text
    async with inside() as conn:
        due = text("SELECT count(*) FROM deadline WHERE kind = 'lottery_announce' AND subject_id = :id")
        assert (await conn.execute(due, {"id": values["lottery_id"]})).scalar_one() == 1
