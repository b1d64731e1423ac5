"""What the report decides: what may be shown, how the record hangs together."""
