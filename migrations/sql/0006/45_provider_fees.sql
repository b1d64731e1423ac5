-- What a provider keeps for itself of what it held is an expense of the payee's; the income stays whole.
ALTER TABLE ledger_posting DROP CONSTRAINT ledger_posting_account_check;
ALTER TABLE ledger_posting ADD CONSTRAINT ledger_posting_account_check CHECK (
    account IN ('receivable', 'usage_fee', 'cancellation_kept', 'cash', 'clearing', 'bank', 'suspense', 'credit',
                'differences', 'written_off', 'provider_fee')
);
