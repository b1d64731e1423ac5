-- More kinds of events and deadlines; mails whose text is gone once they are sent; whose data were looked at and why.

ALTER TABLE deadline DROP CONSTRAINT deadline_kind_check;
ALTER TABLE deadline ADD CONSTRAINT deadline_kind_check CHECK (
    kind IN ('booking_lapse', 'registration_expiry', 'registration_reminder', 'registration_retention',
             'document_deletion')
);

ALTER TABLE outbox DROP CONSTRAINT outbox_kind_check;
ALTER TABLE outbox ADD CONSTRAINT outbox_kind_check CHECK (
    kind IN ('booking_made', 'booking_confirmed', 'booking_cancelled', 'booking_revoked', 'booking_lapsed',
             'booking_changed',
             'registration_applied', 'registration_advanced', 'registration_rejected', 'registration_expiring',
             'registration_expired', 'registration_renewed', 'registration_ended',
             'mail_to_verify', 'mail_changed', 'password_to_set', 'password_changed', 'login_changed',
             'documents_asked', 'group_invited')
);
-- To whom an event is told where that is not the address on record (an old or a wanted one) stands in its facts.

-- A secret body holds a link that lets in: it is emptied when the mail is sent or given up.
ALTER TABLE mail ADD COLUMN secret boolean NOT NULL DEFAULT false;

-- registrant_id is whose data were seen or changed; no key, so that the record outlives them.
ALTER TABLE audit_entry
    ADD COLUMN registrant_id uuid,
    ADD COLUMN purpose text;
CREATE INDEX ix_audit_entry_registrant ON audit_entry (tenant_id, service_id, registrant_id);
