"""Random histories of stock against domain/valuation.py, and mutants of the ledger that they must show."""

import argparse
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg

from ims_desktop.database.embedded import EmbeddedServer
from ims_desktop.database.installation import install
from ims_desktop.database.place import Place
from tests.features.stock.histories import STEPS, History
from tests.features.stock.lived import RATES
from tests.restaurant import Restaurant, fill, seed
from tests.servers import UNSAFE_BUT_FAST
from tests.tenants import Server, Tenant, enrol, new_tenant

COUNT, LONG, SHARE, PROCESSES = 5_000, 28, 0.10, 2
BESIDES = (
    *("back-dated", "circle", "undone in closed days"),
    *("refused as short", "refused as closed", "refused as abroad", "abroad"),
)
TRIES = 150  # histories in which a mutant must show

MUTANTS: tuple[tuple[str, str, str], ...] = (
    ("walk", "_blends := _sq[_s] >= 0;", "_blends := true;"),
    ("walk", "_sv[_s] * _here, _sq[_s], 6)", "round(_sa[_s], 6) * _here, 1, 6)"),
    ("walk", "_rest := -_w[_p] - _back_v[_p];", "_rest := -_w[_p];"),
    ("walk", "ORDER BY m.at, m.id) b;", "ORDER BY m.id) b;"),
    ("walk", "IF NOT _sf[_s] THEN\n            _v :=", "IF true THEN\n            _v :="),
    ("walk", "EXIT WHEN _late IS NULL;", "EXIT;"),
    ("cost_before", "IF quantity < 0 THEN", "IF false THEN"),
    ("cost_objects", "AND m.kind = 'TRANSFER_OUT'", "AND false"),
    ("touched_costs", "CASE WHEN l.undoes OR l.at < c.last_movement_at THEN l.at", "CASE WHEN l.undoes THEN l.at"),
    ("walk", "round(_rest * _rate[_k], 6)", "_rest"),
    (
        "write_corrections",
        "UNION ALL\n    SELECT u.id, u.at, u.value, true",
        "EXCEPT\n    SELECT u.id, u.at, u.value, true",
    ),
)
"""Function, and what to write instead of what: each is a way to be wrong that somebody could have chosen."""


@contextmanager
def ground() -> Iterator[tuple[Tenant, Restaurant, psycopg.Connection[Any]]]:
    """A restaurant on a server of its own."""
    with tempfile.TemporaryDirectory(prefix="ims-torture-") as home:
        Path(home).chmod(0o755)
        with EmbeddedServer(Path(home) / "server", options=UNSAFE_BUT_FAST) as running:
            place = Place(running.address.host, running.address.port)
            operator = install(place, running.address.user, running.address.password) or ""
            gate = enrol(place, operator)
            tenant = new_tenant(Server(place, operator, running.address.user, running.address.password, gate))
            with tenant.as_root() as root:
                root.autocommit = True
                made = seed(tenant)
                abroad(made, root)
                yield tenant, made, root
            tenant.close()


def abroad(made: Restaurant, root: psycopg.Connection[Any]) -> None:
    """A site that keeps its stock in another currency, and rates from its second day on."""
    made.sites["Lyon"], made.locations["Lyon", "Bar"] = uuid4(), uuid4()
    site, place = made.sites["Lyon"], made.locations["Lyon", "Bar"]
    known = "id, name, kind, country, currency, time_zone, locale"
    fill(root, "sites", known, [(site, "Lyon", "RESTAURANT", "FR", "EUR", "America/New_York", "fr_FR")])
    fill(root, "storage_locations", "id, site_id, name, walk_order", [(place, site, "Bar", 1)])
    rates = [(uuid4(), base, quote, day.isoformat(), rate) for day, base, quote, rate in RATES]
    fill(root, "exchange_rates", "id, base, quote, valid_from, rate", rates)


def first_difference(history: History, long: int = LONG) -> list[str]:
    """Lives through a history and stops where the ledger and the model part."""
    history.begin()
    try:
        for _ in range(long):
            history.step()
            wrong = history.differences()
            if wrong:
                return wrong
    finally:
        history.end()
    return []


def mutated(root: psycopg.Connection[Any], mutant: tuple[str, str, str]) -> str:
    """Makes a function wrong; gives what it was."""
    name, right, wrong = mutant
    row = root.execute("SELECT pg_get_functiondef(to_regproc(%s))", [name]).fetchone()
    assert row is not None
    was: str = row[0]
    if right not in was:
        raise ValueError(f"{name} does not say {right}")
    root.execute(was.replace(right, wrong, 1).encode())
    return was


def survivors(tenant: Tenant, made: Restaurant, root: psycopg.Connection[Any], mutants: Any = MUTANTS) -> list[str]:
    """Mutants that no history showed."""
    desk, kept = tenant.desk(), []
    for mutant in mutants:
        was = mutated(root, mutant)
        try:
            if not any(_shows(History(desk, root, made, random.Random(number))) for number in range(TRIES)):
                kept.append(f"{mutant[0]}: {mutant[2]}")
        finally:
            root.execute(was.encode())
    return kept


def _shows(history: History) -> bool:
    """A mutant shows by a difference, or because the database refuses what it makes."""
    try:
        return bool(first_difference(history))
    except (AssertionError, psycopg.Error):
        return True


def some(numbers: range) -> tuple[Counter[str], list[str]]:
    """These histories, in a restaurant of their own: what was done in how many, and what differs."""
    done, wrong = Counter[str](), list[str]()
    with ground() as (tenant, made, root):
        desk = tenant.desk()
        for number in numbers:
            history = History(desk, root, made, random.Random(number))
            try:
                differing = first_difference(history)
            except (AssertionError, psycopg.Error) as broken:
                differing = [str(broken)]
            done.update(name for name, times in history.done.items() if times)
            wrong += [f"History {number}: {one}" for one in differing[:1]]
    return done, wrong


def main(arguments: list[str]) -> int:
    """All of them in two processes, then all mutants."""
    reader = argparse.ArgumentParser(prog="histories")
    reader.add_argument("--count", type=int, default=COUNT, help="how many histories")
    reader.add_argument("first", type=int, nargs="?", default=0, help="the number of the first")
    asked = reader.parse_args(arguments)
    count, first = asked.count, asked.first
    begun = time.monotonic()
    with ProcessPoolExecutor(PROCESSES) as pool:
        parts = list(pool.map(some, [range(first + part, first + count, PROCESSES) for part in range(PROCESSES)]))
    done = sum((part for part, _ in parts), Counter[str]())
    wrong = [line for _, lines in parts for line in lines]
    took = time.monotonic() - begun
    print(*wrong, sep="\n", file=sys.stderr)
    with ground() as (tenant, made, root):
        alive = survivors(tenant, made, root)
    rare = [name for name in (*STEPS, *BESIDES) if count >= 100 and done[name] < SHARE * count]
    shares = ", ".join(f"{name} {done[name] / count:.0%}" for name in sorted(done))
    print(f"{count:,} histories in {took:.0f} s, {len(wrong)} differ. With: {shares}.")
    print(
        f"Mutants: {len(MUTANTS) - len(alive)} of {len(MUTANTS)} caught." + "".join(f"\nAlive: {one}" for one in alive)
    )
    if rare:
        print(f"Too rare: {', '.join(rare)}.", file=sys.stderr)
    return 1 if wrong or rare or alive else 0
