"""Commands that prepare a server: init, doctor."""

import platform
import sys

import psycopg
import typer

from ims_desktop.admin.server import server_of, warn_of_version
from ims_desktop.database import keyring_store
from ims_desktop.database.embedded import default_data, wheel_binaries
from ims_desktop.database.hardening import open_doors
from ims_desktop.database.installation import OPERATOR, install
from ims_desktop.database.local import LocalServer
from ims_desktop.database.profiles import folder
from ims_desktop.database.reaching import unreachable
from ims_desktop.database.settings import ServerSettings
from ims_desktop.domain.errors import Offline, UserError


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


def doctor(context: typer.Context) -> None:
    """Say what this computer and the server have, and what is missing."""
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
        row = operator.execute("SELECT version(), (SELECT count(*) FROM public.tenants)").fetchone()
        if row is None:
            raise Offline("The server gave no answer.")
        typer.echo(f"Server: {server.place.host}:{server.place.port}, {row[0].split(' on ')[0]}, tenants: {row[1]}")
        doors = ", ".join(open_doors(operator))
        typer.echo(f"Hardening: not done, ims-admin harden closes {doors}" if doors else "Hardening: done")


def _look_at_qt() -> None:
    import ctypes.util

    missing = [
        name
        for name in ("glib-2.0", "EGL", "GL", "dbus-1", "fontconfig", "xkbcommon")
        if not ctypes.util.find_library(name)
    ]
    typer.echo(f"Libraries of the window: {'missing ' + ', '.join(missing) if missing else 'all there'}")
