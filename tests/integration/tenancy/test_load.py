from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text

from yoyaku.admin.service.folder_load import DatabaseChangedSince, FacilityMoved, HostTaken, ServiceLeftOut
from yoyaku.db.engine import platform_transaction, tenant_transaction
from yoyaku.facility.service import UnitsStillBooked
from yoyaku.kernel.clock import read_clock
from yoyaku.rules.fault import DocumentRefused
from yoyaku.ruleset import service as ruleset
from yoyaku.tenancy.service import Sites
from yoyaku.testing.folder import Folder

EVERYTHING = (
    "tenant",
    "service",
    "host",
    "rule_set_version",
    "inventory_version",
    "facility",
    "space",
    "resource",
    "resource_unit",
)


async def see(engine, sql, **values):
    async with tenant_transaction(engine, "aoba", "halls") as conn:
        return [tuple(row) for row in await conn.execute(text(sql), values)]


async def everything(engine):
    """All rows that loading writes, with the transaction that wrote each."""
    sql = "SELECT xmin::text, t.*::text FROM {} t ORDER BY 2"
    return {table: await see(engine, sql.format(table)) for table in EVERYTHING}


async def units(engine, resource):
    sql = "SELECT unit FROM resource_unit WHERE resource_id = :resource AND NOT withdrawn ORDER BY unit"
    return [unit for (unit,) in await see(engine, sql, resource=resource)]


async def test_a_new_folder_is_loaded_whole(folder, load, owner):
    loaded = await load(folder)
    assert loaded.is_new
    assert await see(owner, "SELECT host FROM host") == [("halls.aoba.localhost",)]
    assert await see(owner, "SELECT version, published_by FROM rule_set_version") == [(1, "test")]
    assert await units(owner, "plaza.court") == [1, 2, 3, 4]
    assert len(await units(owner, "inn.twin")) == 20
    assert await units(owner, "plaza.gym") == list(range(1, 9))


async def test_loading_twice_changes_nothing_and_says_so(folder, load, owner):
    await load(folder)
    before = await everything(owner)
    again = await load(folder)
    assert again.changes == ()
    assert not again.is_new
    assert await everything(owner) == before


async def test_what_changed_in_the_folder_is_changed_and_named(folder, load, owner):
    await load(folder)
    folder.edit("brand/halls.yaml", "Aoba Halls", "Halls of Aoba")
    assert (await load(folder)).changes == ("services.halls.brand",)
    assert await see(owner, "SELECT brand->'name'->>'en' FROM service") == [("Halls of Aoba",)]
    assert await see(owner, "SELECT max(version) FROM rule_set_version") == [(1,)]


async def test_terminals_have_hosts_of_their_own_that_are_no_address_of_the_site(folder, load, app):
    await load(folder)
    folder.edit("tenant.yaml", '    hosts: ["', '    terminals: {web: ["a-kiosk.{base_domain}"]}\n    hosts: ["')
    assert "terminals" in (await load(folder)).changes
    assert (await load(folder)).changes == ()
    at_kiosk, at_home = [
        await Sites(app).by_host(host, real_now=read_clock()) for host in ("a-kiosk.localhost", "halls.aoba.localhost")
    ]
    assert (at_kiosk.channel, at_home.channel) == ("web", None)
    assert at_kiosk.hosts == at_home.hosts == ("halls.aoba.localhost",)


async def test_a_folder_with_a_fault_changes_nothing(folder, load, owner):
    await load(folder)
    before = await everything(owner)
    folder.edit("brand/halls.yaml", "Aoba Halls", "Halls of Aoba")
    folder.edit("facilities/halls.yaml", "service: halls\n    staff_mail", "service: hall\n    staff_mail")
    with pytest.raises(DocumentRefused, match=r"facilities/halls\.yaml:4:14"):
        await load(folder)
    assert await everything(owner) == before


async def test_a_changed_database_is_not_overwritten(folder, load, owner):
    await load(folder)
    async with tenant_transaction(owner, "aoba", "halls") as conn:
        await conn.execute(text("""UPDATE service SET contact = contact || '{"phone": "000-000-0001"}'"""))
    folder.edit("brand/halls.yaml", "Aoba Halls", "Halls of Aoba")
    with pytest.raises(DatabaseChangedSince, match=r"services\.halls\.brand, services\.halls\.contact"):
        await load(folder)
    assert await see(owner, "SELECT brand->'name'->>'en', contact->>'phone' FROM service") == [
        ("Aoba Halls", "000-000-0001")
    ]


async def test_once_the_folder_says_what_the_database_says_it_is_loaded_again(folder, load, owner):
    await load(folder)
    async with tenant_transaction(owner, "aoba", "halls") as conn:
        await conn.execute(text("""UPDATE service SET contact = contact || '{"phone": "000-000-0001"}'"""))
    folder.edit("tenant.yaml", "000-000-0000", "000-000-0001")
    assert (await load(folder)).changes == ()
    folder.edit("brand/halls.yaml", "Aoba Halls", "Halls of Aoba")
    assert (await load(folder)).changes == ("services.halls.brand",)


async def test_a_rule_set_published_meanwhile_is_not_overwritten(folder, load, owner):
    await load(folder)
    async with tenant_transaction(owner, "aoba", "halls") as conn:
        (head,) = await ruleset.versions(conn, tenant_id="aoba", service_id="halls")
        document = await ruleset.document_of(conn, tenant_id="aoba", service_id="halls", version=1)
        other = ruleset.Checked(document=document + " ", applies_by="made", applies_from=head.applies_from)
        await ruleset.publish(
            conn, tenant_id="aoba", service_id="halls", checked=other, published_by="admin", real_now=read_clock()
        )
    with pytest.raises(DatabaseChangedSince, match=r"rule_sets\.halls"):
        await load(folder)


async def test_a_changed_rule_set_becomes_the_next_version(folder, load, owner):
    await load(folder)
    rules = folder.rule_sets / "aoba-halls.yaml"
    rules.write_text(rules.read_text("utf-8").replace('"cart_at_most": 3', '"cart_at_most": 4'), encoding="utf-8")
    assert (await load(folder)).changes == ("rule_sets.halls",)
    assert await see(owner, "SELECT version FROM rule_set_version ORDER BY 1") == [(1,), (2,)]


async def test_a_fifth_court_is_added(folder, load, owner):
    await load(folder)
    folder.edit("facilities/halls.yaml", "capacity: 4", "capacity: 5")
    assert (await load(folder)).changes == ("inventory",)
    assert await units(owner, "plaza.court") == [1, 2, 3, 4, 5]
    assert await see(owner, "SELECT max(version) FROM inventory_version") == [(2,)]


async def occupy(owner, unit, day):
    async with tenant_transaction(owner, "aoba", "halls") as conn:
        await conn.execute(
            text(
                "INSERT INTO occupancy (tenant_id, service_id, resource_id, use_on, bucket, unit, kind) "
                "VALUES ('aoba', 'halls', 'plaza.court', :day, 600, :unit, 'official')"
            ),
            {"unit": unit, "day": day},
        )


async def test_a_court_that_is_free_is_withdrawn_and_its_past_stays(folder, load, owner):
    await load(folder)
    await occupy(owner, 4, read_clock().date() - timedelta(days=7))
    folder.edit("facilities/halls.yaml", "capacity: 4", "capacity: 3")
    await load(folder)
    assert await units(owner, "plaza.court") == [1, 2, 3]
    assert await see(owner, "SELECT unit FROM occupancy") == [(4,)]


async def test_a_withdrawn_court_comes_back(folder, load, owner):
    await load(folder)
    folder.edit("facilities/halls.yaml", "capacity: 4", "capacity: 3")
    await load(folder)
    folder.edit("facilities/halls.yaml", "capacity: 3", "capacity: 4")
    await load(folder)
    assert await units(owner, "plaza.court") == [1, 2, 3, 4]


async def test_a_court_that_is_booked_is_not_taken_away(folder, load, owner):
    await load(folder)
    before = await everything(owner)
    await occupy(owner, 4, read_clock().date() + timedelta(days=7))
    folder.edit("facilities/halls.yaml", "capacity: 4", "capacity: 3")
    with pytest.raises(UnitsStillBooked, match=r"plaza\.court no\. 4"):
        await load(folder)
    assert await everything(owner) == before


async def test_a_space_of_another_name_leaves_the_floor_as_it_was(folder, load, owner):
    await load(folder)
    folder.edit("facilities/halls.yaml", "code: table, name: 卓球台", "code: tables, name: 卓球台")
    await load(folder)
    assert await units(owner, "plaza.gym") == list(range(1, 9))


async def test_hosts_follow_the_domain_of_the_installation(folder, load, owner):
    await load(folder)
    assert (await load(folder, base_domain="yoyaku.jp")).changes == ("hosts",)
    assert await see(owner, "SELECT host FROM host") == [("halls.aoba.yoyaku.jp",)]


def second_service(folder):
    """The town lends its pools by a service of its own; returns the files that were added."""
    before, found, entry = (folder.tenant / "tenant.yaml").read_text("utf-8").partition("  - code: halls")
    pools = "  - code: pools" + entry.replace("halls.aoba", "pools.aoba").replace("aoba-halls", "aoba-pools")
    (folder.tenant / "tenant.yaml").write_text(before + found + entry + pools, encoding="utf-8")
    rules = (folder.rule_sets / "aoba-halls.yaml").read_text("utf-8")
    rules = rules.replace('"service": "halls"', '"service": "pools"')
    (folder.rule_sets / "aoba-pools.yaml").write_text(rules, encoding="utf-8")
    added = []
    for name in (
        "wording/halls.ja.yaml",
        "wording/halls.en.yaml",
        "pages/halls/terms.ja.md",
        "pages/halls/terms.en.md",
    ):
        added.append(folder.tenant / name.replace("halls", "pools"))
        added[-1].parent.mkdir(exist_ok=True)
        added[-1].write_bytes((folder.tenant / name).read_bytes())
    places = (folder.tenant / "facilities/halls.yaml").read_text("utf-8").replace("service: halls", "service: pools")
    places = places.replace("code: plaza", "code: pool").replace("code: inn", "code: bath")
    added.append(folder.tenant / "facilities/pools.yaml")
    added[-1].write_text(places, encoding="utf-8")
    return added


async def test_two_services_of_a_tenant_are_loaded_side_by_side(folder, load, owner):
    second_service(folder)
    await load(folder)
    assert await units(owner, "pool.court") == []  # seen from the other service
    async with tenant_transaction(owner, "aoba", "pools") as conn:
        found = await conn.scalars(text("SELECT unit FROM resource_unit WHERE resource_id = 'pool.court' ORDER BY 1"))
        assert list(found) == [1, 2, 3, 4]
    assert (await load(folder)).changes == ()


async def test_a_facility_does_not_move_to_another_service(folder, load, owner):
    second_service(folder)
    await load(folder)
    before = await everything(owner)
    folder.edit("facilities/halls.yaml", "code: plaza", "code: pool")
    folder.edit("facilities/pools.yaml", "code: pool", "code: plaza")
    with pytest.raises(FacilityMoved):
        await load(folder)
    assert await everything(owner) == before


async def test_a_service_is_not_taken_away_by_loading(folder, load):
    alone = (folder.tenant / "tenant.yaml").read_text("utf-8")
    added = second_service(folder)
    await load(folder)
    (folder.tenant / "tenant.yaml").write_text(alone, encoding="utf-8")
    for file in added:
        file.unlink()
    with pytest.raises(ServiceLeftOut):
        await load(folder)


async def test_a_host_that_another_tenant_has_is_refused(folder, load):
    await load(folder)
    folder.tenant.rename(folder.tenant.with_name("wakaba"))
    other = Folder(folder.root, slug="wakaba")
    other.edit("tenant.yaml", "slug: aoba", "slug: wakaba")
    with pytest.raises(HostTaken, match=r"halls\.aoba\.localhost"):
        await load(other)


async def test_the_application_may_not_load(app):
    async with platform_transaction(app) as conn:
        found = await conn.scalar(text("SELECT has_table_privilege('tenant', 'INSERT')"))
    assert found is False
