"""What is settled is sealed, and nothing slips in below."""

import random
import threading
from dataclasses import replace

import psycopg
import pytest

from ims_desktop.database.sealing import Seal, seal, seal_in_passing
from tests.admin.sealing import ADD, RENAME, books, sealed, send
from tests.restaurant import receive, seed
from tests.tenants import Tenant


def test_everything_settled_is_sealed_once_and_chained(tenant: Tenant) -> None:
    restaurant, desk = seed(tenant), tenant.desk()
    first = sealed(tenant)
    assert (first.number, first.waiting) == (1, False)
    assert first.rows > 20
    assert replace(sealed(tenant), rows=first.rows) == first
    receive(desk, restaurant, {"Flour": ("5", "1.10")})
    second = sealed(tenant)
    assert (second.number, second.rows) == (2, 2)
    with tenant.as_root() as root:
        previous = root.execute("SELECT encode(previous, 'hex') FROM seals WHERE number = 2").fetchone()
    assert previous == (first.hash,)


def test_a_number_in_use_by_an_open_transaction_is_not_sealed_over(tenant: Tenant) -> None:
    seed(tenant)
    sealed(tenant)
    desk = tenant.desk()
    with tenant.as_root() as slow:
        with slow.transaction():
            slow.execute(ADD)
            send(desk, RENAME)
            assert (sealed(tenant).rows, sealed(tenant).waiting) == (0, True)
        with slow.transaction():
            slow.execute(ADD)
            send(desk, RENAME)
            # What was marked while the first was open is settled, though there is never a moment without any.
            found = sealed(tenant)
            assert (found.rows, found.waiting) == (2, True)
    assert sealed(tenant).rows == 2
    assert list(books(tenant)) == []


def test_a_seal_wants_a_transaction_of_its_own_and_one_makes_it_at_a_time(tenant: Tenant) -> None:
    seed(tenant)
    with tenant.as_root() as one, tenant.server.operator() as operator:
        with pytest.raises(psycopg.Error, match="transaction of its own"):
            one.execute(f"{RENAME}; SELECT seal()".encode())
        with one.transaction():
            one.execute("SELECT seal()")
            assert seal(operator, tenant.names) is None


def test_a_desk_seals_in_passing_but_not_all_the_time(tenant: Tenant) -> None:
    seed(tenant)
    counter = tenant.desk(tenant.person("EMPLOYEE"))
    for _ in range(3):
        counter.run(seal_in_passing)
        send(tenant.desk(), RENAME)
    with tenant.as_root() as root:
        assert root.execute("SELECT count(*) FROM seals").fetchone() == (1,)


def test_nothing_slips_in_below_a_seal_while_desks_write(tenant: Tenant) -> None:
    """Transactions that hold numbers for a while, end in any order or are taken back, and seals made all the time."""
    seed(tenant)
    done, made = threading.Event(), list[Seal]()

    def write(mark: int) -> None:
        dice = random.Random(mark)
        with tenant.as_root() as root:
            for n in range(40):
                with root.transaction(force_rollback=dice.random() < 0.3):
                    if dice.random() < 0.5:
                        root.execute("SELECT pg_current_xact_id()")
                    root.execute("INSERT INTO categories (name) VALUES (%s)", [f"Category {mark}-{n}"])
                    root.execute("SELECT pg_sleep(%s)", [dice.random() / 100])

    def make_seals() -> None:
        with tenant.server.operator() as operator:
            while not done.is_set():
                found = seal(operator, tenant.names)
                if found is not None and found.rows:
                    made.append(found)

    writers = [threading.Thread(target=write, args=(mark,)) for mark in range(6)]
    sealer = threading.Thread(target=make_seals)
    for thread in (*writers, sealer):
        thread.start()
    for thread in writers:
        thread.join()
    done.set()
    sealer.join()
    rest = sealed(tenant)
    assert not rest.waiting
    assert len({found.number for found in made}) > 5
    assert list(books(tenant)) == []
    with tenant.as_root() as root:
        sums = "SELECT sum(audit_count), (SELECT count(*) FROM audit_log), sum(posting_count) FROM seals"
        counted, there, postings = root.execute(sums).fetchone() or (0, 1, 1)
    assert (counted, postings) == (there, 0)
