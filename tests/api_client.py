"""A client of the JSON API as a program would be: it reads what is free and what is asked, and answers that."""

from typing import ClassVar

import httpx
from tests.second_factor import code_of

ANSWERS = {"text": "会議", "long_text": "会議のため", "whole_number": 2, "yes_no": True}
FIRST, END = "2027-02-01", "2027-02-28"


def answer(question):
    """Something that fits a question of the form."""
    if question["kind"] == "choice":
        return next(iter(question["choices"]))
    if question["kind"] == "people_by_class":
        return dict.fromkeys(question["choices"], 1)
    if question["kind"] == "whole_number":
        return max(question["minimum"] or 0, 1)
    return ANSWERS[question["kind"]]


class Api:
    """One caller at one site; no two of them wish for the same."""

    wished: ClassVar[set[tuple[str, ...]]] = set()

    def __init__(self, transport, host):
        self.client = httpx.AsyncClient(transport=transport, base_url=f"http://{host}/api/v1")
        self.free = None

    async def ask(self, method, path, expect=200, **more):
        """The answer of a call, whose status must be ``expect``."""
        answered = await self.client.request(method, path, **more)
        assert answered.status_code == expect, (answered.status_code, answered.text)
        if expect >= 400:
            assert answered.headers["content-type"] == "application/problem+json"
        return answered.json() if answered.content else None

    async def get(self, path, expect=200, **query):
        return await self.ask("GET", path, expect, params=query)

    async def post(self, path, body, expect=200, **headers):
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.ask("POST", path, expect, json=body, headers=named)

    async def log_in(self, person):
        begun = await self.post("/sessions", {"login_id": person.login_id, "password": person.password}, expect=201)
        self.client.headers["authorization"] = f"Bearer {begun['token']}"
        if begun["level"] == "second_factor":
            begun = await self.post("/sessions/current/code", {"code": code_of(person)}, expect=201)
            self.client.headers["authorization"] = f"Bearer {begun['token']}"
        return begun

    async def wish(self):
        """A wish for something that is free, each time another."""
        if self.free is None:
            self.free = self._free()
        async for wish in self.free:
            key = (str(self.client.base_url), *map(str, wish.values()))
            if key not in self.wished:
                self.wished.add(key)
                return wish
        raise AssertionError("nothing is free any more")

    async def _free(self):
        for facility in await self.get("/facilities"):
            spaces = {one["space"] for one in facility["spaces"] if one["online"]}
            if not facility["bookable"] or not spaces:
                continue
            days = await self.get("/availability", facility=facility["facility"], first=FIRST, end=END)
            for day in days:
                if day["space"] in spaces:
                    for slot in day["slots"]:
                        if slot["mark"] == "free":
                            yield self._wish(facility["facility"], day, slot)

    @staticmethod
    def _wish(facility, day, slot):
        wish = {"facility": facility, "space": day["space"], "use_on": day["use_on"]}
        if slot["code"]:
            return {**wish, "bands": [slot["code"]]}
        starts, ends = (
            f"{(int(slot[name][11:13]) + 9) % 24:02d}{slot[name][13:16]}" for name in ("starts_at", "ends_at")
        )
        return {**wish, "starts": starts, "ends": "24:00" if ends == "00:00" else ends}

    async def submission(self):
        """A submission that ought to be taken."""
        wish = await self.wish()
        place = {name: wish[name] for name in ("facility", "space", "use_on")}
        form = await self.get("/form", **place)
        answers = {one["code"]: answer(one) for one in form["questions"]}
        return {"items": [wish], "form": answers, "accepted_terms": [one["code"] for one in form["terms"]]}
