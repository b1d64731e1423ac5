"""The Celery application: ``celery -A yoyaku.worker.app:app worker`` and ``… beat``.

Truth is in PostgreSQL: a message only wakes a worker, which asks the database what is due. So a lost message loses
nothing, and a repeated one does nothing twice.
"""

from __future__ import annotations

import logging
import os
from functools import partial
from typing import Any, Final

from celery import Celery
from celery.signals import after_task_publish, task_failure, task_success, worker_process_shutdown

from yoyaku.kernel.log import configure_logging
from yoyaku.kernel.settings import Settings
from yoyaku.worker import dry_runs, jobs, payments, reconciling, sealing, tidying
from yoyaku.worker.heart import beat, beat_of_scheduler, is_due
from yoyaku.worker.runtime import Process

EVERY_SECONDS: Final = 1.0
TIDY_EVERY_SECONDS: Final = 3600.0
RECONCILE_EVERY_SECONDS: Final = 6 * 3600.0
SEAL_EVERY_SECONDS: Final = 60.0
STALE_AFTER_SECONDS: Final = 5
"""A wake-up that waited longer is dropped: the next one is there already."""
LONGEST_JOB_SECONDS: Final = 300
VISIBILITY_SECONDS: Final = 3600
"""Longer than any job, or the broker would hand it to a second worker while the first is at it."""

QUIET: Final = ("celery.app.trace", "celery.worker.strategy", "celery.beat")
"""They would write six lines each second that say nothing; a job that did something says so itself."""

configure_logging()
process = Process()
for name in QUIET:
    logging.getLogger(name).setLevel(logging.WARNING)


def configuration() -> dict[str, Any]:
    """Celery's settings, read when the worker starts."""
    settings = Settings.from_mapping(os.environ)
    return {
        "broker_url": settings.celery_broker_url,
        "broker_connection_retry_on_startup": True,
        "broker_transport_options": {"visibility_timeout": VISIBILITY_SECONDS},
        "task_default_queue": "yoyaku",
        "task_acks_late": True,
        "task_reject_on_worker_lost": True,
        "task_ignore_result": True,
        "task_time_limit": LONGEST_JOB_SECONDS,
        "worker_prefetch_multiplier": 1,
        "worker_soft_shutdown_timeout": 2,
        "worker_cancel_long_running_tasks_on_connection_loss": True,
        "enable_utc": True,
        "timezone": "UTC",
        "beat_schedule": {
            name: {"task": name, "schedule": EVERY_SECONDS, "options": {"expires": STALE_AFTER_SECONDS}}
            for name in (
                *("yoyaku.meet_deadlines", "yoyaku.tell_events", "yoyaku.send_mails", "yoyaku.ask_providers"),
                "yoyaku.dry_runs",
            )
        }
        | {
            "yoyaku.tidy": {"task": "yoyaku.tidy", "schedule": TIDY_EVERY_SECONDS},
            "yoyaku.reconcile": {"task": "yoyaku.reconcile", "schedule": RECONCILE_EVERY_SECONDS},
            "yoyaku.seal_record": {"task": "yoyaku.seal_record", "schedule": SEAL_EVERY_SECONDS},
        },
    }


app = Celery("yoyaku")
app.add_defaults(configuration)


@app.task(name="yoyaku.meet_deadlines")  # type: ignore[untyped-decorator]  # Celery brings no types
def meet_deadlines() -> None:
    """Meet the deadlines that are due."""
    process.run(jobs.meet_deadlines)


@app.task(name="yoyaku.tell_events")  # type: ignore[untyped-decorator]
def tell_events() -> None:
    """Turn the outbox's events into mails."""
    process.run(jobs.tell_events)


@app.task(name="yoyaku.send_mails")  # type: ignore[untyped-decorator]
def send_mails() -> None:
    """Send the mails that wait."""
    process.run(jobs.send_mails)


@app.task(name="yoyaku.ask_providers")  # type: ignore[untyped-decorator]
def ask_providers() -> None:
    """Ask payment providers what became of what is pending."""
    process.run(payments.ask_providers)


@app.task(name="yoyaku.dry_runs")  # type: ignore[untyped-decorator]
def do_dry_runs() -> None:
    """Go on with what a draft of rules would change."""
    process.run(dry_runs.do_dry_runs)


@app.task(name="yoyaku.reconcile")  # type: ignore[untyped-decorator]
def reconcile() -> None:
    """Compare the providers' books of yesterday with ours."""
    process.run(reconciling.reconcile_services)


@app.task(name="yoyaku.seal_record")  # type: ignore[untyped-decorator]
def seal_record() -> None:
    """Seal the acts that no batch holds yet."""
    process.run(sealing.seal_records)


@app.task(name="yoyaku.tidy")  # type: ignore[untyped-decorator]
def tidy() -> None:
    """Remove what is over."""
    process.run(tidying.tidy_services)


@after_task_publish.connect  # type: ignore[untyped-decorator]
def note_scheduler(**_: object) -> None:
    """Only the scheduler hands wake-ups to the broker: that it could is its heartbeat."""
    if is_due("scheduler"):
        beat_of_scheduler(Settings.from_mapping(os.environ).database_url)


@task_success.connect  # type: ignore[untyped-decorator]
def note_success(sender: Any, **_: object) -> None:  # noqa: ANN401  # a task of Celery's
    """A job did its work."""
    part = _part(sender)
    if is_due(part):
        process.run(partial(beat, part=part))


@task_failure.connect  # type: ignore[untyped-decorator]
def note_failure(sender: Any, exception: Exception, **_: object) -> None:  # noqa: ANN401
    """A job failed as a whole; the log tells where, the console that it did."""
    process.run(partial(beat, part=_part(sender), failure=type(exception).__name__))


def _part(task: Any) -> str:  # noqa: ANN401
    """What a task is called among the heartbeats."""
    name: str = task.name
    return name.removeprefix("yoyaku.")


@worker_process_shutdown.connect  # type: ignore[untyped-decorator]
def close_process(**_: object) -> None:
    """Give the connections back before the process ends."""
    process.close()
