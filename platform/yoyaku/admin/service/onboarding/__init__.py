"""A new city from a few answers: its folder, a first rule set, and what is still open."""
