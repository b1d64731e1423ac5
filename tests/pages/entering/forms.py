"""The pages on which one enters a lottery, and their forms, filled in."""

import re
from html import unescape

import pytest
from tests.pages.lots import hidden, plain

MARCH = "/lottery/monthly/2027-03"
TENNIS = f"{MARCH}/facilities/castle-tennis"
APRIL = "/lottery/monthly/2027-04"
HALL_FORM = {
    "form.purpose": "music",
    "form.details": "合唱の練習",
    "form.people": "20",
    "form.responsible": "菜畑 春",
    "form.telephone": "096-000-0001",
}


def links(html, pattern):
    """The addresses on a page that fit, each once, in their order."""
    return list(
        dict.fromkeys(
            unescape(found) for found in re.findall(r'href="([^"]+)"', html) if re.search(pattern, unescape(found))
        )
    )


def cell(html, day):
    """What the month says of a day."""
    found = re.search(rf'<a class="day[^"]*" href="[^"]*{day.isoformat()}[^"]*">(.*?)</a>', html, re.DOTALL)
    return None if found is None else plain(found[1])


async def answer(site, action, **more):
    """Send the form of a page, with its hidden fields."""
    return await site.post(action, **hidden(site.html, action), **more)


async def agree(site, action):
    """Send the last form with every term ticked."""
    ticks = dict.fromkeys(re.findall(r'name="(terms\.[^"]+)"', site.html), "yes")
    return await answer(site, action, **ticks)


def people_of(html):
    """The required numbers of a form, two of the first kind."""
    names = list(dict.fromkeys(re.findall(r'name="(form\.people[^"]*)"', html)))
    return {name: "0" if place else "2" for place, name in enumerate(names)}


async def enter_hours(site, day, slots, **more):
    """A day's hours as a wish of its own: ticked, checked, confirmed, entered."""
    await site.get(f"{TENNIS}/{day}")
    await site.post(f"{TENNIS}/{day}", slot=slots, **more)
    await answer(site, f"{MARCH}/check", **people_of(site.html))
    return await agree(site, f"{MARCH}/enter")


async def choose_stay(site, night, wish=None, nights="1", people=(2, 0)):
    """The form of a stay filled in and sent, with so many of each kind."""
    await site.get(night)
    groups = list(dict.fromkeys(re.findall(r'name="guests\.1\.([^"]+)"', site.html)))
    fields = {f"guests.{n}.{code}": str(count) for n in "12" for code, count in zip(groups, people, strict=False)}
    wishes = {} if wish is None else dict.fromkeys(re.findall(r'name="(wish\.[^"]+)"', site.html), wish)
    return await site.post(night, nights=nights, **fields, **wishes)


async def all_places(site):
    return [f"{APRIL}/facilities/{code}" for code in await facility_codes(site)]


async def facility_codes(site):
    await site.get("/facilities")
    return [path.rpartition("/")[2] for path in links(site.html, r"^/facilities/[^/]+$")]


async def place_that_asks(site, places):
    """The facility that asks for the wish that only the first may have."""
    for place in places:
        await site.get(f"{place}?from=2027-04-12")
        await site.get(links(site.html, rf"{place}/2027-04-1\d")[0])
        if 'name="wish.' in site.html:
            return place
    return pytest.fail("no facility asks for a wish")
