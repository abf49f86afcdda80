"""What tests of seals need: rows to seal, sealing, and what is found after a deed."""

from typing import Any
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import Connection

from ims_desktop.admin.verification import Head, findings, verify
from ims_desktop.admin.verification.seals import missing_heads
from ims_desktop.database.sealing import Seal, seal
from ims_desktop.database.transaction import TenantDatabase
from ims_desktop.domain.errors import UserError
from tests.restaurant import Restaurant
from tests.tenants import Tenant

Root = psycopg.Connection[Any]

RENAME = "UPDATE items SET note = note || '.' WHERE name = 'Flour'"
ADD = "INSERT INTO categories (name) VALUES (gen_random_uuid()::text)"


def sealed(tenant: Tenant) -> Seal:
    """Seal what is settled."""
    with tenant.server.operator() as operator:
        made = seal(operator, tenant.names)
    assert made is not None
    return made


def send(desk: TenantDatabase, statement: str) -> None:
    """One statement, as a desk."""
    desk.run(lambda connection: connection.exec_driver_sql(statement))


def fail(desk: TenantDatabase) -> None:
    """A change that is taken back leaves a gap in the numbers."""

    def change(connection: Connection) -> None:
        connection.exec_driver_sql(RENAME)
        raise UserError("Never mind.")

    with pytest.raises(UserError):
        desk.run(change)


def waste(desk: TenantDatabase, restaurant: Restaurant, note: str) -> None:
    """A kilo of flour is wasted."""
    statement = (
        "SELECT post_document(%s, %s::jsonb, ARRAY[%s]::uuid[], ARRAY[%s]::uuid[], ARRAY[-1]::numeric[],"
        " ARRAY[NULL]::numeric[], ARRAY[%s]::uuid[], ARRAY[%s]::text[], ARRAY[NULL]::numeric[], ARRAY[NULL]::text[])"
    )
    header = f'{{"kind": "WASTE", "site_id": "{restaurant.site}"}}'
    values = (restaurant.items["Flour"], restaurant.home("Flour"), restaurant.reasons["SPOILAGE"], note)
    desk.run(lambda connection: connection.exec_driver_sql(statement, (uuid4(), header, *values)).one())


def books(tenant: Tenant) -> list[Any]:
    """Everything verify finds."""
    with tenant.server.operator() as operator:
        return list(verify(operator, tenant.names))


def after(root: Root, tenant: Tenant, deed: str) -> set[str]:
    """The names of what is found after a deed of a superuser behind the triggers, who gets it taken back."""
    heads = [
        Head(tenant.id, "", number, hashed, str(moment))
        for number, hashed, moment in root.execute(
            "SELECT number, encode(hash, 'hex'), sealed_at FROM seals"
        ).fetchall()
    ]
    assert len(heads) == 3
    with root.transaction(force_rollback=True):
        root.execute("SET LOCAL session_replication_role = replica")
        root.execute(deed.encode())
        return {finding.check for finding in (*findings(root), *missing_heads(root, heads))}


MONTHS = """
    SELECT c.relname, c.relrowsecurity
      AND EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = c.oid AND t.tgname = 'append_only')
    FROM pg_class c WHERE c.relnamespace = (current_schemas(false))[1]::regnamespace
      AND c.relname ~ '^audit_log_[0-9]' AND c.relkind = 'r'
    ORDER BY 1
"""
