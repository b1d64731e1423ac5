"""Use cases of figures and of the record."""
