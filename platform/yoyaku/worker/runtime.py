"""What one worker process has: one event loop, one engine, one set of compiled rules."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy.ext.asyncio import AsyncEngine

from yoyaku.billing.service.held import HELD_MANDATES
from yoyaku.billing.ties import keep_charges
from yoyaku.booking.service.charged import CHARGED_BOOKINGS
from yoyaku.booking.service.people import HELD_BOOKINGS
from yoyaku.db.engine import make_engine
from yoyaku.kernel.clock import read_clock
from yoyaku.kernel.settings import Settings
from yoyaku.lottery.service.people import HELD_ENTRIES
from yoyaku.registration.ties import hold
from yoyaku.rulebook.provider import RulesProvider
from yoyaku.tenancy.service import Sites

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Runtime:
    """The means by which jobs are done."""

    settings: Settings
    engine: AsyncEngine
    sites: Sites
    rules: RulesProvider = field(default_factory=RulesProvider)
    clock: Callable[[], datetime] = read_clock

    @classmethod
    def from_settings(cls, settings: Settings) -> Runtime:
        """A runtime for the running event loop."""
        hold(HELD_BOOKINGS)
        keep_charges(CHARGED_BOOKINGS)
        hold(HELD_ENTRIES)
        hold(HELD_MANDATES)
        engine = make_engine(settings.database_url, pool_size=min(settings.database_pool, WORKER_CONNECTIONS))
        return cls(settings=settings, engine=engine, sites=Sites(engine))


WORKER_CONNECTIONS = 5
"""The sweep's own, and those of the mails that are sent at the same time."""


class Process:
    """The runtime of this process, made when the first job asks for it, after Celery has forked."""

    def __init__(self) -> None:
        self._runner: asyncio.Runner | None = None
        self._runtime: Runtime | None = None
        self._pid = 0

    def run(self, job: Callable[[Runtime], Coroutine[Any, Any, T]]) -> T:
        """Do a job to its end."""
        if self._runner is None or self._runtime is None or self._pid != os.getpid():
            self._pid, self._runner = os.getpid(), asyncio.Runner()
            self._runtime = self._runner.run(_make_runtime())
        return self._runner.run(job(self._runtime))

    def close(self) -> None:
        """Give the connections back."""
        if self._runner is None or self._runtime is None or self._pid != os.getpid():
            return
        self._runner.run(self._runtime.engine.dispose())
        self._runner.close()
        self._runner = self._runtime = None


async def _make_runtime() -> Runtime:
    return Runtime.from_settings(Settings.from_mapping(os.environ))
