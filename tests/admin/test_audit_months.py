"""The audit log has a part for each month, and none is a way around anything."""

import psycopg
import pytest

from ims_desktop.database.sealing import make_months
from ims_desktop.domain.errors import UserError
from tests.admin.sealing import MONTHS, books, sealed, send
from tests.restaurant import seed
from tests.tenants import Tenant


def test_a_new_tenant_has_this_month_and_the_next_three(tenant: Tenant) -> None:
    with tenant.server.operator() as operator:
        assert make_months(operator, tenant.names) == 0
    with tenant.as_root() as root:
        rows = root.execute("SELECT tableoid::regclass::text FROM audit_log").fetchall()
        months = root.execute(MONTHS).fetchall()
    assert len(months) == 4
    assert {name.rpartition(".")[2] for (name,) in rows} == {months[0][0]}
    assert all(kept for _name, kept in months)


def test_a_month_that_began_in_the_rest_stays_there(tenant: Tenant) -> None:
    seed(tenant)
    with tenant.as_root() as root:
        [(month, *_), *_] = root.execute(MONTHS).fetchall()
        with root.transaction():
            root.execute("SET LOCAL session_replication_role = replica")
            root.execute(f"ALTER TABLE audit_log DETACH PARTITION {month}")
            root.execute(f"INSERT INTO audit_log OVERRIDING SYSTEM VALUE SELECT * FROM {month}")
            root.execute(f"DROP TABLE {month}")
        with tenant.server.operator() as operator:
            assert make_months(operator, tenant.names) == 0
        root.execute("SELECT make_audit_months(5)")
        assert len(root.execute(MONTHS).fetchall()) == 5
    assert sealed(tenant).rows > 20
    assert books(tenant) == []


@pytest.mark.parametrize("deed", ["UPDATE {} SET action = 'POST'", "DELETE FROM {}", "TRUNCATE {}"])
def test_a_month_only_grows_also_for_the_owner_of_the_tables(tenant: Tenant, deed: str) -> None:
    with tenant.as_root() as root:
        [(month, *_), *_] = root.execute(MONTHS).fetchall()
        root.execute("SET ROLE ims_owner")
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="only grows"):
            root.execute(deed.format(month).encode())


def test_a_month_is_no_way_around_the_policies(tenant: Tenant) -> None:
    with tenant.as_root() as root:
        [(month, *_), *_] = root.execute(MONTHS).fetchall()
    with pytest.raises(UserError, match="do not allow"):
        send(tenant.desk(), f"SELECT count(*) FROM {month}")
