"""What anybody may take away to check a lottery: the verifier and the schema of its files."""
