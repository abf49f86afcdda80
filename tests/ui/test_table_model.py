"""The model keeps Qt's rules while pages arrive, and speaks in words."""

import datetime as dt

import pytest
from PySide6.QtCore import QModelIndex, QPoint, QSettings, Qt
from PySide6.QtGui import QFontMetrics, QGuiApplication
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QApplication

from ims_desktop.domain.list_view import Density
from ims_desktop.domain.listing import Page, Sort
from ims_desktop.ui.chips import Chip, chip_width
from ims_desktop.ui.columns import NUMERIC, Column, Kind
from ims_desktop.ui.formats import Formats
from ims_desktop.ui.header import usual_width
from ims_desktop.ui.painter import PAD
from ims_desktop.ui.table_model import RAW, ROW, TableModel
from ims_desktop.ui.table_view import TableView
from ims_desktop.ui.theme import Tone, font
from tests.ui.kitchen import COLUMNS, make_items

ITEMS = make_items(60)


@pytest.fixture
def model(app: QApplication) -> TableModel:
    return TableModel(COLUMNS, Formats("en_GB"))


@pytest.fixture
def view(model: TableModel, settings: QSettings, qtbot) -> TableView:
    model.begin(Page(ITEMS[:20]))
    made = TableView(model, "items", settings, "Items")
    qtbot.addWidget(made)
    made.resize(900, 400)
    made.show()
    return made


def test_the_model_keeps_the_rules_of_qt(model: TableModel):
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    model.begin(Page(ITEMS[:20], (20,)))
    model.extend(Page(ITEMS[20:40], (40,)))
    model.extend(Page(()))
    model.begin(Page(()))
    assert tester.model() is model


def test_each_page_is_asked_for_once(model: TableModel):
    asked: list[tuple[int, ...]] = []
    model.more = asked.append
    model.begin(Page(ITEMS[:20], (20,)))
    assert model.canFetchMore(QModelIndex())
    model.fetchMore(QModelIndex())
    model.fetchMore(QModelIndex())
    assert asked == [(20,)]
    model.extend(Page(ITEMS[20:30]))
    assert not model.canFetchMore(QModelIndex())
    assert model.rowCount() == 30
    assert model.complete


def test_words_for_the_eye_values_for_the_program(model: TableModel):
    model.begin(Page(ITEMS))
    cell = model.index(0, 2)
    assert cell.data() == "−2.000"
    assert cell.data(RAW) == ITEMS[0].on_hand
    assert cell.data(ROW) is ITEMS[0]
    assert cell.data(Qt.ItemDataRole.AccessibleTextRole) == "On hand: −2.000 kg"
    assert model.headerData(2, Qt.Orientation.Horizontal) == "On hand"
    assert all(isinstance(model.index(0, section).data(), str) for section in range(model.columnCount()))


def test_ctrl_c_copies_rows_with_headers_as_they_stand(view: TableView):
    view.header.moveSection(0, 1)
    view.setColumnHidden(4, True)
    view.choose(2)
    QTest.keyClick(view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    head, row = QGuiApplication.clipboard().text().split("\n")
    assert head == "Area\tItem\tOn hand\tValue\tStatus"
    assert row == "Dry store\tCream 0002\t0.000\t20.00\tOut of stock"


def test_enter_opens_the_row(view: TableView, qtbot):
    view.choose(3)
    with qtbot.waitSignal(view.opened) as opened:
        QTest.keyClick(view, Qt.Key.Key_Return)
    assert opened.args == [ITEMS[3]]


def test_widths_order_and_hidden_columns_are_remembered(view: TableView, model: TableModel, settings: QSettings, qtbot):
    view.setColumnWidth(2, 171)
    view.header.moveSection(view.header.visualIndex(5), 1)
    view.show_column(1, False)
    again = TableView(model, "items", settings, "Items")
    qtbot.addWidget(again)
    again.show()
    assert again.columnWidth(2) == 171
    assert [column.key for column in again.shown_columns()] == ["name", "state", "on_hand", "value", "counted"]
    again.reset_columns()
    assert [column.key for column in again.shown_columns()] == [column.key for column in COLUMNS]


def test_the_last_column_cannot_be_hidden(view: TableView):
    for section in range(len(COLUMNS)):
        view.show_column(section, False)
    assert len(view.shown_columns()) == 1


def click(view: TableView, section: int, modifier=Qt.KeyboardModifier.NoModifier) -> None:
    x = view.header.sectionViewportPosition(section) + view.header.sectionSize(section) // 2
    where = view.header.viewport().rect().center()
    where.setX(x)
    QTest.mouseClick(view.header.viewport(), Qt.MouseButton.LeftButton, modifier, where)


def test_a_click_sorts_and_shift_adds_a_key(view: TableView):
    orders: list[tuple[Sort, ...]] = []
    view.header.sorted.connect(orders.append)
    shift = Qt.KeyboardModifier.ShiftModifier
    click(view, 0)
    click(view, 0)
    click(view, 2, shift)
    click(view, 2, shift)
    click(view, 2, shift)
    click(view, 1)
    assert orders == [
        (Sort("name"),),
        (Sort("name", True),),
        (Sort("name", True), Sort("on_hand")),
        (Sort("name", True), Sort("on_hand", True)),
        (Sort("name", True),),
    ]


def test_rows_are_equally_high(view: TableView):
    assert {view.rowHeight(row) for row in range(20)} == {42}


def test_words_give_room_before_a_window_scrolls(view: TableView, model: TableModel):
    usual = {column.key: usual_width(column, model.formats) for column in view.shown_columns()}

    def widths_at(room: int) -> dict[str, int]:
        view.resize(room + view.width() - view.viewport().width(), 400)
        QApplication.processEvents()
        sections = {column.key: section for section, column in enumerate(model.columns)}
        return {key: view.columnWidth(sections[key]) for key in usual}

    tight = widths_at(sum(usual.values()) - 40)
    assert sum(tight.values()) == sum(usual.values()) - 40
    assert view.horizontalScrollBar().maximum() == 0
    words = [column.key for column in view.shown_columns() if column.kind is Kind.TEXT]
    numbers = [column.key for column in view.shown_columns() if column.kind in NUMERIC]
    assert all(tight[key] < usual[key] for key in words)
    assert all(tight[key] == usual[key] for key in numbers), "a number is never cut"

    section = next(place for place, column in enumerate(model.columns) if column.key == words[0])
    view.setColumnWidth(section, usual[words[0]] + 20)  # by hand, and that stays
    assert widths_at(sum(usual.values()) - 30)[words[0]] == usual[words[0]] + 20


@pytest.fixture
def scrolled(view: TableView) -> TableView:
    """The table in a narrow window, scrolled to its right end."""
    view.resize(480, 400)
    QApplication.processEvents()
    view.horizontalScrollBar().setValue(view.horizontalScrollBar().maximum())
    QApplication.processEvents()
    return view


def test_the_first_column_stays_in_sight(scrolled: TableView):
    frozen = scrolled.frozen
    assert frozen.isVisible()
    assert frozen.section == 0
    assert frozen.width() == scrolled.columnWidth(0)
    drawn = frozen.grab().toImage()
    assert len({drawn.pixel(x, 50) for x in range(drawn.width())}) > 5, "the words of the first row are painted"
    scrolled.horizontalScrollBar().setValue(0)
    assert not frozen.isVisible()


def test_a_click_on_it_selects_and_a_click_on_its_title_sorts(scrolled: TableView, qtbot):
    frozen, header = scrolled.frozen, scrolled.header
    before = scrolled.horizontalScrollBar().value()
    qtbot.mouseClick(frozen, Qt.MouseButton.LeftButton, pos=QPoint(40, header.height() + 60))
    assert [index.row() for index in scrolled.selectionModel().selectedRows()] == [1]
    assert scrolled.horizontalScrollBar().value() == before
    with qtbot.waitSignal(header.sorted) as sorted_by:
        qtbot.mouseClick(frozen, Qt.MouseButton.LeftButton, pos=QPoint(40, 10))
    assert sorted_by.args == [(Sort("name"),)]
    with qtbot.waitSignal(scrolled.opened):
        qtbot.mouseDClick(frozen, Qt.MouseButton.LeftButton, pos=QPoint(40, header.height() + 60))


def test_no_cell_that_is_walked_to_hides_under_it(scrolled: TableView):
    scrolled.setCurrentIndex(scrolled.model().index(0, 5))
    for section in (4, 3, 2, 1):
        scrolled.scrollTo(scrolled.model().index(0, section))
        assert scrolled.columnViewportPosition(section) >= (
            scrolled.frozen.width() if scrolled.frozen.isVisible() else 0
        )


def test_the_closest_rows_have_one_line_and_the_airiest_more_room(scrolled: TableView):
    heights = []
    for density in (Density.COMPACT, Density.NORMAL, Density.COMFORTABLE):
        scrolled.column_layout.stand(density)
        heights.append(scrolled.rowHeight(3))
    assert heights == [28, 42, 52]


@pytest.mark.parametrize("locale", ["en_US", "de_DE", "fr_FR", "es_ES", "he_IL"])
def test_a_column_has_room_for_its_longest_day_and_its_longest_state(app: QApplication, locale: str):
    formats = Formats(locale, "EUR", "UTC")
    day = Column("day", "Day", Kind.DATE, 20)
    state = Column("state", "State", Kind.CHIP, 20, chips={1: Chip("Nicht vorrätig", Tone.BAD), 2: Chip("Da")})
    metrics = QFontMetrics(font(13, tabular=True))
    longest = max(metrics.horizontalAdvance(formats.date(dt.date(2026, month, 28))) for month in range(1, 13))
    assert usual_width(day, formats) >= longest + 2 * PAD
    assert usual_width(state, formats) >= chip_width(Chip("Nicht vorrätig", Tone.BAD)) + 2 * PAD
