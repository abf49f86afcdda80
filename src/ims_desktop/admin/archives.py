"""Commands about archives of restaurant groups: write one, look at one, bring a group back from one."""

from pathlib import Path

import typer

from ims_desktop.admin.server import server_of
from ims_desktop.admin.tenants import tenant_id, tenants
from ims_desktop.admin.verification import verify
from ims_desktop.database.archive import problems_of
from ims_desktop.database.export import export_tenant
from ims_desktop.database.scripts import TenantNames
from ims_desktop.database.tenant_import import import_tenant
from ims_desktop.domain.errors import Problem, UserError

DIFFERENCES = 3


def register() -> None:
    """Add these commands to those about restaurant groups."""
    tenants.command()(export)
    tenants.command()(check)
    tenants.command("import")(bring_back)


def export(
    context: typer.Context,
    name: str,
    file: Path = typer.Argument(help="A new file; what is there already is not overwritten."),
) -> None:
    """Write all its tables, as they are at one moment, to an archive that any program can read."""
    with server_of(context) as server, server.operator() as operator:
        parts = export_tenant(operator, tenant_id(operator, name), file)
        rows = sum(part.rows for part in parts)
        typer.echo(f"{file}: {len(parts)} tables, {rows:,} rows, {file.stat().st_size:,} bytes.")


def check(file: Path) -> None:
    """Say whether an archive is whole: every table there, every byte as it was exported."""
    problems = problems_of(file)
    if problems:
        raise UserError(f"{file} must not be relied on.", [Problem(problem) for problem in problems])
    typer.echo(f"{file} is whole.")


def bring_back(
    context: typer.Context,
    file: Path = typer.Argument(help="An archive written by ims-admin tenant export."),
    name: str = typer.Option("", "--name", help="What the group is called here; as it was without it."),
) -> None:
    """Bring a restaurant group back from its archive, here or on another server; it keeps its history and its keys."""
    with server_of(context) as server, server.operator() as operator:
        made = import_tenant(operator, file, name)
        typer.echo(f"{made.name} is here with {made.rows:,} rows: {made.tenant}")
        if made.known:
            typer.echo(f"Known here already, and let in with the password they have: {', '.join(made.known)}")
        if made.new:
            typer.echo(f"New here; ims-admin user reset LOGIN gives each a first code: {', '.join(made.new)}")
        findings = list(verify(operator, TenantNames(made.tenant)))
    for finding in findings:
        typer.echo(f"  {finding}")
    if findings:
        typer.echo(f"{len(findings)} things do not agree, and did not when the archive was written.", err=True)
        raise typer.Exit(DIFFERENCES)
    typer.echo("Every rule holds, the whole ledger and its seals agree.")
