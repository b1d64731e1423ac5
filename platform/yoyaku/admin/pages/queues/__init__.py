"""Everything that waits for staff in one place: how long, and what has waited too long."""

from __future__ import annotations

from typing import Any, Final

from litestar import Response, get
from litestar.di import NamedDependency

from yoyaku.admin.pages.desk import crumbs, ways
from yoyaku.admin.service.queues import Queue, QueueItem, queues_for
from yoyaku.booking.pages.here import Here
from yoyaku.registration.policy.roles import RoleMissing, permissions_of
from yoyaku.rules.values import Text

HOME: Final = "/counter/queues"
PATHS: Final = {
    "registrations": "/counter/registrations",
    "reliefs": "/counter/reliefs",
    "tentative": "/counter/bookings",
    "mandates": "/counter/mandates",
    "money": "/counter/money",
    "wins": "/counter/lotteries",
    "drafts": "/counter/rules/drafts",
}
"""Below which path each thing that waits is decided."""
LISTS: Final = {**PATHS, "tentative": None, "drafts": "/counter/rules"}
"""Where all of a kind are listed."""


async def my_queues(here: Here) -> list[Queue]:
    """What waits for whoever is logged in; a visitor without staff's rights sees nothing."""
    session = here.session
    if session is None or session.staff_id is None:
        return []
    permissions = permissions_of(session.roles)
    return await queues_for(here.conn, visit=here.visit, rules=await here.rules(), permissions=permissions)


@get(HOME)
async def show_queues(here: NamedDependency[Here]) -> Response[Any]:
    """All queues of whoever is logged in.

    Raises:
        RoleMissing: it is a resident.
    """
    if here.session is None:
        return here.page.go(f"/login?next={HOME}")
    if here.session.staff_id is None:
        raise RoleMissing(role="counter_clerk")
    steps = {step.code: step.name for step in (await here.rules()).registration.identity}
    found = [
        {
            "queue": queue,
            "list": LISTS[queue.kind],
            "rows": [(one, _label(here, one, steps), _path(one)) for one in queue.items],
        }
        for queue in await my_queues(here)
    ]
    here_now = crumbs(here, (here.words.say("queues.title"), None))
    return here.page.show("admin/queues/queues.html", found=found, ways=ways(here), crumbs=here_now)


def _label(here: Here, one: QueueItem, steps: dict[str, Text]) -> str:
    """What it is called; nobody's name, for looking at people has its own purpose."""
    kind, label = one.item.kind, one.item.label
    if kind == "registrations":
        return here.words.text(steps.get(label, label))
    return here.words.say("queues.wins_count", count=label) if kind == "wins" else label


def _path(one: QueueItem) -> str:
    return f"{PATHS[one.item.kind]}/{one.item.id}"


ROUTES: Final = [show_queues]
