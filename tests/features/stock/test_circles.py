"""What was short and is covered by what was made of it is worth what the model says, however far a posting walks."""

import random
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from ims_desktop.domain.valuation import Method
from ims_desktop.features.stock.service import Kind
from tests.features.stock.conftest import Bench
from tests.features.stock.histories import History
from tests.features.stock.lived import START

SITE = "Downtown"


class Told(History):
    """A history that is told instead of thrown."""

    def moved(self, kind: Kind, hour: int, item: UUID, quantity: str, **more: Any) -> None:
        """One movement."""
        at, amount = START + timedelta(hours=hour), Decimal(quantity)
        [(number, _)] = self.send(kind, SITE, at, self.line(SITE, item, amount, **more))
        self.note(number, SITE, item, at, amount, kind, worth=more.get("value"))

    def make(self, hour: int, inputs: dict[UUID, str], output: UUID, quantity: str) -> None:
        """Some items become another."""
        at = START + timedelta(hours=hour)
        moves = [*inputs.items(), (output, quantity)]
        lines = [self.line(SITE, item, Decimal(amount)) for item, amount in moves]
        numbers = [number for number, _ in self.send(Kind.PRODUCTION, SITE, at, *lines)]
        for number, (item, amount) in zip(numbers, moves, strict=True):
            of = {"made_of": tuple(numbers[:-1])} if item is output else {}
            self.note(number, SITE, item, at, Decimal(amount), Kind.PRODUCTION, **of)


def test_what_was_covered_outside_of_an_endless_circle_is_known_in_it(shared_bench: Bench) -> None:
    shared_bench.root.autocommit = True
    told = Told(shared_bench.desk, shared_bench.root, shared_bench.restaurant, random.Random(1))
    told.begin()
    told.first = dict.fromkeys(told.items, Method.AVERAGE)
    shared_bench.root.execute("UPDATE items SET cost_method = 'AVERAGE' WHERE id = ANY (%s)", [told.items])
    bones, stock, soup = told.items
    reason = shared_bench.restaurant.reasons["CORRECTION"]
    told.make(0, {bones: "-8", stock: "-3"}, soup, "3")
    told.moved(Kind.DELIVERY, 10, bones, "9", value=Decimal(63))
    told.moved(Kind.ADJUSTMENT, 15, soup, "8", reason_id=reason)
    told.make(19, {soup: "-10", bones: "-12"}, stock, "11")
    assert told.differences() == []
    assert (told.done["circle"], told.done["unsettled"]) == (1, 1)
    told.moved(Kind.DELIVERY, 8, bones, "4", value=Decimal(44))
    assert told.differences() == []
