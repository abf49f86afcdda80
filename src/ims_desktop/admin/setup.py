"""Commands that prepare a server: init, doctor."""

import platform
import sys

import psycopg
import typer

from ims_desktop.admin.server import AdminServer, Connection, server_of, warn_of_version
from ims_desktop.database import keyring_store
from ims_desktop.database.backup import may_come_in
from ims_desktop.database.embedded import default_data, wheel_binaries
from ims_desktop.database.examination import backup_faults, group_faults, server_faults
from ims_desktop.database.hardening import open_doors
from ims_desktop.database.installation import OPERATOR, check_version, install
from ims_desktop.database.local import LocalServer
from ims_desktop.database.profiles import folder
from ims_desktop.database.reaching import unreachable
from ims_desktop.database.settings import ServerSettings
from ims_desktop.domain.errors import Offline, UserError

TO_PUT_RIGHT = 3


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command()(init)
    app.command()(doctor)


def init(
    context: typer.Context,
    new_password: bool = typer.Option(False, "--new-password", help="Give the operator a new password."),
) -> None:
    """Prepare the server of the settings: operator, roles, database, global tables. Repeating it changes nothing."""
    if context.obj["demo"]:
        with LocalServer() as access:
            typer.echo(f"The embedded server is ready at {access.place.host}:{access.place.port}.")
        return
    settings = ServerSettings()
    if not settings.user:
        raise UserError("Set DB_HOST, DB_USER and DB_PASSWORD (or DATABASE_URL) to the server's administrator first.")
    try:
        password = install(settings.place, settings.user, settings.password, renew=new_password)
        with settings.place.connect(settings.user, settings.password) as connection:
            warn_of_version(connection)
    except psycopg.OperationalError as error:
        raise unreachable(settings.place, error) from error
    typer.echo("The server is ready.")
    if password is not None:
        typer.echo(f"From now on use DB_USER={OPERATOR} and this password, shown only once:\n{password}")


def doctor(
    context: typer.Context,
    strict: bool = typer.Option(False, "--strict", help="End with code 3 when something should be put right."),
) -> None:
    """Say what this computer and the server have, and what should be put right, with what to do."""
    typer.echo(f"Python {platform.python_version()} on {platform.system()} {platform.release()}")
    typer.echo(f"Embedded PostgreSQL: {wheel_binaries()}")
    typer.echo(f"Sample data: {default_data('demo')}")
    typer.echo(f"Profiles: {folder()}")
    try:
        keyring_store.recall("doctor")
        typer.echo("Key store: works")
    except keyring_store.NoKeyring as error:
        typer.echo(f"Key store: {error} Passwords are asked for at each start.")
    if sys.platform.startswith("linux"):
        _look_at_qt()
    if not context.obj["demo"] and not ServerSettings().user:
        typer.echo("Server: none set (DB_HOST, DB_USER, DB_PASSWORD or DATABASE_URL); --demo looks at the sample data.")
        return
    with server_of(context) as server, server.operator() as operator:
        faults = _look_at_server(server, operator)
    for fault in faults:
        typer.echo(f"To put right: {fault}")
    if not faults:
        typer.echo("Nothing to put right.")
    elif strict:
        raise typer.Exit(TO_PUT_RIGHT)


def _look_at_server(server: AdminServer, operator: Connection) -> list[str]:
    """Tell what the server is; gives what should be put right there."""
    row = operator.execute("SELECT version(), to_regclass('public.tenants') IS NOT NULL").fetchone()
    if row is None:
        raise Offline("The server gave no answer.")
    where = f"Server: {server.place.host}:{server.place.port}, {row[0].split(' on ')[0]}"
    if not row[1]:
        typer.echo(where)
        return [f"{server.place.database} is not prepared: run ims-admin init as the server's administrator."]
    count = operator.execute("SELECT count(*) FROM public.tenants").fetchone()
    typer.echo(f"{where}, tenants: {count[0] if count else 0}")
    doors = ", ".join(open_doors(operator))
    typer.echo(f"Hardening: not done, ims-admin harden closes {doors}" if doors else "Hardening: done")
    typer.echo(
        f"Backups: {'their role may sign in' if may_come_in(operator) else 'ims-admin backup-role lets them in'}"
    )
    warning = check_version(operator)
    return [
        *([warning] if warning else []),
        *server_faults(operator),
        *backup_faults(operator),
        *group_faults(operator),
    ]


def _look_at_qt() -> None:
    import ctypes.util

    missing = [
        name
        for name in ("glib-2.0", "EGL", "GL", "dbus-1", "fontconfig", "xkbcommon")
        if not ctypes.util.find_library(name)
    ]
    typer.echo(f"Libraries of the window: {'missing ' + ', '.join(missing) if missing else 'all there'}")
