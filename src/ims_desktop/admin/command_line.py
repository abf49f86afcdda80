"""`ims-admin`: what an operator does with a server, its tenants and its people."""

import gc
import sys

import psycopg
import typer
from pydantic import ValidationError
from sqlalchemy.exc import OperationalError as SqlOperationalError
from typer.exceptions import TyperException

from ims_desktop.admin import (
    archives,
    backup,
    checks,
    demo_commands,
    exchange,
    gates,
    keys,
    migrate,
    network,
    periods,
    setup,
    tenant_life,
    tenants,
)
from ims_desktop.database.reaching import unreachable
from ims_desktop.database.settings import ServerSettings
from ims_desktop.domain.errors import Offline, UserError

# What the shell is told.
WRONG, USAGE, DIFFERENCES, UNREACHABLE = 1, 2, 3, 4

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=__doc__)


@app.callback()
def choose_server(
    context: typer.Context,
    demo: bool = typer.Option(False, "--demo", help="Use the sample data on this computer, started when needed."),
) -> None:
    """Operate IMS Desktop: servers, tenants, people, imports, reports."""
    context.obj = {"demo": demo}


setup.register(app)
backup.register(app)
gates.register(app)
migrate.register(app)
network.register(app)
tenants.register(app)
keys.register(app)
tenant_life.register()
archives.register()
exchange.register(app)
periods.register(app)
checks.register(app)
demo_commands.register(app)


def main() -> None:
    """Run one command and end with its exit code; every failure is a sentence."""
    gc.freeze()  # the program itself is never garbage: a long import would look through it again and again
    try:
        code = app(standalone_mode=False)
    except Offline as error:
        code = _say(error, UNREACHABLE)
    except UserError as error:
        code = _say(error, WRONG)
    except typer.Exit as ended:
        code = ended.exit_code
    except typer.Abort:
        code = _tell("Stopped.", WRONG)
    except (psycopg.OperationalError, SqlOperationalError) as error:
        code = _tell(_why_lost(error), UNREACHABLE)
    except ValidationError as error:
        wrong = "; ".join(f"{part['loc'][0]}: {part['msg']}" for part in error.errors())
        code = _tell(f"A setting is wrong: {wrong}.", WRONG)
    except TyperException as error:
        code = _tell(str(error), USAGE)
    sys.exit(code or 0)


def _say(error: UserError, code: int) -> int:
    for problem in error.problems:
        if problem.text != error.text:
            place = ", ".join(
                part for part in (f"row {problem.row}" if problem.row else "", problem.field or "") if part
            )
            typer.echo(f"{place}: {problem.text}" if place else problem.text, err=True)
    return _tell(error.text, code)


def _why_lost(error: psycopg.OperationalError | SqlOperationalError) -> str:
    said = error.orig if isinstance(error, SqlOperationalError) else error
    if isinstance(said, psycopg.OperationalError) and said.sqlstate is None:
        return unreachable(ServerSettings().place, said).text
    return f"The server stopped this: {str(said).strip().splitlines()[0]}"


def _tell(text: str, code: int) -> int:
    typer.echo(text, err=True)
    return code


if __name__ == "__main__":
    main()
