"""Payment at a processor's own page."""
