"""Everything that waits for staff in one place: how long, and what has waited too long."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from litestar import Request, Response, get
from litestar.di import NamedDependency

from yoyaku.admin.pages.desk import crumbs, ways
from yoyaku.admin.service.queues import KINDS, Queue, QueueItem, queues_for, whose
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
LISTS: Final = {**PATHS, "tentative": f"{HOME}?kind=tentative", "drafts": "/counter/rules"}
"""Where all of a kind are listed."""
OF_PEOPLE: Final = frozenset({"registrations", "reliefs", "tentative", "mandates"})


async def my_queues(here: Here, only: str | None = None) -> list[Queue] | None:
    """What waits for whoever is logged in; ``None``: nothing ever does, by their roles."""
    session = here.session
    if session is None or session.staff_id is None:
        return None
    permissions = permissions_of(session.roles, session.facilities)
    if permissions.isdisjoint(KINDS.values()):
        return None
    return await queues_for(here.conn, visit=here.visit, rules=await here.rules(), permissions=permissions, only=only)


@get(HOME)
async def show_queues(here: NamedDependency[Here], request: Request[Any, Any, Any]) -> Response[Any]:
    """All queues of whoever is logged in, or one (``kind``) to its end.

    Raises:
        RoleMissing: it is a resident.
    """
    if here.session is None:
        return here.page.go(f"/login?next={HOME}")
    if here.session.staff_id is None:
        raise RoleMissing(role="counter_clerk")
    steps = {step.code: step.name for step in (await here.rules()).registration.identity}
    only = request.query_params.get("kind")
    queues = await my_queues(here, only if only in KINDS else None) or []
    names = await whose(here.conn, visit=here.visit, queues=queues)
    found = [_shown(here, queue, steps, names) for queue in queues]
    here_now = crumbs(here, (here.words.say("queues.title"), None))
    return here.page.show(
        "admin/queues/queues.html",
        found=found,
        purpose=here.visit.purpose,
        only=only,
        home=HOME,
        ways=ways(here),
        crumbs=here_now,
    )


def _shown(here: Here, queue: Queue, steps: dict[str, Text], names: Mapping[UUID, str]) -> dict[str, Any]:
    """One queue as its table takes it."""
    rows = [
        {
            "one": one,
            "label": _label(here, one, steps),
            "path": _path(one),
            "name": names.get(one.item.registrant_id) if one.item.registrant_id else None,
        }
        for one in queue.items
    ]
    return {"queue": queue, "list": LISTS[queue.kind], "of_people": queue.kind in OF_PEOPLE, "rows": rows}


def _label(here: Here, one: QueueItem, steps: dict[str, Text]) -> str:
    """What it is called; names stand beside it, where they may be seen."""
    kind, label = one.item.kind, one.item.label
    if kind == "registrations":
        return here.words.text(steps.get(label, label))
    return here.words.say("queues.wins_count", count=label) if kind == "wins" else label


def _path(one: QueueItem) -> str:
    return f"{PATHS[one.item.kind]}/{one.item.id}"


ROUTES: Final = [show_queues]
