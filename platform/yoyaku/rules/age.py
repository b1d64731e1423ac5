"""Ages and school years, as the Act on Calculation of Ages and the School Education Act count them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Literal

from yoyaku.kernel.fiscal import fiscal_year
from yoyaku.rules.moment import add_months

Attained = Literal["birthday", "day_before"]
"""An age is attained on the birthday (as people count), or at the end of the day before it (as the law does)."""

FIRST_SCHOOL_AGE = 6


def attained_on(born: date, age: int, attained: Attained = "birthday") -> date:
    """The date on which somebody attains an age; born on 29 February, on the 28th in a common year either way."""
    birthday = add_months(born, 12 * age)
    if attained == "birthday" or birthday.day != born.day:
        return birthday
    return birthday - timedelta(days=1)


def age_on(born: date, day: date, attained: Attained = "birthday") -> int:
    """The age somebody has on a day (0 before the first birthday, and before birth)."""
    age = max(day.year - born.year + 1, 0)
    while age > 0 and attained_on(born, age, attained) > day:
        age -= 1
    return age


def school_year(born: date, day: date) -> int:
    """The year of school on a day: 1–6 elementary, 7–9 junior high, 10–12 high school; 0 or less before school.

    Who attains six by the end of 31 March (in law: who is born by 1 April) enters school on the next day.
    """
    enters = fiscal_year(attained_on(born, FIRST_SCHOOL_AGE, "day_before")) + 1
    return fiscal_year(day) - enters + 1
