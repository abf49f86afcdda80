"""Detail and form panels: what is wrong stands beside its field, and nothing typed is lost."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from ims_desktop.domain.errors import Problem
from ims_desktop.ui.choices import Choices
from ims_desktop.ui.controls import Button, column, label, scrolling
from ims_desktop.ui.desk import Desk
from ims_desktop.ui.detail import DetailSpec, Fact, Section
from ims_desktop.ui.detail_panel import facts_grid
from ims_desktop.ui.fields import Field, FieldKind
from ims_desktop.ui.form_panel import FormPanel
from ims_desktop.ui.list_page import ListPage
from ims_desktop.ui.rows_editor import RowsEditor
from tests.ui.kitchen import BUTTONS, Kitchen, describe

Settle = Callable[..., None]
CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def page(desk: Desk, kitchen: Kitchen, qtbot, settle: Settle) -> ListPage:
    made = ListPage(desk, kitchen.spec())
    made.form = kitchen.form()  # type: ignore[attr-defined]
    qtbot.addWidget(made)
    made.resize(1600, 768)
    made.show()
    settle()
    return made


@pytest.fixture
def form(page: ListPage, settle: Settle) -> FormPanel:
    page.start_new()
    settle()
    assert isinstance(page.panel, FormPanel)
    return page.panel


def line(form: FormPanel, key: str) -> Any:
    return form.boxes[key].editor.line  # type: ignore[attr-defined]


def told(form: FormPanel, key: str) -> str:
    return form.boxes[key]._foot.text()


def banner(form: FormPanel) -> str:
    item = form._banner.itemAt(0)
    return item.widget().accessibleName() if item is not None else ""


def press(widget: QWidget, title: str) -> None:
    QApplication.processEvents()
    next(one for one in widget.findChildren(Button) if one.accessibleName() == title and one.isVisible()).click()


# detail ------------------------------------------------------------------------------------------------------


def test_the_detail_shows_what_is_described(page: ListPage, desk: Desk, settle: Settle):
    page.open_record(1)
    settle()
    texts = {one.text() for one in page.panel.findChildren(QLabel)}
    assert {"Basil 0001", "K-0001", "On hand", "−1.000 kg", "Movements", "−1"} <= texts
    places: list[Any] = []
    desk.navigation.opened.connect(places.append)
    press(page.panel, "See all 64")
    assert [(place.page, place.record) for place in places] == [("movements", 1)]


def test_buttons_are_absent_without_permission_or_say_why_not(page: ListPage, settle: Settle):
    page.open_record(1)
    settle()
    buttons = {one.accessibleName(): one for one in page.panel.findChildren(Button)}
    assert "Delete" not in buttons
    assert buttons["Edit"].isEnabled()
    assert not buttons["Post"].isEnabled()
    assert buttons["Post"].toolTip() == "The count is not finished."


def test_other_capabilities_add_sections(desk: Desk, kitchen: Kitchen, qtbot, settle: Settle):
    def on_hand(desk: Desk, record: Any, parent: QWidget) -> QWidget | None:
        return label(f"Everywhere: {record.on_hand}") if record.id != 2 else None

    sections = (Section("On hand", on_hand), Section("Cost", on_hand, permission="nobody"))
    spec = kitchen.spec(detail=DetailSpec(kitchen.item, describe, frozenset(), BUTTONS, sections))
    made = ListPage(desk, spec)
    qtbot.addWidget(made)
    made.show()
    made.open_record(1)
    settle()
    texts = [one.text() for one in made.panel.findChildren(QLabel)]
    assert "Everywhere: -1" in texts
    assert "Cost" not in texts
    made.open_record(2)
    settle()
    assert not [one for one in made.panel.findChildren(QLabel) if "Everywhere" in one.text()]


def test_the_detail_reads_again_when_its_subject_changed(page: ListPage, kitchen: Kitchen, desk: Desk, settle: Settle):
    page.open_record(1)
    settle()
    kitchen.items = (kitchen.items[0], replace(kitchen.items[1], name="Basil, fresh"), *kitchen.items[2:])
    desk.background.changed.emit(frozenset({"items"}))
    settle()
    assert page.panel.record.name == "Basil, fresh"


# forms -------------------------------------------------------------------------------------------------------


def test_every_problem_is_told_at_once_beside_its_field(form: FormPanel, kitchen: Kitchen):
    QTest.keyClicks(line(form, "cost"), "12,5")
    QTest.keyClicks(line(form, "from_day"), "soon")
    QTest.keyClick(form, Qt.Key.Key_S, CTRL)
    assert told(form, "name") == "Name is missing."
    assert "is not a number" in told(form, "cost")
    assert "is not a date" in told(form, "from_day")
    assert "3 things" in banner(form)
    assert line(form, "name").hasFocus()
    assert line(form, "cost").text() == "12,5"
    assert kitchen.saved == []


def test_a_problem_goes_away_while_its_field_is_put_right(form: FormPanel):
    form.save()
    QTest.keyClicks(line(form, "name"), "S")
    assert told(form, "name") == ""


def test_values_come_out_read(form: FormPanel, kitchen: Kitchen, settle: Settle):
    QTest.keyClicks(line(form, "name"), " Saffron ")
    QTest.keyClicks(line(form, "cost"), "1,234.50")
    QTest.keyClicks(line(form, "yield_"), "92.5")
    packs = form.boxes["packs"].editor
    assert isinstance(packs, RowsEditor)
    packs.add()
    QTest.keyClicks(packs._rows[0][0]["name"].line, "Tin")  # type: ignore[attr-defined]
    QTest.keyClicks(packs._rows[0][0]["content"].line, "0.25")  # type: ignore[attr-defined]
    packs.add()
    QTest.keyClick(form, Qt.Key.Key_Return, CTRL)
    settle()
    saved = kitchen.saved[0]
    assert saved["name"] == "Saffron"
    assert saved["cost"] == Decimal("1234.50")
    assert saved["yield_"] == Decimal("0.925")
    assert saved["unit"] == "kg"
    assert saved["from_day"] is None
    assert saved["packs"] == ({"name": "Tin", "content": Decimal("0.25")},)


def test_too_many_decimals_of_money_are_refused(form: FormPanel):
    QTest.keyClicks(line(form, "cost"), "1.005")
    form.save()
    assert told(form, "cost") == "Use at most 2 decimals."


def test_problems_of_the_service_reach_fields_and_rows(form: FormPanel, settle: Settle):
    QTest.keyClicks(line(form, "name"), "taken")
    packs = form.boxes["packs"].editor
    assert isinstance(packs, RowsEditor)
    for _ in range(2):
        packs.add()
        QTest.keyClicks(packs._rows[-1][0]["name"].line, "Case")  # type: ignore[attr-defined]
        QTest.keyClicks(packs._rows[-1][0]["content"].line, "6")  # type: ignore[attr-defined]
    form.save()
    settle()
    assert banner(form) == "Two things are wrong."
    assert told(form, "code") == "This code is taken."
    assert packs._wrong.text() == "Row 2: The same pack twice."
    assert packs._rows[1][0]["name"].line.property("wrong") == "true"  # type: ignore[attr-defined]
    assert form.save_button.isEnabled()
    assert line(form, "name").text() == "taken"


def test_missing_cells_of_a_row_are_told_with_their_row(form: FormPanel):
    packs = form.boxes["packs"].editor
    assert isinstance(packs, RowsEditor)
    packs.add()
    QTest.keyClicks(packs._rows[0][0]["name"].line, "Case")  # type: ignore[attr-defined]
    form.save()
    assert packs._wrong.text() == "Row 1: Content is missing."


def test_a_form_is_as_wide_as_its_widest_table(page: ListPage, form: FormPanel, settle: Settle):
    packs = form.boxes["packs"].editor
    assert isinstance(packs, RowsEditor)
    asked = form.width()
    packs.add()
    packs._rows[0][0]["name"].setFixedWidth(500)  # as long words of another language do
    packs.edited.emit()
    settle()
    assert form.width() > asked
    assert form._scroll.widget().minimumSizeHint().width() <= form._scroll.viewport().width(), "nothing is cut off"


def test_removing_a_row_takes_its_values_away(form: FormPanel):
    packs = form.boxes["packs"].editor
    assert isinstance(packs, RowsEditor)
    packs.show_value([{"name": "Case", "content": Decimal(6)}, {"name": "Tin", "content": Decimal(1)}])
    press(packs, "Remove row 1")
    assert [row["name"] for row in packs.value()] == ["Tin"]
    assert form.dirty


def test_escape_asks_about_unsaved_changes(page: ListPage, form: FormPanel):
    QTest.keyClicks(line(form, "name"), "Saffron")
    QTest.keyClick(form, Qt.Key.Key_Escape)
    assert page.panel is form
    assert banner(form) == "There are unsaved changes."
    press(form, "Keep editing")
    assert banner(form) == ""
    QTest.keyClick(form, Qt.Key.Key_Escape)
    press(form, "Discard")
    assert page.panel is None


def test_escape_closes_an_untouched_form(page: ListPage, form: FormPanel):
    QTest.keyClick(form, Qt.Key.Key_Escape)
    assert page.panel is None


def test_leaving_goes_on_after_discarding(page: ListPage, form: FormPanel):
    gone: list[bool] = []
    QTest.keyClicks(line(form, "name"), "Saffron")
    page.leave(lambda: gone.append(True))
    assert gone == []
    press(form, "Discard")
    assert gone == [True]


def test_a_conflict_offers_to_reload_and_keeps_what_was_typed(
    page: ListPage, kitchen: Kitchen, desk: Desk, settle: Settle
):
    page.open_form(kitchen.form(groups=(Field("name", "Name"), Field("code", "Code")), width=400), key=5)
    settle()
    form = page.panel
    assert isinstance(form, FormPanel)
    assert line(form, "name").text() == "Olive oil 0005"
    line(form, "name").selectAll()
    QTest.keyClicks(line(form, "name"), "race")
    form.save()
    settle()
    assert banner(form) == "Lucia changed this item at 10:31."
    kitchen.items = (*kitchen.items[:5], replace(kitchen.items[5], code="NEW-1", name="Olive"), *kitchen.items[6:])
    press(form, "Reload, keep what I typed")
    settle()
    assert line(form, "name").text() == "race"
    assert line(form, "code").text() == "NEW-1"


def test_a_lookup_takes_the_choice_stood_on_with_tab(form: FormPanel, settle: Settle):
    lookup = form.boxes["area"].editor.lookup  # type: ignore[attr-defined]
    lookup.setFocus()
    QTest.keyClicks(lookup, "walk")
    QTest.keyClick(lookup, Qt.Key.Key_Return)
    assert lookup.value() == "Walk-in"
    lookup.clear()
    QTest.keyClicks(lookup, "moon")
    form.save()
    assert "is not in the list" in told(form, "area")


def test_a_field_may_depend_on_another(desk: Desk, kitchen: Kitchen, qtbot):
    fields = (
        Field("packed", "Comes in packs", FieldKind.CHECK),
        Field("size", "Size", FieldKind.NUMBER, required=True, enabled=lambda values: bool(values["packed"])),
        Field("kinds", "Kinds", FieldKind.MANY, choices=Choices.of("fresh", "frozen")),
    )
    form = FormPanel(desk, kitchen.form(groups=fields))
    qtbot.addWidget(form)
    form.show()
    assert not form.boxes["size"].isVisible()
    assert form.values()[1] == []
    form.boxes["packed"].editor.check.click()  # type: ignore[attr-defined]
    assert form.boxes["size"].isVisible()
    assert form.values()[1] == [Problem("Size is missing.", "size")]


def test_a_figure_that_finds_no_room_takes_the_whole_line(app: QApplication, qtbot):
    facts = (Fact("On hand", "9.600 lb"), Fact("Last counted", "Dec 31, 2015, 11:45 PM"), Fact("Par", "6.000 lb"))
    holder = QWidget()
    qtbot.addWidget(holder)
    grid = facts_grid(facts)
    holder.setLayout(grid)
    places = [grid.getItemPosition(place) for place in range(grid.count())]
    assert places == [(0, 0, 1, 1), (1, 0, 1, 2), (2, 0, 1, 1)]


def test_content_keeps_its_place_when_the_scroll_bar_comes(app: QApplication, qtbot):
    inside = QWidget()
    area = scrolling(column(inside, margins=(20, 0, 20, 0)))
    qtbot.addWidget(area)
    area.resize(330, 300)
    area.show()
    before = inside.width()
    inside.setFixedHeight(900)
    qtbot.waitUntil(lambda: area.verticalScrollBar().isVisible())
    qtbot.waitUntil(lambda: inside.width() == before)
