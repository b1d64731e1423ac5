"""Availability, cart, tentative and confirmed bookings, change, cancellation."""
