"""The commands that seal the books and check them."""

import time
from pathlib import Path

import typer

from ims_desktop.admin.server import Connection, server_of
from ims_desktop.admin.tenants import tenant_id
from ims_desktop.admin.verification import CHECKS, Head, read_heads, sealed_up_to, verify
from ims_desktop.database.scripts import TenantNames
from ims_desktop.database.sealing import Seal, make_months, seal
from ims_desktop.domain.errors import UserError

DIFFERENCES = 3
PATIENCE = 10.0  # seconds for transactions under way; what they write is sealed by the next run
PAUSE = 0.2

Tenants = list[tuple[str, TenantNames]]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("verify")(verify_books)
    app.command("seal")(seal_books)


def verify_books(
    context: typer.Context,
    tenant: str = typer.Option("", help="Only this restaurant group."),
    heads: Path | None = typer.Option(None, help="Compare with the seals in this file, exported by ims-admin seal."),
) -> None:
    """Recompute quantities, values, levels, document totals, audit rows and seals, and name all that does not agree."""
    exported = read_heads(heads) if heads else []
    found = 0
    with server_of(context) as server, server.operator() as operator:
        chosen = _tenants(operator, tenant)
        for name, names in chosen:
            typer.echo(f"{name}: {len(CHECKS)} rules and the whole ledger … ({sealed_up_to(operator, names)})")
            for finding in verify(operator, names, exported):
                found += 1
                typer.echo(f"  {finding}")
    if not tenant:
        found += _tell_gone(exported, chosen)
    if found:
        typer.echo(f"{found} things do not agree.", err=True)
        raise typer.Exit(DIFFERENCES)
    typer.echo("Everything agrees.")


def _tell_gone(exported: list[Head], there: Tenants) -> int:
    """Name the restaurant groups that have exported seals and are not on this server; gives how many."""
    known = {names.tenant for _name, names in there}
    gone = {head.tenant: head.name for head in exported if head.tenant not in known}
    for tenant, name in gone.items():
        typer.echo(f"{name} ({tenant}) has exported seals, but is not on this server.")
    return len(gone)


def seal_books(
    context: typer.Context,
    tenant: str = typer.Option("", help="Only this restaurant group."),
    to: Path | None = typer.Option(None, help="Add the newest seals to this file; keep it away from the server."),
) -> None:
    """Seal the audit log and the ledger, and print each group's newest seal as a line of JSON."""
    lines = []
    with server_of(context) as server, server.operator() as operator:
        for name, names in _tenants(operator, tenant):
            make_months(operator, names)
            newest = _seal_patiently(operator, names)
            if newest is None or newest.number is None:
                typer.echo(f"{name}: nothing to seal yet, or somebody else is doing it.", err=True)
                continue
            if newest.waiting:
                typer.echo(f"{name}: what is being written at this moment is left to the next seal.", err=True)
            head = Head(names.tenant, name, newest.number, str(newest.hash), str(newest.sealed_at))
            lines.append(head.to_json())
    if to is None:
        typer.echo("\n".join(lines))
        return
    try:
        with to.open("a", encoding="utf-8") as file:
            file.writelines(f"{line}\n" for line in lines)
    except OSError as error:
        raise UserError(f"The file {to} cannot be written: {error.strerror}. Give another with --to.") from error
    typer.echo(f"{len(lines)} seals were added to {to}.")


def _seal_patiently(operator: Connection, names: TenantNames) -> Seal | None:
    until = time.monotonic() + PATIENCE
    newest = seal(operator, names)
    while (newest is None or newest.waiting) and time.monotonic() < until:
        time.sleep(PAUSE)
        newest = seal(operator, names) or newest
    return newest


def _tenants(operator: Connection, wanted: str) -> Tenants:
    only = tenant_id(operator, wanted) if wanted else None
    with operator.transaction():
        operator.execute("SET LOCAL ROLE ims_reader")
        rows = operator.execute("SELECT name, id FROM public.tenants ORDER BY name").fetchall()
    return [(name, TenantNames(tenant)) for name, tenant in rows if only in (None, tenant)]
