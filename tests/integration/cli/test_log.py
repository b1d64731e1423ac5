"""``yoyaku log`` says whether the record is what was sealed, and where it is not; over the town's database."""

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from yoyaku.admin.service.audit import note_act
from yoyaku.cli.main import yoyaku
from yoyaku.db.engine import make_engine
from yoyaku.kernel.seal import Seal
from yoyaku.report.service.sealing import seal_batch
from yoyaku.testing.town import NOW, visit_of

KEY = "only for tests, forty characters and more"
SEAL = Seal([KEY])
SETTINGS = {"CELERY_BROKER_URL": "memory://", "SMTP_URL": "smtp://127.0.0.1:9", "SECRET_KEY": KEY}


@pytest.fixture
async def run(town, fresh_database, monkeypatch):
    """Runs a command over the town, in which two acts are sealed."""
    async with town.act() as conn:
        for why in ("初めの理由", "次の理由"):
            await note_act(conn, visit=visit_of(None, staff_id=town.clerk), act="tried", subject=("town", "x"), why=why)
        await seal_batch(conn, seal=SEAL, now=NOW, real_now=datetime.now(tz=UTC))
    values = {**SETTINGS, "DATABASE_URL": fresh_database.url}
    for name, value in values.items():
        monkeypatch.setenv(name, value)

    def command(*arguments):
        with ThreadPoolExecutor(1) as thread:  # a loop runs here already
            return thread.submit(
                lambda: CliRunner().invoke(yoyaku, ["log", *arguments], catch_exceptions=False)
            ).result()

    return command


async def test_the_command_finds_the_altered_entry_at_its_place_and_ends_with_one(run, fresh_database):
    whole = run("verify")
    head = next(line.split("\t")[1] for line in whole.output.splitlines() if "head" in line)
    noted = run("verify", "--head", head)
    other = run("verify", "aoba/halls", "--head", "1:" + "0" * 64)
    lines = run("export", "aoba/halls", "--from", "2027-01-01")
    engine = make_engine(fresh_database.superuser_url, pool_size=1)
    async with engine.begin() as conn:
        await conn.execute(text("SET LOCAL session_replication_role = replica"))
        await conn.execute(text("UPDATE audit_entry SET why = '別の理由' WHERE why = '次の理由'"))
    await engine.dispose()
    altered = await asyncio.to_thread(run, "verify")

    assert (whole.exit_code, noted.exit_code, other.exit_code) == (0, 0, 1)
    assert whole.output.startswith("OK\taoba/halls\t1\t2\t+0")
    assert "a batch was altered" in other.output
    assert [json.loads(line)["why"] for line in lines.output.splitlines()] == ["初めの理由", "次の理由"]
    assert altered.exit_code == 1
    assert "an entry was altered\t1-2" in altered.output
