"""Pages of registration and log-in: each module has its routes."""

from typing import Final

from yoyaku.registration.pages import (
    account,
    groups,
    identity,
    login,
    mail,
    member,
    messages,
    passkeys,
    password,
    privacy,
    register,
    register_done,
    register_guide,
    renewal,
    second_factor,
    security,
)
from yoyaku.registration.pages.door import Client, Door, Means, Place
from yoyaku.registration.pages.login import BEHALF_COOKIE, DEVICE_COOKIE, SESSION_COOKIE, login_page

ROUTES: Final = [
    *login.ROUTES,
    *second_factor.ROUTES,
    *passkeys.ROUTES,
    *password.ROUTES,
    *security.ROUTES,
    *groups.ROUTES,
    *member.ROUTES,
    *messages.ROUTES,
    *account.ROUTES,
    *identity.ROUTES,
    *register.ROUTES,
    *register_done.ROUTES,
    *register_guide.ROUTES,
    *mail.ROUTES,
    *renewal.ROUTES,
    *privacy.ROUTES,
]

__all__ = [
    "BEHALF_COOKIE",
    "DEVICE_COOKIE",
    "ROUTES",
    "SESSION_COOKIE",
    "Client",
    "Door",
    "Means",
    "Place",
    "login_page",
]
