"""A house with its owner, an administrator, and a clerk."""

from uuid import UUID

import pytest

from ims_desktop.database.transaction import TenantDatabase
from tests.features.desks import sit_down
from tests.features.people.desks import House, save
from tests.restaurant import seed
from tests.tenants import Tenant


@pytest.fixture
def house(tenant: Tenant) -> House:
    """A seeded tenant and its owner at a desk."""
    seed(tenant)
    return House(tenant, sit_down(tenant))


@pytest.fixture
def administrator(house: House) -> TenantDatabase:
    """An administrator at another desk."""
    return house.sit("ADMIN")[0]


@pytest.fixture
def clerk(house: House) -> tuple[TenantDatabase, UUID]:
    """Somebody who may change people, and little else."""
    save(house.owner, "Clerk", {"people.view": True, "people.edit": True, "items.view": True})
    return house.sit("EMPLOYEE", role="Clerk")
