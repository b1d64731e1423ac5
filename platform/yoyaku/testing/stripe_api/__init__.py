"""The part of Stripe's API that a payment plugin uses, over real HTTP on this machine: for tests; no money moves.

``books`` is its mind (pages, intents, charges, refunds, the balance), ``shapes`` how it refuses what is malformed,
``lists`` how it lists and searches, ``api`` what a program asks, with keys under which a thing is done once, ``page`` what
a payer sees, ``events`` what it tells by itself, and ``server`` puts them behind a port. Nothing of it comes from Stripe's
library, so that the library is tried against what Stripe documents, not against itself.
"""
