"""Due dates, charges, payments, refunds."""
