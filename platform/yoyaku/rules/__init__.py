"""The rule language: strict YAML, vocabulary, dated values, trace. Knows no section."""
