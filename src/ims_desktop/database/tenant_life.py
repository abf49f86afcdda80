"""What the operator does with a tenant that is there: rename, suspend, let go for good; each is written down."""

from datetime import datetime, timedelta
from ipaddress import ip_network
from typing import Any
from uuid import UUID

from psycopg import sql

from ims_desktop.database.installation import Connection
from ims_desktop.database.scripts import TenantNames
from ims_desktop.database.tenancy import claim_name, drop_role, log
from ims_desktop.domain.errors import Problem, UserError
from ims_desktop.domain.wording import say

TIERS = ("FREE", "STANDARD", "PREMIUM")
WAIT_DAYS = 30
LONGEST_REASON = 200


def rename(operator: Connection, tenant: UUID, typed: str) -> str:
    """Call a tenant something else; gives the name as it is kept. Open desks show it when they are next opened."""
    with operator.transaction():
        old = _locked(operator, tenant)["name"]
        name, slug = claim_name(operator, typed, tenant)
        _change(operator, tenant, name=name, slug=slug)
        log(operator, "tenant renamed", tenant, name=name, old=old)
    return name


def set_tier(operator: Connection, tenant: UUID, tier: str) -> None:
    """Note what the tenant has subscribed to."""
    if tier not in TIERS:
        raise UserError(say("{tier} is not one of {tiers}.", tier=tier, tiers=", ".join(TIERS)))
    with operator.transaction():
        old = _locked(operator, tenant)
        _change(operator, tenant, subscription_tier=tier)
        log(operator, "tenant tier", tenant, name=old["name"], tier=tier, old=old["tier"])


def suspend(operator: Connection, tenant: UUID, because: str = "") -> None:
    """Let nobody open a tenant until it is resumed; open desks are cut, and told `because` of what."""
    because = because.strip()
    if len(because) > LONGEST_REASON or not because.isprintable():
        raise UserError(say("Give the reason in one line of at most {most} characters.", most=LONGEST_REASON))
    with operator.transaction():
        record = _locked(operator, tenant)
        if record["status"] != "ACTIVE":
            raise UserError(say("{name} is {state} already.", name=record["name"], state=_state(record)))
        _change(operator, tenant, status="SUSPENDED", suspended_because=because or None)
        log(operator, "tenant suspended", tenant, name=record["name"], because=because)
    cut_desks(operator, tenant)


def resume(operator: Connection, tenant: UUID) -> None:
    """Let a tenant be opened again that was suspended, or was to leave and is not deleted yet."""
    with operator.transaction():
        record = _locked(operator, tenant)
        if record["status"] == "ACTIVE":
            raise UserError(say("{name} is open.", name=record["name"]))
        _change(operator, tenant, status="ACTIVE", leaves_at=None, suspended_because=None)
        log(operator, "tenant resumed", tenant, name=record["name"], old=record["status"])


def leave(operator: Connection, tenant: UUID, days: int = WAIT_DAYS) -> datetime:
    """Close a tenant that is to be deleted in so many days; until then `resume` takes it back. Gives the moment."""
    if not 0 <= days <= 3650:
        raise UserError("Say how many days it waits before it may be deleted, from 0 to 3650.")
    with operator.transaction():
        record = _locked(operator, tenant)
        if record["status"] == "LEAVING":
            raise UserError(say("{name} is {state} already.", name=record["name"], state=_state(record)))
        moment: datetime = record["now"] + timedelta(days=days)
        _change(operator, tenant, status="LEAVING", leaves_at=moment, suspended_because=None)
        log(operator, "tenant leaves", tenant, name=record["name"], on=moment)
    cut_desks(operator, tenant)
    return moment


def delete(operator: Connection, tenant: UUID) -> None:
    """Delete a tenant whose waiting time is over: schema, leases, roles and record, in one transaction."""
    names = TenantNames(tenant)
    with operator.transaction():
        record = _locked(operator, tenant)
        if record["status"] != "LEAVING" or not record["is_over"]:
            raise UserError(
                say(
                    "{name} is {state}; it is deleted when its waiting time is over.",
                    name=record["name"],
                    state=_state(record),
                )
            )
        _end_leases(operator, tenant)
        operator.execute("SET LOCAL ROLE ims_owner")
        found = operator.execute(
            "SELECT l.role_name FROM public.leases l JOIN public.user_tenants m ON m.id = l.membership_id"
            " WHERE m.tenant_id = %s",
            [tenant],
        ).fetchall()
        operator.execute(sql.SQL("DROP SCHEMA {} CASCADE").format(sql.Identifier(names.schema)))
        operator.execute("DELETE FROM public.tenants WHERE id = %s", [tenant])
        log(operator, "tenant deleted", tenant, name=record["name"], created=record["created_at"])
        _drop_roles(operator, names, [role for (role,) in found])


def set_networks(operator: Connection, tenant: UUID, networks: list[str]) -> list[str]:
    """From where a tenant may be opened, from everywhere without any; open desks are cut and have to ask again."""
    kept, problems = [], []
    for typed in networks:
        try:
            kept.append(str(ip_network(typed.strip())))
        except ValueError as error:
            problems.append(
                Problem(
                    say("{typed} is not a network such as 10.0.0.0/8: {error}.", typed=typed[:60], error=_why(error)),
                    "networks",
                )
            )
    if problems:
        raise UserError("Nothing was changed.", problems)
    with operator.transaction():
        name = _locked(operator, tenant)["name"]
        _change(operator, tenant, networks=kept)
        log(operator, "tenant networks", tenant, name=name, networks=kept)
    cut_desks(operator, tenant)
    return kept


def cut_desks(operator: Connection, tenant: UUID) -> None:
    """End every lease of a tenant and its connections; the people stay signed in elsewhere.

    In a transaction after the one that changed the record: whoever is opening the tenant at this moment holds the lock
    on the membership and is cut afterwards, and whoever comes later reads the change.
    """
    with operator.transaction():
        _end_leases(operator, tenant)


def _end_leases(operator: Connection, tenant: UUID) -> None:
    operator.execute("SET LOCAL ROLE ims_owner")
    operator.execute("SELECT FROM public.user_tenants WHERE tenant_id = %s FOR UPDATE", [tenant])
    operator.execute("SET LOCAL ROLE ims_rights")
    operator.execute("SELECT auth.end_member(m.id) FROM public.user_tenants m WHERE m.tenant_id = %s", [tenant])


def _drop_roles(operator: Connection, names: TenantNames, leases: list[str]) -> None:
    issuer, group = sql.Identifier(names.issuer), sql.Identifier(names.group)
    operator.execute("RESET ROLE")
    operator.execute(
        sql.SQL("REVOKE ALL ON DATABASE {} FROM {}; REVOKE ALL ON SCHEMA public FROM {}").format(
            sql.Identifier(operator.info.dbname), group, group
        )
    )
    operator.execute(sql.SQL("SET LOCAL ROLE {}").format(issuer))
    for role in (*leases, names.group):
        drop_role(operator, role)
    operator.execute("RESET ROLE")
    operator.execute(sql.SQL("DROP OWNED BY {0}; DROP ROLE {0}").format(issuer))


def _locked(operator: Connection, tenant: UUID) -> dict[str, Any]:
    """The record, locked; and from here on the owner of the tables."""
    operator.execute("SET LOCAL ROLE ims_owner")
    columns = ("name", "status", "tier", "leaves_at", "is_over", "created_at", "now")
    row = operator.execute(
        "SELECT name, status, subscription_tier, leaves_at, leaves_at <= now(), created_at, now()"
        " FROM public.tenants WHERE id = %s FOR UPDATE",
        [tenant],
    ).fetchone()
    if row is None:
        raise UserError("This restaurant group is gone.")
    return dict(zip(columns, row, strict=True))


def _change(operator: Connection, tenant: UUID, **values: Any) -> None:
    changes = sql.SQL(", ").join(
        sql.SQL("{} = {}").format(sql.Identifier(name), sql.Placeholder(name)) for name in values
    )
    statement = sql.SQL("UPDATE public.tenants SET {}, updated_at = now() WHERE id = %(tenant)s").format(changes)
    operator.execute(statement, {**values, "tenant": tenant})


def _state(record: dict[str, Any]) -> str:
    if record["status"] == "LEAVING":
        return f"to be deleted on {record['leaves_at']:%Y-%m-%d}"
    return "suspended" if record["status"] == "SUSPENDED" else "open"


def _why(error: ValueError) -> str:
    return "it has bits set behind its length" if "host bits" in str(error) else "four numbers, a slash and a length"
