"""Every statement about charges, attempts, the ledger and money that waits for a person."""
