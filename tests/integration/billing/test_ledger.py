"""The books compared: nothing differs after payments, refunds and faults; whatever is planted is found."""

from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner
from msgspec import structs
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.billing.repository.checking import CHECKS, balances
from yoyaku.billing.service.agreeing import Provider, check_own_books, check_provider, explain_payout, reconcile
from yoyaku.billing.service.exporting import NotInEncoding, encode, export_of
from yoyaku.cli.ledger import ledger
from yoyaku.db.engine import make_engine, tenant_transaction
from yoyaku.testing.town import NOW, SERVICE, TOWN

ONLINE = "SELECT attempt_id FROM payment_attempt WHERE kind = :kind AND plugin = 'payment-hosted' ORDER BY attempt_id"
FEE = "UPDATE ledger_posting SET yen = yen + 1 WHERE account = 'usage_fee'"
PLANTED = {
    "charge_not_booking": "UPDATE booking SET total_yen = total_yen + 100 WHERE ended_at IS NULL",
    "booking_paid_otherwise": "UPDATE booking SET paid_yen = paid_yen + 1",
    "charge_not_ledger": "UPDATE charge SET owed_yen = owed_yen + 1",
    "charge_not_attempts": "UPDATE charge SET paid_yen = paid_yen + 1",
    "attempt_not_ledger": "UPDATE payment_attempt SET moved_yen = 7 WHERE plugin = 'payment-hosted'",
    "till_not_ledger": "UPDATE ledger_posting SET provider = 'elsewhere' WHERE account = 'cash'",
    "transaction_unbalanced": FEE,
    "payee_unbalanced": FEE,
}
CLOSE = """
    WITH clerk AS (
        INSERT INTO staff (tenant_id, service_id, staff_id, name, roles)
        SELECT tenant_id, service_id, gen_random_uuid(), '窓口', '{}' FROM service RETURNING *
    )
    INSERT INTO cash_close (tenant_id, service_id, close_id, facility_id, payee, closed_on, expected_yen, counted_yen, at,
                            entered_by)
    SELECT tenant_id, service_id, gen_random_uuid(), 'plaza', 'city', '2027-01-10', 5, 5, now(), staff_id FROM clerk
"""
FILE = """
    INSERT INTO debit_file (tenant_id, service_id, file_id, method, plugin, payee, collect_on, state, count, total_yen,
                            content_digest, prepared_at)
    SELECT tenant_id, service_id, gen_random_uuid(), 'debit', 'x', 'city', '2027-01-31', 'prepared', 1, 500, '', now()
    FROM service
"""
INSERTED = {"close_not_till": CLOSE, "close_not_ledger": CLOSE, "file_not_rows": FILE}


class Books:
    """A world where somebody paid online, somebody in cash, somebody cancelled and got their money back."""

    def __init__(self, world, database):
        self.world, self.database = world, database
        self.provider = Provider(method=world.method)
        for _ in range(2):
            self.online = world.run(world.book())
            self.pay_online(self.online[0])
        cash, _ = world.run(world.book())
        world.run(world.cash(cash))
        world.run(world.cancel(*self.online))
        for attempt in world.run(world.settle(self.online[0])):
            world.run(world.ask(attempt.attempt_id))

    def pay_online(self, booking, *, told=True, amount=None):
        """At the processor's page; whether we hear of it."""
        (attempt,) = self.world.run(self.world.settle(booking))
        self.world.run(self.world.ask(attempt.attempt_id))
        payment = next(
            one for one in self.world.processor.books.payments.values() if one.order_id == str(attempt.attempt_id)
        )
        self.world.processor.pay(payment, amount=amount)
        if told:
            self.world.run(self.world.ask(attempt.attempt_id))

    def make_due(self):
        """Time passes until the payout that waits is looked at again."""
        self.inside(lambda conn: conn.execute(text("UPDATE unmatched_money SET next_try_at = now()")))

    def explain(self, item_id):
        return self.world.run(explain_payout(self.world.means, [self.provider], item_id=item_id))

    def inside(self, do, *arguments, **more):
        async def inside():
            async with self.world.open() as conn:
                return await do(conn, *arguments, **more)

        return self.world.run(inside())

    def own(self, at=None):
        return self.inside(check_own_books, at=at)

    def theirs(self):
        return self.world.run(check_provider(self.world.means, self.provider))

    async def planted(self, statement) -> set[str]:
        """What the check finds after a statement that no trigger saw; everything is rolled back."""
        owner = make_engine(self.database.owner_url, pool_size=1)
        try:
            async with tenant_transaction(owner, TOWN, SERVICE) as conn:
                await self._unguarded(conn)
                await conn.execute(text(statement))
                found = {one.check for one in await check_own_books(conn)}
                await conn.rollback()
                return found
        finally:
            await owner.dispose()

    async def _unguarded(self, conn: AsyncConnection) -> None:
        for table in ("booking", "charge", "payment_attempt", "ledger_posting"):
            await conn.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))


@pytest.fixture
def books(world, fresh_database):
    return Books(world, fresh_database)


def test_after_payments_refunds_and_cash_no_two_books_differ_at_any_instant(books):
    assert books.theirs() == []
    assert {one.account for one in books.inside(balances)} == {"cash", "clearing", "usage_fee"}
    for days in (-1, 0, 1, 30, 400):
        at = NOW + timedelta(days=days)
        assert sum(one.yen for one in books.inside(balances, at=at)) == 0
        assert books.own(at=at) == []


def test_each_difference_that_is_planted_is_found(books):
    for check, statement in {**PLANTED, **INSERTED}.items():
        assert check in books.world.run(books.planted(statement)), check
    assert {*PLANTED, *INSERTED, "row_not_attempt", "file_not_ledger"} == {*CHECKS, "payee_unbalanced"}
    assert books.own() == []


def test_what_only_one_side_knows_is_found_in_the_provider_s_books(books):
    booking, _ = books.world.run(books.world.book())
    books.pay_online(booking, told=False)
    (found,) = books.theirs()
    assert (found.kind, found.our_yen, found.their_yen) == ("provider_only", None, 1000)
    books.world.processor.books.payments.clear()
    assert {one.kind for one in books.theirs()} == {"ours_only"}


def test_the_daily_comparison_asks_first_and_queues_once(books):
    booking, _ = books.world.run(books.world.book())
    books.pay_online(booking, told=False)
    today = datetime.now(tz=UTC).astimezone(books.world.rules.zone).date()
    assert books.world.run(reconcile(books.world.means, books.provider, day=today)) == 0
    assert books.theirs() == []
    payments = books.world.processor.books.payments
    lost = next(iter(payments))
    kept = payments.pop(lost)
    for _ in range(2):
        books.world.run(reconcile(books.world.means, books.provider, day=today))
    assert books.world.run(books.world.see("SELECT kind, amount_yen FROM unmatched_money")) == [
        ("ours_only", kept.paid_amount)
    ]


def test_what_the_provider_has_paid_out_is_at_the_city_s_bank_once(books):
    today = datetime.now(tz=UTC).astimezone(books.world.rules.zone).date()
    held_yen = books.world.processor.held()["town"]["held_yen"]
    books.world.processor.pay_out("town")
    (unposted,) = books.theirs()
    assert (unposted.kind, unposted.their_yen) == ("payout_differs", held_yen)
    for _ in range(2):
        assert books.world.run(reconcile(books.world.means, books.provider, day=today)) == 0
    assert books.theirs() == books.own() == []
    assert {one.account: one.yen for one in books.inside(balances)}["bank"] == held_yen
    assert "clearing" not in {one.account for one in books.inside(balances)}
    lines = books.world.processor.books.payouts["town"]
    lines.append(structs.replace(lines[0], ref="out_other", amount=held_yen + 1))
    for _ in range(2):
        assert books.world.run(reconcile(books.world.means, books.provider, day=today)) == 1
    assert books.world.run(books.world.see("SELECT kind, reference FROM unmatched_money")) == [
        ("payout_differs", "out_other")
    ]
    (item_id,) = books.world.run(books.world.see("SELECT item_id FROM unmatched_money"))[0]
    books.make_due()
    assert books.explain(item_id) is False
    assert books.explain(item_id) is False
    assert books.world.run(books.world.see("SELECT tried, next_try_at > now() FROM unmatched_money")) == [(1, True)]
    booking, _ = books.world.run(books.world.book())
    books.pay_online(booking)
    came = books.world.processor.books.lines("town")[-1]
    lines[1] = structs.replace(lines[1], amount=came.amount, lines=[came])
    books.make_due()
    assert books.explain(item_id) is True
    assert books.world.run(books.world.see("SELECT resolution, resolved_by FROM unmatched_money")) == [
        ("explained", None)
    ]
    assert books.theirs() == books.own() == []


def test_the_command_says_which_books_differ_and_ends_with_an_error(books, monkeypatch):
    values = {
        "DATABASE_URL": books.world.database_url,
        "CELERY_BROKER_URL": "memory://",
        "SMTP_URL": "smtp://127.0.0.1:9",
        "SECRET_KEY": "only for tests, forty characters and more",
        "PLUGIN_PROFILES": str(books.world.folder),
    }
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    agreed = CliRunner().invoke(ledger, ["check"])
    assert (agreed.exit_code, agreed.output) == (0, f"OK\t{TOWN}/{SERVICE}\t0\n")
    books.world.processor.books.payments.clear()
    differing = CliRunner().invoke(ledger, ["check", "--service", f"{TOWN}/{SERVICE}"])
    assert differing.exit_code == 1
    assert "こちらの帳簿だけにある / only in our books\n    city\tpayment-hosted:town" in differing.output
    assert CliRunner().invoke(ledger, ["check", "--own", "--at", "2027-02-01T00:00"]).exit_code == 0
    assert "city\t=\t-\t0" in CliRunner().invoke(ledger, ["balance"]).output
    exported = CliRunner().invoke(ledger, ["export", f"{TOWN}/{SERVICE}", "--year", "2026", "--encoding", "cp932"])
    assert exported.stdout_bytes.startswith(b"payee,fiscal_year,income_year")


def test_the_ledger_is_exported_line_by_line_for_the_city_s_accounting(books):
    content = books.inside(export_of, act=books.world.act(), first=NOW.date(), last=NOW.date())
    head, *rows = content.splitlines()
    assert head.startswith("payee,fiscal_year,income_year,date,")
    debit, credit = (sum(int(row.split(",")[place]) for row in rows) for place in (11, 12))
    assert debit == credit > 0
    assert {row.split(",")[7] for row in rows if row.endswith(",income")} == {"refund"}
    assert encode(content, "utf-8").startswith(b"\xef\xbb\xbf")
    assert encode(content, "cp932").decode("cp932") == content
    with pytest.raises(NotInEncoding):
        encode("𠮷", "cp932")
