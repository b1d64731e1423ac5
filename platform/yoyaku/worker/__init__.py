"""Entry point of the background workers: they assemble and call services, and decide nothing."""
