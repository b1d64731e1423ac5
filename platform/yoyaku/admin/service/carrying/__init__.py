"""Everything of a tenant in one file, out of one installation and into another."""
