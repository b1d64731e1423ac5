"""What waits for staff in one place: with its age, what is late in words, and nothing that is not one's own to decide."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import insert, select, update
from tests.pages.test_roles import log_in

from yoyaku.admin.service.queues import KINDS
from yoyaku.db.tables import (
    audit_entry,
    identity_check,
    registrant,
    rule_draft,
    rule_set_version,
    staff,
)
from yoyaku.registration.policy.roles import ROLES

QUEUES = "/counter/queues"
OTHER = "課長 守"


@pytest.fixture
async def draft(inside):
    """Puts a draft before a reviewer, so many days ago."""

    async def ask(*, now, days, author=OTHER):
        async with inside() as conn:
            keys = (await conn.execute(select(rule_set_version).limit(1))).mappings().one()
            somebody = (await conn.execute(select(staff.c.staff_id).where(staff.c.name == author))).scalar_one()
            asked = now - timedelta(days=days)
            values = {
                "tenant_id": keys["tenant_id"],
                "service_id": keys["service_id"],
                "draft_id": uuid4(),
                "title": f"{days}日前の下書き",
                "based_on": keys["version"],
                "state": "in_review",
                "revision": 1,
                "files": {},
                **dict.fromkeys(("made_at", "changed_at", "review_asked_at"), asked),
                **dict.fromkeys(("made_by", "changed_by", "review_asked_by"), somebody),
            }
            await conn.execute(insert(rule_draft).values(values))

    return ask


async def test_what_waits_too_long_says_so_in_words_on_its_page_and_on_the_first(browse, services, draft):
    now = datetime.fromisoformat("2027-01-20T10:00:00+09:00")
    await draft(now=now, days=8)
    await draft(now=now, days=2)
    site, _ = await log_in(browse, services, "tenant_admin")
    page = await site.get(QUEUES)
    late, fresh = (page.text.split(f"{days}日前の下書き")[1].split("</tr>")[0] for days in (8, 2))

    assert "期限超過" in late
    assert "8日" in late
    assert "期限超過" not in fresh
    home = await site.get("/counter")
    assert "確認を頼まれたルールの下書き" in home.text
    assert "期限超過1件" in home.text


async def test_a_check_that_waits_leads_to_its_decision_and_names_nobody(browse, services, inside):
    async with inside() as conn:
        check = (await conn.execute(select(identity_check.c.check_id).limit(1))).scalar_one()
        submitted = datetime.fromisoformat("2027-01-05T10:00:00+09:00")
        chosen = update(identity_check).where(identity_check.c.check_id == check)
        await conn.execute(chosen.values(state="submitted", submitted_at=submitted))
    site, _ = await log_in(browse, services, "counter_clerk")
    page = await site.get(QUEUES)

    assert f'href="/counter/registrations/{check}"' in page.text
    assert services["sports"].resident.name not in page.text.split("<main")[1]


@pytest.mark.parametrize("role", sorted(ROLES))
async def test_nobody_sees_a_queue_that_they_may_not_decide(browse, services, role, draft):
    await draft(now=datetime.fromisoformat("2027-01-20T10:00:00+09:00"), days=1)
    site, roles = await log_in(browse, services, role)
    page = await site.get(QUEUES)
    allowed = frozenset().union(*(ROLES[one] for one in roles))
    shown = {kind for kind in KINDS if f'id="q-{kind}"' in page.text}

    assert page.status_code == 200
    assert {KINDS[kind] for kind in shown} <= allowed
    assert ("drafts" in shown) == (KINDS["drafts"] in allowed)


async def test_who_waits_is_named_once_one_said_for_what_and_own_drafts_are_not_listed(browse, services, inside, draft):
    now = datetime.fromisoformat("2027-01-20T10:00:00+09:00")
    site, _ = await log_in(browse, services, "tenant_admin")
    await draft(now=now, days=3, author="係長 葉子")
    page = await site.get(QUEUES)
    assert "3日前の下書き" not in page.text
    await site.post("/counter/purpose", purpose="counter")
    async with inside() as conn:
        found = await conn.execute(select(identity_check.c.check_id, identity_check.c.registrant_id).limit(1))
        one = found.mappings().one()
        chosen = update(identity_check).where(identity_check.c.check_id == one["check_id"])
        await conn.execute(chosen.values(state="submitted", submitted_at=now - timedelta(days=9)))
        name = await conn.scalar(select(registrant.c.name).where(registrant.c.registrant_id == one["registrant_id"]))
    page = await site.get(f"{QUEUES}?kind=registrations")
    assert f'href="/counter/registrations/{one["check_id"]}"' in page.text
    assert name in page.text.split("<main")[1]
    assert "q-drafts" not in page.text
    async with inside() as conn:
        noted = select(audit_entry.c.subject_id).where(audit_entry.c.act == "person_found")
        assert str(one["registrant_id"]) in set(await conn.scalars(noted))


async def test_a_resident_has_no_queue(browse, services):
    site = browse("sports")
    assert (await site.get(QUEUES)).url.path == "/login"
    await site.log_in(services["sports"].resident)

    assert (await site.get(QUEUES)).status_code == 403
    assert (await site.get("/counter")).status_code == 403
