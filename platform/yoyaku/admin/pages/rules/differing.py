"""How a draft or version differs from another: in words, for who decides, and in its text."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from yoyaku.booking.pages.here import Here
from yoyaku.rulebook.stored import files_of, rules_of_version, stored_facilities
from yoyaku.rulebook.terms import RuleSet
from yoyaku.rulebook.texts import FileDifference, text_difference
from yoyaku.rulebook.words import Change, Quoted, difference, quoted
from yoyaku.ruleset.policy import Texts

EXAMPLES = "examples"


@dataclass(frozen=True, kw_only=True)
class Differing:
    """What differs.

    ``said`` is ``None`` where the newer text has errors; ``examples`` counts the changes of examples, which decide
    nothing. ``quoted`` are lines of the city's own pages, which say what the rules would no longer hold.
    """

    said: list[Change] | None
    examples: int
    files: list[FileDifference]
    quoted: list[Quoted] = field(default_factory=list)


async def differing(here: Here, *, version: int, texts: Texts, rules: RuleSet | None) -> Differing:
    """How texts, and the rules they hold, differ from a version."""
    visit = here.visit
    before = await files_of(here.conn, tenant_id=visit.tenant_id, service_id=visit.service_id, version=version)
    files = await asyncio.to_thread(text_difference, before, texts)
    if rules is None:
        return Differing(said=None, examples=0, files=files)
    facilities = await stored_facilities(here.conn, tenant_id=visit.tenant_id)
    found = difference(
        await rules_of_version(here.conn, tenant_id=visit.tenant_id, service_id=visit.service_id, version=version),
        rules,
        language="en" if here.words.language == "en" else "ja",
        facilities=[facility for facility in facilities if facility.service == visit.service_id],
        wording=here.words.wording,
    )
    said = [change for change in found if not change.path.startswith(EXAMPLES)]
    pages = {code: page.text for code, page in here.page.site_pages.items()}
    return Differing(said=said, examples=len(found) - len(said), files=files, quoted=quoted(said, pages))
