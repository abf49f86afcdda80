"""The product on the embedded server: installed on first use, with its secrets in a file only its owner reads."""

import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

import psycopg

from ims_desktop.database.embedded import EmbeddedServer, default_data
from ims_desktop.database.embedded.claims import PAUSE, try_lock
from ims_desktop.database.embedded.home import make_way_to
from ims_desktop.database.installation import OPERATOR, install
from ims_desktop.database.place import Place
from ims_desktop.database.sign_in import Gate
from ims_desktop.database.tenancy import create_gate, drop_role
from ims_desktop.domain.errors import UserError
from ims_desktop.domain.wording import say

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Access:
    """How this computer gets into its own server: as the operator, and as a PC at which people sign in."""

    place: Place
    operator_password: str = field(repr=False)
    gate: Gate

    def operator(self) -> "psycopg.Connection[tuple[object, ...]]":
        """A connection as the operator."""
        return self.place.connect(OPERATOR, self.operator_password)


class LocalServer:
    """An embedded server with the product on it; a context manager that gives the access."""

    def __init__(self, data: Path | None = None, options: dict[str, str] | None = None) -> None:
        self.data = data or default_data("demo")
        self._server = EmbeddedServer(self.data, options=options or {})
        self._secrets = self.data.with_name(f"{self.data.name}.access.json")

    def start(self, progress: Progress | None = None) -> Access:
        """Start the server when it does not run, install what is missing, and get in."""
        address = self._server.start(progress)
        place = Place(address.host, address.port)
        try:
            known = self._read()
            if known is None:
                operator = install(place, address.user, address.password, renew=True) or ""
                with place.connect(OPERATOR, operator) as connection:
                    user, password = create_gate(connection, "this computer")
                known = {"operator": operator, "gate": user, "gate_password": password}
                self._write(known)
            return Access(place, known["operator"], Gate(place, known["gate"], known["gate_password"]))
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Give the server up; it stops with its last user."""
        self._server.stop()

    @contextmanager
    def alone(self, waiting: Callable[[], None]) -> Iterator[None]:
        """One program at a time fills or empties the server; `waiting` is called once when another one does.

        A killed program gives it back, so that whoever waited goes on from what is there.
        """
        make_way_to(self.data)
        with self.data.with_name(f"{self.data.name}.filling").open("ab") as file:
            if not try_lock(file):
                waiting()
                while not try_lock(file):
                    time.sleep(PAUSE)
            yield

    def reset(self) -> None:
        """Empty the server: its database goes, and every person's and tenant's role, whoever is connected."""
        address = self._server.start()
        self._secrets.unlink(missing_ok=True)  # first: without it the next start installs what is missing
        try:
            with psycopg.connect(address.conninfo(), autocommit=True) as connection:
                connection.execute("DROP DATABASE IF EXISTS ims WITH (FORCE)")
                found = connection.execute(
                    "SELECT rolname FROM pg_roles WHERE rolname ~ '^[mtig]_[0-9a-f]{16}'"
                    " ORDER BY strpos('mtig', left(rolname, 1))"
                ).fetchall()
                for (role,) in found:
                    drop_role(connection, role)
        finally:
            self._server.stop()

    def __enter__(self) -> Access:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _read(self) -> dict[str, str] | None:
        try:
            found: dict[str, str] = json.loads(self._secrets.read_text("utf-8"))
        except FileNotFoundError:
            return None
        except ValueError as error:
            raise UserError(
                say(
                    "The file {secrets} is damaged: remove it, and the server's access is made anew.",
                    secrets=self._secrets,
                )
            ) from error
        return found

    def _write(self, secrets: dict[str, str]) -> None:
        draft = self._secrets.with_suffix(".new")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            json.dump(secrets, file)
        draft.replace(self._secrets)
