"""Pages of the console: each module has its routes."""

from typing import Final

from yoyaku.admin.pages import (
    bookings,
    debit_results,
    debits,
    letters,
    log,
    lotteries,
    lottery_batches,
    lottery_desk,
    mandates,
    newcomer,
    people,
    person,
    person_acts,
    receipts,
    registrations,
    rehearsal,
    reliefs,
    staff,
)

ROUTES: Final = [
    *bookings.ROUTES,
    *receipts.ROUTES,
    *reliefs.ROUTES,
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
    *mandates.ROUTES,
    *debits.ROUTES,
    *debit_results.ROUTES,
]
