"""Tenants, people and gates, as the operator makes them."""

import json
import secrets
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import psycopg
from psycopg import sql

from ims_desktop.database.installation import Connection, as_sql
from ims_desktop.database.key_recovery import forget_gate
from ims_desktop.database.proof import COST, code_key, new_salt, one_time_code, stored_key
from ims_desktop.database.revision import frozen
from ims_desktop.database.scripts import TenantNames, head, stamp
from ims_desktop.domain.errors import UserError
from ims_desktop.domain.group_names import group_name, slug_of
from ims_desktop.domain.login_names import login_problems, name_problems
from ims_desktop.domain.passwords import password_problems
from ims_desktop.domain.permissions import CATALOGUE, DEFAULT_ROLES
from ims_desktop.domain.reasons import REASONS
from ims_desktop.domain.units import GLOBAL_UNITS
from ims_desktop.domain.wording import say

# The label in the global table picks the first role; rights come from roles alone.
FIRST_ROLE = {"OWNER": "Owner", "ADMIN": "Administrator", "MANAGER": "Manager", "EMPLOYEE": "Counter"}


@dataclass(frozen=True)
class NewUser:
    """A person who may sign in, by at least one of e-mail, username and phone."""

    first_name: str
    last_name: str
    password: str
    email: str | None = None
    username: str | None = None
    phone: str | None = None
    must_change: bool = False


def create_user(operator: Connection, user: NewUser, cost: int = COST) -> UUID:
    """Make a person known; the password itself is never stored nor sent, only its verifier."""
    own = (user.email, user.username, user.phone, user.first_name, user.last_name, f"{user.first_name}{user.last_name}")
    problems = password_problems(user.password, own)
    problems += name_problems(user.first_name, "A first name", "first_name")
    problems += name_problems(user.last_name, "A last name", "last_name")
    problems += login_problems(user.email, user.username, user.phone)
    if problems:
        raise UserError("This person cannot be added.", problems)
    salt = new_salt(cost)
    with operator.transaction():
        operator.execute("SET LOCAL ROLE ims_owner")
        try:
            row = operator.execute(
                "INSERT INTO public.users"
                " (first_name, last_name, email, username, phone, bcrypt_salt, password, must_change_password)"
                " VALUES (%s, %s, trim(normalize(%s, NFKC)), normalize(%s, NFKC), auth.login_name(%s), %s, %s, %s)"
                " RETURNING id",
                [
                    user.first_name,
                    user.last_name,
                    user.email,
                    user.username,
                    user.phone,
                    salt.decode(),
                    stored_key(user.password, salt),
                    user.must_change,
                ],
            ).fetchone()
        except psycopg.errors.UniqueViolation as error:
            raise UserError("Somebody already signs in with this e-mail address, username or phone number.") from error
    return _one(row)


def create_gate(operator: Connection, device: str, *, enrol_days: int | None = None) -> tuple[str, str]:
    """The role and password through which one PC reaches the sign-in functions, and nothing else.

    With `enrol_days` it signs nobody in before the PC was set up, within that many days, see `sign_in.enrol`.
    """
    if problems := name_problems(device, "The name of a PC", "device"):
        raise UserError("This PC cannot be added.", problems)
    name, password = f"g_{secrets.token_hex(8)}", secrets.token_urlsafe(32)
    with operator.transaction():
        operator.execute(
            sql.SQL("CREATE ROLE {} LOGIN CONNECTION LIMIT 3 PASSWORD {} IN ROLE ims_gate").format(
                sql.Identifier(name), sql.Literal(password)
            )
        )
        # So that ending a session may cut what its PC has open: pg_terminate_backend asks for membership.
        operator.execute(sql.SQL("GRANT {} TO ims_rights").format(sql.Identifier(name)))
        for setting in ("search_path = pg_catalog", "statement_timeout = '20s'", "lock_timeout = '10s'"):
            operator.execute(sql.SQL("ALTER ROLE {} SET {}").format(sql.Identifier(name), as_sql(setting)))
        operator.execute("SET LOCAL ROLE ims_owner")
        operator.execute(
            "INSERT INTO public.gates (role_name, device, enrol_until)"
            " VALUES (%s, %s, now() + make_interval(days => %s))",
            [name, device, enrol_days],
        )
    return name, password


def create_tenant(operator: Connection, name: str, country: str, owner: UUID) -> UUID:
    """A tenant from nothing, in one transaction: record, roles, schema with everything in it, and its owner."""
    tenant = uuid4()
    with operator.transaction():
        operator.execute("SET LOCAL ROLE ims_owner")
        _check_owner(operator, owner)
        name = build_tenant(operator, tenant, name, country)
        log(operator, "tenant created", tenant, name=name)
        _seed(operator, TenantNames(tenant))
        grant_user(operator, owner, tenant, "OWNER")
    return tenant


def build_tenant(operator: Connection, tenant: UUID, typed: str, country: str) -> str:
    """Record, roles and empty schema of a tenant, as the owner of the tables; gives the name as it is kept."""
    names = TenantNames(tenant)
    _check_first(operator, country)
    name, slug = claim_name(operator, typed, tenant)
    operator.execute("RESET ROLE")
    _make_roles(operator, names)
    _make_schema(operator, names)
    operator.execute("SET LOCAL ROLE ims_owner")
    operator.execute(
        "INSERT INTO public.tenants (id, name, slug, country, schema_name, group_role, issuer_role)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s)",
        [tenant, name, slug, country, names.schema, names.group, names.issuer],
    )
    return name


def claim_name(operator: Connection, typed: str, tenant: UUID) -> tuple[str, str]:
    """A name that nobody takes for another tenant's, with its slug; held until the transaction ends."""
    name = group_name(typed)
    operator.execute("SELECT pg_advisory_xact_lock(hashtext('ims names of tenants'))")
    row = operator.execute(
        "SELECT name FROM public.tenants WHERE id <> %s AND public.look_alike(name) = public.look_alike(%s)",
        [tenant, name],
    ).fetchone()
    if row is not None:
        alike = "" if row[0] == name else " The two look alike."
        raise UserError(say("A restaurant group called {row} exists already.{alike}", row=row[0], alike=alike))
    slug = slug_of(name)
    taken = operator.execute("SELECT FROM public.tenants WHERE id <> %s AND slug = %s", [tenant, slug]).fetchone()
    return name, slug if slug and taken is None else f"{slug}-{tenant.hex[:8]}".strip("-")


def log(operator: Connection, event: str, tenant: UUID, **detail: Any) -> None:
    """Write down what was done to a tenant, as the owner of the tables."""
    operator.execute(
        "SELECT auth.write_log(%s, %s)",
        [event, json.dumps({"tenant": str(tenant), **detail}, default=str)],
    )


def _check_first(operator: Connection, country: str) -> None:
    """What can be known before anything is made."""
    row = operator.execute(
        "SELECT (SELECT version_num FROM public.alembic_version),"
        " EXISTS (SELECT FROM public.countries WHERE code = %s)",
        [country],
    ).fetchone()
    revision, has_country = row or ("", False)
    if revision != head("shared"):
        raise UserError(
            say(
                "The global tables stand at {revision}, not at {newest}: run ims-admin migrate first.",
                revision=revision,
                newest=head("shared"),
            )
        )
    if not has_country:
        raise UserError(
            say("The country {country} is not known: use a two-letter code such as US or IT.", country=country[:20])
        )


def _check_owner(operator: Connection, owner: UUID) -> None:
    if operator.execute("SELECT FROM public.users WHERE id = %s", [owner]).fetchone() is None:
        raise UserError("The owner is not known: make the person known with ims-admin user create.")


def _make_roles(operator: Connection, names: TenantNames) -> None:
    issuer, group = sql.Identifier(names.issuer), sql.Identifier(names.group)
    database = sql.Identifier(operator.info.dbname)
    operator.execute(sql.SQL("CREATE ROLE {} NOLOGIN CREATEROLE IN ROLE ims_issuer").format(issuer))
    operator.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(issuer))
    operator.execute(sql.SQL("SET LOCAL ROLE {}; CREATE ROLE {} NOLOGIN; RESET ROLE").format(issuer, group))
    operator.execute(
        sql.SQL("GRANT CONNECT ON DATABASE {} TO {}; GRANT USAGE ON SCHEMA public TO {}").format(database, group, group)
    )


def _make_schema(operator: Connection, names: TenantNames) -> None:
    issuer = sql.Identifier(names.issuer)
    operator.execute(
        sql.SQL("SET LOCAL ROLE {}; ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC").format(issuer)
    )
    operator.execute(sql.SQL("SET LOCAL ROLE ims_owner; CREATE SCHEMA {}").format(sql.Identifier(names.schema)))
    operator.execute(as_sql(stamp("tenant", names.schema)))
    operator.execute(as_sql(names.fill(frozen("tenant"))))  # in one round trip: the server may be far away


def _seed(operator: Connection, names: TenantNames) -> None:
    schema = sql.Identifier(names.schema)

    def fill(table: str, columns: str, rows: list[tuple[Any, ...]]) -> None:
        slots = sql.SQL(", ").join([sql.Placeholder()] * len(rows[0]))
        statement = sql.SQL("INSERT INTO {}.{} ({}) VALUES ({})").format(
            schema, sql.Identifier(table), as_sql(columns), slots
        )
        operator.cursor().executemany(statement, rows)

    fill(
        "permissions",
        "resource, action, title, is_limited",
        [(p.resource, p.action, p.title, p.limited) for p in CATALOGUE],
    )
    fill(
        "units",
        "code, name, dimension, numerator, denominator",
        [(u.code, u.name, u.dimension.name, u.factor.numerator, u.factor.denominator) for u in GLOBAL_UNITS],
    )
    fill(
        "reason_codes",
        "code, name, class, kinds, sort_order",
        [(r.code, r.name, r.kind_of_cost, list(r.kinds), place) for place, r in enumerate(REASONS)],
    )
    ids: dict[str, UUID] = {role.name: uuid4() for role in DEFAULT_ROLES}
    fill(
        "roles",
        "id, name, parent_role_id, permissions, is_builtin",
        [
            (ids[role.name], role.name, ids.get(role.parent or ""), json.dumps(dict(role.permissions)), True)
            for role in DEFAULT_ROLES
        ],
    )


def grant_user(
    operator: Connection, user: UUID, tenant: UUID, label: str, *, role: str | None = None, site: UUID | None = None
) -> UUID:
    """Make a person a member of a tenant with a first role, at one site or (without) at all of them."""
    if label not in FIRST_ROLE:
        raise UserError(say("{label} is not one of {first_role}.", label=label, first_role=", ".join(FIRST_ROLE)))
    schema = sql.Identifier(TenantNames(tenant).schema)
    with operator.transaction():
        operator.execute("SET LOCAL ROLE ims_owner")
        member = _one(
            operator.execute(
                "INSERT INTO public.user_tenants (user_id, tenant_id, role) VALUES (%s, %s, %s)"
                " ON CONFLICT (user_id, tenant_id) DO UPDATE SET is_active = true, role = excluded.role RETURNING id",
                [user, tenant, label],
            ).fetchone()
        )
        operator.execute(
            sql.SQL(
                "INSERT INTO {}.members (id, display_name, login)"
                " SELECT %s, concat_ws(' ', first_name, last_name), coalesce(email, username, phone)"
                " FROM public.users WHERE id = %s ON CONFLICT (id) DO UPDATE SET is_active = true"
            ).format(schema),
            [member, user],
        )
        operator.execute(
            sql.SQL(
                "INSERT INTO {0}.user_roles (member_id, role_id, site_id)"
                " SELECT %s, id, %s FROM {0}.roles WHERE name = %s ON CONFLICT DO NOTHING"
            ).format(schema),
            [member, site, role or FIRST_ROLE[label]],
        )
    return member


def _one(row: tuple[Any, ...] | None) -> UUID:
    if row is None:
        raise UserError("The server gave no answer where one was due.")
    value: UUID = row[0]
    return value


def drop_gate(operator: Connection, name: str) -> None:
    """Take a PC's way in away, with everything that goes on there: its role goes, the record of it stays."""
    with operator.transaction():
        operator.execute("SET LOCAL ROLE ims_rights")
        operator.execute("SELECT auth.end_gate(%s)", [name])
        operator.execute("RESET ROLE")
        drop_role(operator, name)
        operator.execute("SET LOCAL ROLE ims_owner")
        forget_gate(operator, name)


def drop_role(operator: Connection, name: str) -> None:
    """Drop a role that is there, with whatever it left behind in this database.

    Every role may leave something behind, such as a large object or default privileges, and would stay for ever. What
    it left in another database nobody here can reach: then the role stays, and lets nobody in.
    """
    role = sql.Identifier(name)
    if operator.execute("SELECT FROM pg_roles WHERE rolname = %s", [name]).fetchone() is None:
        return
    try:
        with operator.transaction():
            operator.execute(sql.SQL("GRANT {0} TO CURRENT_USER; DROP OWNED BY {0}; DROP ROLE {0}").format(role))
    except psycopg.errors.DependentObjectsStillExist:
        operator.execute(sql.SQL("ALTER ROLE {} NOLOGIN").format(role))


def reset_code(operator: Connection, user: UUID) -> str:
    """A one-time code with which a person sets a new password within 24 hours; the old one and all sessions end now."""
    code = one_time_code()
    with operator.transaction():
        operator.execute("SET LOCAL ROLE ims_rights")
        operator.execute("SELECT auth.first_code(%s, %s, %s)", [user, new_salt().decode(), code_key(code)])
    return code
