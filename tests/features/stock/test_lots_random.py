"""Random histories of lots: the ledger keeps of them exactly what the reference in the domain says."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ims_desktop.domain.lots import Lot, LotBook
from ims_desktop.features.stock.service import Document, DocumentLine, Kind, LotPart, post, reverse
from tests.features.stock.conftest import Bench

MORNING = datetime(2026, 3, 9, 6, tzinfo=UTC)
STEPS = st.lists(
    st.tuples(
        st.sampled_from(("in", "in", "out", "out", "named", "loose", "undo")),
        st.integers(1, 12),  # how much
        st.integers(0, 3),  # which lot
        st.integers(0, 40),  # when, in quarters of an hour
    ),
    min_size=2,
    max_size=14,
)


class History:
    """One new item in one place, in the ledger and in the reference."""

    def __init__(self, bench: Bench) -> None:
        self.bench, self.book = bench, LotBook()
        self.item, self.place = bench.new_items(1)[0], bench.restaurant.locations["Downtown", "Walk-in"]
        bench.root.execute("UPDATE items SET tracks_lots = 'EXPIRY' WHERE id = %s", [self.item])
        bench.root.execute("UPDATE sites SET allows_negative = true WHERE id = %s", [bench.restaurant.site])
        self.done: list[tuple[int, UUID]] = []

    def live(self, what: str, amount: Decimal, lot: int, at: datetime) -> None:
        """Take one step in both, where it is possible."""
        code = f"L{lot}"
        if what == "undo":
            self._undo(lot)
        elif what == "in":
            known = Lot(code, date(2026, 4, 4) - timedelta(lot), at)
            self.book.receive(
                self._post(Kind.ADJUSTMENT, amount, at, LotPart(code, None, known.expires_on)), amount, at, known
            )
        elif what == "loose":
            self.book.receive(self._post(Kind.ADJUSTMENT, amount, at), amount, at, None)
        elif what == "out":
            self.book.issue(self._post(Kind.WASTE, -amount, at), amount, at)
        else:
            part = min(self.book.held.get(code, Decimal(0)), amount)
            if part > 0:
                self.book.issue(self._post(Kind.WASTE, -amount, at, LotPart(code, part)), amount, at, ((code, part),))

    def _post(self, kind: Kind, quantity: Decimal, at: datetime, *lots: LotPart) -> int:
        reason = self.bench.restaurant.reasons["SPOILAGE" if kind is Kind.WASTE else "CORRECTION"]
        line = DocumentLine(self.item, self.place, quantity, None, reason, lots=lots)
        key = uuid4()
        self.bench.desk.run(post, Document(key, kind, self.bench.restaurant.site, (line,), at))
        (movement,) = self.bench.root.execute("SELECT id FROM stock_movements WHERE posting_id = %s", [key]).fetchone()  # type: ignore[misc]
        self.done.append((movement, key))
        return int(movement)

    def _undo(self, which: int) -> None:
        if self.done:
            movement, _key = self.done.pop(which % len(self.done))
            key = uuid4()
            self.bench.desk.run(reverse, key, (movement,), "Never happened")
            (by,) = self.bench.root.execute("SELECT id FROM stock_movements WHERE posting_id = %s", [key]).fetchone()  # type: ignore[misc]
            self.book.reverse(movement, by)

    def rows(self, statement: str) -> dict[Any, Any]:
        """Two columns of the ledger as a mapping."""
        return dict(self.bench.root.execute(statement, [self.item]).fetchall())


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=STEPS)
def test_the_ledger_keeps_lots_as_the_reference_does(
    shared_bench: Bench, steps: list[tuple[str, int, int, int]]
) -> None:
    history = History(shared_bench)
    for what, amount, lot, quarter in steps:
        history.live(what, Decimal(amount), lot, MORNING + timedelta(minutes=15 * quarter))
    held = history.rows(
        "SELECT l.code, s.on_hand FROM stock_lots s JOIN lots l ON l.id = s.lot_id"
        " WHERE s.item_id = %s AND s.on_hand > 0"
    )
    assert held == {code: left for code, left in history.book.held.items() if left}
    on_hand = history.rows("SELECT item_id, on_hand FROM stock_levels WHERE item_id = %s").get(history.item, Decimal(0))
    assert (on_hand, sum(held.values())) == (history.book.on_hand, min(sum(held.values()), max(on_hand, Decimal(0))))
    said = shared_bench.root.execute(
        "SELECT x.movement_id, l.code, sum(x.quantity) FROM movement_lots x JOIN lots l ON l.id = x.lot_id"
        " WHERE l.item_id = %s GROUP BY 1, 2 HAVING sum(x.quantity) <> 0",
        [history.item],
    ).fetchall()
    assert sorted(said) == sorted(
        (movement, code, part)
        for movement in history.book._moves
        for code, part in history.book.parts(movement).items()
    )
