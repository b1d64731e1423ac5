"""Who may review a draft of rules is told by mail that one waits; who has no address reads it on the console."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.admin.repository import list_staff
from yoyaku.kernel.errors import NotFound
from yoyaku.notice.policy import Addressee
from yoyaku.notice.repository import add_mail
from yoyaku.notice.service import Event, fill_template, words_for
from yoyaku.registration.policy.roles import Permission, permissions_of
from yoyaku.ruleset import service as ruleset
from yoyaku.tenancy.service import Site

TEMPLATE = "rules_review_asked"


async def write_review_mails(conn: AsyncConnection, *, site: Site, event: Event, draft_id: UUID, url: str) -> int:
    """Write to everybody who may review the draft and has an address; how many. ``url`` is the address of the site.

    Nobody is told of what waits no more: it was reviewed, taken back or saved again before the mails were written.
    """
    try:
        draft = await ruleset.get_draft(conn, draft_id=draft_id)
    except NotFound:
        return 0
    if draft.state != "in_review" or draft.revision != event.facts["revision"]:
        return 0
    staff = await list_staff(conn)
    authors = await ruleset.authors_of(conn, draft=draft)
    words = words_for(site, site.languages[0])
    facts = {
        "service": words.text(site.name),
        "title": draft.title,
        "name": next((one.name for one in staff if one.staff_id == draft.review_asked_by), ""),
        "url": f"{url}/counter/rules/drafts/{draft.draft_id}/review",
    }
    told = 0
    for one in staff:
        may = one.ended_at is None and Permission.EDIT_RULES in permissions_of(one.roles)
        if may and one.email and one.staff_id not in authors:
            to = Addressee(address=one.email, language=words.language)
            mail = fill_template(TEMPLATE, to=to, event=event, words=words, facts=facts)
            await add_mail(conn, tenant_id=site.tenant_id, service_id=site.service_id, mail=mail)
            told += 1
    return told
