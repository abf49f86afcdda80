"""Recipes as a cook writes them: typed and pasted lines, changed versions, a batch for forty, a card, a photo."""

from collections.abc import Iterator
from decimal import Decimal as D
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from ims_desktop.features.recipes import service
from ims_desktop.features.recipes.screen import build, photo
from ims_desktop.features.recipes.screen.card import BatchPanel, recipe_card
from ims_desktop.ui.choices import Choice
from ims_desktop.ui.detail_panel import DetailPanel
from ims_desktop.ui.entry import Measured
from ims_desktop.ui.entry_field import EntryEditor
from ims_desktop.ui.list_page import ListPage
from tests.features.windows import Window, act, button_of, form_of, texts_of, window_of
from tests.restaurant import Restaurant, receive, seed
from tests.tenants import MakeTenant


@pytest.fixture
def restaurant(make_tenant: MakeTenant) -> Restaurant:
    """A restaurant with some things in stock."""
    made = seed(make_tenant())
    prices = {"Flour": "1", "Mozzarella": "8", "Basil": "0.02", "Olive oil": "10", "Tomato tin": "3"}
    receive(made.tenant.desk(), made, {name: ("100", price) for name, price in prices.items()})
    return made


@pytest.fixture
def window(restaurant: Restaurant, qtbot: QtBot, tmp_path: Path) -> Iterator[Window]:
    """The owner at a desk downtown."""
    with window_of(restaurant.tenant.desks[0], tmp_path, site=restaurant.site) as window:
        yield window


def open_page(window: Window, qtbot: QtBot) -> ListPage:
    page = build(window.desk)
    assert isinstance(page, ListPage)
    qtbot.addWidget(page)
    window.show(page)
    return page


def lines_of(page: ListPage) -> EntryEditor:
    editor = form_of(page).boxes["lines"].editor
    assert isinstance(editor, EntryEditor)
    return editor


def test_a_recipe_is_typed_and_pasted_and_tells_its_paths_and_costs(
    window: Window, qtbot: QtBot, restaurant: Restaurant
) -> None:
    page = open_page(window, qtbot)
    page.start_new()
    window.settle()
    form = form_of(page)
    form.boxes["name"].editor.show_value("Focaccia")
    editor = lines_of(page)
    editor.grid.table.go(0, 0)
    editor.grid.paste("Flour\t0.5 kg\nOlive oil\t3 tbsp\t\nBasil\t2 bunch\t80\n")
    window.settle()
    model = editor.grid.model
    flour, oil, basil = editor.grid.begun()
    assert isinstance(flour["item"], Choice)
    assert isinstance(oil["quantity"], Measured)
    assert oil["quantity"].path == "3 tbsp × 0.01478676478125 l ≈ 0.04436 l"
    assert basil["quantity"].path == "2 bunch × 30 g = 60 g"
    cost = next(n for n, column in enumerate(model.spec.columns) if column.key == "cost")
    assert [model.words(row, cell) for row in range(3) for cell in (cost,)] == ["0.50", "0.44", "1.50"]
    form.save()
    window.settle()
    assert not window.crashes
    [saved] = [row for row in page.model.rows if row.name == "Focaccia"]
    recipe = restaurant.tenant.desks[0].run(service.recipe, saved.id)
    assert [(part.name, part.used) for part in recipe.ingredients] == [
        ("Flour", D("0.5")),
        ("Olive oil", D("0.04436")),
        ("Basil", D("75")),
    ]


def test_what_is_wrong_stands_at_its_line(window: Window, qtbot: QtBot) -> None:
    page = open_page(window, qtbot)
    page.start_new()
    window.settle()
    form_of(page).boxes["name"].editor.show_value("Focaccia")
    editor = lines_of(page)
    editor.grid.table.go(0, 0)
    editor.grid.paste("Flour\t2 bunch\nNobody knows\t1 kg\n")
    window.settle()
    form_of(page).save()
    window.settle()
    said = " ".join(texts_of(form_of(page)))
    assert "Line 1, Quantity: " in said
    assert "“Nobody knows” was not found." in said
    assert "bunch" in said


def test_a_recipe_is_changed_and_its_panel_tells_what_changed(
    window: Window, qtbot: QtBot, restaurant: Restaurant
) -> None:
    page = open_page(window, qtbot)
    page.open_record(restaurant.recipes["Margherita"])
    window.settle()
    assert "160 g = 0.16 kg × 1.0000 USD/kg · " in " ".join(texts_of(page))
    qtbot.mouseClick(button_of(page, "Change"), Qt.MouseButton.LeftButton)
    window.settle()
    grid = lines_of(page).grid
    assert [line["item"].text for line in grid.begun()] == ["Flour", "Tomato sauce", "Mozzarella", "Basil"]
    grid.model.put(2, 1, grid.model.spec.columns[1].parse("150 g", grid.model.line(2)))  # type: ignore[misc]
    form_of(page).save()
    window.settle()
    assert isinstance(page.panel, DetailPanel)
    said = " ".join(texts_of(page))
    assert "Mozzarella 125 g → 150 g changed" in said
    assert "1 portion · +0.2000 for one 2.0800 today" in said


def test_a_batch_for_forty_and_its_card(window: Window, qtbot: QtBot, restaurant: Restaurant) -> None:
    page = open_page(window, qtbot)
    page.open_record(restaurant.recipes["Margherita"])
    window.settle()
    qtbot.mouseClick(button_of(page, "Batch"), Qt.MouseButton.LeftButton)
    panel = page.panel
    assert isinstance(panel, BatchPanel)
    panel.number.clear()
    qtbot.keyClicks(panel.number, "40")
    window.settle()
    assert "6400 g" in texts_of(panel)
    qtbot.keyClicks(panel.number, "x")
    assert not panel.print_button.isEnabled()
    recipe = restaurant.tenant.desks[0].run(service.recipe, restaurant.recipes["Margherita"])
    card = recipe_card(recipe, D(40), window.desk.formats, {"Site": "Downtown"})
    assert (card.title, card.subtitle) == ("Margherita", "for 40 portion")
    assert card.tables[0].rows[0] == ("Flour", "6400 g", "")
    assert ("Allergens", "Milk") in card.figures


def test_copying_opens_the_copy_and_archiving_can_be_undone(
    window: Window, qtbot: QtBot, restaurant: Restaurant
) -> None:
    page = open_page(window, qtbot)
    page.table.choose_rows([next(n for n, row in enumerate(page.model.rows) if row.name == "Espresso")])
    act(page, "Copy")
    window.settle()
    form_of(page).closed.emit()
    window.settle()
    page.table.choose_rows([next(n for n, row in enumerate(page.model.rows) if row.name == "Espresso (copy)")])
    act(page, "Archive")
    window.settle()
    assert "Espresso (copy)" not in {row.name for row in page.model.rows}
    undo = window.said[-1].act
    assert undo is not None
    undo()
    window.settle()
    assert "Espresso (copy)" in {row.name for row in page.model.rows}


def test_a_photo_is_made_small_kept_and_shown(
    window: Window, qtbot: QtBot, restaurant: Restaurant, tmp_path: Path
) -> None:
    picture = QImage(3000, 2000, QImage.Format.Format_RGB32)
    picture.fill(QColor("#aa3322"))
    picture.save(str(tmp_path / "dish.png"))
    (tmp_path / "no.png").write_bytes(b"no picture")
    page = open_page(window, qtbot)
    key = restaurant.recipes["Margherita"]
    photo.keep_photo(page, key, str(tmp_path / "no.png"))
    photo.keep_photo(page, key, str(tmp_path / "dish.png"))
    window.settle()
    kept = restaurant.tenant.desks[0].run(service.recipe_image, key)
    assert kept is not None
    assert QImage.fromData(kept).width() == 1280
    page.open_record(key)
    window.settle()
    [shown] = page.findChildren(photo.Photo)
    assert not shown.pixmap().isNull()


def test_who_may_not_change_recipes_sees_no_buttons(restaurant: Restaurant, qtbot: QtBot, tmp_path: Path) -> None:
    counter = restaurant.tenant.desk(restaurant.tenant.person("EMPLOYEE"))
    with window_of(counter, tmp_path) as window:
        page = open_page(window, qtbot)
        page.open_record(restaurant.recipes["Margherita"])
        window.settle()
        said = texts_of(page)
        assert not {"New recipe", "Change", "Cost of one"} & set(said)
        assert not any("USD" in words for words in said)
