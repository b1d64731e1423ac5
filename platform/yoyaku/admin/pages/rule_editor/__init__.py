"""Writing a draft of rules in the browser: as text, as a form, checked while one types; and finding a clause."""

from typing import Final

from yoyaku.admin.pages.rule_editor import edit, form, machine, preview, search

ROUTES: Final = [*edit.ROUTES, *machine.ROUTES, *form.ROUTES, *preview.ROUTES, *search.ROUTES]
