"""Rules on the console: versions, and drafts from their beginning to their publication."""

from typing import Final

from yoyaku.admin.pages.rules import draft, files, life, saves, versions

ROUTES: Final = [*versions.ROUTES, *draft.ROUTES, *life.ROUTES, *saves.ROUTES, *files.ROUTES]
