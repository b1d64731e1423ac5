"""Stored rule-set versions."""
