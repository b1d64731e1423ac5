"""An invented town's folder, and a database to load it into."""

import pytest

from yoyaku.admin.service.folder_check import check_folder
from yoyaku.admin.service.folder_load import load_folder
from yoyaku.db.engine import make_engine, platform_transaction
from yoyaku.kernel.clock import read_clock
from yoyaku.testing.folder import write_folder


@pytest.fixture
def folder(tmp_path):
    return write_folder(tmp_path)


@pytest.fixture
async def owner(fresh_database):
    engine = make_engine(fresh_database.owner_url, pool_size=2)
    yield engine
    await engine.dispose()


@pytest.fixture
async def app(fresh_database):
    engine = make_engine(fresh_database.url, pool_size=4)
    yield engine
    await engine.dispose()


@pytest.fixture
def load(owner):
    """Loads a folder as the command does; says what changed."""

    async def run(folder, *, base_domain="localhost"):
        checked = check_folder(folder.tenant, rule_sets=folder.rule_sets, base_domain=base_domain)
        async with platform_transaction(owner) as conn:
            return await load_folder(
                conn, checked=checked, base_domain=base_domain, loaded_by="test", real_now=read_clock()
            )

    return run
