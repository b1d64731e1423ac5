"""Cards and convenience stores through Stripe."""
