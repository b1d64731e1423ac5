"""Money of the invented town, with a processor of its own in this process."""

import pytest
from tests.integration.billing.money_world import World


@pytest.fixture
def world(fresh_database, tmp_path, monkeypatch):
    made = World(fresh_database, tmp_path)
    for name, value in made.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("yoyaku_payment_hosted.client.httpx.AsyncClient", made.client)
    yield made
    made.close()
