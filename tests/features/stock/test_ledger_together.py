"""Several desks at once."""

import random
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import uuid4

from ims_desktop.database.transaction import TenantDatabase
from ims_desktop.domain.errors import Conflict
from ims_desktop.features.stock.service import Document, DocumentLine, Kind, Posted, post, reverse
from tests.features.stock.conftest import Bench
from tests.features.stock.facts import cost_of, movements_of, totals

DESKS, LINES, ROUNDS = 8, 50, 4


def test_eight_threads_with_one_key_post_once(bench: Bench) -> None:
    bench.receive("Flour", 10, 2)
    sent = bench.document(Kind.WASTE, bench.line("Flour", -3, "SPOILAGE"))
    with ThreadPoolExecutor(DESKS) as pool:
        answers = list(pool.map(lambda _: bench.desk.run(post, sent).result, range(DESKS)))
    assert len(set(answers)) == 1
    assert bench.cost("Flour").quantity == 7


def test_one_key_with_other_items_at_the_same_time_is_a_conflict(bench: Bench) -> None:
    key = uuid4()
    lines = [bench.line(name, 1, "FOUND") for name in bench.restaurant.items][:DESKS]
    sent = [replace(bench.document(Kind.ADJUSTMENT, line), key=key) for line in lines]

    def attempt(document: Document) -> Posted | None:
        try:
            posted: Posted = bench.desk.run(post, document).result
            return posted
        except Conflict:
            return None

    with ThreadPoolExecutor(DESKS) as pool:
        answers = [answer for answer in pool.map(attempt, sent) if answer]
    assert len(answers) == 1
    assert len(movements_of(bench.root, key)) == 1


def test_eight_threads_undo_once(bench: Bench) -> None:
    bench.receive("Flour", 10, 2)
    moved = bench.movements(bench.waste("Flour", 3).id)[0]

    def attempt(_: int) -> bool:
        try:
            bench.desk.run(reverse, uuid4(), (moved.id,), "Mistake")
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(DESKS) as pool:
        assert sum(pool.map(attempt, range(DESKS))) == 1
    assert bench.cost("Flour").quantity == 10


def test_eight_desks_post_long_documents_on_shared_items(bench: Bench) -> None:
    items = bench.new_items(60)
    desks = [bench.desk, *(bench.sign_in(bench.tenant.person("MANAGER")) for _ in range(DESKS - 1))]
    place = bench.restaurant.home("Flour")
    reason = bench.restaurant.reasons["SPOILAGE"]

    def work(number: int) -> dict[str, Decimal]:
        chance, desk = random.Random(number), desks[number]
        moved: dict[str, Decimal] = {}
        for turn in range(ROUNDS):
            incoming = (number + turn) % 2 == 0
            chosen = chance.sample(items, LINES)
            amounts = {item: Decimal(chance.randint(1, 9)) * (1 if incoming else -1) for item in chosen}
            lines = tuple(
                DocumentLine(item, place, amount, Decimal(chance.randint(1, 7)) if incoming else None,
                             None if incoming else reason)
                for item, amount in amounts.items()
            )  # fmt: skip
            _post(desk, Document(uuid4(), Kind.DELIVERY if incoming else Kind.WASTE, bench.restaurant.site, lines))
            for item, amount in amounts.items():
                moved[str(item)] = moved.get(str(item), Decimal(0)) + amount
        return moved

    with ThreadPoolExecutor(DESKS) as pool:
        results = list(pool.map(work, range(DESKS)))
    for item in items:
        expected = sum((result.get(str(item), Decimal(0)) for result in results), Decimal(0))
        assert cost_of(bench.root, bench.restaurant.site, item).quantity == expected
    assert totals(bench.root) == []


def _post(desk: TenantDatabase, document: Document) -> None:
    assert desk.run(post, document).result.lines == LINES


def test_eight_desks_date_back_what_others_take_their_worth_from(bench: Bench) -> None:
    items = bench.new_items(10)
    desks = [bench.desk, *(bench.sign_in(bench.tenant.person("MANAGER")) for _ in range(DESKS - 1))]
    place, site = bench.restaurant.home("Flour"), bench.restaurant.site
    reason, begun = bench.restaurant.reasons["SPOILAGE"], datetime.now(UTC) - timedelta(days=2)

    def some(chance: random.Random, kind: Kind, at: datetime | None, count: int) -> Document:
        lines = []
        for number, item in enumerate(chance.sample(items, count)):
            comes = kind is Kind.DELIVERY or (kind is Kind.PRODUCTION and number == 0)
            amount = Decimal(chance.randint(1, 9)) * (1 if comes else -1)
            price = Decimal(chance.randint(1, 7)) if kind is Kind.DELIVERY else None
            lines.append(DocumentLine(item, place, amount, price, reason if kind is Kind.WASTE else None))
        return Document(uuid4(), kind, site, tuple(lines), at)

    def work(number: int) -> int:
        chance, desk = random.Random(number), desks[number]
        for _ in range(5):
            kind = chance.choice([Kind.DELIVERY, Kind.WASTE, Kind.PRODUCTION])
            at = begun + timedelta(minutes=chance.randint(0, 2_000)) if chance.random() < 0.6 else None
            desk.run(post, some(chance, kind, at, chance.randint(2, 5)))
        return number

    with ThreadPoolExecutor(DESKS) as pool:
        assert list(pool.map(work, range(DESKS))) == list(range(DESKS))
    assert totals(bench.root) == []
