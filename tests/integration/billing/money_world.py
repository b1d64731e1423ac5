"""A town, its processor and its clerk's till, driven act by act: for tests that try money in any order."""

import asyncio
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial

import httpx
import msgspec
from sqlalchemy import text

from yoyaku.billing.repository.attempts import ask_now
from yoyaku.billing.service.agreeing import Provider, check_own_books, check_provider
from yoyaku.billing.service.asking import Addresses, MoneyMeans, ask, stop
from yoyaku.billing.service.beginning import begin_settlement
from yoyaku.billing.service.counter import give_back_cash, take_cash
from yoyaku.billing.service.resolving import resolve_item
from yoyaku.billing.service.webhooks import take_webhook
from yoyaku.billing.ties import keep_charges
from yoyaku.booking.service import cancel_booking, change_booking, lapse_booking, submit_application
from yoyaku.booking.service.charged import CHARGED_BOOKINGS, money_act
from yoyaku.db.engine import make_engine, tenant_transaction
from yoyaku.rulebook.compile import compile_rules
from yoyaku.rulebook.terms import RuleSet
from yoyaku.testing.processor.api import answer_api
from yoyaku.testing.processor.merchants import environment_of, merchants_of, write_profiles
from yoyaku.testing.processor.processor import Processor
from yoyaku.testing.processor.signing import WEBHOOK_HEADER, sign_webhook
from yoyaku.testing.serving import Asked
from yoyaku.testing.town import DAY, NOW, SERVICE, TOWN, hours, town_rule_set, visit_of, write_residents, write_town

PROFILE = "town"
ADDRESS = "http://localhost:9"
BALANCE = "SELECT payee, sum(yen) FROM ledger_posting GROUP BY payee HAVING sum(yen) <> 0"
ACCOUNT = "SELECT coalesce(sum(yen), 0)::bigint FROM ledger_posting WHERE account = :account"
UNCOUNTED = """
    SELECT coalesce(sum(CASE kind WHEN 'payment' THEN 1 ELSE -1 END * coalesce(moved_yen, amount_yen)), 0)::bigint
           + (SELECT coalesce(sum(-yen), 0)::bigint FROM ledger_posting JOIN ledger_transaction t USING (transaction_id)
              WHERE t.kind = 'refund_returned' AND account = 'suspense')
    FROM payment_attempt WHERE state = 'succeeded' AND NOT counted
"""
UNSEEN = """
    SELECT a.kind, a.state FROM payment_attempt a
    WHERE ((a.kind, a.state, a.counted) = ('payment', 'succeeded', false) OR (a.kind, a.state) = ('refund', 'failed'))
      AND NOT EXISTS (SELECT FROM unmatched_money u WHERE u.attempt_id = a.attempt_id)
"""
"""Money that counts nowhere, or did not go back, and no clerk is told."""
CHARGES = """
    SELECT c.charge_id, c.paid_yen, (SELECT max(h.owed_yen) FROM charge_change h WHERE h.charge_id = c.charge_id),
           (SELECT coalesce(sum(u.amount_yen), 0)::bigint FROM unmatched_money u JOIN payment_attempt a USING (attempt_id)
            WHERE a.charge_id = c.charge_id AND u.kind = 'refund_failed')
    FROM charge c
"""
FORGOTTEN = "SELECT number FROM booking WHERE state = 'tentative' AND total_yen > 0 AND paid_yen >= total_yen"
"""Paid in full, and nobody confirmed it."""
ATTEMPTS = """
    SELECT a.attempt_id, a.kind,
           CASE WHEN EXISTS (SELECT FROM ledger_transaction t WHERE t.key = 'returned:' || a.attempt_id)
                THEN 'returned' ELSE a.state END,
           coalesce(a.moved_yen, a.amount_yen), a.plugin
    FROM payment_attempt a
"""


@dataclass
class Postbag:
    """What the processor would have delivered, until a test brings it: late, twice, in another order, or never."""

    waiting: list[bytes] = field(default_factory=list)

    def tell(self, url, *, secret, event):  # noqa: ARG002  # as the processor's deliverer
        self.waiting.append(
            msgspec.json.encode({"event_id": f"evt_{len(self.waiting)}_{time.monotonic_ns()}", **event})
        )


class World:
    """One database and one processor; ``elapsed`` moves every clock at once."""

    def __init__(self, database, folder, *, refunds="reverse_and_recharge"):
        self.rules = _rules(refunds)
        self.elapsed = timedelta()
        self.merchants = merchants_of([PROFILE], secret="only-for-these-tests")
        self.processor = Processor(merchants=self.merchants, webhooks=Postbag())
        self.processor.url = ADDRESS
        self.processor.real_seconds = lambda: time.time() + self.elapsed.total_seconds()
        self.environment = environment_of(self.merchants)
        self.client = partial(httpx.AsyncClient, transport=httpx.MockTransport(self._answer))
        self.folder, self.database_url = folder, database.url
        self.write_profile(ADDRESS)
        self.means = MoneyMeans(transaction=self._transaction, plugin_profiles=folder, addresses=_addresses)
        self.method = next(one for one in self.rules.payment.methods if one.code == "card")
        self.runner = asyncio.Runner()
        self.booked, self.pause_seconds = 0, 0.0
        self.residents = []
        self._begin(database)

    def _begin(self, database):
        keep_charges(CHARGED_BOOKINGS)
        self.engine = make_engine(database.url, pool_size=8)

        async def write():
            owner = make_engine(database.owner_url, pool_size=1)
            async with tenant_transaction(owner, TOWN, SERVICE) as conn:
                await write_town(conn, self.rules)
                residents = await write_residents(conn, 8)
            await owner.dispose()
            return residents

        self.residents = self.run(write())

    def write_profile(self, address):
        """Where the processor answers."""
        write_profiles(self.folder, self.merchants, base_url=address)

    async def ask_elsewhere(self, attempt_id):
        """Ask as another process would: with connections of its own."""
        self.engine = make_engine(self.database_url, pool_size=2)
        await self.ask(attempt_id)

    def close(self):
        self.run(self.engine.dispose())
        self.runner.close()

    def run(self, awaited):
        return self.runner.run(awaited)

    async def _answer(self, request):
        await asyncio.sleep(self.pause_seconds)
        bearer = request.headers.get("authorization", "").removeprefix("Bearer ")
        asked = Asked(
            request.method, request.url.raw_path.decode(), request.content.decode(), bearer, dict(request.headers)
        )
        made = answer_api(self.processor, asked)
        return httpx.Response(made.status, content=made.body, headers={"content-type": made.media_type})

    @property
    def now(self):
        return NOW + self.elapsed

    def visit(self, resident=None, **more):
        seen = visit_of(resident, now=self.now, **more)
        return replace(seen, real_now=datetime.now(tz=UTC) + self.elapsed)

    def act(self):
        return money_act(self.visit(actor="system"), self.rules)

    def open(self):
        return tenant_transaction(self.engine, TOWN, SERVICE)

    @asynccontextmanager
    async def _transaction(self):
        async with self.open() as conn:
            yield conn, self.act()

    async def see(self, sql, **values):
        async with self.open() as conn:
            return [tuple(row) for row in await conn.execute(text(sql), values)]

    async def book(self):
        """A room for two hours, tentative, at a time of its own."""
        days, place = divmod(self.booked, 6)
        self.booked += 1
        resident, starts = self.residents[self.booked % len(self.residents)], 9 + 2 * place
        wish = hours("room", f"{starts:02d}:00", f"{starts + 2:02d}:00", day=DAY + timedelta(days=days))
        async with self.open() as conn:
            made = await submit_application(
                conn,
                visit=self.visit(resident),
                rules=self.rules,
                items=(wish,),
                form={},
                accepted_terms=[],
            )
        return made.bookings[0].booking_id, resident

    async def change(self, booking, resident, changes):
        async with self.open() as conn:
            await change_booking(
                conn, visit=self.visit(resident), rules=self.rules, booking_id=booking, changes=changes
            )

    async def cancel(self, booking, resident):
        async with self.open() as conn:
            await cancel_booking(
                conn, visit=self.visit(resident), rules=self.rules, booking_id=booking, reason="都合により"
            )

    async def lapse(self, booking):
        async def rules_of(**_):
            return self.rules

        async with self.open() as conn:
            await lapse_booking(conn, visit=self.visit(actor="system"), booking_id=booking, rules_of=rules_of)

    async def settle(self, booking, choice=None):
        act = self.act()
        async with self.open() as conn:
            return await begin_settlement(
                conn, act=act, charge_id=booking, method_code="card", choice=choice, why="変更"
            )

    async def cash(self, booking):
        async with self.open() as conn:
            ((owed, paid),) = (
                await conn.execute(text("SELECT owed_yen, paid_yen FROM charge WHERE charge_id = :id"), {"id": booking})
            ).all()
            return await take_cash(conn, act=self.act(), charge_id=booking, amount_yen=max(owed - paid, 1))

    async def cash_back(self, booking):
        async with self.open() as conn:
            return await give_back_cash(conn, act=self.act(), charge_id=booking, why="取消")

    async def decide(self, pick, way):
        """What a clerk does with one of the items that wait."""
        waiting = await self.see("SELECT item_id FROM unmatched_money WHERE resolved_at IS NULL ORDER BY item_id DESC")
        if waiting:
            async with self.open() as conn:
                item_id = waiting[pick % len(waiting)][0]
                await resolve_item(conn, act=self.act(), item_id=item_id, way=way, why="電話で確認")

    async def ask(self, attempt_id):
        return await ask(self.means, attempt_id=attempt_id, at_once=True)

    async def stop(self, attempt_id):
        return await stop(self.means, attempt_id=attempt_id)

    async def work(self):
        """The worker asks about everything that is to be asked about, without waiting for its time."""
        for (attempt_id,) in await self.see("SELECT attempt_id FROM payment_attempt WHERE next_ask_at IS NOT NULL"):
            async with self.open() as conn:
                await ask_now(conn, attempt_id=attempt_id)
            await ask(self.means, attempt_id=attempt_id)

    def agree(self):
        """Books and bookings, ours and the processor's."""
        self.books_agree()
        assert self.run(self.see(FORGOTTEN)) == []

    def ledger_agrees(self):
        """What ``yoyaku ledger check`` looks at: all our books, and each line of the processor's."""

        async def own():
            async with self.open() as conn:
                return list(await check_own_books(conn))

        assert self.run(own()) == []
        found = self.run(check_provider(self.means, Provider(method=self.method)))
        assert found == [], found

    def books_agree(self):
        """Ours and the processor's: every attempt, every yen that it holds, every yen in the till and in the queue."""
        attempts, books = self.run(self.see(ATTEMPTS)), self.processor.books
        assert self.run(self.see(BALANCE)) == []
        assert [one for one in attempts if one[2] in {"created", "pending"}] == []
        ours = {
            kind: {
                str(one[0]): one[3] for one in attempts if one[1:3] == (kind, "succeeded") and one[4] != "payment-cash"
            }
            for kind in ("payment", "refund")
        }
        assert ours["payment"] == {
            one.order_id: one.paid_amount for one in books.payments.values() if one.state == "paid"
        }
        assert ours["refund"] == {
            one.refund_id: one.amount for one in books.refunds.values() if one.state == "succeeded"
        }
        held = {name: self.run(self.see(ACCOUNT, account=name))[0][0] for name in ("clearing", "cash", "suspense")}
        assert held["clearing"] == self.processor.held()[PROFILE]["held_yen"]
        till = [yen if kind == "payment" else -yen for _, kind, _, yen, plugin in attempts if plugin == "payment-cash"]
        assert held["cash"] == sum(till)
        assert held["suspense"] == -self.run(self.see(UNCOUNTED))[0][0]
        assert self.run(self.see(UNSEEN)) == []
        for charge_id, paid_yen, most_yen, came_back_yen in self.run(self.see(CHARGES)):
            assert paid_yen <= most_yen + came_back_yen, charge_id

    async def deliver(self, body, *, secret=None):
        signed_at = int(self.processor.real_seconds())
        key = secret or self.merchants[PROFILE].webhook_secret
        headers = {WEBHOOK_HEADER: sign_webhook(key, timestamp=signed_at, body=body)}
        return await take_webhook(self.means, method=self.method, headers=headers, body=body)


def _rules(refunds):
    """The town's, where projectors cost something too, and money goes back online in this way."""
    told = msgspec.to_builtins(town_rule_set())
    told["payment"]["refunds"]["online"] = refunds
    told["fees"]["steps"].append(
        {"step": "equipment", "code": "equipment", "name": "備品", "per": "booking", "prices": {"projector": 300}}
    )
    return compile_rules(msgspec.convert(told, RuleSet), [], version=1, inventory_version=1)


def _addresses(method, attempt_id):
    back = f"http://aoba.localhost/me/payments/{attempt_id}/back"
    return Addresses(returns=back, cancels=back, notifies=f"http://aoba.localhost/hooks/payments/{method}")
