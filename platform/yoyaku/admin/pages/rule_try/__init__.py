"""Rules tried out: what a resident would see under a draft, or a version, at a moment of one's choice."""

from typing import Final

from yoyaku.admin.pages.rule_try import page

ROUTES: Final = page.ROUTES
