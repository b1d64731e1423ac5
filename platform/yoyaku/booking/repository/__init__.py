"""Every SQL statement about bookings."""
