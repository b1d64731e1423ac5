"""Builders, fakes and a bundled stack for demo and tests; nothing that runs in production imports it."""
