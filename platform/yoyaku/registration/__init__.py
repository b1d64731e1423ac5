"""Registrants, accounts, sessions."""
