"""Use cases of money: paying, giving back, asking providers, the counter."""
