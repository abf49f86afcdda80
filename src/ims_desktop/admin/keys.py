"""Commands about the keys of sensitive fields."""

import os
import sys

import typer

from ims_desktop.admin.server import Connection, server_of
from ims_desktop.admin.tenants import tell_code, tenant_id, tenants
from ims_desktop.database.key_recovery import begin_keys, new_code, recover
from ims_desktop.database.scripts import TenantNames
from ims_desktop.domain.errors import UserError


def register(_app: typer.Typer) -> None:
    """Add the command to those about tenants."""
    tenants.command("key")(tenant_key)


def tenant_key(
    context: typer.Context,
    name: str = typer.Argument(help="The restaurant group."),
    recover_with: bool = typer.Option(
        False, "--recovery-code", help="Give the PCs that ask the key by the recovery code."
    ),
    pc: str = typer.Option("", "--pc", help="With --recovery-code: only the PC set up under this name."),
    renew: bool = typer.Option(False, "--new-code", help="Replace the recovery code by a new one."),
) -> None:
    """Make the key of sensitive fields and print its recovery code; or use that code where every PC lost the key.

    The code is asked for, or taken from IMS_RECOVERY_CODE.
    """
    with server_of(context) as server, server.operator() as operator:
        names = TenantNames(tenant_id(operator, name))
        if renew:
            tell_code(name, new_code(operator, names, _code()))
        elif recover_with:
            _recover(operator, names, pc)
        else:
            tell_code(name, begin_keys(operator, names))


def _recover(operator: Connection, names: TenantNames, pc: str) -> None:
    given = recover(operator, names, _code(), pc)
    for each in given:
        typer.echo(f"{each} can now open sensitive fields.")
    if not given:
        typer.echo("No PC asks for the key. Open a supplier, or PCs and keys, on the PC first; then run this again.")


def _code() -> str:
    given = os.environ.get("IMS_RECOVERY_CODE")
    if not given and not sys.stdin.isatty():
        raise UserError("Set IMS_RECOVERY_CODE, or run this where the code can be typed.")
    answer: str = given or typer.prompt("Recovery code", hide_input=True, err=True)
    return answer
