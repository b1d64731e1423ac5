"""All sections together: schema, lint, examples, explain."""
