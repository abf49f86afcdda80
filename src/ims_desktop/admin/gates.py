"""Commands about the PCs that may reach the sign-in."""

from pathlib import Path

import typer

from ims_desktop.admin.server import AdminServer, server_of
from ims_desktop.database import keyring_store, profile_file
from ims_desktop.database.profiles import Profile, keep
from ims_desktop.database.proof import one_time_code
from ims_desktop.database.tenancy import create_gate, drop_gate
from ims_desktop.domain.errors import UserError

gates = typer.Typer(no_args_is_help=True, help="The PCs that may reach the sign-in.")


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.add_typer(gates, name="gate")


@gates.command("create")
def gate_create(
    context: typer.Context,
    device: str = typer.Argument(help="What the PC is called."),
    file: Path | None = typer.Option(None, "--file", help="Write a sealed profile file for the PC, and say its code."),
    certificate: Path | None = typer.Option(None, "--certificate", help="The authority's certificate, for the file."),
    keep_here: bool = typer.Option(False, "--keep", help="Set up this PC: profile file and keyring."),
    name: str = typer.Option("", "--profile", help="The name of the profile on the PC; the device's without it."),
) -> None:
    """Let one PC reach the sign-in."""
    with server_of(context) as server:
        if file is not None:
            _write_file(server, device, name or device, file, _certificate(server, certificate))
            return
        with server.operator() as operator:
            user, password = create_gate(operator, device)
        if not keep_here:
            typer.echo(f"gate: {user}\npassword (shown only once): {password}")
            return
        profile = Profile(name or device, server.place, user)
        try:
            keyring_store.keep(f"gate:{user}", password)
        except keyring_store.NoKeyring as error:
            raise UserError(f"{error} Set this PC up with a profile file instead: --file FILE.") from error
        keep(profile)
        typer.echo(f"This PC now knows {profile.name} ({profile.detail}).")


@gates.command("list")
def gate_list(context: typer.Context) -> None:
    """All PCs: their role, their state, and when somebody last worked there."""
    with server_of(context) as server, server.operator() as operator:
        operator.execute("SET ROLE ims_owner")
        found = operator.execute(
            "SELECT g.role_name, g.device, CASE WHEN NOT g.is_active THEN 'taken away'"
            " WHEN g.enrol_until IS NULL OR g.enrolled_at IS NOT NULL THEN 'set up'"
            " WHEN g.enrol_until > now() THEN 'waits to be set up' ELSE 'was never set up' END,"
            " coalesce(to_char(max(s.last_used_at), 'YYYY-MM-DD HH24:MI'), 'never used')"
            " FROM public.gates g LEFT JOIN public.sessions s ON s.gate_role = g.role_name"
            " GROUP BY g.role_name ORDER BY g.device, g.created_at"
        ).fetchall()
        for row in found:
            typer.echo("  ".join(row))


@gates.command("remove")
def gate_remove(context: typer.Context, gate: str = typer.Argument(help="Its role, as gate list shows it.")) -> None:
    """Take a PC's way in away, and end at once what goes on there."""
    with server_of(context) as server, server.operator() as operator:
        with operator.transaction():
            operator.execute("SET LOCAL ROLE ims_owner")
            row = operator.execute(
                "SELECT device FROM public.gates WHERE role_name = %s AND is_active", [gate]
            ).fetchone()
        if row is None:
            raise UserError(f"There is no gate called {gate}. ims-admin gate list shows them.")
        drop_gate(operator, gate)
        typer.echo(f"{row[0]} can no longer sign anybody in.")


def _write_file(server: AdminServer, device: str, name: str, path: Path, certificate: str) -> None:
    if path.exists():
        raise UserError(f"{path} is there already. Give another name, or remove it first.")
    if not path.parent.is_dir():
        raise UserError(f"There is no folder {path.parent}.")
    code = one_time_code()
    with server.operator() as operator:
        user, password = create_gate(operator, device, enrol_days=profile_file.DAYS)
    content = profile_file.ProfileFile(name, server.place, user, password, certificate)
    path.write_text(profile_file.write(content, code), "utf-8")
    typer.echo(f"{path} sets up {device}, once, within {profile_file.DAYS} days.")
    typer.echo(f"Its code, shown only once; tell it in person or by phone, never beside the file:\n{code}")


def _certificate(server: AdminServer, path: Path | None) -> str:
    known = server.place.ssl_root
    path = path or (Path(known) if known not in ("", "system") else None)
    if path is None:
        return ""
    try:
        text = path.read_text("ascii")
    except (OSError, ValueError) as error:
        raise UserError(f"The certificate {path} cannot be read.") from error
    if "BEGIN CERTIFICATE" not in text:
        raise UserError(f"{path} is no certificate in PEM form.")
    return text
