"""How the city's site looks and speaks: looks, words, pages, contact, languages; every change can be undone."""

from typing import Final

from yoyaku.admin.pages.site import contact, front, languages, look, texts, wording

ROUTES: Final = [
    *front.ROUTES,
    *look.ROUTES,
    *wording.ROUTES,
    *texts.ROUTES,
    *contact.ROUTES,
    *languages.ROUTES,
]
