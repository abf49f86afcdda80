"""Keeping people out and letting them in again, as the operator does it: by the same checks as in the window."""

from typing import Any
from uuid import UUID

import psycopg
from psycopg import sql

from ims_desktop.database.failures import translate
from ims_desktop.database.installation import Connection
from ims_desktop.database.scripts import TenantNames
from ims_desktop.domain.errors import UserError


def set_member_active(operator: Connection, user: UUID, tenant: UUID, *, active: bool) -> None:
    """Let a person into one restaurant group or keep them out, at once; some owner stays."""
    with operator.transaction():
        operator.execute("SET LOCAL ROLE ims_rights")
        schema = _lock(operator, tenant)
        member = operator.execute(
            "UPDATE public.user_tenants SET is_active = %s, updated_at = now() WHERE user_id = %s AND tenant_id = %s"
            " RETURNING id",
            [active, user, tenant],
        ).fetchone()
        if member is None:
            raise UserError("This person has never been in that restaurant group.")
        change = sql.SQL("UPDATE {}.members SET is_active = %s WHERE id = %s").format(schema)
        operator.execute(change, [active, *member])
        if not active:
            _keep_an_owner(operator, schema)
            operator.execute("SELECT auth.end_member(%s)", member)
        operator.execute(sql.SQL("SELECT {}.tell_people()").format(schema))


def set_user_active(operator: Connection, user: UUID, *, active: bool) -> None:
    """Let a person sign in or keep them out everywhere, at once; some owner stays in every group."""
    with operator.transaction():
        operator.execute("SET LOCAL ROLE ims_owner")
        operator.execute("UPDATE public.users SET is_active = %s, updated_at = now() WHERE id = %s", [active, user])
        operator.execute("SET LOCAL ROLE ims_rights")
        if active:
            return
        groups = operator.execute(
            "SELECT tenant_id FROM public.user_tenants WHERE user_id = %s AND is_active ORDER BY tenant_id", [user]
        ).fetchall()
        for (tenant,) in groups:
            _keep_an_owner(operator, _lock(operator, tenant))
        operator.execute(
            "SELECT auth.end_session(id) FROM public.sessions WHERE user_id = %s AND revoked_at IS NULL", [user]
        )


def _lock(operator: Connection, tenant: UUID) -> sql.Identifier:
    """One change of people at a time, by the lock that the window takes; gives the schema."""
    schema = sql.Identifier(TenantNames(tenant).schema)
    operator.execute(sql.SQL("LOCK TABLE {}.roles IN SHARE ROW EXCLUSIVE MODE").format(schema))
    return schema


def _keep_an_owner(operator: Connection, schema: sql.Identifier) -> None:
    try:
        operator.execute(sql.SQL("SELECT {}.keep_an_owner()").format(schema))
    except psycopg.Error as error:
        known: Any = translate(error)
        raise known from error
