"""The second step of a clerk's log-in, as tests take it: one of many recovery codes that only tests' clerks have.

A code of the generator may be used once in half a minute, and tests do not wait.
"""

import hashlib
from collections import Counter

from sqlalchemy import text

from yoyaku.registration.policy.second_factor import RECOVERY_LENGTH, RECOVERY_LETTERS
from yoyaku.registration.service.codes import keep_recovery_codes

MANY = 500
_used = Counter()


def code_of(person):
    """A code with which this clerk has not yet logged in during this run."""
    number = _used[person.second_factor]
    _used[person.second_factor] += 1
    return _code(person.second_factor, number)


async def keep_many_codes(conn, *, seal, clerks):
    """Give each clerk who is there many codes."""
    for clerk in clerks:
        query = text("SELECT account_id FROM account WHERE login_id = :login_id AND staff_id IS NOT NULL")
        account_id = (await conn.execute(query, {"login_id": clerk.login_id})).scalar()
        if account_id is not None:
            codes = [_code(clerk.second_factor, number) for number in range(MANY)]
            await keep_recovery_codes(conn, seal=seal, account_id=account_id, codes=codes)


def _code(secret, number):
    digest = hashlib.sha256(f"{secret} {number}".encode()).digest()
    return "".join(RECOVERY_LETTERS[byte % len(RECOVERY_LETTERS)] for byte in digest[:RECOVERY_LENGTH])
