"""The lock of a limit: two desks of one person at the same moment, with it and without it; and the edges of the day."""

import re
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from psycopg.types.json import Jsonb

from tests.restaurant import Restaurant, receive, seed
from tests.security.ground import POST
from tests.tenants import Server, Tenant, enrol, new_tenant

LIMIT = 10
LOCK = re.compile(r"PERFORM pg_advisory_xact_lock\(.*\);")
Line = psycopg.Connection[Any]


@dataclass
class Kitchen:
    """A cook with a limit of 10.00 a day at two PCs; flour and butter cost 1.00."""

    tenant: Tenant
    place: Restaurant
    desks: tuple[Line, Line]

    def waste(self, line: Line, item: str, quantity: int) -> None:
        """Throw something away."""
        header = Jsonb({"kind": "WASTE", "site_id": str(self.place.site)})
        what, where = [self.place.items[item]], [self.place.home(item)]
        line.execute(POST, [uuid4(), header, what, where, [quantity], None, [self.place.reasons["SPOILAGE"]]])

    def used(self) -> Decimal:
        """What was thrown away, in money."""
        return Decimal(self.value("SELECT coalesce(sum(abs(value)), 0) FROM stock_movements WHERE kind = 'WASTE'"))

    def value(self, statement: str) -> Any:
        """One value, read past all rights."""
        with self.tenant.as_root() as root:
            return (root.execute(statement.encode()).fetchone() or [None])[0]

    def entered(self, moment: str) -> None:
        """Let everything have been entered at this moment, seen from where the business day began."""
        begins = (
            "((business_day(now(), s.time_zone, s.day_cutover_hour) + make_interval(hours => s.day_cutover_hour))"
            " AT TIME ZONE s.time_zone)"
        )
        with self.tenant.as_root() as root:
            root.execute("SET session_replication_role = replica")
            root.execute(
                f"UPDATE stock_movements m SET posted_at = {begins} + interval '{moment}' FROM sites s"
                " WHERE s.id = m.site_id".encode()
            )

    def forget_the_lock(self) -> None:
        """Replace the function that locks by one that does not, in this schema alone."""
        with self.tenant.as_root() as root:
            [body] = root.execute("SELECT pg_get_functiondef('lock_limit'::regproc)").fetchone() or [""]
            without, replaced = LOCK.subn("", body)
            assert replaced == 1
            root.execute(without.encode())


@pytest.fixture
def kitchen(server: Server) -> Iterator[Kitchen]:
    tenant = new_tenant(server)
    place = seed(tenant)
    receive(tenant.desk(), place, {"Flour": (1000, 1), "Butter": (1000, 1)})
    with tenant.as_root() as root:
        root.execute("UPDATE roles SET limits = %s WHERE name = 'Counter'", [f'{{"waste.record": {LIMIT}}}'])
    login = tenant.person("EMPLOYEE", site=place.site)
    people = [tenant.desk(login, enrol(server.place, server.operator_password)).identity for _ in range(2)]
    first, second = (one.place.connect(one.role, one.password) for one in people)
    yield Kitchen(tenant, place, (first, second))
    first.close()
    second.close()
    tenant.close()


def at_once(kitchen: Kitchen) -> tuple[bool, str]:
    """One desk has wasted 6 of 10 and not finished when the other wastes 6 more: did it wait, and what was it told?"""
    first, second = kitchen.desks
    told: list[str] = []

    def other() -> None:
        try:
            kitchen.waste(second, "Butter", -6)
            told.append("")
        except psycopg.Error as error:
            told.append(error.sqlstate or "cut")

    thread = threading.Thread(target=other)
    with first.transaction():
        kitchen.waste(first, "Flour", -6)
        thread.start()
        waited = waits_or_ends(kitchen, second, thread)
    thread.join()
    return waited, told[0]


def waits_or_ends(kitchen: Kitchen, line: Line, thread: threading.Thread) -> bool:
    """Whether somebody stands in the way of this desk, asked until it is so or the desk has its answer."""
    blocked = f"SELECT cardinality(pg_blocking_pids({line.info.backend_pid}))"
    while thread.is_alive():
        if kitchen.value(blocked):
            return True
        time.sleep(0.01)
    return False


def test_the_second_desk_waits_for_the_first_and_is_refused(kitchen: Kitchen) -> None:
    assert at_once(kitchen) == (True, "IM403")
    assert kitchen.used() == 6


def test_without_the_lock_two_desks_would_exceed_the_limit(kitchen: Kitchen) -> None:
    """So it is the lock that bites above, and nothing that happens to be locked as well."""
    kitchen.forget_the_lock()
    assert at_once(kitchen) == (False, "")
    assert kitchen.used() > LIMIT


def test_a_colleague_does_not_wait(kitchen: Kitchen) -> None:
    """The lock belongs to one person: others go on with other items."""
    server, first = kitchen.tenant.server, kitchen.desks[0]
    login = kitchen.tenant.person("EMPLOYEE", site=kitchen.place.site)
    one = kitchen.tenant.desk(login, enrol(server.place, server.operator_password)).identity
    with one.place.connect(one.role, one.password) as colleague, first.transaction():
        kitchen.waste(first, "Flour", -6)
        kitchen.waste(colleague, "Butter", -6)
    assert kitchen.used() == 12


@pytest.mark.parametrize(("moment", "still_counts"), [("0", True), ("-0.000001 seconds", False)])
def test_a_day_begins_at_its_first_moment_and_not_before(kitchen: Kitchen, moment: str, still_counts: bool) -> None:
    first, second = kitchen.desks
    kitchen.waste(first, "Flour", -6)
    kitchen.entered(moment)
    if still_counts:
        with pytest.raises(psycopg.Error, match="worth more than your limit"):
            kitchen.waste(second, "Flour", -6)
    else:
        kitchen.waste(second, "Flour", -10)
