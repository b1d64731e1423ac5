"""A processor of payments on this machine, over real HTTP: for tests and for the demo; no money moves.

``books`` is its mind (payments, refunds, what it holds for whom), ``api`` what a merchant's program asks, ``pages`` what
a payer sees, ``webhooks`` what it tells by itself, ``control`` how a test or the demo's visitor makes things go wrong,
and ``server`` puts them behind a port: ``python -m yoyaku.testing.processor.server FOLDER PORT``.
"""
