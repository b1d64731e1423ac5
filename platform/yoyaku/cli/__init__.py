"""The command line: every command is a thin way in to a service."""
