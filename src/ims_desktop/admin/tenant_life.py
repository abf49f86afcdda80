"""Commands about the life of a restaurant group: suspend, rename, let go."""

import typer

from ims_desktop.admin.server import server_of
from ims_desktop.admin.tenants import tenant_id, tenants
from ims_desktop.database import tenant_life as life


def register() -> None:
    """Add these commands to those about restaurant groups."""
    for command in (suspend, resume, rename, tier, networks, delete):
        tenants.command()(command)


def suspend(
    context: typer.Context, name: str, because: str = typer.Option("", help="The reason, as open desks are told it.")
) -> None:
    """Let nobody open it until it is resumed; desks that have it open are cut."""
    with server_of(context) as server, server.operator() as operator:
        life.suspend(operator, tenant_id(operator, name), because)
        typer.echo(f"{name} is suspended. ims-admin tenant resume opens it again.")


def resume(context: typer.Context, name: str) -> None:
    """Open it again after it was suspended, or was to be deleted."""
    with server_of(context) as server, server.operator() as operator:
        life.resume(operator, tenant_id(operator, name))
        typer.echo(f"{name} can be opened again.")


def rename(context: typer.Context, name: str, new: str = typer.Argument(help="What it is called from now on.")) -> None:
    """Call it something else."""
    with server_of(context) as server, server.operator() as operator:
        typer.echo(f"{name} is now called {life.rename(operator, tenant_id(operator, name), new)}.")


def tier(context: typer.Context, name: str, to: str = typer.Argument(help=f"One of {', '.join(life.TIERS)}.")) -> None:
    """Note what it has subscribed to."""
    with server_of(context) as server, server.operator() as operator:
        life.set_tier(operator, tenant_id(operator, name), to.upper())
        typer.echo(f"{name} is now {to.upper()}.")


def networks(
    context: typer.Context,
    name: str,
    allowed: list[str] = typer.Argument(None, help="Such as 10.0.0.0/8 or 203.0.113.7/32."),
    everywhere: bool = typer.Option(False, "--everywhere", help="Let it be opened from everywhere again."),
) -> None:
    """From which networks it may be opened. Desks that have it open are cut and ask again."""
    if bool(allowed) == everywhere:
        raise typer.BadParameter("Name at least one network, or say --everywhere.")
    with server_of(context) as server, server.operator() as operator:
        kept = life.set_networks(operator, tenant_id(operator, name), allowed or [])
        typer.echo(f"{name} may be opened from {', '.join(kept) or 'everywhere'}. ims-admin network prints the rules.")


def delete(
    context: typer.Context,
    name: str,
    days: int = typer.Option(life.WAIT_DAYS, "--days", help="How long it can still be taken back."),
    now: bool = typer.Option(False, "--now", help="Delete it for good, when its waiting time is over."),
) -> None:
    """Close it at once, and let it be deleted for good after a time in which `resume` takes it back."""
    with server_of(context) as server, server.operator() as operator:
        tenant = tenant_id(operator, name)
        if now:
            life.delete(operator, tenant)
            typer.echo(f"{name} is deleted.")
            return
        moment = life.leave(operator, tenant, days)
        typer.echo(
            f"{name} is closed. Until {moment:%Y-%m-%d} ims-admin tenant resume takes it back; then"
            f" ims-admin tenant delete --now deletes it. ims-admin tenant export keeps a copy."
        )
