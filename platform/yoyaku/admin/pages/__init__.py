"""Pages of the console: each module has its routes."""

from typing import Final

from yoyaku.admin.pages import (
    bookings,
    letters,
    log,
    lotteries,
    lottery_batches,
    lottery_desk,
    newcomer,
    people,
    person,
    person_acts,
    registrations,
    rehearsal,
    staff,
)

ROUTES: Final = [
    *bookings.ROUTES,
    *people.ROUTES,
    *newcomer.ROUTES,
    *person.ROUTES,
    *person_acts.ROUTES,
    *registrations.ROUTES,
    *letters.ROUTES,
    *staff.ROUTES,
    *log.ROUTES,
    *lotteries.ROUTES,
    *lottery_batches.ROUTES,
    *lottery_desk.ROUTES,
    *rehearsal.ROUTES,
]
