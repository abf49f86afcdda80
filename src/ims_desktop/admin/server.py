"""The server a command is about, and how the command gets in: as the operator, or as a person."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import psycopg
import typer

from ims_desktop.database.installation import OPERATOR, check_version
from ims_desktop.database.local import LocalServer
from ims_desktop.database.place import Place
from ims_desktop.database.reaching import unreachable
from ims_desktop.database.settings import ServerSettings
from ims_desktop.database.sign_in import Gate, SignedIn, TenantChoice, open_tenant, sign_in, sign_out
from ims_desktop.database.tenancy import create_gate, drop_gate
from ims_desktop.database.transaction import TenantDatabase
from ims_desktop.domain.errors import UserError
from ims_desktop.domain.sample_accounts import DEMO_PASSWORD, OWNER, PLATO

Connection = psycopg.Connection[Any]


@dataclass(frozen=True)
class AdminServer:
    """A reachable server with the operator's way in; `gate` where this computer has one of its own."""

    place: Place
    operator_password: str = field(repr=False)
    gate: Gate | None = None
    is_demo: bool = False
    user: str = OPERATOR

    @contextmanager
    def operator(self) -> Iterator[Connection]:
        """A connection as the operator."""
        try:
            connection = self.place.connect(self.user, self.operator_password)
        except psycopg.OperationalError as error:
            raise unreachable(self.place, error) from error
        with connection:
            warn_of_version(connection)
            yield connection

    @contextmanager
    def desk(self, login: str | None, tenant: str | None = None) -> Iterator[TenantDatabase]:
        """Work as a person: sign in, open the tenant, and sign out at the end."""
        password = _password(login, demo=self.is_demo)
        with self._gate() as gate:
            session = sign_in(gate, login or OWNER.login, password)
            choice = _choose(session, tenant or (PLATO if self.is_demo else None))
            desk = TenantDatabase(open_tenant(gate, session, choice))
            try:
                yield desk
            finally:
                desk.close()
                sign_out(gate, session)

    @contextmanager
    def _gate(self) -> Iterator[Gate]:
        if self.gate is not None:
            yield self.gate
            return
        with self.operator() as operator:
            user, password = create_gate(operator, f"ims-admin {secrets.token_hex(4)}")
        try:
            yield Gate(self.place, user, password)
        finally:
            with self.operator() as operator:
                drop_gate(operator, user)


def warn_of_version(connection: Connection) -> None:
    """Say loudly when the server works with reserve."""
    warning = check_version(connection)
    if warning:
        typer.echo(f"WARNING: {warning}", err=True)


@contextmanager
def server_of(context: typer.Context) -> Iterator[AdminServer]:
    """The embedded demo with --demo, otherwise the server of the settings."""
    if (context.obj or {}).get("demo"):
        with LocalServer() as access:
            yield AdminServer(access.place, access.operator_password, access.gate, is_demo=True)
        return
    settings = ServerSettings()
    if not settings.user:
        raise UserError("Say which server: set DB_HOST, DB_USER and DB_PASSWORD (or DATABASE_URL), or use --demo.")
    yield AdminServer(settings.place, settings.password, user=settings.user)


def _password(login: str | None, *, demo: bool) -> str:
    given = os.environ.get("IMS_PASSWORD")
    if given:
        return given
    if demo:
        return DEMO_PASSWORD
    if login is None:
        raise UserError("Say as whom this is done: --as LOGIN.")
    answer: str = typer.prompt(f"Password of {login}", hide_input=True, err=True)
    return answer


def _choose(session: SignedIn, tenant: str | None) -> TenantChoice:
    names = ", ".join(choice.name for choice in session.tenants)
    if tenant is None:
        if len(session.tenants) == 1:
            return session.tenants[0]
        raise UserError(f"Say which restaurant group: --tenant NAME. There are: {names}.")
    for choice in session.tenants:
        if tenant.casefold() in (choice.name.casefold(), str(choice.id)):
            return choice
    raise UserError(f"{session.person} has no restaurant group called {tenant}. There are: {names}.")
