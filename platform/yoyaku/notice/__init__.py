"""Mail, messages, documents."""
