"""Commands that close days for good, and open the last of them again."""

from datetime import date
from uuid import UUID

import typer

from ims_desktop.admin.server import server_of
from ims_desktop.database.transaction import Opening, opening
from ims_desktop.domain.errors import Confirm, UserError
from ims_desktop.features.stock.service import UNFINISHED, close_period, periods, reopen_period

closing = typer.Typer(no_args_is_help=True, help="Days that are closed, so that nothing in them changes any more.")


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.add_typer(closing, name="period")


@closing.command("list")
def list_periods(
    context: typer.Context,
    person: str = typer.Option("", "--as", help="The login of the person who asks."),
    tenant: str = typer.Option("", help="The restaurant group, when the person has several."),
) -> None:
    """Say what was closed, and what was opened again and why."""
    with server_of(context) as server, server.desk(person or None, tenant or None) as desk:
        for one in desk.run(periods):
            again = f", reopened by {one.reopened_by}: {one.reason}" if one.reopened_at else ""
            typer.echo(f"{one.site}: up to {one.ends_on} by {one.closed_by}{again}")


@closing.command("close")
def close(
    context: typer.Context,
    site: str = typer.Argument(help="The site."),
    day: str = typer.Argument(help="The last business day, as 2015-01-31."),
    person: str = typer.Option("", "--as", help="The login of the person who closes."),
    tenant: str = typer.Option("", help="The restaurant group, when the person has several."),
    anyway: bool = typer.Option(False, "--anyway", help="Although something is not done yet."),
) -> None:
    """Close the days of a site up to one."""
    with server_of(context) as server, server.desk(person or None, tenant or None) as desk:
        where, last = _site(desk.run(opening), site), _day(day)
        try:
            desk.run(close_period, where, last, frozenset({UNFINISHED} if anyway else ()))
        except Confirm as asked:
            raise UserError(f"{asked.question} Say so with --anyway.") from asked
        typer.echo(f"{site} is closed up to {last}.")


@closing.command("reopen")
def reopen(
    context: typer.Context,
    site: str = typer.Argument(help="The site."),
    day: str = typer.Argument(help="The last day of the period that was closed last."),
    reason: str = typer.Option(..., help="Why."),
    person: str = typer.Option("", "--as", help="The login of the person who opens it."),
    tenant: str = typer.Option("", help="The restaurant group, when the person has several."),
) -> None:
    """Open the last period of a site again."""
    with server_of(context) as server, server.desk(person or None, tenant or None) as desk:
        desk.run(reopen_period, _site(desk.run(opening), site), _day(day), reason)
        typer.echo(f"{site} is open again.")


def _site(seen: Opening, name: str) -> UUID:
    for site in seen.sites:
        if site.name == name:
            return site.id
    raise UserError(f"There is no site {name}. There are {', '.join(site.name for site in seen.sites)}.")


def _day(written: str) -> date:
    try:
        return date.fromisoformat(written)
    except ValueError:
        raise UserError(f"{written} is no day: write 2015-01-31.") from None
