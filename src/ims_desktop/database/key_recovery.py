"""What an operator does with tenant keys: makes the first one, and opens it with the recovery code alone."""

from collections.abc import Mapping

from psycopg import sql

from ims_desktop.database.installation import Connection as Operator
from ims_desktop.database.scripts import TenantNames
from ims_desktop.database.secrets_box import Holder, fingerprint, new_key, new_recovery_code, plain_code, wrap
from ims_desktop.database.tenant_key import unwrapped
from ims_desktop.domain.errors import UserError

RECOVERY = "recovery"


def begin_keys(operator: Operator, names: TenantNames) -> str:
    """Make the first key of a tenant; gives the recovery code, the only thing that opens it yet."""
    code, key = new_recovery_code(), new_key()
    holder = Holder(plain_code(code), names.tenant)
    with operator.transaction():
        _as_owner(operator, names)
        if operator.execute("SELECT FROM key_versions").fetchone() is not None:
            raise UserError("This restaurant group has a key already. Its recovery code was printed when it was made.")
        operator.execute("INSERT INTO key_versions (version) VALUES (1)")
        operator.execute("INSERT INTO key_holders (holder, public_key) VALUES (%s, %s)", [RECOVERY, holder.public])
        _keep(operator, RECOVERY, {1: wrap(key, holder.public, names.tenant, 1)})
    return code


def recover(operator: Operator, names: TenantNames, code: str, device: str = "") -> list[str]:
    """Give every PC that asked (or those called `device`) the key by the recovery code; gives their names."""
    given = []
    with operator.transaction():
        keys = _recovered(operator, names, code)
        asking = operator.execute(
            "SELECT h.holder, h.public_key, g.device FROM key_holders h JOIN public.gates g ON g.role_name = h.holder"
            " WHERE g.is_active AND (%(device)s = '' OR lower(g.device) = lower(%(device)s))"
            " AND NOT EXISTS (SELECT FROM tenant_keys k WHERE k.holder = h.holder)",
            {"device": device},
        ).fetchall()
        for holder, public, name in asking:
            _keep(operator, holder, {v: wrap(key, bytes(public), names.tenant, v) for v, key in keys.items()})
            given.append(f"{name} ({fingerprint(bytes(public))})")
    return given


def new_code(operator: Operator, names: TenantNames, code: str) -> str:
    """Replace the recovery code by another; the old one opens nothing any more."""
    new = new_recovery_code()
    holder = Holder(plain_code(new), names.tenant)
    with operator.transaction():
        keys = _recovered(operator, names, code)
        operator.execute("DELETE FROM key_holders WHERE holder = %s", [RECOVERY])
        operator.execute("INSERT INTO key_holders (holder, public_key) VALUES (%s, %s)", [RECOVERY, holder.public])
        _keep(operator, RECOVERY, {v: wrap(key, holder.public, names.tenant, v) for v, key in keys.items()})
    return new


def forget_gate(operator: Operator, gate: str) -> None:
    """Take the keys of every restaurant group away from a PC that is no longer ours."""
    found = operator.execute("SELECT schema_name FROM public.tenants").fetchall()
    for (schema,) in found:
        holders = sql.Identifier(schema, "key_holders")
        if operator.execute("SELECT to_regclass(%s)", [f"{schema}.key_holders"]).fetchone() != (None,):
            operator.execute(sql.SQL("DELETE FROM {} WHERE holder = %s").format(holders), [gate])


def _recovered(operator: Operator, names: TenantNames, code: str) -> dict[int, bytes]:
    _as_owner(operator, names)
    rows = operator.execute("SELECT version, wrapped FROM tenant_keys WHERE holder = %s", [RECOVERY]).fetchall()
    keys = unwrapped(Holder(plain_code(code), names.tenant), names.tenant, dict(rows))
    if not keys:
        raise UserError("This is not the recovery code of this restaurant group.")
    return keys


def _keep(operator: Operator, holder: str, wraps: Mapping[int, bytes]) -> None:
    operator.cursor().executemany(
        "INSERT INTO tenant_keys (version, holder, wrapped) VALUES (%s, %s, %s)",
        [(version, holder, wrapped) for version, wrapped in wraps.items()],
    )


def _as_owner(operator: Operator, names: TenantNames) -> None:
    operator.execute("SET LOCAL ROLE ims_owner")
    operator.execute(sql.SQL("SET LOCAL search_path = {}, pg_catalog").format(sql.Identifier(names.schema)))
