"""Commands about the sample data."""

import typer

from ims_desktop.admin.demo.groups import all_built, build_all
from ims_desktop.database.embedded import default_data
from ims_desktop.database.local import LocalServer
from ims_desktop.domain.sample_accounts import ACCOUNTS, DEMO_PASSWORD

demos = typer.Typer(no_args_is_help=True, help="The sample data on this computer.")


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.add_typer(demos, name="demo")


@demos.command("build")
def demo_build() -> None:
    """Build the sample data when they are not there yet, and say who can sign in."""
    server = LocalServer()
    with server.alone(_wait):
        _build(server)
    _say_who()


@demos.command("reset")
def demo_reset(sure: bool = typer.Option(False, "--yes", help="Do not ask.")) -> None:
    """Remove the sample data and everything entered there, and build them anew."""
    if not sure and not typer.confirm("Everything entered in the sample data is lost. Go on?"):
        raise typer.Abort
    server = LocalServer()
    with server.alone(_wait):
        server.reset()
        _build(server)
    _say_who()


def _build(server: LocalServer) -> None:
    with server as access:
        complete = all_built(access)
    if not complete:
        typer.echo("Building the sample data: this takes about a minute, once.")
        server.reset()
        with server as access:
            build_all(access, typer.echo)


def _wait() -> None:
    typer.echo("The sample data are just being built by another start of the program: waiting until they are there.")


def _say_who() -> None:
    typer.echo("Sign in to the sample data with:")
    for account in ACCOUNTS:
        typer.echo(f"  {account.login:<8}  {DEMO_PASSWORD}   {account.title}, {' and '.join(account.tenants)}")


@demos.command("path")
def demo_path() -> None:
    """Where the sample data lie."""
    typer.echo(default_data("demo"))
