"""Every route of the counter, found in the application itself, against every role: it opens to whom the table names."""

import re
from dataclasses import fields, replace

import pytest
import yaml
from tests.cities import ROOT
from tests.pages.test_doors import NOWHERE, ask, is_of_api, routes_of

from yoyaku.registration.policy.roles import ROLES, Permission

SERVICE = "sports"
TABLE = [
    (r"/api/v1/counter/.*", Permission.BOOKINGS),
    (r"/counter/bookings/[0-9a-f-]{36}/money/writing-off", Permission.MONEY),
    (r"/counter/bookings/[0-9a-f-]{36}/money.*", Permission.TILL),
    (r"/counter/till.*", Permission.TILL),
    (r"/counter/money.*", Permission.MONEY),
    (r"/counter(/(sheet|behalf|behalf/find|walk-in|bookings/.*|reliefs.*))?", Permission.BOOKINGS),
    (r"/counter/(people|people/find|people/forgotten-id|purpose)", Permission.PEOPLE),
    (r"/counter/people/[0-9a-f-]{36}/(code|second-factor)", Permission.CODES),
    (r"/counter/people/[0-9a-f-]{36}/(end|delete|suspension)", Permission.DELETE),
    (r"/counter/people/[0-9a-f-]{36}/(check|checks.*)", Permission.REVIEW),
    (r"/counter/people/[0-9a-f-]{36}", Permission.PEOPLE),
    (r"/counter/people/.*", Permission.REGISTER),
    (r"/counter/registrations.*", Permission.REVIEW),
    (r"/counter/letters.*", Permission.LETTERS),
    (r"/counter/staff.*", Permission.STAFF),
    (r"/counter/lotteries/[0-9a-f-]{36}/(value|batches/.*)", Permission.RUN_LOTTERIES),
    (r"/counter/lotteries/[0-9a-f-]{36}/files/.*", Permission.LOTTERY_FILES),
    (r"/counter/lotteries/rehearsal", Permission.RUN_LOTTERIES),
    (r"/counter/lotteries.*", Permission.LOTTERIES),
    (r"/counter/lottery.*", Permission.ENTER_LOTTERIES),
    (r"/counter/log.*", Permission.LOG),
    (r"/counter/figures.*", Permission.FIGURES),
    (r"/counter/(site|mails|notices).*", Permission.SITE),
    (r"/counter/mandates.*", Permission.MANDATES),
    (r"/counter/debits.*", Permission.DEBITS),
    (r"/counter/arrears.*", Permission.ARREARS),
    (r"/counter/ledger.*", Permission.LEDGER),
    (r"/counter/operations.*", Permission.OPERATIONS),
    (r"/counter/rules/drafts/[0-9a-f-]{36}/dry-run/(ask|cancel)", Permission.EDIT_RULES),
    (r"/counter/rules/(drafts|versions)/[^/]+/(dry-run|try).*", Permission.RULES),
    (r"/counter/rules/drafts/[0-9a-f-]{36}/(edit|form|check|complete|explain|preview)", Permission.EDIT_RULES),
    (r"/counter/rules/search", Permission.RULES),
    (
        (
            r"/counter/rules/drafts/[0-9a-f-]{36}/"
            r"(applies|transition|examples|keep|files|ask-review|take-back|drop|review|publish|saves/restore)"
        ),
        Permission.EDIT_RULES,
    ),
    (r"/counter/rules/versions/[0-9]+/draft", Permission.EDIT_RULES),
    (r"/counter/rules/versions/[0-9]+/(guide|timeline|diff)", Permission.RULES),
    (r"/counter/rules/drafts/[0-9a-f-]{36}/(guide|timeline)", Permission.RULES),
    (r"/counter/rules(/(versions|drafts)/[0-9a-f-]+(/(files\.zip|saves.*))?)?", Permission.RULES),
    (r"/counter/closures.*", Permission.CLOSURES),
    (r"/counter/facilities.*", Permission.FACILITIES),
]
"""What each path needs, the first that fits; a path that none fits is a fault of this table."""
OF_ANYBODY = {("POST", "/counter/behalf/end"), ("GET", "/counter"), ("GET", "/counter/queues")}
"""Whoever enters for nobody any more needs no right for it; all staff see what they may open, and what waits for them."""

MALFORMED = 422
WELL_FORMED = [
    ("GET", "/api/v1/counter/sheet?facility=x&day=2027-02-01", None),
    ("POST", "/api/v1/counter/people", {"name": "飛込 太郎", "phone": "03-0000-0001"}),
    ("POST", "/api/v1/counter/people/search", {"query": "x", "purpose": "counter"}),
    ("POST", "/api/v1/counter/bookings/search", {"query": "x", "purpose": "counter"}),
    ("POST", f"/api/v1/counter/bookings/{NOWHERE}/confirmation", {}),
    ("POST", f"/api/v1/counter/bookings/{NOWHERE}/revocation", {"grounds": "rain", "why": "雨"}),
]
"""Calls that the API would answer, of somebody who may."""


def needed(path):
    """What a path of the counter needs."""
    return next(permission for pattern, permission in TABLE if re.fullmatch(pattern, path))


def of_counter(application):
    """Every route of the console and of its API."""
    found = [one for one in routes_of(application) if re.match(r"(/api/v1)?/counter", one[1])]
    return [one for one in found if one not in OF_ANYBODY]


def demo_staff(role, like):
    """The demo's member of staff who has this role and no other that matters, as a person who logs in."""
    folder = next(one for one in (ROOT / "tenants").iterdir() if SERVICE in (one / "demo.yaml").read_text())
    demo = yaml.safe_load((folder / "demo.yaml").read_text())
    found = next(one for one in demo["clerks"] if role in one["roles"] and one["service"] in {SERVICE, "*"})
    person = replace(like, **{each.name: found[each.name] for each in fields(like) if each.name in found})
    return person, frozenset(found["roles"])


async def log_in(browse, services, role):
    site = browse(SERVICE)
    person, roles = demo_staff(role, services[SERVICE].clerk)
    await site.log_in(person)
    return site, roles


@pytest.mark.parametrize("role", sorted(ROLES))
async def test_every_route_of_the_counter_opens_to_the_roles_of_the_table_only(application, browse, services, role):
    site, roles = await log_in(browse, services, role)
    token = site.client.cookies.get("session")
    allowed = frozenset().union(*(ROLES[one] for one in roles))
    wrong = []
    for method, path in of_counter(application):
        answer = await ask(site.client, method, path, token=token if is_of_api(path) else None)
        refused = answer.status_code == 403
        if is_of_api(path) and answer.status_code == MALFORMED:  # what is sent is read before who sends it
            continue
        if answer.status_code >= 500 or refused == (needed(path) in allowed):
            wrong.append((method, path, answer.status_code))

    assert wrong == []


@pytest.mark.parametrize("role", ["auditor", "facility_manager"])
async def test_what_is_well_formed_is_refused_to_who_may_not(browse, services, role):
    site, _ = await log_in(browse, services, role)
    headers = {"authorization": f"Bearer {site.client.cookies['session']}"}
    refused = []
    for method, path, body in WELL_FORMED:
        answer = await site.client.request(method, path, headers=headers, json=body)
        refused.append(answer.status_code == 403)

    assert refused == [role == "auditor"] * len(WELL_FORMED)


async def test_the_routes_of_the_counter_are_no_resident_s(application, browse, services):
    site = browse(SERVICE)
    await site.log_in(services[SERVICE].resident)
    token = site.client.cookies.get("session")
    opened = []
    for method, path in of_counter(application):
        answer = await ask(site.client, method, path, token=token if is_of_api(path) else None)
        opened += [] if answer.status_code in {400, 403, 422} else [(method, path, answer.status_code)]

    assert opened == []
