"""The rule sets of the cities with their facilities and words, for what they say of themselves."""

from functools import cache

from tests.city_books import ROOT, city_book

from yoyaku.rulebook.source import tenants_of
from yoyaku.ui.wording import Wording, read_wording

CITIES = ("kumamoto-sports", "kumamoto-halls", "meguro-rooms", "minato-lodging")


def facilities_of(name):
    return [at.facility for at in city_book(name).facilities]


@cache
def wording_of(name, language):
    (folder,) = tenants_of(name, ROOT / "tenants")
    file = folder / "wording" / f"{city_book(name).rules.service}.{language}.yaml"
    return Wording(language, tenant_words=read_wording(file))
