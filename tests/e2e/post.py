"""The post of the journeys: the worker's jobs, and a mailbox that keeps what they send."""

import asyncio
import re
from concurrent.futures import ThreadPoolExecutor

from tests.cities import city_values

from yoyaku.kernel.settings import Settings
from yoyaku.worker.jobs import meet_deadlines, send_mails, tell_events
from yoyaku.worker.runtime import Runtime


class Post:
    """Delivers when told to, in a thread, since the browser's own loop is running."""

    def __init__(self, database, catcher):
        self._settings = Settings.from_mapping(
            {**city_values(database), "SMTP_URL": catcher.url, "MAIL_FROM": "yoyaku@localhost"}
        )
        self._mailbox = catcher.mailbox

    def deliver(self):
        with ThreadPoolExecutor(1) as thread:
            thread.submit(lambda: asyncio.run(self._work())).result()

    async def _work(self):
        runtime = Runtime.from_settings(self._settings)
        try:
            for job in (meet_deadlines, tell_events, send_mails):
                await job(runtime)
        finally:
            await runtime.engine.dispose()

    def last_to(self, address, subject=""):
        """The last mail for an address whose subject holds some words."""
        self.deliver()
        found = [mail for mail in self._mailbox.to(address) if subject in mail.subject]
        assert found, [(mail.to, mail.subject) for mail in self._mailbox.mails()]
        return found[-1]

    def link_to(self, address, subject=""):
        """The path of the one-time link in it."""
        return re.search(r"https?://[^/\s]+(/\S+\?token=\S+)", self.last_to(address, subject).text)[1]
