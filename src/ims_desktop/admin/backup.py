"""The command that lets backups be made, by a role that reads everything and changes nothing."""

import typer

from ims_desktop.admin.server import server_of
from ims_desktop.database.backup import BACKUP, gaps, let_in, shut_out
from ims_desktop.domain.errors import Problem, UserError


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("backup-role")(backup_role)


def backup_role(
    context: typer.Context,
    check: bool = typer.Option(False, "--check", help="Only say whether a backup would be whole."),
    remove: bool = typer.Option(False, "--remove", help="Let the role sign in no more."),
) -> None:
    """Let the role for backups sign in, with a new password; first see that a backup by it would lack nothing."""
    with server_of(context) as server, server.operator() as operator:
        if remove:
            shut_out(operator)
            typer.echo(f"{BACKUP} is shut out.")
            return
        missing = gaps(operator)
        if missing:
            raise UserError("A backup would not be whole.", [Problem(one) for one in missing])
        typer.echo("A backup would lack nothing.")
        if check:
            return
        password = let_in(operator)
        place = server.place
        typer.echo(f"{BACKUP} may sign in with this password, shown only once:\n{password}")
        typer.echo(
            "Make a backup with the pg_dump of the server's version:\n"
            f"pg_dump --enable-row-security --format=custom --no-large-objects --file=ims.dump"
            f" --host={place.host} --port={place.port} --username={BACKUP} {place.database}"
        )
