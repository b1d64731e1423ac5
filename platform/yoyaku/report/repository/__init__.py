"""What the report reads: counts, and the record of acts."""
