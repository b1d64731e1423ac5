"""Money of the invented town, with a processor of its own in this process."""

import pytest
from tests.integration.billing.money_world import World


@pytest.fixture
def world(request, fresh_database, tmp_path, monkeypatch):
    """How money goes back online may be a parameter."""
    made = World(fresh_database, tmp_path, refunds=getattr(request, "param", "reverse_and_recharge"))
    for name, value in made.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("yoyaku_payment_hosted.client.httpx.AsyncClient", made.client)
    yield made
    made.close()
