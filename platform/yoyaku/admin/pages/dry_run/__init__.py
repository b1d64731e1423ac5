"""What a draft would do to the city's own data: asked for, followed, read, taken away as a file."""

from typing import Final

from yoyaku.admin.pages.dry_run import found, run

ROUTES: Final = [*run.ROUTES, *found.ROUTES]
