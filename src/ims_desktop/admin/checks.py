"""The command that checks the books."""

import typer

from ims_desktop.admin.server import Connection, server_of
from ims_desktop.admin.tenants import tenant_id
from ims_desktop.admin.verification import CHECKS, verify
from ims_desktop.database.scripts import TenantNames

DIFFERENCES = 3


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("verify")(verify_books)


def verify_books(
    context: typer.Context,
    tenant: str = typer.Option("", help="Only this restaurant group."),
) -> None:
    """Recompute quantities, values, levels, document totals and audit rows, and name everything that does not agree."""
    found = 0
    with server_of(context) as server, server.operator() as operator:
        for name, names in _tenants(operator, tenant):
            typer.echo(f"{name}: {len(CHECKS)} rules and the whole ledger …")
            for finding in verify(operator, names):
                found += 1
                typer.echo(f"  {finding}")
    if found:
        typer.echo(f"{found} things do not agree.", err=True)
        raise typer.Exit(DIFFERENCES)
    typer.echo("Everything agrees.")


def _tenants(operator: Connection, wanted: str) -> list[tuple[str, TenantNames]]:
    if wanted:
        return [(wanted, TenantNames(tenant_id(operator, wanted)))]
    with operator.transaction():
        operator.execute("SET LOCAL ROLE ims_reader")
        rows = operator.execute("SELECT name, id FROM public.tenants ORDER BY name").fetchall()
    return [(row[0], TenantNames(row[1])) for row in rows]
