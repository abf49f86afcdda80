"""Commands about tenants and people."""

import os
import sys
from uuid import UUID

import typer
from psycopg import sql

from ims_desktop.admin.server import Connection, server_of
from ims_desktop.database.key_recovery import begin_keys
from ims_desktop.database.memberships import set_member_active, set_user_active
from ims_desktop.database.scripts import TenantNames
from ims_desktop.database.tenancy import FIRST_ROLE, NewUser, create_tenant, create_user, grant_user, reset_code
from ims_desktop.domain.errors import UserError

tenants = typer.Typer(no_args_is_help=True, help="Restaurant groups.")
users = typer.Typer(no_args_is_help=True, help="People who sign in.")


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.add_typer(tenants, name="tenant")
    app.add_typer(users, name="user")


@tenants.command("create")
def tenant_create(
    context: typer.Context,
    name: str = typer.Argument(help="What the restaurant group is called."),
    country: str = typer.Option(
        help="Two letters, such as US or IT: sets currency, time zone and locale of new sites."
    ),
    owner: str = typer.Option(help="The login of its first owner."),
) -> None:
    """Make a restaurant group with its schema and its owner, in one transaction."""
    with server_of(context) as server, server.operator() as operator:
        with operator.transaction():
            tenant = create_tenant(operator, name, country.upper(), user_id(operator, owner))
            code = begin_keys(operator, TenantNames(tenant))
        typer.echo(f"{name} is ready: {tenant}")
        tell_code(name, code)


@tenants.command("list")
def tenant_list(context: typer.Context) -> None:
    """All restaurant groups."""
    with server_of(context) as server, server.operator() as operator:
        operator.execute("SET ROLE ims_owner")
        found = operator.execute(
            "SELECT t.id::text, t.name, t.country, t.status, t.subscription_tier,"
            " count(m.id) FILTER (WHERE m.is_active)"
            " FROM public.tenants t LEFT JOIN public.user_tenants m ON m.tenant_id = t.id GROUP BY t.id ORDER BY t.name"
        ).fetchall()
        for row in found:
            typer.echo("  ".join(str(value) for value in row[:-1]) + f"  {row[-1]} people")


@tenants.command("show")
def tenant_show(context: typer.Context, name: str) -> None:
    """One restaurant group: what is in it."""
    with server_of(context) as server, server.operator() as operator:
        tenant = tenant_id(operator, name)
        schema = sql.Identifier(TenantNames(tenant).schema)
        operator.execute("SET ROLE ims_owner")
        typer.echo(f"{name}: {tenant}")
        for table in (
            "sites",
            "items",
            "suppliers",
            "recipes",
            "menu_items",
            "orders",
            "postings",
            "stock_movements",
            "members",
        ):
            statement = sql.SQL("SELECT count(*) FROM {}.{}").format(schema, sql.Identifier(table))
            row = operator.execute(statement).fetchone()
            typer.echo(f"  {table.replace('_', ' ')}: {row[0] if row else 0}")


@users.command("create")
def user_create(
    context: typer.Context,
    first_name: str = typer.Option("", "--first-name"),
    last_name: str = typer.Option("", "--last-name"),
    email: str = typer.Option("", help="Signs in with this."),
    username: str = typer.Option("", help="Or with this."),
    phone: str = typer.Option("", help="Or with this."),
    keep_password: bool = typer.Option(
        False, "--keep-password", help="It is the person's own: do not ask for another."
    ),
) -> None:
    """Make a person known. The password is asked for, or taken from IMS_NEW_PASSWORD; its person then replaces it."""
    password = os.environ.get("IMS_NEW_PASSWORD") or _ask_twice()
    user = NewUser(
        first_name, last_name, password, email or None, username or None, phone or None, must_change=not keep_password
    )
    with server_of(context) as server, server.operator() as operator:
        typer.echo(f"{first_name} {last_name}: {create_user(operator, user)}".strip())


@users.command("reset")
def user_reset(context: typer.Context, login: str) -> None:
    """Let a person set a new password by a one-time code; the old one, and every session, ends at once."""
    with server_of(context) as server, server.operator() as operator:
        code = reset_code(operator, user_id(operator, login))
        typer.echo(f"The code of {login}, for 24 hours and five tries; at the sign-in: Can’t sign in?\n{code}")


@users.command("list")
def user_list(
    context: typer.Context,
    tenant: str = typer.Option("", help="Only the people of this restaurant group, with their roles there."),
) -> None:
    """All people, with their restaurant groups."""
    with server_of(context) as server, server.operator() as operator:
        if tenant:
            _list_members(operator, tenant_id(operator, tenant))
            return
        operator.execute("SET ROLE ims_owner")
        found = operator.execute(
            "SELECT coalesce(u.email, u.username, u.phone), concat_ws(' ', u.first_name, u.last_name), u.is_active,"
            " coalesce(string_agg(t.name || ' (' || m.role || ')', ', ' ORDER BY t.name), 'no group')"
            " FROM public.users u LEFT JOIN public.user_tenants m ON m.user_id = u.id AND m.is_active"
            " LEFT JOIN public.tenants t ON t.id = m.tenant_id GROUP BY u.id ORDER BY 1"
        ).fetchall()
        for login, name, active, groups in found:
            typer.echo(f"{login}  {name}{'' if active else '  (inactive)'}  {groups}")


def _list_members(operator: Connection, tenant: UUID) -> None:
    schema = sql.Identifier(TenantNames(tenant).schema)
    operator.execute("SET ROLE ims_owner")
    statement = sql.SQL(
        "SELECT m.login, m.display_name, m.is_active, coalesce(string_agg("
        "concat_ws(' at ', r.name, s.name), ', ' ORDER BY r.sort_name, s.sort_name), 'no role')"
        " FROM {0}.members m LEFT JOIN {0}.user_roles a ON a.member_id = m.id LEFT JOIN {0}.roles r ON r.id = a.role_id"
        " LEFT JOIN {0}.sites s ON s.id = a.site_id GROUP BY m.id ORDER BY m.sort_name"
    )
    for login, name, active, roles in operator.execute(statement.format(schema)).fetchall():
        typer.echo(f"{login}  {name}{'' if active else '  (deactivated)'}  {roles}")


@users.command("deactivate")
def user_deactivate(
    context: typer.Context, login: str, tenant: str = typer.Option("", help="Only in this restaurant group.")
) -> None:
    """Keep a person out at once, on every PC: of one restaurant group, or (without one) of all."""
    _set_active(context, login, tenant, active=False)
    typer.echo(f"{login} is out of {tenant or 'every restaurant group'}.")


@users.command("reactivate")
def user_reactivate(
    context: typer.Context, login: str, tenant: str = typer.Option("", help="Only in this restaurant group.")
) -> None:
    """Let a person in again, with the roles they had."""
    _set_active(context, login, tenant, active=True)
    typer.echo(f"{login} may sign in again.")


def _set_active(context: typer.Context, login: str, tenant: str, *, active: bool) -> None:
    with server_of(context) as server, server.operator() as operator:
        user = user_id(operator, login)
        if tenant:
            set_member_active(operator, user, tenant_id(operator, tenant), active=active)
        else:
            set_user_active(operator, user, active=active)


@users.command("grant")
def user_grant(
    context: typer.Context,
    login: str,
    tenant: str = typer.Option(help="The restaurant group."),
    role: str = typer.Option(help=f"One of {', '.join(FIRST_ROLE)}."),
    site: str = typer.Option("", help="Only at this site; at all of them without it."),
) -> None:
    """Give a person a first role in a restaurant group."""
    with server_of(context) as server, server.operator() as operator:
        where = tenant_id(operator, tenant)
        place = site_id(operator, where, site) if site else None
        grant_user(operator, user_id(operator, login), where, role.upper(), site=place)
        typer.echo(f"{login} is now {FIRST_ROLE[role.upper()]} of {tenant}{' at ' + site if site else ''}.")


def tell_code(name: str, code: str) -> None:
    """Say the recovery code of sensitive fields, once."""
    typer.echo(f"The recovery code of {name}, shown only once. Print it and lock it away: without it and without a PC")
    typer.echo(f"that holds the key, contacts and bank details are lost for good.\n{code}")


def user_id(operator: Connection, login: str) -> UUID:
    """The person who signs in with this."""
    return _find(
        operator,
        sql.SQL(
            "SELECT u.id FROM public.users u, auth.login_name(%s) typed"
            " WHERE typed IN (lower(u.email), lower(u.username), u.phone)"
        ),
        [login],
        f"Nobody signs in as {login}. Make the person known with: ims-admin user create.",
    )


def tenant_id(operator: Connection, name: str) -> UUID:
    """The restaurant group called this, by name, slug or id."""
    return _find(
        operator,
        sql.SQL("SELECT id FROM public.tenants WHERE lower(name) = lower(%s) OR slug = %s OR id::text = %s"),
        [name, name, name],
        f"There is no restaurant group called {name}. ims-admin tenant list shows them.",
    )


def site_id(operator: Connection, tenant: UUID, name: str) -> UUID:
    """The site of a restaurant group called this."""
    schema = sql.Identifier(TenantNames(tenant).schema)
    statement = sql.SQL("SELECT id FROM {}.sites WHERE sort_name = public.sort_key(%s)").format(schema)
    return _find(operator, statement, [name], f"There is no site called {name}.")


def _find(operator: Connection, statement: sql.SQL | sql.Composed, values: list[str], otherwise: str) -> UUID:
    with operator.transaction():
        operator.execute("SET LOCAL ROLE ims_owner")
        row = operator.execute(statement, values).fetchone()
    if row is None:
        raise UserError(otherwise)
    found: UUID = row[0]
    return found


def _ask_twice() -> str:
    if not sys.stdin.isatty():
        raise UserError("Set IMS_NEW_PASSWORD, or run this where a password can be typed.")
    answer: str = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    return answer
