"""What was decided about a reduction is told to whoever asked, though no entry of the rules says so."""

import msgspec
from sqlalchemy import text
from tests.integration.booking.test_relief import RELIEF, ask, clerk_of
from tests.integration.worker.life import publish_rules, work

from yoyaku.booking.service.relief import decide_relief
from yoyaku.rulebook.compile import compile_rules
from yoyaku.rulebook.terms import RuleSet
from yoyaku.testing.town import hours, town_rule_set


async def test_a_decision_is_told_with_its_reason_and_the_new_fee(town, runtime):
    values = msgspec.to_builtins(town_rule_set())
    values["fees"] |= {"steps": [*values["fees"]["steps"], {"step": "relief"}], "relief": RELIEF}
    rules = msgspec.convert(values, RuleSet)
    await publish_rules(town, rules)
    town.rules = compile_rules(rules, [], version=2, inventory_version=1)
    (booking,) = (await town.book(0, hours("room"))).bookings
    relief_id = await ask(town, booking)

    async def rules_of(**_versions):
        return town.rules

    async with town.act() as conn:
        await decide_relief(
            conn, visit=clerk_of(town), rules_of=rules_of, relief_id=relief_id, approve=True, why="名簿を確認しました"
        )
    await work(runtime)

    async with town.act() as conn:
        told = (await conn.execute(text("SELECT subject, body FROM mail WHERE template = 'relief_decided'"))).all()
    ((subject, body),) = told
    assert subject == f"減免申請の結果（{booking.number}）"
    assert "結果：承認\n\n名簿を確認しました\n" in body
    assert "料金：500円" in body
