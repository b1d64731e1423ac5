"""What a clerk decides while a resident's browser is open: by the use cases that the counter's pages call."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from sqlalchemy import text
from tests.cities import city_settings_of

from yoyaku.db.engine import make_engine, tenant_transaction
from yoyaku.extension.identity import ClerkSaw
from yoyaku.kernel.clock import read_clock
from yoyaku.registration.act import Act
from yoyaku.registration.service.applying import apply_for_registration
from yoyaku.registration.service.identity import begin_checks, decide_check
from yoyaku.registration.service.identity_means import IdentityMeans
from yoyaku.registration.service.identity_views import letters_due, print_letters
from yoyaku.registration.service.setting import issue_clerk_code
from yoyaku.rulebook.book import read_book
from yoyaku.tenancy.service import show_clocks

RULES = Path(__file__).parents[2] / "rulesets"
CHECK = text(
    "SELECT c.check_id, c.registrant_id FROM identity_check c JOIN account a USING (tenant_id, service_id, registrant_id)"
    " WHERE a.login_id = :login_id AND c.step = :step ORDER BY c.created_at DESC LIMIT 1"
)
CLERK = text("SELECT staff_id, name FROM staff LIMIT 1")


class Desk:
    """The counter of one service."""

    def __init__(self, database, service):
        self._database = database
        settings = city_settings_of(database)
        self._here = (service.tenant, service.code)
        self._terms = read_book(RULES / f"{service.tenant}-{service.code}").rules.registration
        self._seal = settings.seal
        self._means = IdentityMeans(
            seal=self._seal, plugin_profiles=None, return_url="http://localhost/identity/return"
        )

    def approve(self, login_id, step, *, papers):
        """A clerk has seen the papers."""
        saw = ClerkSaw(approved=True, papers=papers, note="窓口で確認した")

        async def decide(conn, act):
            found = (await conn.execute(CHECK, {"login_id": login_id, "step": step})).one()
            await decide_check(conn, act=act, means=self._means, check_id=found.check_id, saw=saw)

        self._do(decide)

    def print_card(self):
        """The letters that are due; the code of the one that was due last."""

        async def print_due(conn, act):
            due = [check.check_id for check in await letters_due(conn)]
            return await print_letters(conn, act=act, means=self._means, check_ids=due)

        return self._do(print_due)[-1].code

    def register(self, application):
        """Take down an application; the login id and a one-time code to set a password with."""

        async def take_down(conn, act):
            applied = await apply_for_registration(conn, act=act, seal=self._seal, application=application)
            await begin_checks(conn, act=act, means=self._means, registrant_id=applied.registrant_id)
            code = await issue_clerk_code(conn, act=act, seal=self._seal, account_id=applied.account_id)
            return applied.login_id, code

        return self._do(take_down)

    def _do(self, work):
        with ThreadPoolExecutor(1) as thread:
            return thread.submit(lambda: asyncio.run(self._work(work))).result()

    async def _work(self, work):
        engine = make_engine(self._database.url, pool_size=1)
        try:
            async with tenant_transaction(engine, *self._here) as conn:
                clerk, real_now = (await conn.execute(CLERK)).one(), read_clock()
                clocks = await show_clocks(conn, real_now=real_now)
                now = next(one.stands_at for one in clocks if (one.tenant_id, one.service_id) == self._here)
                act = Act(
                    terms=self._terms,
                    rule_set_version=1,
                    now=now,
                    real_now=real_now,
                    today=now.date(),
                    staff_id=clerk.staff_id,
                    staff_name=clerk.name,
                )
                return await work(conn, act)
        finally:
            await engine.dispose()
