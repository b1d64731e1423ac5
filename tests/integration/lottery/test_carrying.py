"""A town with a drawn lottery, bookings, payments, receipts and a draft, carried into another installation."""

import json
from pathlib import Path
from zipfile import ZipFile

import pytest
from sqlalchemy import text
from tests.commands import say, settings_of
from tests.integration.lottery.drawn_town import court
from tests.integration.lottery.won import SATURDAY, WHOLE, accept, announced, winners

from yoyaku.billing.service.agreeing import check_own_books
from yoyaku.booking.service import cancel_booking, get_booking
from yoyaku.booking.service.receipts import issue_receipt
from yoyaku.db.carry import tables_in_order
from yoyaku.db.engine import make_engine, tenant_transaction
from yoyaku.registration.service.identity_outcome import delete_documents
from yoyaku.ruleset.service import begin_draft
from yoyaku.testing.stack.databases import TEMPLATE
from yoyaku.testing.town import NOW, SERVICE, TOWN, hours, visit_of

ROOT = Path(__file__).parents[3]
OF_A_LIVED_IN_TOWN = {
    *("booking", "occupancy", "charge", "ledger_posting", "payment_attempt", "receipt", "lottery", "lottery_entry"),
    *("lottery_outcome", "lottery_win", "lottery_file", "signing_key", "rule_draft", "rule_draft_save", "deadline"),
    *("outbox", "booking_event", "rule_set_version", "registrant", "account", "staff", "host"),
}


def command(database, *arguments, code=0, **more):
    """``yoyaku tenant …`` against a database; what it said."""
    return say("tenant", *arguments, settings=settings_of(database, **more), code=code)


def write_altered(file, altered, part, change):
    """The same file with another content of a part of it."""
    with ZipFile(file) as one, ZipFile(altered, "w") as other:
        for name in one.namelist():
            content = one.read(name)
            other.writestr(name, change(content) if name.startswith(part) else content)


def of_schema(content, schema):
    """The same manifest, as if another release had written it."""
    return json.dumps(json.loads(content) | {"schema": schema}).encode()


def without_record(content):
    """The same manifest without the record of acts, by somebody who knows how it is made, but has no keys."""
    told = json.loads(content)
    parts = [part for part in told["parts"] if not part["table"].startswith("audit_")]
    return json.dumps(told | {"parts": parts}).encode()


@pytest.fixture
def elsewhere(database_server, fresh_database):
    """Another installation, without any tenant."""
    made = database_server.make_database(f"{fresh_database.name}_elsewhere", template=TEMPLATE)
    yield made
    database_server.drop_database(made.name)


async def live(town, runtime):
    """A month of the town's: a win that became a booking, a paid use with its receipt, a cancelled use, a draft."""
    rules = await announced(town, runtime, (0, court(SATURDAY, **WHOLE)), (1, court(SATURDAY, **WHOLE)))
    [(entry_id, place)] = await winners(town)
    await accept(town, rules, entry_id, place)
    paid = (await town.book(2, hours("room"))).bookings[0]
    async with town.act() as conn:
        payment = await town.pay(conn, paid.booking_id)
    async with town.act() as conn:
        visit = visit_of(town.residents[2])
        booking = await get_booking(conn, visit=visit, booking_id=paid.booking_id)
        await issue_receipt(conn, visit=visit, rules=town.rules, booking=booking, attempt_id=payment.attempt_id)
    use = (await town.book(3, hours("room", "14:00", "16:00"))).bookings[0]
    async with town.act() as conn:
        visit = visit_of(town.residents[3])
        await cancel_booking(conn, visit=visit, rules=town.rules, booking_id=use.booking_id, reason="雨")
    async with town.act() as conn:
        files = {"rules.yaml": "# 下書き\nlanguage: 1\n"}
        here = {"tenant_id": TOWN, "service_id": SERVICE}
        await begin_draft(conn, **here, title="改正", based_on=1, files=files, staff_id=town.clerk, now=NOW)


async def books_of_another(database):
    """What differs in the books of a service that has none, looked at as the import does: as the owner."""
    engine = make_engine(database.owner_url, pool_size=1)
    try:
        async with tenant_transaction(engine, TOWN, "another") as conn:
            return list(await check_own_books(conn))
    finally:
        await engine.dispose()


async def test_a_lived_in_town_is_the_same_elsewhere_row_by_row_and_goes_on(
    town, drawn_runtime, fresh_database, elsewhere, tmp_path
):
    await live(town, drawn_runtime)
    file = tmp_path / "aoba.zip"
    assert "rows written" in command(fresh_database, "export", TOWN, file)
    parts = json.loads(ZipFile(file).read("manifest.json"))["parts"]
    assert {part["table"] for part in parts if part["rows"]} >= OF_A_LIVED_IN_TOWN
    assert {part["table"] for part in parts} == {table.name for table in tables_in_order()}

    assert "the same row by row" in command(elsewhere, "import", file)
    assert "the same, row by row" in command(elsewhere, "import", "--compare", file)
    again = tmp_path / "again.zip"
    command(elsewhere, "export", TOWN, again)
    assert json.loads(ZipFile(again).read("manifest.json"))["parts"] == parts
    assert "is here already" in command(elsewhere, "import", file, code=1)

    there = make_engine(elsewhere.url, pool_size=1)
    async with tenant_transaction(there, TOWN, SERVICE) as conn:  # what the triggers keep, they keep there, too
        with pytest.raises(Exception, match=r"never changed|permission denied"):
            await conn.execute(text("UPDATE ledger_posting SET yen = yen + 1"))
    async with tenant_transaction(there, TOWN, SERVICE) as conn:
        await delete_documents(conn, check_id=town.clerk, now=NOW)
        resting = "SELECT count(*) FROM pg_trigger WHERE tgenabled = 'D'"
        assert (await conn.execute(text(resting))).scalar_one() == 0
    await there.dispose()
    assert await books_of_another(elsewhere) == []


async def test_what_was_altered_is_refused_whole_and_what_differs_is_named(town, fresh_database, elsewhere, tmp_path):
    await town.book(0, hours("room"))
    file, altered = tmp_path / "aoba.zip", tmp_path / "altered.zip"
    command(fresh_database, "export", TOWN, file)
    write_altered(file, altered, "tables/booking/", lambda content: content.replace(b"T", b"t", 1))
    assert "rows are missing or were altered" in command(elsewhere, "import", altered, code=1)
    write_altered(file, altered, "tables/booking/", lambda content: content * 2)
    assert "rows are missing or were altered" in command(elsewhere, "import", altered, code=1)
    write_altered(file, altered, "manifest.json", without_record)
    assert "manifest.json: it was altered" in command(elsewhere, "import", altered, code=1)
    assert "cannot be taken in" in command(elsewhere, "import", ROOT / "README.md", code=1)
    for schema, told in (("0005", "older release (schema 0005)"), ("9999", "newer release (schema 9999)")):
        write_altered(file, altered, "manifest.json", lambda content, there=schema: of_schema(content, there))
        assert told in command(elsewhere, "import", altered, code=1)
    assert "no tenant" in command(elsewhere, "export", TOWN, tmp_path / "none.zip", code=1)

    await town.book(1, hours("room", "14:00", "16:00"))
    said = command(fresh_database, "import", "--compare", file, code=1)
    assert "booking (halls): 1 → 2" in said
    assert "registrant" not in said


async def test_a_file_sealed_by_other_keys_says_which_setting_mends_it(town, fresh_database, elsewhere, tmp_path):
    del town
    file = tmp_path / "aoba.zip"
    ours, other = "a key of the installation it comes from", "a key of the installation it goes to"
    command(fresh_database, "export", TOWN, file, DATA_KEYS=ours)
    assert "DATA_KEYS" in command(elsewhere, "import", file, code=1, DATA_KEYS=other)
    both = f"{ours},{other}"
    assert "--other-hashes" in command(elsewhere, "import", file, code=1, DATA_KEYS=both)
    assert "taken in" in command(elsewhere, "import", "--other-hashes", file, DATA_KEYS=both)
