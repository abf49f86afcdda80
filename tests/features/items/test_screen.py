"""The page of the items as people use it: typed, clicked and walked through."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from ims_desktop.features.items import screen, service
from ims_desktop.ui.detail_panel import DetailPanel
from ims_desktop.ui.list_page import ListPage
from tests.features.desks import sit_down
from tests.features.windows import Window, act, button_of, form_of, line_of, texts_of, window_of
from tests.restaurant import receive, seed
from tests.tenants import Tenant


@pytest.fixture
def at(tenant: Tenant, qtbot: QtBot, tmp_path: Path) -> Iterator[SimpleNamespace]:
    """Downtown, with flour above, butter below par, and nothing else."""
    place = seed(tenant)
    database = sit_down(tenant)
    receive(database, place, {"Flour": ("125", "1.12"), "Butter": ("4", "7.42")})
    with window_of(database, tmp_path, site=place.site) as window:
        page = screen.build(window.desk)
        qtbot.addWidget(page)
        window.show(page)
        yield SimpleNamespace(place=place, database=database, window=window, page=page, bot=qtbot)


def shown(page: ListPage) -> list[str]:
    return [row.name for row in page.model.rows]


def choose(page: ListPage, window: Window, *names: str) -> None:
    page.table.choose_rows([shown(page).index(name) for name in names])
    window.settle()


def type_into(at: SimpleNamespace, widget: QWidget, text: str) -> None:
    widget.setFocus()
    at.bot.keyClicks(widget, text)


def pick(at: SimpleNamespace, form: QWidget, name: str, text: str) -> None:
    """Choose by typing and Tab, as people do."""
    line = line_of(form, name)
    line.setFocus()
    at.window.settle()
    at.bot.keyClicks(line, text)
    at.window.settle()
    at.bot.keyClick(line, Qt.Key.Key_Tab)
    at.window.settle()


def test_the_list_the_tabs_and_the_totals(at: SimpleNamespace) -> None:
    assert len(shown(at.page)) == 12
    assert any("12 items" in text and "169.68 USD" in text for text in texts_of(at.page))
    at.page.show_tab("low")
    at.window.settle()
    assert "Flour" not in shown(at.page)
    assert "Butter" in shown(at.page)


def test_search_by_barcode(at: SimpleNamespace) -> None:
    type_into(at, at.page.body.filters.search, "4006381333931")
    at.window.settle()
    assert shown(at.page) == ["Sparkling water"]


def test_the_panel_looks_from_the_site_of_the_desk(at: SimpleNamespace) -> None:
    receive(at.database, at.place, {"Flour": ("10", "1")}, site="Harbour")
    at.page.open_record(at.place.items["Flour"])
    at.window.settle()
    panel = at.page.panel
    assert isinstance(panel, DetailPanel)
    texts = texts_of(panel)
    assert "125.000 kg" in texts
    assert "1 sack × 25 kg = 25 kg" in texts
    assert "Margherita" in texts, "where it is used"
    assert "Harbour" in texts
    at.window.desk.choose_site(at.place.sites["Harbour"])
    at.window.settle()
    assert "10.000 kg" in texts_of(at.page.panel), "the panel follows the desk to another site"


def test_a_new_item_is_typed_and_saved(at: SimpleNamespace) -> None:
    at.page.start_new()
    at.window.settle()
    form = form_of(at.page)
    type_into(at, line_of(form, "Name"), "Passata")
    pick(at, form, "Stock unit", "kg")
    pick(at, form, "Category", "Dry goods")
    packs = form.boxes["packs"].editor
    for name, quantity, unit in (("case", "12", "bottle"), ("bottle", "0.7", "kg")):
        packs.add()
        row = packs._rows[-1][0]
        for key, text in (("name", name), ("quantity", quantity), ("of_unit", unit)):
            row[key].setFocus()
            at.bot.keyClicks(row[key].focusProxy() or row[key], text)
    form.save()
    at.window.settle()
    assert [message.text for message in at.window.said] == ["Saved Passata (DRY-0211)"]
    assert "Passata" in shown(at.page)
    [choice] = at.database.run(service.item_choices, "passata")
    assert choice.units.convert(1, "case").quantity == Decimal("8.4")


def test_a_contradiction_is_told_at_its_row_and_nothing_is_saved(at: SimpleNamespace) -> None:
    item = at.database.run(service.item, at.place.items["Flour"])
    at.page.open_form(screen.EDIT, key=item.id)
    at.window.settle()
    form = form_of(at.page)
    packs = form.boxes["packs"].editor
    packs.show_value(
        (
            {"name": "sack", "quantity": Decimal(25), "of_unit": "kg"},
            {"name": "half", "quantity": Decimal(2), "of_unit": "sack"},
            {"name": "moon", "quantity": Decimal(2), "of_unit": "star"},
        )
    )
    form.save()
    at.window.settle()
    assert at.page.panel is form, "it stays open"
    assert any("Row 3: star is neither a unit nor a pack" in text for text in texts_of(form))
    assert at.database.run(service.item, item.id).version == item.version


def test_a_category_is_made_from_the_form(at: SimpleNamespace) -> None:
    at.page.start_new()
    at.window.settle()
    form = form_of(at.page)
    assert line_of(form, "or a new category").isVisible()
    type_into(at, line_of(form, "Name"), "Bleach")
    pick(at, form, "Stock unit", "l")
    type_into(at, line_of(form, "or a new category"), "Cleaning")
    form.save()
    at.window.settle()
    assert at.window.said[-1].text == "Saved Bleach (CLE-0001)"


def test_an_edit_begins_with_what_there_is(at: SimpleNamespace) -> None:
    before = at.database.run(service.item, at.place.items["Sparkling water"])
    at.page.open_form(screen.EDIT, key=before.id)
    at.window.settle()
    form = form_of(at.page)
    assert not form.dirty
    type_into(at, line_of(form, "Name"), ", cold")
    form.save()
    at.window.settle()
    assert at.window.said[-1].text == "Saved Sparkling water, cold (BEV-0006)"
    after = at.database.run(service.item, before.id)
    assert (after.packs, after.barcodes, after.levels) == (before.packs, before.barcodes, before.levels)


def test_archive_several_and_take_it_back(at: SimpleNamespace) -> None:
    choose(at.page, at.window, "Lemon", "Basil")
    button_of(at.page, "Archive").click()
    at.window.settle()
    assert not {"Lemon", "Basil"} & set(shown(at.page))
    message = at.window.said[-1]
    assert message.text == "Archived 2 items"
    at.page.show_tab("archived")
    at.window.settle()
    assert shown(at.page) == ["Basil", "Lemon"]
    assert message.act is not None
    message.act()
    at.window.settle()
    assert shown(at.page) == []


def test_what_is_in_stock_is_not_archived_and_says_why(at: SimpleNamespace) -> None:
    choose(at.page, at.window, "Flour")
    act(at.page, "Archive")
    at.window.settle()
    assert "Flour: 125 kg at Downtown." in at.window.said[-1].text
    assert "Flour" in shown(at.page)


def test_everything_shown_is_exported(at: SimpleNamespace, tmp_path: Path) -> None:
    at.page.output.export_to(str(tmp_path / "items.csv"))
    at.window.settle()
    lines = (tmp_path / "items.csv").read_text("utf-8-sig").splitlines()
    assert len(lines) == 13
    assert any(line.startswith("Flour") and "125" in line for line in lines)


def test_a_counter_sees_no_costs_and_no_buttons(at: SimpleNamespace, tmp_path: Path) -> None:
    database = sit_down(at.place.tenant, "EMPLOYEE")
    with window_of(database, tmp_path, site=at.place.site) as window:
        page = screen.build(window.desk)
        at.bot.addWidget(page)
        window.show(page, 1366, 768)
        assert {column.key for column in page.model.columns}.isdisjoint({"value", "average_cost"})
        assert "New item" not in [text.strip() for text in texts_of(page)]
        page.open_record(at.place.items["Flour"])
        window.settle()
        texts = texts_of(page.panel)
        assert "Value" not in texts
        assert "Edit" not in [text.strip() for text in texts]
        assert page.width() == 1366
