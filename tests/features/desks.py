"""Desks for tests that sign many people in: each on a PC of its own, because one PC may try only so often a minute."""

from ims_desktop.database.transaction import TenantDatabase
from tests.tenants import Tenant, enrol


def sit_down(tenant: Tenant, label: str | None = None, **role: object) -> TenantDatabase:
    """Sign in the owner, or a new person with this first role."""
    login = tenant.person(label, **role) if label else None  # type: ignore[arg-type]
    return tenant.desk(login, enrol(tenant.server.place, tenant.server.operator_password))
