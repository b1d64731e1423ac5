"""The pages of whoever runs a service: is everything well, what comes next, what is stuck."""

from typing import Final

from yoyaku.admin.pages.operations import sight

ROUTES: Final = [*sight.ROUTES]
