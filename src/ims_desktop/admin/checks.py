"""The commands that seal the books and check them."""

import time
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from uuid import UUID

import typer

from ims_desktop.admin.server import Connection, server_of
from ims_desktop.admin.tenants import tenant_id
from ims_desktop.admin.verification import (
    CHECKS,
    SIGN_IN_CHECKS,
    Finding,
    Head,
    read_heads,
    sealed_up_to,
    verify,
    verify_sign_ins,
)
from ims_desktop.database.scripts import TenantNames
from ims_desktop.database.sealing import Seal, make_months, seal, seal_sign_ins
from ims_desktop.domain.errors import UserError

DIFFERENCES = 3
PATIENCE = 10.0  # seconds for transactions under way; what they write is sealed by the next run
PAUSE = 0.2
SIGN_INS = "The log of sign-ins"

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
    """Recompute the books, the audit rows, the sign-ins and their seals, and name all that does not agree."""
    exported = read_heads(heads) if heads else []
    found = 0
    with server_of(context) as server, server.operator() as operator:
        chosen = _tenants(operator, tenant)
        for name, names in chosen:
            typer.echo(f"{name}: {len(CHECKS)} rules and the whole ledger … ({sealed_up_to(operator, names)})")
            found += _tell(verify(operator, names, exported))
        if not tenant:
            typer.echo(f"{SIGN_INS}: {len(SIGN_IN_CHECKS)} rules …")
            found += _tell(verify_sign_ins(operator, exported)) + _tell_gone(exported, chosen)
    if found:
        typer.echo(f"{found} things do not agree.", err=True)
        raise typer.Exit(DIFFERENCES)
    typer.echo("Everything agrees.")


def _tell(findings: Iterable[Finding]) -> int:
    """Name what was found; gives how much."""
    lines = [f"  {finding}" for finding in findings]
    for line in lines:
        typer.echo(line)
    return len(lines)


def _tell_gone(exported: list[Head], there: Tenants) -> int:
    """Name the restaurant groups that have exported seals and are not on this server; gives how many."""
    known = {None, *(names.tenant for _name, names in there)}
    gone = {head.tenant: head.name for head in exported if head.tenant not in known}
    for tenant, name in gone.items():
        typer.echo(f"{name} ({tenant}) has exported seals, but is not on this server.")
    return len(gone)


def seal_books(
    context: typer.Context,
    tenant: str = typer.Option("", help="Only this restaurant group."),
    to: Path | None = typer.Option(None, help="Add the newest seals to this file; keep it away from the server."),
) -> None:
    """Seal the audit logs, the ledgers and the log of sign-ins, and print their newest seals as lines of JSON."""
    heads = []
    with server_of(context) as server, server.operator() as operator:
        for name, names in _tenants(operator, tenant):
            make_months(operator, names)
            heads.append(_seal_patiently(name, names.tenant, partial(seal, operator, names)))
        if not tenant:
            heads.append(_seal_patiently(SIGN_INS, None, partial(seal_sign_ins, operator)))
    lines = [head.to_json() for head in heads if head is not None]
    if to is None:
        typer.echo("\n".join(lines))
        return
    try:
        with to.open("a", encoding="utf-8") as file:
            file.writelines(f"{line}\n" for line in lines)
    except OSError as error:
        raise UserError(f"The file {to} cannot be written: {error.strerror}. Give another with --to.") from error
    typer.echo(f"{len(lines)} seals were added to {to}.")


def _seal_patiently(name: str, tenant: UUID | None, attempt: Callable[[], Seal | None]) -> Head | None:
    until = time.monotonic() + PATIENCE
    newest = attempt()
    while (newest is None or newest.waiting) and time.monotonic() < until:
        time.sleep(PAUSE)
        newest = attempt() or newest
    if newest is None or newest.number is None:
        typer.echo(f"{name}: nothing to seal yet, or somebody else is doing it.", err=True)
        return None
    if newest.waiting:
        typer.echo(f"{name}: what is being written at this moment is left to the next seal.", err=True)
    return Head(tenant, name, newest.number, str(newest.hash), str(newest.sealed_at))


def _tenants(operator: Connection, wanted: str) -> Tenants:
    only = tenant_id(operator, wanted) if wanted else None
    with operator.transaction():
        operator.execute("SET LOCAL ROLE ims_reader")
        rows = operator.execute("SELECT name, id FROM public.tenants ORDER BY name").fetchall()
    return [(name, TenantNames(tenant)) for name, tenant in rows if only in (None, tenant)]
