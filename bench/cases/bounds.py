"""How soon the other desk knows: what was changed, that its session was ended, that its person is kept out."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import psycopg
from tests.tenants import PASSWORD

from bench.case import Case, Step, Took, Work, floor_sql
from bench.world import World
from ims_desktop.database.endings import renew_identity
from ims_desktop.database.notices import Notices, telling
from ims_desktop.database.sign_in import Gate, Identity, SessionEnded, SignedIn, open_tenant, sign_in
from ims_desktop.database.transaction import TenantDatabase, opening
from ims_desktop.domain.errors import Denied, UserError
from ims_desktop.domain.listing import ListQuery
from ims_desktop.features.people import service as people
from ims_desktop.features.stock import service as stock

PATIENCE = 30.0
SUBJECTS = frozenset({"stock"})


@dataclass
class Ears:
    """A desk that listens, as the window does, and what it has noticed."""

    identity: Identity
    ready: threading.Event = field(default_factory=threading.Event)
    heard: threading.Event = field(default_factory=threading.Event)
    lost: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.notices = Notices(self.identity, lambda _subjects: self.heard.set(), self._connected)
        self.notices.start()
        wait(self.ready)

    def _connected(self, answers: bool) -> None:
        (self.ready if answers else self.lost).set()


def wait(event: threading.Event) -> None:
    """Wait for it; RuntimeError when it does not come."""
    if not event.wait(PATIENCE):
        raise RuntimeError(f"nothing was noticed within {PATIENCE:.0f} s")


# ---- the floor: two plain connections -----------------------------------------------------------------------------


def _listener(world: World) -> tuple[psycopg.Connection[Any], int]:
    connection = world.server.root()
    connection.execute("LISTEN bench")
    return connection, connection.info.backend_pid


def _heard_floor(world: World) -> Step:
    """A document of one line, a notice, and the page read again.

    It once inserted a category and read nothing, while ours posts a delivery and reads fifty rows of stock.
    """
    kitchen, root = world.kitchen, world.root(world.kitchen)
    post, page = floor_sql("post").encode(), floor_sql("levels_page").encode()
    sent = {
        "posting": uuid4(), "kind": "DELIVERY", "site": kitchen.site, "items": [kitchen.items["Flour"]],
        "quantities": [Decimal(1)], "location": kitchen.locations["Downtown", "Walk-in"],
    }  # fmt: skip

    def listening() -> psycopg.Connection[Any]:
        connection = world.new_root(kitchen)
        connection.execute("LISTEN bench")
        return connection

    other = world.once("a plain listener", listening)

    def work() -> None:
        root.execute(post, sent)
        root.execute("NOTIFY bench")
        next(iter(other.notifies(timeout=PATIENCE, stop_after=1)))
        other.execute(page, sent).fetchall()

    return lambda: work


def _cut_floor(world: World) -> Step:
    root = world.root(world.kitchen)

    def ready() -> Work:
        other, pid = _listener(world)

        def work() -> None:
            root.execute("SELECT pg_terminate_backend(%s)", [pid])
            try:
                list(other.notifies(timeout=PATIENCE, stop_after=1))
            except psycopg.OperationalError:
                return
            raise RuntimeError("the line was not cut")

        return work

    return ready


# ---- ours ---------------------------------------------------------------------------------------------------------


def _heard(world: World, gate: Gate) -> Step:
    """One desk posts; the other hears of it and reads its page again."""
    kitchen = world.kitchen
    desk = world.desk(kitchen, gate)
    other = world.desk(kitchen, gate, world.once("who listens", lambda: kitchen.tenant.person("MANAGER")))
    ears = world.once(("ears", gate.place), lambda: Ears(other.identity))
    world.once(("ears close", gate.place), lambda: world.at_the_end(ears.notices.close))
    tell = telling(Notices(desk.identity, lambda _subjects: None, lambda _answers: None))
    item, location = kitchen.items["Flour"], kitchen.locations["Downtown", "Walk-in"]

    def ready() -> Work:
        ears.heard.clear()
        line = stock.DocumentLine(item, location, Decimal(1), Decimal(2))
        document = stock.Document(uuid4(), stock.Kind.DELIVERY, kitchen.site, (line,))

        def work() -> None:
            desk.run(stock.post, document)
            desk.run(tell, SUBJECTS)
            wait(ears.heard)
            other.run(stock.levels, ListQuery(site=kitchen.site, limit=50))

        return work

    return ready


@dataclass(frozen=True)
class Guest:
    """A person at work at another desk, who is about to be sent away."""

    gate: Gate
    session: SignedIn
    identity: Identity
    member: UUID


def _guest(world: World, gate: Gate, login: str) -> Guest:
    session = sign_in(gate, login, PASSWORD)
    tenant = next(one for one in session.tenants if one.id == world.kitchen.tenant.id)
    identity = open_tenant(gate, session, tenant)
    desk = TenantDatabase(identity)
    member = desk.run(opening).member_id
    desk.close()
    return Guest(gate, session, identity, member)


def _sent_away(send: Callable[[World, TenantDatabase, Guest], object], *, until_out: bool) -> Any:
    """`send` sends somebody away; it is over when their line is cut, or (`until_out`) when their desk knows why."""

    def run(world: World, gate: Gate) -> Step:
        owner = world.desk(world.kitchen, gate)
        login = world.once(("guest", send), lambda: world.kitchen.tenant.person("EMPLOYEE"))
        own = world.gate_of_its_own(f"guests {send.__name__}", gate)

        def ready() -> Work:
            guest = _guest(world, own, login)
            ears = Ears(guest.identity)

            def work() -> None:
                send(world, owner, guest)
                wait(ears.lost)
                if until_out:
                    _must_be_out(guest)

            return _then(work, lambda: _receive_again(ears, owner, guest))

        return ready

    return run


def _then(work: Work, tidy: Callable[[], object]) -> Work:
    """Work that times itself, and leaves everything ready for the next."""

    def done() -> Took:
        began = time.perf_counter()
        work()
        took = Took(time.perf_counter() - began)
        tidy()
        return took

    return done


def _receive_again(ears: Ears, owner: TenantDatabase, guest: Guest) -> None:
    ears.notices.close()
    try:
        owner.run(people.reactivate, guest.member)
    except UserError:
        return  # only the session was ended


def _must_be_out(guest: Guest) -> None:
    """What the desk asks when its line is cut: whether it may come back."""
    try:
        renew_identity(guest.gate, guest.session, guest.identity.tenant)
    except (Denied, SessionEnded):
        return
    raise RuntimeError("an ended session came back")


def _deactivate(_world: World, owner: TenantDatabase, guest: Guest) -> None:
    owner.run(people.deactivate, guest.member)


def _end_session(world: World, owner: TenantDatabase, guest: Guest) -> None:
    row = (
        world.root(world.kitchen)
        .execute(
            "SELECT s.id FROM public.sessions s JOIN public.user_tenants m ON m.user_id = s.user_id"
            " WHERE m.id = %s AND s.revoked_at IS NULL ORDER BY s.created_at DESC LIMIT 1",
            [guest.member],
        )
        .fetchone()
    )
    if row is None:
        raise RuntimeError("nobody is signed in")
    owner.run(people.end_session, row[0])


CASES = (
    Case(
        "bound-heard", "Another desk reads a change", _heard_floor, _heard,
        target=5, limit=2_000, limits_worst=True, trips=None,
    ),
    Case(
        "bound-cut", "A deactivated person is cut off", _cut_floor, _sent_away(_deactivate, until_out=False),
        target=15, limit=1_000, limits_worst=True, trips=None, rounds=7,
    ),
    Case(
        "bound-out", "A desk is told and signed out", _cut_floor, _sent_away(_end_session, until_out=True),
        target=40, limit=2_000, limits_worst=True, trips=None, rounds=7,
    ),
)  # fmt: skip
