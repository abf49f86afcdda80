"""Commands about who reaches the server: its rules, and what a superuser can close."""

from ipaddress import ip_network

import typer

from ims_desktop.admin.server import server_of
from ims_desktop.database.hardening import harden, open_doors
from ims_desktop.database.network import rules_for, tenants_of, weaknesses
from ims_desktop.domain.errors import UserError

WEAK = 3  # what verify answers with, too: everything worked, and something is not as it should be


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command()(network)
    app.command("harden")(harden_server)


def network(
    context: typer.Context,
    operators: list[str] = typer.Option([], "--operator-from", help="A network the operator works from; repeatable."),
) -> None:
    """Print the lines of pg_hba.conf that this installation needs, and name what is weak on the live server."""
    for address in operators:
        try:
            ip_network(address)
        except ValueError as error:
            raise UserError(f"{address} is not a network such as 10.0.0.0/8.") from error
    with server_of(context) as server, server.operator() as operator:
        typer.echo(f"# pg_hba.conf for {server.place.database}; the first line that fits decides, so keep the order")
        major = operator.info.server_version // 10000
        for rule in rules_for(server.place.database, tenants_of(operator), major, operators=operators):
            typer.echo(str(rule))
        try:
            found = weaknesses(operator)
        except UserError as error:
            typer.echo(error.text, err=True)
            return
    for weakness in found:
        typer.echo(weakness, err=True)
    if found:
        raise typer.Exit(WEAK)
    typer.echo("Nothing is weak in the rules the server has now.", err=True)


def harden_server(context: typer.Context) -> None:
    """Close what PostgreSQL leaves open to every role; as a superuser, on a server of one's own."""
    with server_of(context) as server, server.operator() as superuser:
        before = open_doors(superuser)
        harden(superuser)
        typer.echo(f"Closed: {', '.join(before)}." if before else "It was closed already.")
