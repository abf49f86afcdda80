"""Every comparison runs and answers the same question as its floor; how long it takes is not asked here."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from bench.case import FLOORS, Case
from bench.cases import CASES
from bench.measure import Figure, measure
from bench.proxy import CountingLine
from bench.report import as_json, told, verdict
from bench.world import TINY, World

from ims_desktop.domain.listing import ListQuery
from ims_desktop.features.stock import service as stock
from tests.tenants import Server

FIGURE = Figure("post-1", "Post one movement", 1.0, 2.0, 3.0, 5, 2.5, None, 1, 1, 82.0)


@pytest.fixture(scope="module")
def world(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    made = World(server, TINY, tmp_path_factory.mktemp("bench"))
    yield made
    made.close()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_case_runs_with_as_many_trips_as_expected(world: World, case: Case) -> None:
    figure = measure(replace(case, far=False), world)
    assert figure.floor > 0
    assert figure.ours > 0
    assert figure.trips_are_right, figure
    assert (figure.trips is not None) == case.asks


@pytest.mark.parametrize(
    ("name", "ours"),
    [
        ("items-first", "rows"),
        ("items-mixed-first", "rows"),
        ("items-mixed-deepest", "rows"),
        ("items-search", "rows"),
        ("items-filter", "rows"),
        ("movements-first", "rows"),
        ("levels", "rows"),
        ("levels-at", None),
    ],
)
def test_floor_and_ours_answer_the_same_question(world: World, name: str, ours: str | None) -> None:
    case = next(case for case in CASES if case.name == name)
    plain: Any = case.floor(world)()()
    answer: Any = case.run(world, world.gate)()()
    rows = getattr(answer, ours) if ours else answer
    keys = [getattr(row, "item_id" if name.startswith("levels") else "id") for row in rows]
    assert keys == [row[0] for row in plain][: len(keys)]
    assert len(plain) - len(keys) in {0, 1}  # a page asks for one more, to know whether there is a next


def test_the_ledger_that_was_planted_is_as_long_as_it_says(world: World) -> None:
    count = (
        world.root(world.kitchen).execute("SELECT count(*) FROM stock_movements WHERE order_id IS NOT NULL").fetchone()
    )
    assert count is not None
    assert count[0] >= TINY.movements * 0.9
    desk = world.desk(world.kitchen, world.gate)
    assert desk.run(stock.movements, ListQuery(site=world.kitchen.site)).rows


def test_every_floor_is_used_and_says_what_it_means() -> None:
    used = "".join(path.read_text("utf-8") for path in (FLOORS.parent / "cases").glob("*.py"))
    for path in FLOORS.glob("*.sql"):
        assert f'"{path.stem}"' in used
        assert path.read_text("utf-8").startswith("-- ")


def test_a_line_counts_turns_and_not_pieces(server: Server) -> None:
    line = CountingLine(server.place.host, server.place.port)
    way = replace(server.place, host="127.0.0.1", port=line.port)
    with way.connect(server.superuser, server.superuser_password) as connection:
        before = line.trips
        connection.execute("SELECT repeat('x', 1000000)").fetchall()
        assert line.trips == before + 1
        with connection.transaction():
            connection.execute("SELECT 1")
        assert line.trips == before + 4
    line.close()


def test_figures_are_judged() -> None:
    assert verdict(FIGURE, None) == ""
    assert verdict(FIGURE, 1.9) == ""
    assert "misses its target" in verdict(replace(FIGURE, ours=2.6), None)
    assert "misses its target" in verdict(replace(FIGURE, limit=1.5), None)
    assert verdict(replace(FIGURE, limit=2.5), None) == ""
    assert "misses its target" in verdict(replace(FIGURE, limit=2.5, limits_worst=True), None)
    assert "slower: the ratio was 1.20" in verdict(FIGURE, 1.2)
    assert "1 trips expected" in verdict(replace(FIGURE, trips=2), None)
    assert "2.00 ms     3.00 ms" in told(FIGURE, None)
    assert '"ratio": 2.0' in as_json([FIGURE], TINY)


def test_names_are_told_apart() -> None:
    names = [case.name for case in CASES]
    assert len(set(names)) == len(names)
