"""Decisions about entries, draws and wins; no I/O."""
