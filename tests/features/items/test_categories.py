"""The tree of the categories on a real database and as a page."""

from pathlib import Path
from uuid import UUID

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ims_desktop.database.transaction import TenantDatabase
from ims_desktop.domain.errors import Denied, UserError
from ims_desktop.domain.listing import Filter, ListQuery, Match
from ims_desktop.features.items import screen, service
from ims_desktop.features.items.service import categories as tree
from ims_desktop.ui.sides import FROM_LEFT, FROM_RIGHT
from tests.features.desks import sit_down
from tests.features.windows import line_of, window_of
from tests.restaurant import Restaurant, seed
from tests.tenants import Tenant

CTRL_SHIFT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def place(tenant: Tenant) -> Restaurant:
    return seed(tenant)


@pytest.fixture
def desk(place: Restaurant) -> TenantDatabase:
    return sit_down(place.tenant)


def parents(desk: TenantDatabase) -> dict[str, str | None]:
    found = desk.run(tree.categories)
    names = {one.id: one.name for one in found}
    return {one.name: names.get(one.parent_id) for one in found}


def shown(desk: TenantDatabase, key: UUID) -> set[str]:
    query = ListQuery(filters=(Filter("category", Match.IN, (key,)),))
    assert desk.run(service.items_summary, query).count == len(desk.run(service.items, query).rows)
    return {row.name for row in desk.run(service.items, query).rows}


def test_a_category_is_made_moved_merged_and_deleted(place: Restaurant, desk: TenantDatabase) -> None:
    pantry = desk.run(tree.save_category, tree.CategoryDraft("Pantry")).result.id
    desk.run(tree.move_category, place.categories["Dry goods"], pantry)
    oils = desk.run(tree.save_category, tree.CategoryDraft("Oils", place.categories["Dry goods"])).result.id
    desk.run(tree.move_category, place.categories["Drinks"], oils)
    assert shown(desk, pantry) == {"Tomato tin", "Flour", "Olive oil", "Espresso beans", "Sparkling water"}
    assert shown(desk, oils) == {"Sparkling water"}
    with pytest.raises(UserError, match="lies inside Pantry"):
        desk.run(tree.merge_category, pantry, oils)
    with pytest.raises(UserError, match="still holds 1 category"):
        desk.run(tree.remove_category, pantry)
    assert desk.run(tree.merge_category, place.categories["Dairy"], oils).result == 3
    assert "Dairy" not in parents(desk)
    assert {"Butter", "Sparkling water"} <= shown(desk, oils)
    empty = desk.run(tree.save_category, tree.CategoryDraft("Empty")).result.id
    assert desk.run(tree.remove_category, empty).result == tree.CategoryDraft("Empty")


def test_a_tree_has_no_circles_and_no_twins(place: Restaurant, desk: TenantDatabase) -> None:
    inner = desk.run(tree.save_category, tree.CategoryDraft("Inner", place.categories["Dairy"])).result
    with pytest.raises(UserError, match="would lie inside itself"):
        desk.run(tree.move_category, place.categories["Dairy"], inner.id)
    with pytest.raises(UserError, match="already"):
        desk.run(tree.save_category, tree.CategoryDraft("dairy"))
    with pytest.raises(UserError) as refused:
        desk.run(tree.save_category, tree.CategoryDraft("  "))
    assert [problem.field for problem in refused.value.problems] == ["name"]
    counter = sit_down(place.tenant, "EMPLOYEE")
    assert len(counter.run(tree.categories)) == 6
    with pytest.raises(Denied):
        counter.run(tree.move_category, inner.id, None)


def test_the_tree_is_arranged_by_keyboard_and_taken_back(
    place: Restaurant, desk: TenantDatabase, qtbot: QtBot, tmp_path: Path
) -> None:
    with window_of(desk, tmp_path, site=place.site) as window:
        page = screen.build_categories(window.desk)
        qtbot.addWidget(page)
        window.show(page)
        page.activateWindow()
        page.tree.setFocus()
        assert page.tree.currentItem().text(0) == "Dairy"
        QTest.keyClick(page.tree, Qt.Key.Key_Down)
        QTest.keyClick(page.tree, Qt.Key.Key_Down)
        QTest.keyClick(page.tree, Qt.Key.Key_Right, CTRL_SHIFT)
        window.settle()
        assert parents(desk)["Dry goods"] == "Drinks"
        assert page.tree.currentItem().text(0) == "Dry goods"
        assert page.tree.topLevelItem(1).text(1) == "5 (1)"
        QTest.keyClick(page.tree, Qt.Key.Key_Left, CTRL_SHIFT)
        window.settle()
        assert parents(desk)["Dry goods"] is None
        assert window.said[-1].act is not None
        window.said[-1].act()
        window.settle()
        assert parents(desk)["Dry goods"] == "Drinks"
        page.tree.dropped.emit(place.categories["Dry goods"], None)
        window.settle()
        assert parents(desk)["Dry goods"] is None
        QTest.keyClick(page.tree, Qt.Key.Key_Delete)
        window.settle()
        assert "still holds 4 items" in window.said[-1].text
        QTest.keyClick(page.tree, Qt.Key.Key_F2)
        window.settle()
        line_of(page, "Name").setText("Pantry")
        page.panel.save()
        window.settle()
        assert "Pantry" in parents(desk)
        page.show_items()
        assert window.opened[-1].filters[0].key == "category"


def test_the_keys_of_the_tree_are_mirrored_where_the_language_is(
    place: Restaurant, desk: TenantDatabase, qtbot: QtBot, tmp_path: Path, qapp: QApplication
) -> None:
    qapp.setLayoutDirection(FROM_RIGHT)
    try:
        with window_of(desk, tmp_path, site=place.site) as window:
            page = screen.build_categories(window.desk)
            qtbot.addWidget(page)
            window.show(page)
            page.activateWindow()
            page.tree.setFocus()
            page.tree.setCurrentItem(page.tree.topLevelItem(1))
            name, above = page.tree.topLevelItem(1).text(0), page.tree.topLevelItem(0).text(0)
            QTest.keyClick(page.tree, Qt.Key.Key_Left, CTRL_SHIFT)
            window.settle()
            assert parents(desk)[name] == above
            QTest.keyClick(page.tree, Qt.Key.Key_Right, CTRL_SHIFT)
            window.settle()
            assert parents(desk)[name] is None
    finally:
        qapp.setLayoutDirection(FROM_LEFT)


def test_a_category_rests_once_it_is_said_where_its_items_go(place: Restaurant, desk: TenantDatabase) -> None:
    dairy, drinks = place.categories["Dairy"], place.categories["Drinks"]
    with pytest.raises(UserError, match="still holds 3 items") as refused:
        desk.run(tree.archive_category, dairy)
    assert [problem.field for problem in refused.value.problems] == ["into"]
    for wrong in (dairy, desk.run(tree.save_category, tree.CategoryDraft("Cheese", dairy)).result.id):
        with pytest.raises(UserError):
            desk.run(tree.archive_category, dairy, wrong)
    gone = desk.run(tree.archive_category, dairy, drinks).result
    assert (len(gone.items), len(gone.categories)) == (3, 1)
    assert parents(desk)["Cheese"] == "Drinks"
    assert dairy not in {choice.value for choice in desk.run(service.category_choices)}
    with pytest.raises(UserError, match="archived category dairy"):
        desk.run(tree.save_category, tree.CategoryDraft("dairy"))
    with pytest.raises(UserError, match="Dairy is archived"):
        desk.run(tree.move_category, drinks, dairy)
    desk.run(tree.restore_category, gone)
    assert parents(desk)["Cheese"] == "Dairy"
    assert next(one for one in desk.run(tree.categories) if one.id == dairy).items == 3
    with pytest.raises(Denied):
        sit_down(place.tenant, "EMPLOYEE").run(tree.archive_category, dairy, drinks)


def test_a_category_is_archived_and_restored_on_its_page(
    place: Restaurant, desk: TenantDatabase, qtbot: QtBot, tmp_path: Path
) -> None:
    with window_of(desk, tmp_path, site=place.site) as window:
        page = screen.build_categories(window.desk)
        qtbot.addWidget(page)
        window.show(page)
        assert page.tree.currentItem().text(0) == "Dairy"
        page.archive()
        window.settle()
        page.panel.boxes["into"].editor.show_value(place.categories["Drinks"])
        page.panel.save()
        window.settle()
        assert page.tree.topLevelItem(0).text(0) == "Drinks"
        page.archived.setChecked(True)
        window.settle()
        page.tree.setCurrentItem(page.tree.topLevelItem(0))
        assert page.tree.currentItem().text(0) == "Dairy (archived)"
        page.restore()
        window.settle()
        assert page.tree.currentItem().text(0) == "Dairy"
        assert window.said[-1].act is not None
        window.said[-1].act()
        window.settle()
        assert page.tree.currentItem().text(0) == "Dairy (archived)"
