"""Yoyaku: a reservation platform for municipalities, decided by rule sets."""
