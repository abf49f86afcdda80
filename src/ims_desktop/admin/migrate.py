"""The command that brings every restaurant group to a version of the program."""

import typer

from ims_desktop.admin.server import AdminServer, server_of
from ims_desktop.database.migrations import Migrations, Version
from ims_desktop.database.scripts import TenantNames
from ims_desktop.database.sealing import make_months
from ims_desktop.domain.errors import UserError


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(migrate)


def migrate(
    context: typer.Context,
    listed: bool = typer.Option(False, "--list", help="Only say what would be done."),
    dry_run: bool = typer.Option(False, "--dry-run", help="Do it, take it back, and say what would fail."),
    only: list[str] = typer.Option([], "--only", help="Only this restaurant group, or “global tables”; repeatable."),
    to: str = typer.Option("head", "--to", help="This revision instead of the newest; the global tables stay."),
    down: bool = typer.Option(False, "--down", help="Go back, and lose what newer revisions hold."),
) -> None:
    """Bring the global tables and every restaurant group to this version of the program, each on its own."""
    with server_of(context) as server:
        migrations = Migrations(server.place, server.operator_password, server.user)
        try:
            if not down:
                _refuse_to_go_back(migrations, tuple(only), to)
            if listed:
                for version in migrations.chosen(tuple(only), to):
                    typer.echo(f"{version.name}: {_plan(migrations, version, to)}")
            elif dry_run:
                _rehearse(migrations, tuple(only), to)
            else:
                _run(server, migrations, tuple(only), to)
        finally:
            migrations.close()


def _refuse_to_go_back(migrations: Migrations, only: tuple[str, ...], to: str) -> None:
    back = []
    for one in migrations.chosen(only, to):
        history = migrations.history_of(one)
        back += [one.name] if history.is_back(one.revision, history.find(to)) else []
    if back:
        raise UserError(
            f"Going back to {to} loses what the newer revisions hold in {', '.join(back)}."
            " Make a backup, and add --down if that is meant."
        )


def _plan(migrations: Migrations, version: Version, to: str) -> str:
    history = migrations.history_of(version)
    try:
        steps = history.steps(version.revision, history.find(to))
    except UserError as error:
        return error.text
    return f"from {version.revision or 'nothing'}: {', '.join(steps)}" if steps else "nothing to do"


def _rehearse(migrations: Migrations, only: tuple[str, ...], to: str) -> None:
    failed, seconds = [], 0.0
    for outcome in migrations.rehearse(only, to):
        failed += [outcome.version.name] if outcome.failure else []
        seconds += outcome.seconds
        plan = _plan(migrations, outcome.version, to)
        would = f"would fail: {outcome.failure}" if outcome.failure else "would work"
        typer.echo(
            f"{outcome.version.name}: {plan}"
            + (f": {would} ({outcome.seconds:.1f} s)" if outcome.seconds or outcome.failure else "")
        )
    if failed:
        raise UserError(f"{', '.join(failed)} would stay as they are. Everything was taken back; nothing has changed.")
    typer.echo(f"Everything would work, in about {seconds:.0f} s one after the other; all was taken back.")


def _run(server: AdminServer, migrations: Migrations, only: tuple[str, ...], to: str) -> None:
    moved, failed, current = 0, [], []
    for outcome in migrations.upgrade(only, to):
        moved += not outcome.failure
        failed += [outcome.version.name] if outcome.failure else []
        typer.echo(f"{outcome.version.name}: {outcome.failure or 'at ' + (outcome.revision or 'nothing')}")
        if outcome.version.tenant is not None and not outcome.failure and to == "head":
            current.append(TenantNames(outcome.version.tenant))
    with server.operator() as operator:
        for names in current:
            make_months(operator, names)
    if failed:
        raise UserError(
            f"{moved} done; {', '.join(failed)} stayed as they were and go on with the program they had."
            " Put the cause right and run this again: what is done is left alone."
        )
