"""Lines are entered with the keyboard alone."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget

from ims_desktop.domain.errors import Problem
from ims_desktop.domain.work import read
from ims_desktop.ui.choices import Choice, Choices
from ims_desktop.ui.controls import column
from ims_desktop.ui.desk import Desk
from ims_desktop.ui.entry import EntryColumn, EntryKind, EntrySpec, Line, Measured, Remark, Shown
from ims_desktop.ui.entry_cells import EntryHeader
from ims_desktop.ui.entry_grid import MOST_TOLD, EntryGrid
from ims_desktop.ui.lookup import Lookup

Settle = Callable[..., None]
CTRL = Qt.KeyboardModifier.ControlModifier


@dataclass(frozen=True)
class Stock:
    name: str
    unit: str
    home: str
    cost: Decimal
    case: int = 6


STOCK = (
    Stock("Cream, 35%", "L", "Walk-in", Decimal("4.05")),
    Stock("Prawns", "kg", "Freezer", Decimal("18.75")),
    Stock("Tomato tin", "tin", "Dry store", Decimal("3.325")),
)


@read
def find(connection: Any, words: str) -> list[Choice]:
    return [
        Choice(item, item.name, f"{item.cost} / {item.unit}") for item in STOCK if words.lower() in item.name.lower()
    ]


def measure(typed: str, line: Line) -> Measured:
    item = line.get("item")
    case = item.value.case if isinstance(item, Choice) else 1
    try:
        parts = [part.split() for part in typed.split("+")]
        value = sum((Decimal(part[0]) * (case if part[1:] == ["case"] else 1) for part in parts), Decimal(0))
    except (ArithmeticError, IndexError):
        return Measured(typed, problem=f"“{typed}” is no quantity.")
    return Measured(typed, value, f"{typed} = {value}")


def base(line: Line) -> Shown | None:
    quantity, item = line.get("quantity"), line.get("item")
    if not isinstance(quantity, Measured) or quantity.value is None or not isinstance(item, Choice):
        return None
    return Shown(str(quantity.value), item.value.unit)


SPEC = EntrySpec(
    (
        EntryColumn("item", "Item", EntryKind.LOOKUP, 220, "Type a name", True, Choices(search=find)),
        EntryColumn("quantity", "Quantity", EntryKind.MEASURE, 110, "1.5 kg", True, parse=measure),
        EntryColumn("base", "Stock unit", EntryKind.SHOWN, 110, show=base, right=True),
        EntryColumn("reason", "Reason", EntryKind.CHOICE, 130, "Why", True, Choices.of("Spoilage", "Damage")),
        EntryColumn("place", "Location", EntryKind.CHOICE, 130, choices=Choices.of("Walk-in", "Freezer", "Dry store")),
        EntryColumn("note", "Note", placeholder="Optional", stretch=True),
    ),
    chosen=lambda key, line: {"place": line["item"].value.home} if key == "item" else {},
    remark=lambda line: Remark("Only 0.8 kg here") if line.get("item") and "Prawns" in line["item"].text else None,
)


@pytest.fixture
def grid(desk: Desk, qtbot, settle: Settle) -> EntryGrid:
    made = EntryGrid(desk, SPEC)
    qtbot.addWidget(made)
    made.resize(900, 360)
    made.show()
    settle()
    made.table.go(0, 0)
    return made


@pytest.fixture
def enter(app: QApplication, settle: Settle) -> Callable[..., None]:
    """Type into the cell stood on, then press a key."""

    def typed(words: str, key: Qt.Key = Qt.Key.Key_Tab) -> None:
        editor = app.focusWidget()
        assert editor is not None
        QTest.keyClicks(editor, words)
        if words:
            settle()
        QTest.keyClick(editor, key)
        settle()

    return typed


def words(grid: EntryGrid, line: int) -> list[str]:
    return [str(grid.model.index(line, section).data()) for section in range(grid.model.columnCount())]


def test_a_line_is_typed_with_tab_and_finished_with_enter(grid: EntryGrid, enter):
    enter("tomato")
    enter("2 case + 4")
    enter("dam")
    enter("")
    enter("wet shelf", Qt.Key.Key_Return)
    assert words(grid, 0) == ["Tomato tin", "2 case + 4", "16", "Damage", "Dry store", "wet shelf"]
    (line,) = grid.lines()
    assert line["quantity"].value == 16
    assert line["quantity"].path == "2 case + 4 = 16"
    assert line["reason"] == "Damage"
    assert grid.model.rowCount() == 2
    assert (grid.table.currentIndex().row(), grid.table.currentIndex().column()) == (1, 0)


def test_tab_comes_in_with_a_cell_open_and_leaves_behind_the_last_one(
    desk: Desk, qtbot, app: QApplication, settle: Settle
):
    above, grid, below = QLineEdit(), EntryGrid(desk, SPEC), QLineEdit()
    whole = QWidget()
    whole.setLayout(column(above, grid, below))
    qtbot.addWidget(whole)
    whole.show()
    whole.activateWindow()
    settle()
    above.setFocus()
    QTest.keyClick(above, Qt.Key.Key_Tab)
    settle()
    assert isinstance(app.focusWidget(), Lookup), "the first cell waits for what is typed"
    for _ in grid.model.cells:
        assert grid.isAncestorOf(app.focusWidget())
        QTest.keyClick(app.focusWidget(), Qt.Key.Key_Tab)
        settle()
    assert below.hasFocus()
    QTest.keyClick(below, Qt.Key.Key_Backtab)
    settle()
    assert grid.table.currentIndex().column() == grid.model.cells[-1]
    assert grid.isAncestorOf(app.focusWidget())


def test_shift_tab_goes_back_over_worked_out_cells(grid: EntryGrid, enter, app: QApplication, settle: Settle):
    enter("cream")
    enter("3")
    assert grid.table.currentIndex().column() == 3
    QTest.keyClick(app.focusWidget(), Qt.Key.Key_Backtab)
    settle()
    assert grid.table.currentIndex().column() == 1


def test_enter_on_an_unfinished_line_goes_to_what_is_missing(grid: EntryGrid, enter):
    enter("cream")
    enter("3", Qt.Key.Key_Return)
    assert grid.lines() == ()
    assert grid.unfinished() == 1
    assert (grid.table.currentIndex().row(), grid.table.currentIndex().column()) == (0, 3)
    assert grid.model.problem(0, 3) == "Choose one"


def test_what_cannot_be_read_stays_and_is_marked(grid: EntryGrid, enter):
    enter("cream")
    enter("a bit")
    assert grid.model.problem(0, 1) == "“a bit” is no quantity."
    assert words(grid, 0)[1] == "a bit"
    assert grid.lines() == ()


def test_an_unknown_item_is_marked_and_kept(grid: EntryGrid, enter):
    enter("unicorn")
    assert grid.model.problem(0, 0) == "“unicorn” was not found."
    assert words(grid, 0)[0] == "unicorn"


def test_choosing_another_item_measures_again_and_moves_home(grid: EntryGrid, enter, settle: Settle):
    enter("cream")
    enter("3")
    grid.table.go(0, 0)
    enter("prawns")
    assert words(grid, 0)[:5] == ["Prawns", "3", "3", "", "Freezer"]
    assert grid.model.remark(0) == Remark("Only 0.8 kg here")


def fill_in(grid: EntryGrid, item: Stock, quantity: str = "1") -> None:
    place = grid.model.rowCount() - 1
    grid.model.put(place, 0, Choice(item, item.name))
    grid.model.put(place, 1, measure(quantity, grid.model.line(place)))
    grid.model.put(place, 3, "Spoilage")


def test_ctrl_d_takes_over_the_cell_above(grid: EntryGrid, settle: Settle, app: QApplication):
    fill_in(grid, STOCK[0])
    grid.table.go(1, 3)
    QTest.keyClick(app.focusWidget(), Qt.Key.Key_D, CTRL)
    settle()
    assert words(grid, 1)[3] == "Spoilage"


def test_ctrl_enter_asks_to_record_what_is_ready(grid: EntryGrid, enter, app: QApplication, qtbot, settle: Settle):
    fill_in(grid, STOCK[0])
    fill_in(grid, STOCK[2], "2 case")
    grid.table.go(2, 0)
    enter("prawns")
    with qtbot.waitSignal(grid.record_requested) as asked:
        QTest.keyClick(app.focusWidget(), Qt.Key.Key_Return, CTRL)
    (lines,) = asked.args
    assert [line["item"].text for line in lines] == ["Cream, 35%", "Tomato tin"]
    grid.remove(lines)
    assert grid.lines() == ()
    assert grid.unfinished() == 1


def test_of_many_things_that_are_wrong_the_first_are_told_and_how_many_more_there_are(grid: EntryGrid, settle: Settle):
    grid.table.go(0, 0)
    grid.paste("\n".join("shrimps\tlots" for _line in range(4)))
    settle()
    told = grid.missing()
    wrong = sum(bool(grid.model.problem(line, cell)) for line in range(4) for cell in grid.model.cells)
    assert len(told) == MOST_TOLD + 1
    assert str(told[-1]) == f"and {wrong - MOST_TOLD} more"


def test_an_open_cell_is_kept_before_recording(grid: EntryGrid, app: QApplication, qtbot, settle: Settle):
    fill_in(grid, STOCK[0])
    grid.table.go(0, 5)
    QTest.keyClicks(app.focusWidget(), "spilled")
    with qtbot.waitSignal(grid.record_requested) as asked:
        QTest.keyClick(app.focusWidget(), Qt.Key.Key_Return, CTRL)
    assert asked.args[0][0]["note"] == "spilled"


def test_escape_takes_back_what_was_typed(grid: EntryGrid, app: QApplication, settle: Settle):
    fill_in(grid, STOCK[0])
    grid.table.go(0, 5)
    QTest.keyClicks(app.focusWidget(), "no")
    QTest.keyClick(app.focusWidget(), Qt.Key.Key_Escape)
    settle()
    assert words(grid, 0)[5] == ""


def test_ctrl_delete_takes_a_line_away_and_one_always_waits(grid: EntryGrid, app: QApplication, settle: Settle):
    fill_in(grid, STOCK[0])
    grid.table.go(0, 0)
    QTest.keyClick(app.focusWidget(), Qt.Key.Key_Delete, CTRL)
    settle()
    assert grid.model.rowCount() == 1
    grid.delete_line()
    assert grid.model.rowCount() == 1
    grid.clear()
    assert grid.model.rowCount() == 1


def test_refusals_are_marked_in_their_line_until_it_changes(grid: EntryGrid):
    fill_in(grid, STOCK[0])
    fill_in(grid, STOCK[1])
    grid.show_problems([Problem("Only 0.8 kg on hand.", "quantity", 2)])
    assert grid.model.problem(1, 1) == "Only 0.8 kg on hand."
    assert len(grid.lines()) == 1
    grid.model.put(1, 1, measure("0.5", grid.model.line(1)))
    assert len(grid.lines()) == 2


def test_enter_may_record_each_line(desk: Desk, qtbot, settle: Settle, enter):
    from dataclasses import replace

    made = EntryGrid(desk, replace(SPEC, enter_records=True))
    qtbot.addWidget(made)
    made.show()
    settle()
    fill_in(made, STOCK[0])
    made.table.go(0, 5)
    with qtbot.waitSignal(made.record_requested) as asked:
        enter("", Qt.Key.Key_Return)
    assert len(asked.args[0]) == 1


def test_the_model_keeps_the_rules_of_qt(grid: EntryGrid):
    tester = QAbstractItemModelTester(grid.model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    fill_in(grid, STOCK[0])
    fill_in(grid, STOCK[1])
    grid.model.delete(0)
    grid.clear()
    assert tester.model() is grid.model


def test_cells_are_read_aloud_with_their_problem(grid: EntryGrid):
    grid.model.put(0, 0, Choice(STOCK[0], "Cream, 35%"))
    assert grid.model.index(0, 0).data(Qt.ItemDataRole.AccessibleTextRole) == "Item: Cream, 35%"
    assert grid.model.index(0, 1).data(Qt.ItemDataRole.AccessibleTextRole) == "Quantity:  Missing"


def test_a_late_answer_never_overwrites_what_is_being_typed(grid: EntryGrid, settle: Settle):
    grid.table.go(0, 1)
    editor = QApplication.focusWidget()
    QTest.keyClicks(editor, "2 case + 4")
    grid.model.put(0, 0, Choice(STOCK[2], STOCK[2].name))
    assert editor.text() == "2 case + 4"  # type: ignore[union-attr]
    QTest.keyClick(editor, Qt.Key.Key_Tab)
    settle()
    assert grid.model.line(0)["quantity"].value == Decimal(16)


def test_a_column_is_as_wide_as_its_title_needs(app: QApplication) -> None:
    short, long = (
        EntryColumn("a", "Cost", EntryKind.TEXT, 60),
        EntryColumn("a", "Kosten je Einheit", EntryKind.TEXT, 60),
    )
    parent = QWidget()
    widths = [EntryHeader((one,), parent).room_for(0) for one in (short, long)]
    assert widths[0] == 60
    assert widths[1] > 100
