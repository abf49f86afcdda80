"""A restaurant whose desk holds the key of sensitive fields."""

from collections.abc import Iterator

import pytest

from ims_desktop.database.key_recovery import begin_keys
from ims_desktop.database.key_sharing import unlock
from ims_desktop.database.transaction import TenantDatabase
from tests.restaurant import Restaurant, seed
from tests.tenants import Server, new_tenant


@pytest.fixture(scope="module")
def house(server: Server) -> Iterator[Restaurant]:
    """The restaurant."""
    restaurant = seed(new_tenant(server))
    tenant = restaurant.tenant
    with tenant.server.operator() as operator:
        code = begin_keys(operator, tenant.names)
    tenant.desk().run(unlock, code)
    yield restaurant
    tenant.close()


@pytest.fixture
def desk(house: Restaurant) -> TenantDatabase:
    """Its owner's desk."""
    return house.tenant.desks[0]
