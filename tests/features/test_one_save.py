"""One save tells everything, in the forms people use most: what cannot be read, and what the service says besides."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot
from sqlalchemy import Connection, text

from ims_desktop.domain.work import rehearsal
from ims_desktop.features.deliveries.screen.page import DeliveriesPage
from ims_desktop.features.items import screen as items
from ims_desktop.features.menu import screen as menu
from ims_desktop.features.recipes import screen as recipes
from ims_desktop.features.sales.screen.order_entry import OrderEntry
from ims_desktop.features.suppliers import screen as suppliers
from ims_desktop.ui.form_panel import FieldBox, FormPanel
from tests.features.windows import Window, form_of, texts_of, window_of
from tests.restaurant import Restaurant, receive, seed
from tests.tenants import Server, new_tenant


@pytest.fixture(scope="module")
def restaurant(server: Server) -> Iterator[Restaurant]:
    """A restaurant with flour."""
    made = seed(new_tenant(server))
    receive(made.tenant.desk(), made, {"Flour": ("50", "1.20")}, at=datetime(2025, 3, 1, 9, tzinfo=UTC))
    yield made
    made.tenant.close()


@pytest.fixture
def window(restaurant: Restaurant, qapp: Any, tmp_path: Path) -> Iterator[Window]:
    """The owner's desk at Downtown."""
    with window_of(restaurant.tenant.desks[0], tmp_path, site=restaurant.site) as made:
        yield made


def opened(window: Window, qtbot: QtBot, build: Callable[..., QWidget]) -> Any:
    """A page with its form for something new."""
    page: Any = build(window.desk)
    qtbot.addWidget(page)
    window.show(page)
    page.start_new()
    window.settle()
    return page


def write(form: FormPanel, **words: str) -> None:
    """Write into lines of the form, read or not."""
    for key, typed in words.items():
        editor: Any = form.boxes[key].editor
        editor.line.setText(typed)
        editor.edited.emit()


def saved(window: Window, form: FormPanel) -> dict[str, str]:
    """Save, and what stands at the fields then."""
    form.save()
    window.settle()
    return {key: box._foot.text() for key, box in form.boxes.items() if box.editor.property("wrong") or wrong(box)}


def wrong(box: FieldBox) -> bool:
    """Whether a field says that something is wrong with it."""
    return bool(box._foot.text()) and box._foot.text() != box.field.help


def test_what_is_rehearsed_stays_nowhere(restaurant: Restaurant) -> None:
    desk, heard = restaurant.tenant.desks[0], list[int]()

    def rename(connection: Connection, name: str, consents: frozenset[str] = frozenset()) -> None:
        connection.execute(text("UPDATE items SET name = :name WHERE name = 'Flour'"), {"name": name})
        heard.append(connection.execute(text("SELECT count(*) FROM items WHERE name = 'Dust'")).scalar_one())
        assert "whatever is asked" in consents

    assert desk.run(rehearsal(rename), "Dust") is None
    assert heard == [1]
    with restaurant.tenant.as_root() as root:
        assert root.execute("SELECT name FROM items WHERE name IN ('Dust', 'Flour')").fetchall() == [("Flour",)]


def test_items(window: Window, qtbot: QtBot, restaurant: Restaurant) -> None:
    page = opened(window, qtbot, items.build)
    form = form_of(page)
    with restaurant.tenant.as_root() as root:
        sku = root.execute("SELECT sku FROM items WHERE name = 'Flour'").fetchone()[0]  # type: ignore[index]
    write(form, name="Rye", sku=sku, shelf_life_days="soon", yield_ratio="140", grams_per_each="-3")
    form.boxes["base_unit"].editor.show_value("kg")
    rows: Any = form.boxes["barcodes"].editor
    rows.show_value([{"gtin": "4006381333931", "unit": ""}])
    told = saved(window, form)
    assert told["sku"] == f"Flour already has the SKU {sku}."
    assert "is not a number" in told["shelf_life_days"]
    assert told["yield_ratio"] == "The yield is more than 0% and at most 100%."
    assert "more than 0" in told["grams_per_each"]
    assert told["category_id"] == "Choose a category, or name a new one."
    assert rows._wrong.text() == "Row 1: 4006381333931 belongs to Sparkling water already."


def test_suppliers(window: Window, qtbot: QtBot, restaurant: Restaurant) -> None:
    page = opened(window, qtbot, suppliers.build)
    with restaurant.tenant.as_root() as root:
        code = root.execute("SELECT code FROM suppliers LIMIT 1").fetchone()[0]  # type: ignore[index]
    form = form_of(page)
    write(form, name="Mill", code=code, currency="EUR", order_cutoff="noonish", rating="7")
    told = saved(window, form)
    assert "is not a time" in told["order_cutoff"]
    assert told["code"] == "Another supplier has this code."
    assert "rating" in told
    write(form, code="MILL", order_cutoff="", rating="")
    form.save()
    window.settle()
    assert [message.text for message in window.said] == ["Saved Mill"]


def test_recipes(window: Window, qtbot: QtBot) -> None:
    page = opened(window, qtbot, recipes.build)
    form = form_of(page)
    write(form, name="Tomato sauce", yield_quantity="much")
    grid: Any = form.boxes["lines"].editor.grid  # type: ignore[attr-defined]
    grid.table.go(0, 0)
    grid.paste("Flour\tsome\nFlour\t2 kg\t90\n")
    window.settle()
    told = saved(window, form)
    assert "is not a number" in told["yield_quantity"]
    assert told["name"] == "There is a recipe Tomato sauce already."
    assert grid.model.problem(0, 1)
    assert [grid.model.problem(1, cell) for cell in grid.model.cells] == ["", "", ""]


def test_menu_items(window: Window, qtbot: QtBot, restaurant: Restaurant) -> None:
    page = opened(window, qtbot, menu.build)
    with restaurant.tenant.as_root() as root:
        code, name = root.execute("SELECT code, name FROM menu_items LIMIT 1").fetchone()  # type: ignore[misc]
    form = form_of(page)
    write(form, name="Focaccia", code=code, portions="one", target="130")
    told = saved(window, form)
    assert told["code"] == f"{name} already has the code {code}."
    assert "is not a number" in told["portions"]
    assert told["target"] == "A target lies between 0% and 100%."
    assert told["category_id"] == "Category is missing."


def test_deliveries(window: Window, qtbot: QtBot, restaurant: Restaurant) -> None:
    page = DeliveriesPage(window.desk)
    qtbot.addWidget(page)
    window.show(page)
    view = page.view
    assert view is not None
    view.grid.table.go(0, 0)
    view.grid.paste("Flour\t2\t3")
    window.settle()
    view.head.boxes["freight"].editor.line.setText("some")  # type: ignore[attr-defined]
    view.head.boxes["discount"].editor.line.setText("999999")  # type: ignore[attr-defined]
    view.grid.record()
    window.settle()
    feet = {key: box._foot.text() for key, box in view.head.boxes.items()}
    assert "is not a number" in feet["freight"]
    assert feet["discount"] == "A discount is between 0 and what the lines come to."
    assert feet["supplier_id"] == "Supplier is missing."


def test_orders(window: Window, qtbot: QtBot) -> None:
    page = OrderEntry(window.desk)
    qtbot.addWidget(page)
    window.show(page)
    grid = page.grid
    grid.record()
    window.settle()
    assert any("An order has 1 to 500 lines." in text for text in texts_of(page))
    for row, cells in enumerate((("marg", "lots"), ("marg", "-2"))):
        grid.table.go(row, 0)
        grid.paste("\t".join(cells))
        window.settle()
    page.head.boxes["covers"].editor.line.setText("ten")  # type: ignore[attr-defined]
    page.head.boxes["day"].editor.line.setText("1850-01-01")  # type: ignore[attr-defined]
    page.post()
    window.settle()
    feet = {key: box._foot.text() for key, box in page.head.boxes.items()}
    assert "is not a number" in feet["covers"]
    assert feet["day"] == "An order cannot lie before the year 2000."
    assert feet["customer_id"] == "Choose the customer."
    assert [grid.model.problem(row, 0) for row in (0, 1)] == ["“marg” was not found.", "“marg” was not found."]
    assert "is not a number" in grid.model.problem(0, 1)
