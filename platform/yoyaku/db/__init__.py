"""Engine, tenant isolation, outbox."""
