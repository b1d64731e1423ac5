"""The worker seals each service's record by itself."""

from yoyaku.admin.service.audit import note_act
from yoyaku.report.service.sealing import verify_record
from yoyaku.testing.town import visit_of
from yoyaku.worker.sealing import seal_records


async def test_what_was_written_down_is_sealed_at_the_next_round_and_not_again(town, runtime):
    async with town.act() as conn:
        await note_act(conn, visit=visit_of(None, staff_id=town.clerk), act="tried", subject=("town", "x"))
    rounds = [await seal_records(runtime), await seal_records(runtime)]
    async with town.act() as conn:
        verdict = await verify_record(conn)

    assert rounds == [1, 0]
    assert (verdict.batches, verdict.waiting, verdict.differences) == (1, 0, [])
