"""What is measured on: a server of its own, a tenant with a long ledger, one with many items, and the way to both."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import psycopg
from tests.restaurant import Restaurant, seed
from tests.tenants import Server, Tenant, enrol, new_tenant

from bench.growth import grow_items, grow_ledger
from bench.proxy import CountingLine
from ims_desktop.database.embedded import EmbeddedServer
from ims_desktop.database.installation import OPERATOR, install
from ims_desktop.database.place import Place
from ims_desktop.database.sign_in import Gate
from ims_desktop.database.transaction import TenantDatabase

Value = TypeVar("Value")

# Nothing is made faster than a restaurant has it; only the log of changes is kept small, for the sake of the disk.
OPTIONS = {"max_wal_size": "512MB", "min_wal_size": "80MB"}


@dataclass(frozen=True)
class Sizes:
    """How much there is of everything, and how long one comparison may take."""

    movements: int = 1_000_000
    goods: int = 1_000
    items: int = 50_000
    tenants: int = 100
    orders: int = 2_000
    rows: int = 1_000_000
    documents: int = 12
    seconds: float = 6.0
    rounds: int = 40
    moved: int = 200  # tenants moved by a revision
    warm_up: int = 5  # a driver prepares a statement after some calls; people work all day


FULL = Sizes()
QUICK = Sizes(60_000, 1_000, 5_000, 8, 400, 100_000, 4, 0.5, 7, moved=20)
TINY = Sizes(2_000, 60, 300, 2, 20, 1_000, 1, 0.0, 1, moved=3, warm_up=1)


class World:
    """Makes what a case asks for when it is first asked for."""

    def __init__(
        self, server: Server, sizes: Sizes, folder: Path, say: Callable[[str], None] = lambda _text: None
    ) -> None:
        self.server, self.sizes, self.folder, self.say = server, sizes, folder, say
        self.line = CountingLine(server.place.host, server.place.port)
        self._kept: dict[Any, Any] = {}
        self._closing = ExitStack()
        self._closing.callback(self.line.close)

    @property
    def gate(self) -> Gate:
        """The straight way to the server."""
        return self.server.gate

    @property
    def counted_gate(self) -> Gate:
        """The same gate over the line that counts."""
        way: Place = replace(self.gate.place, host="127.0.0.1", port=self.line.port)
        return replace(self.gate, place=way)

    @cached_property
    def kitchen(self) -> Restaurant:
        """A restaurant group with `goods` more items and `movements` in its ledger over two years."""
        self.say(f"Growing a ledger of {self.sizes.movements:,} movements…")
        made = seed(self._new_tenant())
        with made.tenant.as_root() as root:
            grow_ledger(root, self.sizes.movements, self.sizes.goods)
        return made

    @cached_property
    def little(self) -> Restaurant:
        """A restaurant group with `goods` more items, and a hundredth of the movements."""
        made = seed(self._new_tenant())
        with made.tenant.as_root() as root:
            grow_ledger(root, self.sizes.movements // 100, self.sizes.goods)
        return made

    @cached_property
    def catalogue(self) -> Restaurant:
        """A restaurant group with `items` items in stock at one site."""
        self.say(f"Making {self.sizes.items:,} items…")
        made = seed(self._new_tenant())
        with made.tenant.as_root() as root:
            grow_items(root, self.sizes.items)
        return made

    def desk(self, group: Restaurant, gate: Gate, login: str | None = None) -> TenantDatabase:
        """The desk of a person signed in through the gate; the owner's without a login."""

        def opened() -> TenantDatabase:
            return group.tenant.desk(login, gate)

        return self.once((group.tenant.id, gate.place, login), opened)

    def root(self, group: Restaurant) -> psycopg.Connection[Any]:
        """The superuser in the group's schema, whom all floors of one thread share."""
        return self.once(("root", group.tenant.id), lambda: self.new_root(group))

    def new_root(self, group: Restaurant) -> psycopg.Connection[Any]:
        """The superuser in the group's schema; neither policies nor triggers nor foreign keys hold for him."""
        connection = self._closing.enter_context(self.server.root())
        connection.execute(f'SET search_path = "{group.tenant.names.schema}", pg_catalog'.encode())
        connection.execute("SET session_replication_role = replica")
        connection.prepare_threshold = 3
        return connection

    def gate_of_its_own(self, name: str, gate: Gate) -> Gate:
        """Another PC's gate over the same way, because the server lets thirty sign-ins a minute through each."""
        own = self.once(("gate", name), lambda: enrol(self.server.place, self.server.operator_password))
        return replace(own, place=gate.place)

    def operator(self, gate: Gate) -> psycopg.Connection[Any]:
        """The operator, over the same way as the gate's."""

        def connected() -> psycopg.Connection[Any]:
            made = gate.place.connect(OPERATOR, self.server.operator_password)
            return self._closing.enter_context(made)

        return self.once(("operator", gate.place), connected)

    def once(self, key: Any, make: Callable[[], Value]) -> Value:
        """What `make` gives, made once for this key."""
        if key not in self._kept:
            self._kept[key] = make()
        value: Value = self._kept[key]
        return value

    def at_the_end(self, tidy: Callable[[], object]) -> None:
        """Do this before the connections made so far are let go."""
        self._closing.callback(tidy)

    def close(self) -> None:
        """Let every connection go."""
        for group in (self.__dict__.get(name) for name in ("kitchen", "little", "catalogue")):
            if group is not None:
                group.tenant.close()
        self._closing.close()

    def _new_tenant(self) -> Tenant:
        return new_tenant(self.server)


@contextmanager
def new_world(sizes: Sizes, say: Callable[[str], None]) -> Iterator[World]:
    """A world in a temporary folder that goes with it."""
    with tempfile.TemporaryDirectory(prefix="ims-bench-", ignore_cleanup_errors=True) as home:
        folder = Path(home)
        folder.chmod(0o755)
        with EmbeddedServer(folder / "server", options=OPTIONS) as running:
            address = running.address
            place = Place(address.host, address.port)
            operator = install(place, address.user, address.password) or ""
            server = Server(place, operator, address.user, address.password, enrol(place, operator))
            world = World(server, sizes, folder, say)
            try:
                yield world
            finally:
                world.close()
