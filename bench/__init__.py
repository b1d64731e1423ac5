"""Benchmarks: each is a command that prints figures beside a floor measured in the same run."""
