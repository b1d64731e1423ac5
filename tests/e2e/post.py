"""The post of the journeys: the worker's jobs, and a mailbox that keeps what they send."""

import asyncio
import re
from concurrent.futures import ThreadPoolExecutor

from tests.cities import city_values

from yoyaku.kernel.log import configure_logging
from yoyaku.kernel.settings import Settings
from yoyaku.worker.jobs import meet_deadlines, send_mails, tell_events
from yoyaku.worker.payments import ask_providers
from yoyaku.worker.runtime import Runtime


class Post:
    """Delivers when told to, in a thread, since the browser's own loop is running."""

    def __init__(self, database, catcher):
        configure_logging()  # as the worker does; the usual tracebacks take seconds each
        self._settings = Settings.from_mapping(
            {**city_values(database), "SMTP_URL": catcher.url, "MAIL_FROM": "yoyaku@localhost"}
        )
        self._mailbox = catcher.mailbox

    def deliver(self):
        self.do(meet_deadlines, ask_providers, tell_events, send_mails)

    def do(self, *jobs):
        """Let the worker's jobs have a turn, one after the other."""
        with ThreadPoolExecutor(1) as thread:
            thread.submit(lambda: asyncio.run(self._work(jobs))).result()

    async def _work(self, jobs):
        runtime = Runtime.from_settings(self._settings)
        try:
            for job in jobs:
                await job(runtime)
        finally:
            await runtime.engine.dispose()

    def last_to(self, address, holding="", subject=""):
        """The last mail for an address that holds some words, and some in its subject."""
        self.deliver()
        mails = self._mailbox.to(address)
        found = [mail for mail in mails if subject in mail.subject and holding in mail.text]
        assert found, [mail.subject for mail in mails]
        return found[-1]

    def link_to(self, address, path):
        """The one-time link to a path of the site, from the last mail that has one."""
        mail = self.last_to(address, holding=f"{path}?token=")
        return re.search(rf"https?://[^/\s]+({re.escape(path)}\?token=\S+)", mail.text)[1]
