-- What deadlines bring and what people are told of: the whole lists anew, with what is new (whoever adds a kind, adds it here).
ALTER TABLE deadline DROP CONSTRAINT deadline_kind_check;
ALTER TABLE deadline ADD CONSTRAINT deadline_kind_check CHECK (
    kind IN ('booking_lapse', 'registration_expiry', 'registration_reminder', 'registration_retention',
             'document_deletion',
             'lottery_plan', 'lottery_open', 'lottery_remind', 'lottery_seal', 'lottery_draw', 'lottery_announce',
             'lottery_remind_win', 'lottery_lapse', 'lottery_release',
             'payment_due', 'payment_reminder', 'arrears_step', 'debit_prepare')
);

ALTER TABLE outbox DROP CONSTRAINT outbox_kind_check;
ALTER TABLE outbox ADD CONSTRAINT outbox_kind_check CHECK (
    kind IN ('booking_made', 'booking_confirmed', 'booking_cancelled', 'booking_revoked', 'booking_lapsed',
             'booking_changed', 'booking_reopened', 'booking_restored',
             'registration_applied', 'registration_advanced', 'registration_rejected', 'registration_expiring',
             'registration_expired', 'registration_renewed', 'registration_ended',
             'mail_to_verify', 'mail_changed', 'password_to_set', 'password_changed', 'login_changed',
             'documents_asked', 'group_invited',
             'lottery_entered', 'lottery_withdrawn', 'lottery_reminder', 'lottery_won', 'lottery_lost',
             'lottery_win_reminder', 'lottery_accepted', 'lottery_declined', 'lottery_lapsed', 'lottery_restored',
             'lottery_delayed', 'lottery_undone', 'lottery_revoked',
             'payment_succeeded', 'payment_failed', 'payment_reversed', 'payment_due_soon', 'payment_overdue',
             'payment_received_late', 'debit_announced', 'debit_failed', 'arrears_demanded', 'arrears_reminded',
             'arrears_suspended', 'arrears_reinstated',
             'arrears_revoked', 'relief_decided', 'mandate_decided', 'rules_review_asked')
);
