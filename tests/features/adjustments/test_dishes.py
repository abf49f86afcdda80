"""Dishes that are wasted: taken apart on the server by the recipe of the day, into one document."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ims_desktop.domain.errors import Denied, UserError
from ims_desktop.domain.plain_values import from_plain, to_plain
from ims_desktop.features.adjustments import service
from ims_desktop.features.adjustments.rules import DishPart, KnownDish, portion, worth
from ims_desktop.features.adjustments.service import Photo, Photographed
from ims_desktop.features.stock.service import Document, DocumentLine, Kind
from tests.features.adjustments.conftest import Bench
from tests.features.stock.statements import counted

TAKEN = """SELECT i.name, -m.quantity, m.note FROM stock_movements m JOIN items i ON i.id = m.item_id
    WHERE m.posting_id = %s ORDER BY m.id"""


def dish(bench: Bench, name: str, quantity: str | int, note: str = "") -> DocumentLine:
    made = bench.restaurant
    key = made.menu[name] if name in made.menu else made.recipes[name]
    return DocumentLine(key, None, -Decimal(quantity), reason_id=made.reasons["SPOILAGE"], note=note, is_dish=True)


def taken(bench: Bench, document: Document) -> list[tuple[str, Decimal, str]]:
    return bench.root.execute(TAKEN, [document.key]).fetchall()


def test_a_dish_becomes_its_items_and_the_log_says_what_was_wasted(bench: Bench) -> None:
    (found,) = bench.desk.run(service.find_dishes, bench.restaurant.site, "margherita large")
    lines = (dish(bench, "Margherita, large", 3, "fell"), bench.line("Flour", -1, "SPOILAGE"))
    document = bench.document(Kind.WASTE, *lines)
    posted = bench.desk.run(service.post, document).result
    moved = taken(bench, document)
    wanted = {part.name: portion(part, Decimal(3)) for part in found.parts}
    assert {name: quantity for name, quantity, _note in moved[:-1]} == wanted
    assert {note for _name, _quantity, note in moved[:-1]} == {f"3 × {found.name} · fell"}
    assert moved[-1] == ("Flour", Decimal(1), "")
    assert posted.lines == len(moved)
    assert bench.desk.run(service.post, document).result == posted, "the same key posts once"


def test_the_recipe_of_that_day_is_used_also_when_it_is_sent_again_after_a_change(bench: Bench) -> None:
    before = datetime.now(UTC) - timedelta(days=2)
    early = bench.document(Kind.WASTE, dish(bench, "Margherita", 1), at=before)
    first = bench.desk.run(service.post, early).result
    bench.root.execute(
        "INSERT INTO recipe_versions (recipe_id, valid_from, yield_quantity) VALUES (%s, now()::date, 1)",
        [bench.restaurant.recipes["Margherita"]],
    )
    bench.root.execute(
        "INSERT INTO recipe_lines (version_id, line, item_id, quantity, unit, base_quantity)"
        " SELECT v.id, 1, %s, 7, 'kg', 7"
        " FROM recipe_versions v WHERE v.valid_from = now()::date",
        [bench.restaurant.items["Flour"]],
    )
    now, then = (bench.document(Kind.WASTE, dish(bench, "Margherita", 1), at=at) for at in (None, before))
    for document in (now, then):
        bench.desk.run(service.post, document)
    assert [row[:2] for row in taken(bench, now)] == [("Flour", Decimal(7))]
    assert taken(bench, then) == taken(bench, early)
    assert bench.desk.run(service.post, early).result == first


def test_a_recipe_that_is_not_sold_is_wasted_in_its_own_unit(bench: Bench) -> None:
    (sauce,) = bench.desk.run(service.find_dishes, bench.restaurant.site, "tomato sauce")
    document = bench.document(Kind.WASTE, dish(bench, "Tomato sauce", "1.5"))
    bench.desk.run(service.post, document)
    assert {note for _name, _quantity, note in taken(bench, document)} == {f"1.5 {sauce.base} Tomato sauce"}


def test_all_that_is_wrong_with_dishes_is_said_at_its_line(bench: Bench) -> None:
    unknown = DocumentLine(bench.restaurant.items["Flour"], None, Decimal(-1), is_dish=True)
    empty = dish(bench, "Sparkling water", 1)
    lines = (bench.line("Flour", -1, "SPOILAGE"), unknown, empty, dish(bench, "Margherita", -2))
    with pytest.raises(UserError) as refused:
        bench.desk.run(service.post, bench.document(Kind.WASTE, *lines))
    assert [(one.row, one.field) for one in refused.value.problems] == [(2, "item"), (3, "item"), (4, "quantity")]
    without = DocumentLine(bench.restaurant.menu["Margherita"], None, Decimal(-1), is_dish=True)
    with pytest.raises(UserError) as refused:
        bench.desk.run(service.post, bench.document(Kind.WASTE, bench.line("Flour", -1, "SPOILAGE"), without))
    assert {(one.row, one.field) for one in refused.value.problems} == {(2, "reason")}
    with pytest.raises(UserError):
        bench.desk.run(service.post, bench.document(Kind.ADJUSTMENT, dish(bench, "Margherita", 1)))


def test_dishes_are_found_in_one_statement_with_what_they_cost(bench: Bench) -> None:
    bench.receive("Mozzarella", 10, 8)
    found, statements = counted(bench.desk, service.find_dishes, bench.restaurant.site, "marg")
    assert statements == 1
    assert {one.name.split(" ")[0].rstrip(",") for one in found} == {"Margherita"}
    assert worth(found[0], Decimal(-1)) is not None
    counter = bench.sign_in(bench.tenant.person("EMPLOYEE", site=bench.restaurant.site))
    hidden = counter.run(service.find_dishes, bench.restaurant.site, "marg")
    assert [one.name for one in hidden] == [one.name for one in found]
    assert worth(hidden[0], Decimal(-1)) is None
    known = bench.desk.run(service.known_here, bench.restaurant.site)
    assert [one.name for one in known.find_dishes("marg", 9)] == [one.name for one in found]


def test_whoever_sees_no_recipes_finds_no_dishes_and_wastes_none(bench: Bench) -> None:
    blind = bench.tenant.person("EMPLOYEE", site=bench.restaurant.site)
    bench.root.execute("UPDATE roles SET permissions = permissions - 'recipes.view' WHERE name = 'Counter'")
    desk = bench.sign_in(blind)
    assert desk.run(service.find_dishes, bench.restaurant.site, "marg") == ()
    with pytest.raises(Denied, match="enter its items"):
        desk.run(service.post, bench.document(Kind.WASTE, dish(bench, "Margherita", 1)))


@given(st.decimals("0.000001", 1000, places=6), st.decimals("0.001", 500, places=3))
def test_a_portion_is_off_by_half_a_millionth_at_most(each: Decimal, quantity: Decimal) -> None:
    part = DishPart(uuid4(), "Flour", "kg", each, Decimal(0), None)
    assert abs(portion(part, -quantity) + each * quantity) <= Decimal("0.0000005")


def test_a_pc_remembers_dishes_and_keeps_entries_of_them_with_photos() -> None:
    part = DishPart(uuid4(), "Flour", "kg", Decimal("0.25"), Decimal(0), (Decimal(4), Decimal(4), Decimal(1)))
    known = KnownDish(uuid4(), "Soup", "", "portion", (part,))
    assert from_plain(KnownDish, json.loads(json.dumps(to_plain(known)))) == known
    assert known.entry_item().is_dish
    assert worth(known.entry_item(), Decimal(-2)) == Decimal("-0.5")
    line = DocumentLine(known.id, None, Decimal(-2), is_dish=True)
    document = Document(uuid4(), Kind.WASTE, uuid4(), (line,), datetime.now(UTC))
    entry = Photographed(document, (Photo.of(uuid4(), 1, "2 × Soup", b"\xff\xd8\xff\x00"),))
    again = from_plain(Photographed, json.loads(json.dumps(to_plain(entry))))
    assert (again, again.photos[0].image) == (entry, b"\xff\xd8\xff\x00")
