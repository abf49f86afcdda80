"""The list of items as a spreadsheet, by keyboard, on a real database."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ims_desktop.domain.listing import ListQuery
from ims_desktop.features.items import screen, service
from ims_desktop.ui.paste_panel import PastePanel
from ims_desktop.ui.table_model import THEIRS
from tests.features.desks import sit_down
from tests.features.windows import window_of
from tests.restaurant import seed
from tests.tenants import Tenant

CTRL = Qt.KeyboardModifier.ControlModifier
Key = Qt.Key


@pytest.fixture
def at(tenant: Tenant, qtbot: QtBot, tmp_path: Path) -> Iterator[SimpleNamespace]:
    """The items of Downtown."""
    place = seed(tenant)
    database = sit_down(tenant)
    with window_of(database, tmp_path, site=place.site) as window:
        page = screen.build(window.desk)
        qtbot.addWidget(page)
        window.show(page)
        page.activateWindow()
        page.table.setFocus()
        yield SimpleNamespace(place=place, database=database, window=window, page=page)


def press(at: SimpleNamespace, key: Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    QTest.keyClick(QApplication.focusWidget() or at.page.table, key, modifiers)


def section(at: SimpleNamespace, key: str) -> int:
    return [column.key for column in at.page.model.columns].index(key)


def pars(at: SimpleNamespace) -> dict[str, Decimal | None]:
    return {row.name: row.par for row in at.database.run(service.items, ListQuery(site=at.place.site)).rows}


def test_par_levels_are_pasted_saved_and_taken_back_by_keyboard(at: SimpleNamespace) -> None:
    before = pars(at)
    rows = at.page.model.rowCount()
    at.page.table.stand_on(0, section(at, "par"))
    QGuiApplication.clipboard().setText("\n".join(str(50 + number) for number in range(rows)))
    press(at, Key.Key_V, CTRL)
    at.window.settle()
    assert isinstance(at.page.panel, PastePanel)
    assert at.page.panel.refused == 0
    press(at, Key.Key_Return)
    at.page.table.setFocus()
    press(at, Key.Key_S, CTRL)
    at.window.settle()
    names = [row.name for row in at.page.model.rows]
    assert pars(at) == {name: 50 + number for number, name in enumerate(names)}
    assert not at.page.editing.grid.dirty
    at.window.said[-1].act()
    at.window.settle()
    assert pars(at) == before


def test_a_pack_of_the_item_is_understood_and_a_category_found_by_its_first_letters(at: SimpleNamespace) -> None:
    row = next(n for n, one in enumerate(at.page.model.rows) if one.packs)
    item = at.page.model.rows[row]
    pack = item.packs[0][0]
    at.page.table.stand_on(row, section(at, "par"))
    QTest.keyClicks(at.page.table, "2")
    QTest.keyClicks(QApplication.focusWidget() or at.page.table, f" {pack}")
    press(at, Key.Key_Return)
    expected = item.units.convert(2, pack).quantity
    at.page.table.stand_on(row, section(at, "category"))
    other = next(name for name in at.place.categories if name != item.category)
    QTest.keyClicks(at.page.table, other[:1])
    QTest.keyClicks(QApplication.focusWidget() or at.page.table, other[1:4])
    press(at, Key.Key_Return)
    press(at, Key.Key_S, CTRL)
    at.window.settle()
    now = next(one for one in at.database.run(service.items, ListQuery(site=at.place.site)).rows if one.id == item.id)
    assert (now.par, now.category) == (expected, other)


def test_without_a_site_a_par_cannot_be_changed_and_it_says_why(at: SimpleNamespace) -> None:
    at.window.desk.choose_site(None)
    at.window.settle()
    at.page.table.stand_on(0, section(at, "par"))
    press(at, Key.Key_Delete)
    assert not at.page.editing.grid.dirty
    assert "Par belongs to one site: choose it first." in at.window.said[-1].text


def test_an_edit_stays_with_its_site(at: SimpleNamespace) -> None:
    at.page.table.stand_on(0, section(at, "par"))
    QTest.keyClicks(at.page.table, "7")
    press(at, Key.Key_Return)
    name = at.page.model.rows[0].name
    at.window.desk.choose_site(at.place.sites["Harbour"])
    at.window.settle()
    assert at.page.model.index(0, section(at, "par")).data() != "7.000"
    at.page.table.setFocus()
    press(at, Key.Key_S, CTRL)
    at.window.settle()
    assert pars(at)[name] == 7


def test_two_people_at_one_cell_see_both_values(at: SimpleNamespace, tenant: Tenant) -> None:
    at.page.table.stand_on(0, section(at, "par"))
    QTest.keyClicks(at.page.table, "7")
    press(at, Key.Key_Return)
    with tenant.as_root() as root:
        root.execute(
            "INSERT INTO item_site_settings (item_id, site_id, par) VALUES (%s, %s, 31) "
            "ON CONFLICT (item_id, site_id) DO UPDATE SET par = 31",
            (at.page.model.rows[0].id, at.place.site),
        )
    press(at, Key.Key_S, CTRL)
    at.window.settle()
    index = at.page.model.index(0, section(at, "par"))
    assert Decimal(index.data(THEIRS)) == 31
    assert at.page.editing.grid.dirty
