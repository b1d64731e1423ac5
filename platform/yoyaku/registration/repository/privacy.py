"""Taking everything out that says who a registrant was, and reading everything that does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

NOBODY: Final = "—"
"""The name of somebody who was forgotten."""

_ACCOUNTS: Final = "(SELECT account_id FROM account WHERE registrant_id = :registrant_id)"
_EVENTS: Final = """
    (SELECT event_id FROM outbox WHERE subject_id = :registrant_id OR subject_id IN (
         SELECT booking_id FROM booking WHERE registrant_id = :registrant_id
         UNION ALL SELECT applicant_id FROM lottery_applicant WHERE registrant_id = :registrant_id))
"""
_FORGET: Final = tuple(
    text(statement.replace("@accounts", _ACCOUNTS).replace("@events", _EVENTS))
    for statement in (
        "DELETE FROM login_session WHERE account_id IN @accounts",
        "UPDATE login_session SET acting_for = NULL WHERE acting_for = :registrant_id",
        "DELETE FROM passkey WHERE account_id IN @accounts",
        "DELETE FROM code_generator WHERE account_id IN @accounts",
        "DELETE FROM cart_item WHERE account_id IN @accounts",
        "DELETE FROM one_time_token WHERE registrant_id = :registrant_id OR account_id IN @accounts",
        "DELETE FROM message WHERE registrant_id = :registrant_id",
        "DELETE FROM favourite WHERE registrant_id = :registrant_id",
        """
        UPDATE mail SET recipient = mail_id || '@anonymised.invalid', subject = '', body = '', last_error = NULL,
            given_up_at = CASE WHEN sent_at IS NULL THEN coalesce(given_up_at, clock_timestamp()) END
        WHERE event_id IN @events
        """,
        """
        UPDATE outbox SET facts = '{}', handled_at = coalesce(handled_at, clock_timestamp()), last_error = NULL
        WHERE event_id IN @events
        """,
        """
        UPDATE group_member SET name = :nobody, kana = '', state = 'ended', ended_at = coalesce(ended_at, :now),
            registrant_id = NULL, may_act = false, may_pay = false
        WHERE group_id = :registrant_id OR registrant_id = :registrant_id
        """,
        "UPDATE registrant SET payer_id = NULL WHERE payer_id = :registrant_id",
        """
        UPDATE account SET login_id = 'closed ' || account_id, login_key = 'closed ' || account_id,
            password_hash = NULL, password_state = 'none', passkey_handle = NULL, last_login_at = NULL,
            previous_login_at = NULL, closed_at = :real_now
        WHERE registrant_id = :registrant_id
        """,
        """
        UPDATE registrant SET name = :nobody, kana = '', search_key = '', email = NULL, email_wanted = NULL,
            email_wanted_until = NULL, mail_verified_at = NULL, phone = NULL, phone_key = NULL, birth_date = NULL,
            postcode = NULL, address = NULL, person_key = NULL, facts = '{}', consents = '{}',
            details = coalesce((SELECT jsonb_object_agg(answer.key, answer.value) FROM jsonb_each(details) AS answer
                                WHERE answer.key = ANY(:kept_answers)), '{}'),
            expiries = '{}', payer_id = NULL, active_on = NULL, anonymised_at = :now
        WHERE registrant_id = :registrant_id
        """,
    )
)
_REST = text("""
    UPDATE mail m SET recipient = mail_id || '@anonymised.invalid', subject = '', body = '', last_error = NULL
    FROM outbox o JOIN registrant r ON (r.tenant_id, r.service_id, r.registrant_id)
        = (o.tenant_id, o.service_id, o.subject_id)
    WHERE (o.tenant_id, o.service_id, o.event_id) = (m.tenant_id, m.service_id, m.event_id)
      AND r.anonymised_at IS NOT NULL AND (m.sent_at IS NOT NULL OR m.given_up_at IS NOT NULL)
      AND m.recipient NOT LIKE '%@anonymised.invalid'
""")
_EMPTY_EVENT = text("UPDATE outbox SET facts = '{}' WHERE event_id = :event_id")


def _all(query: str) -> str:
    return f"(SELECT coalesce(jsonb_agg(to_jsonb(found)), '[]') FROM ({query}) AS found)"  # noqa: S608  # constants


_EXPORTED: Final = {
    "login": """SELECT login_id, created_at, password_set_at, last_login_at, closed_at FROM account
                 WHERE account_id IN @accounts ORDER BY created_at""",
    "sessions": """SELECT created_at, last_seen_at, method, address, device FROM login_session
                    WHERE account_id IN @accounts ORDER BY created_at""",
    "passkeys": "SELECT name, created_at, last_used_at FROM passkey WHERE account_id IN @accounts ORDER BY created_at",
    "members": """SELECT name, kana, role, state, added_at, ended_at FROM group_member
                  WHERE group_id = :registrant_id ORDER BY added_at""",
    "groups": """SELECT g.name AS group_name, m.role, m.state, m.may_act, m.may_pay, m.added_at, m.ended_at
                 FROM group_member m JOIN registrant g ON (g.tenant_id, g.service_id, g.registrant_id)
                     = (m.tenant_id, m.service_id, m.group_id)
                 WHERE m.registrant_id = :registrant_id ORDER BY m.added_at""",
    "identity_checks": """SELECT step, state, evidence, rejected_for, why, created_at, submitted_at, decided_at
                          FROM identity_check WHERE registrant_id = :registrant_id ORDER BY created_at""",
    "messages": """SELECT subject, body, created_at, read_at FROM message
                   WHERE registrant_id = :registrant_id ORDER BY created_at""",
    "favourites": "SELECT facility_id, added_at FROM favourite WHERE registrant_id = :registrant_id ORDER BY added_at",
    "looks": """SELECT at, act, purpose FROM audit_entry WHERE registrant_id = :registrant_id ORDER BY at""",
}
_EXPORT = text(f"""
    SELECT jsonb_build_object(
        'registration', (SELECT to_jsonb(r) - ARRAY['tenant_id', 'service_id', 'search_key', 'person_key', 'phone_key']
                         FROM registrant r WHERE r.registrant_id = :registrant_id),
        {", ".join(f"'{name}', {_all(query.replace('@accounts', _ACCOUNTS))}" for name, query in _EXPORTED.items())})::text
""")  # noqa: S608  # constants of this module


async def forget_registrant(
    conn: AsyncConnection, *, registrant_id: UUID, now: datetime, real_now: datetime, kept_answers: Sequence[str]
) -> None:
    """Take everything out that says who it was: on the row, on what hangs on it, and in what was told.

    ``kept_answers`` are codes of answers that say nothing of a person.
    """
    every = {
        "registrant_id": registrant_id,
        "now": now,
        "real_now": real_now,
        "nobody": NOBODY,
        "kept_answers": list(kept_answers),
    }
    for statement in _FORGET:
        names = statement.compile().params
        await conn.execute(statement, {name: every[name] for name in names})


async def forget_rest(conn: AsyncConnection) -> None:
    """Empty the last mails of those who were forgotten, once they are sent."""
    await conn.execute(_REST)


async def empty_event(conn: AsyncConnection, *, event_id: UUID) -> None:
    """Take the facts out of an event that was told."""
    await conn.execute(_EMPTY_EVENT, {"event_id": event_id})


async def export_registrant(conn: AsyncConnection, *, registrant_id: UUID) -> Mapping[str, Any]:
    """Everything that registration holds of somebody, by name."""
    found: str = (await conn.execute(_EXPORT, {"registrant_id": registrant_id})).scalar_one()
    told: Mapping[str, Any] = msgspec.json.decode(found)
    return told
