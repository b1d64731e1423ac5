"""Who may review a draft of rules is told so by mail, and nobody else."""

import pytest
from sqlalchemy import insert, text
from tests.integration.worker.life import work

from yoyaku.db.tables import staff
from yoyaku.kernel.ids import new_id
from yoyaku.ruleset import service as ruleset
from yoyaku.testing.town import NOW, SERVICE, TOWN

HERE = {"tenant_id": TOWN, "service_id": SERVICE}
PEOPLE = {
    "author": {"roles": ["tenant_admin"], "email": "author@aoba.example"},
    "second": {"roles": ["tenant_admin"], "email": "second@aoba.example"},
    "silent": {"roles": ["tenant_admin"], "email": None},
    "former": {"roles": ["tenant_admin"], "email": "former@aoba.example", "ended_at": NOW},
    "clerk": {"roles": ["counter_clerk"], "email": "clerk@aoba.example"},
}


@pytest.fixture
async def draft(town):
    """One of the author's, whose review was asked for."""
    ids = {name: new_id() for name in PEOPLE}
    async with town.act() as conn:
        for name, values in PEOPLE.items():
            await conn.execute(
                insert(staff).values(**HERE, staff_id=ids[name], name=f"係の{name}", facilities=[], **values)
            )
        files = {"rules.yaml": "title: 規則\n"}
        begun = await ruleset.begin_draft(
            conn, **HERE, title="取消料の改正", based_on=1, files=files, staff_id=ids["author"], now=NOW
        )
        return await ruleset.ask_review(conn, draft_id=begun.draft_id, seen_revision=1, staff_id=ids["author"], now=NOW)


async def letters(town):
    async with town.act() as conn:
        return (await conn.execute(text("SELECT recipient, subject, body FROM mail"))).all()


async def test_those_who_may_review_are_told_once_with_the_way_there(town, runtime, draft):
    await work(runtime)
    await work(runtime)
    ((recipient, subject, body),) = await letters(town)
    assert recipient == "second@aoba.example"
    assert subject == "規則の改正案の確認のお願い（取消料の改正）"
    assert "係のauthorさんから確認を頼まれています" in body
    assert f"/counter/rules/drafts/{draft.draft_id}/review\n" in body


async def test_nobody_is_told_of_what_was_taken_back(town, runtime, draft):
    async with town.act() as conn:
        await ruleset.take_back_review(conn, draft_id=draft.draft_id)
    await work(runtime)
    assert await letters(town) == []
