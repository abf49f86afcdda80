"""Whatever is posted, the ledger agrees with domain/costing.py to the last decimal."""

from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from ims_desktop.features.stock.service import Document, DocumentLine, Kind, Posted, post, reverse
from tests.features.stock.conftest import Bench
from tests.features.stock.facts import cost_of, movements_of, totals, true_ups
from tests.features.stock.replay import Replay

QUANTITIES = st.decimals("0.000001", "99999.999999", places=6) | st.integers(1, 40).map(Decimal)
COSTS = st.decimals("0", "5000", places=6) | st.sampled_from([Decimal("0.333333333333"), Decimal("7.9"), Decimal(0)])
LINES = st.lists(st.tuples(st.integers(0, 1), QUANTITIES, COSTS), min_size=1, max_size=5)
STEPS = st.lists(
    st.tuples(st.sampled_from([*(k for k in Kind if k is not Kind.SALE), "UNDO"]), LINES, st.integers(0, 10**6)),
    min_size=1,
    max_size=9,
)


def document(bench: Bench, kind: Kind, lines: list[tuple[int, Decimal, Decimal]], items: list[UUID]) -> Document:
    """A valid document of this kind out of random figures."""
    reasons = bench.restaurant.reasons
    reason = {Kind.WASTE: reasons["SPOILAGE"], Kind.ADJUSTMENT: reasons["CORRECTION"]}.get(kind)
    made = []
    for place, quantity, cost in lines:
        line = DocumentLine(items[place], bench.restaurant.home("Mozzarella"), quantity, reason_id=reason)
        if kind is Kind.DELIVERY:
            line = replace(line, unit_cost=cost)
        elif kind is Kind.WASTE or (kind is Kind.ADJUSTMENT and cost > 2500):
            line = replace(line, quantity=-quantity)
        elif kind is Kind.ADJUSTMENT and cost > 1000:
            line = replace(line, unit_cost=cost)
        made.append(line)
    return Document(uuid4(), kind, bench.restaurant.site, tuple(made))


@given(STEPS)
@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink],
)
def test_every_posting_agrees_with_the_costing_rules(shared_bench: Bench, steps: list[Any]) -> None:
    bench = shared_bench
    items = bench.new_items()
    replay = Replay()
    ids: list[int] = []  # of the ledger, by place in the replay
    documents: list[list[int]] = []  # places of the movements of each document that is not undone
    for kind, lines, chance in steps:
        if kind == "UNDO":
            if not documents:
                continue
            places = documents.pop(chance % len(documents))
            now = {moved.id: moved.worth for place in places for moved in _posted_with(bench, ids[place])}
            places = [place for place in places if ids[place] in now]
            key = uuid4()
            chosen = tuple(ids[place] for place in places)
            bench.desk.run(reverse, key, chosen, "Entered by mistake")
            made = replay.undo(places, [now[ids[place]] for place in places])
        else:
            sent = document(bench, kind, lines, items)
            key = sent.key
            posted: Posted = bench.desk.run(post, sent).result
            made = replay.post(sent)
            assert posted.lines == len(made)
            assert posted.value == sum((replay.movements[place].value for place in made), Decimal(0))
            if made:
                documents.append(made)
        found = movements_of(bench.root, key)
        ids += [moved.id for moved in found]
        expected = [replay.movements[place] for place in made]
        assert [(m.item_id, m.quantity, m.value) for m in found] == [(m.item, m.quantity, m.value) for m in expected]
        ups: dict[UUID, Decimal] = {}
        for movement in expected:
            ups[movement.item] = ups.get(movement.item, Decimal(0)) + movement.true_up
        assert true_ups(bench.root, key) == {item: value for item, value in ups.items() if value}
        for item in items:
            assert cost_of(bench.root, bench.restaurant.site, item) == replay.cost(item)
    assert totals(bench.root) == []


def _posted_with(bench: Bench, movement: int) -> list[Any]:
    posting = bench.root.execute("SELECT posting_id FROM stock_movements WHERE id = %s", [movement]).fetchone()
    assert posting is not None
    return [moved for moved in movements_of(bench.root, posting[0]) if moved.id == movement]
