"""What winners and losers are told by mail and in the inbox, and why they lost."""

from datetime import date, timedelta

import pytest
from sqlalchemy import text
from tests.integration.lottery.drawn_town import court, moment, work
from tests.integration.lottery.raffle import overrule
from tests.integration.lottery.won import (
    ENDS,
    ROOMS,
    accept,
    announced,
    decline,
    lapsed_batch,
    restore,
    town_book,
    winners,
)

from yoyaku.lottery.pages.why_words import why_lines
from yoyaku.lottery.policy.refusals import EntryNotFound
from yoyaku.lottery.service.why import why
from yoyaku.testing.town import hours
from yoyaku.ui.wording import Wording
from yoyaku.ui.words import Words
from yoyaku.worker.jobs import tell_events

SATURDAY = date(2027, 2, 20)
ALL_COURTS = court(SATURDAY, surfaces=4)


async def inbox(town, runtime, template):
    """What was told in that template, by the resident's place: subject and body; the mail says the same."""
    await tell_events(runtime)
    rows = await town.see(
        "SELECT registrant_id, subject, body FROM message WHERE template = :template ORDER BY subject, body",
        template=template,
    )
    mails = await town.see(
        "SELECT subject, body FROM mail WHERE template = :template ORDER BY subject, body", template=template
    )
    assert sorted((subject, body) for _, subject, body in rows) == sorted(mails)
    places = {one.registrant_id: place for place, one in enumerate(town.residents)}
    return {places[person]: (subject, body) for person, subject, body in rows}


async def waiting(town):
    return await town.see("SELECT kind, last_error FROM outbox WHERE handled_at IS NULL")


@pytest.mark.fact("KC-031", "KS-051", "KC-034")
async def test_winners_and_losers_are_told_by_mail_and_message(town, drawn_runtime):
    await announced(town, drawn_runtime, (0, ALL_COURTS), (1, ALL_COURTS))
    [(_, winner)] = await winners(town)
    won = await inbox(town, drawn_runtime, "lottery_won")
    assert list(won) == [winner]
    subject, body = won[winner]
    assert subject == "抽選に当選しました（コートの抽選 2027年2月分）"
    for said in (
        "第1希望",
        "あおばプラザ テニスコート 2027年2月20日（土） 10:00〜12:00",
        "2027年1月15日（金） 24:00までに",
        "/me/lottery",
        "/lottery/results/courts/2027-02",
        "青葉町役場",
    ):
        assert said in body
    lost = await inbox(town, drawn_runtime, "lottery_lost")
    assert list(lost) == [1 - winner]
    assert "2027年1月16日（土） 9:00から先着順" in lost[1 - winner][1]
    assert await waiting(town) == []


@pytest.mark.fact("KC-030")
async def test_whoever_enters_is_told_the_receipt_code(town, drawn_runtime):
    await announced(town, drawn_runtime, (0, ALL_COURTS))
    [(receipt,)] = await town.see("SELECT receipt FROM lottery_applicant")
    subject, body = (await inbox(town, drawn_runtime, "lottery_entered"))[0]
    assert subject == "抽選の申込みを受け付けました（コートの抽選 2027年2月分）"
    assert f"受付番号は{receipt}です" in body


async def test_readers_of_english_are_told_in_english(town, drawn_runtime):
    async with town.act() as conn:
        await conn.execute(text("UPDATE registrant SET language = 'en'"))
    await announced(town, drawn_runtime, (0, ALL_COURTS))
    subject, body = (await inbox(town, drawn_runtime, "lottery_won"))[0]
    assert subject == "You won in the lottery (コートの抽選, February 2027)"
    assert "Please accept it on the page below by Fri, 15 January 2027 24:00" in body


async def test_an_accepted_win_is_told_once_with_its_number(town, drawn_runtime):
    rules = await announced(town, drawn_runtime, (0, ALL_COURTS))
    [(entry_id, place)] = await winners(town)
    made = await accept(town, rules, entry_id, place)
    subject, body = (await inbox(town, drawn_runtime, "lottery_accepted"))[place]
    assert subject == "当選が予約になりました（コートの抽選 2027年2月分）"
    assert made.bookings[0].number in body
    assert "\n\n\n" not in body
    assert await inbox(town, drawn_runtime, "booking_made") == {}
    assert await waiting(town) == []


async def test_a_facility_still_reads_of_a_booking_that_was_won(town, drawn_runtime):
    room = {**ROOMS, "win": {"accept": "automatic"}}
    await announced(town, drawn_runtime, (0, hours("room", day=SATURDAY)), schemes=[room])
    await tell_events(drawn_runtime)
    assert await town.see("SELECT recipient FROM mail WHERE template = 'booking_made_staff'") == [
        ("plaza@aoba.example",)
    ]
    _, body = (await inbox(town, drawn_runtime, "lottery_won"))[0]
    [(number,)] = await town.see("SELECT number FROM booking")
    assert number in body
    assert "当選は予約になりました" in body


@pytest.mark.fact("KC-036", "KS-052")
async def test_declining_lapsing_and_restoring_are_told(town, drawn_runtime):
    rules = await announced(town, drawn_runtime, (0, court(SATURDAY)), (1, court(SATURDAY)))
    first, second = await winners(town)
    await decline(town, rules, [first[0]], first[1])
    _, body = (await inbox(town, drawn_runtime, "lottery_declined"))[first[1]]
    assert "辞退は元に戻せません。" in body
    await work(town, drawn_runtime, ENDS)
    _, body = (await inbox(town, drawn_runtime, "lottery_lapsed"))[second[1]]
    assert "期限（2027年1月15日（金） 24:00）までに手続きがなかったため" in body
    [(batch_id,)] = await town.see("SELECT batch_id FROM lottery_batch WHERE kind = 'lapse'")
    await restore(town, rules, batch_id, ENDS + timedelta(days=1), now=ENDS, why="通信障害のため")
    _, body = (await inbox(town, drawn_runtime, "lottery_restored"))[second[1]]
    assert "理由：通信障害のため" in body
    assert "2027年1月16日（土） 24:00までに" in body


async def test_every_event_of_a_lottery_has_words_in_both_languages(town, drawn_runtime):
    await announced(town, drawn_runtime, (0, ALL_COURTS))
    await tell_events(drawn_runtime)
    kinds = (
        "lottery_withdrawn", "lottery_reminder", "lottery_win_reminder", "lottery_delayed", "lottery_undone",
        "lottery_revoked",
    )  # fmt: skip
    for language in ("ja", "en"):
        async with town.act() as conn:
            await conn.execute(text("UPDATE registrant SET language = :language"), {"language": language})
            for kind in kinds:
                await conn.execute(
                    text("""
                        INSERT INTO outbox (tenant_id, service_id, event_id, kind, subject_id, facts)
                        SELECT tenant_id, service_id, gen_random_uuid(), :kind, applicant_id,
                               jsonb_build_object('lottery_id', lottery_id, 'entry_ids', jsonb_build_array(entry_id))
                        FROM lottery_entry
                    """),
                    {"kind": kind},
                )
        await tell_events(drawn_runtime)
    assert await waiting(town) == []
    told = await town.see(
        "SELECT template, language, subject, body FROM mail WHERE template = ANY(:kinds)", kinds=list(kinds)
    )
    assert {row[:2] for row in told} == {(kind, language) for kind in kinds for language in ("ja", "en")}
    assert not [row for row in told if "{" in row[2] + row[3]]


def words(language):
    return Words(language, Wording(language, tenant_words={}))


async def explained(town, rules, entry_id, language="ja"):
    async with town.act() as conn:
        found = await why(conn, rules=rules, entry_id=entry_id)
    return found, why_lines(found, words=words(language), announces_at=moment(1, "announces"))


@pytest.mark.fact("KC-032", "KC-033", "KS-064")
async def test_a_loser_learns_who_was_before_and_what_was_left_of_every_wish(town, drawn_runtime):
    people = [(place, court(SATURDAY, surfaces=3)) for place in range(3)]
    rules = await announced(town, drawn_runtime, *people)
    [(_, winner)] = await winners(town)
    rows = await town.see(
        "SELECT e.entry_id, a.receipt, a.registrant_id FROM lottery_entry e JOIN lottery_applicant a USING (applicant_id)"
    )
    receipts = {person: receipt for _, receipt, person in rows}
    seen = []
    for entry_id, _, person in rows:
        found, lines = await explained(town, rules, entry_id)
        seen.append(found.place)
        assert (found.round, found.of_how_many, found.of) == (1, 3, "applicants")
        if person == town.residents[winner].registrant_id:
            assert found.outcome == "won"
            assert found.place == 1
            continue
        assert (found.outcome, found.free, found.left, found.wanted) == ("lost", 4, 1, 3)
        assert [one.receipt for one in found.taken_by] == [receipts[town.residents[winner].registrant_id]]
        assert f"受付番号{found.taken_by[0].receipt}（第1回の1番目、3面・室）" in lines[1]
        assert "あおばプラザ テニスコート 2027年2月20日（土） 10:00〜12:00" in lines[0]
        assert "1面・室" in lines[0]
    assert sorted(seen) == [1, 2, 3]


async def test_what_was_taken_before_the_draw_has_nobody_before(town, drawn_runtime):
    """The court was booked before the lottery held its days, and every wish for all of it loses."""
    await town.book(9, court(SATURDAY))
    rules = await announced(town, drawn_runtime, (0, court(SATURDAY, surfaces=3)), (1, court(SATURDAY, surfaces=3)))
    lost = await town.see(
        "SELECT entry_id FROM lottery_entry LEFT JOIN lottery_win w USING (entry_id) WHERE w.entry_id IS NULL"
    )
    found, lines = await explained(town, rules, lost[0][0], "en")
    assert (found.free, found.left) == (3, 0)
    assert lines[0].startswith("You lost. In round 1, when your turn came (number 2 of 2 applicants)")


async def test_each_slot_is_explained_by_the_order_of_entries(town, drawn_runtime):
    wishes = [(place, hours("room", day=SATURDAY)) for place in range(3)]
    rules = await announced(town, drawn_runtime, *wishes, schemes=[ROOMS])
    entries = await town.see("SELECT entry_id FROM lottery_entry ORDER BY entry_id")
    found = [(await explained(town, rules, entry))[0] for (entry,) in entries]
    assert sorted(one.place for one in found) == [1, 2, 3]
    assert {(one.of, one.of_how_many) for one in found} == {("entries", 3)}
    assert sorted(one.outcome for one in found) == ["lost", "lost", "won"]


async def test_nothing_is_explained_before_the_announcement(town, drawn_runtime):
    rules = await announced(town, drawn_runtime, (0, ALL_COURTS))
    [(entry_id,)] = await town.see("SELECT entry_id FROM lottery_entry")
    await overrule(town, "UPDATE lottery SET state = 'drawn', announced_at = NULL WHERE state = 'announced'")
    found, lines = await explained(town, rules, entry_id)
    assert (found.outcome, found.round, found.taken_by) == ("waiting", 0, ())
    assert lines == ["まだ抽選の結果は発表されていません。発表は2027年1月11日（月） 9:00です。"]
    async with town.act() as conn:
        with pytest.raises(EntryNotFound):
            await why(conn, rules=rules, entry_id=town.clerk)


async def test_a_win_that_was_declined_still_stands_before_those_who_lost(town, drawn_runtime):
    rules = await announced(town, drawn_runtime, (0, ALL_COURTS), (1, ALL_COURTS))
    [(entry_id, place)] = await winners(town)
    await decline(town, rules, [entry_id], place)
    lost = await town.see("SELECT entry_id FROM lottery_entry WHERE entry_id <> :won", won=entry_id)
    found, _ = await explained(town, rules, lost[0][0])
    assert len(found.taken_by) == 1


async def test_somebody_who_was_forgotten_is_told_nothing_more_and_holds_nothing(town, drawn_runtime):
    rules, _ = await lapsed_batch(town, drawn_runtime, (0, ALL_COURTS))
    async with town.act() as conn:
        await conn.execute(text("UPDATE registrant SET anonymised_at = now()"))
    assert await inbox(town, drawn_runtime, "lottery_lapsed") == {}
    assert await waiting(town) == []
    await work(town, drawn_runtime, moment(1, "releases"))
    made = await town_book(town, rules, 5, court(SATURDAY), now=moment(1, "releases", minutes=1))
    assert made.bookings
