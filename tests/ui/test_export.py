"""What leaves a list is what stands on the screen: CSV, Excel and paper say the same."""

import csv
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from pypdf import PdfReader
from PySide6.QtCore import QRectF, QSettings, Qt
from PySide6.QtGui import QPainter
from PySide6.QtPrintSupport import QPrintPreviewDialog
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from python_calamine import load_workbook

from ims_desktop.domain.errors import UserError
from ims_desktop.domain.listing import Filter, Match
from ims_desktop.ui.columns import Column, Kind
from ims_desktop.ui.detail import Detail, Fact, Line, Related, Trend
from ims_desktop.ui.export_files import CsvSink, XlsxSink
from ims_desktop.ui.formats import Formats
from ims_desktop.ui.list_page import ListPage
from ims_desktop.ui.messages import Message
from ims_desktop.ui.print_file import PRINTED_ROWS, Collected, page_layout, write_pdf
from ims_desktop.ui.printout import PrintColumn, Printout, PrintTable, printout_of_detail
from ims_desktop.ui.shown import Shown, out_columns
from ims_desktop.ui.sides import ENDS, FROM_HERE, FROM_LEFT, FROM_RIGHT, ISLAND
from tests.ui.kitchen import Item, Kitchen

FORMATS = Formats("en_GB", "EUR", "UTC")
MARKS = str.maketrans("", "", FROM_HERE + ISLAND + ENDS)
HOSTILE = ("=1+1", "@SUM(A1)", "+1", "-1", "\tx", "https://example.com", "#REF!", "a" * 40_000, "{=A1}", "1E9")


def page_of(desk, kitchen: Kitchen, settle) -> ListPage:
    made = ListPage(desk, kitchen.spec())
    made.resize(1600, 920)
    made.show()
    settle()
    return made


@pytest.fixture
def page(desk, kitchen, settle, app):
    made = page_of(desk, kitchen, settle)
    yield made
    made.deleteLater()
    settle()


def texts_of(path: Path) -> list[str]:
    return [" ".join(page.extract_text().split()) for page in PdfReader(path).pages]


def test_csv_and_excel_say_the_same_as_the_screen(page: ListPage, settle, tmp_path: Path):
    page.body.filters.set_filters((Filter("area", Match.IN, ("Walk-in",)),))
    settle()
    page.output.export_to(str(tmp_path / "items.csv"))
    page.output.export_to(str(tmp_path / "items.xlsx"))
    settle()
    with (tmp_path / "items.csv").open(encoding="utf-8-sig", newline="") as file:
        titles, *rows = csv.reader(file)
    book = load_workbook(tmp_path / "items.xlsx")
    assert len(book.sheet_names) == 2
    sheet = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    assert sheet[0] == titles == [out.title for out in out_columns(page.table.shown_columns())]
    assert len(rows) == len(sheet) - 1 == 225
    for written, kept in zip(rows, sheet[1:], strict=True):
        for text, value in zip(written, kept, strict=True):
            if isinstance(value, float):
                assert Decimal(repr(value)) == Decimal(text)
            elif isinstance(value, datetime):
                assert text.startswith(value.isoformat(sep=" ", timespec="minutes"))
            else:
                assert text == value
    about = dict(row[:2] for row in book.get_sheet_by_index(1).to_python())
    assert about["Title"] == "Items"
    assert about["Filters"] == "Area: Walk-in"
    assert about["Person"] == "Maria Ortega"
    assert about["Rows"] == "225"
    assert about["As of"].startswith(str(datetime.now(UTC).year))


def test_text_stays_text_in_every_file(tmp_path: Path):
    shown = Shown("Items", (Column("name", "Item"), Column("code", "Code", Kind.NUMBER)), FORMATS)
    rows = [Item(1, words, None, "", Decimal(1), "kg", None, datetime.now(UTC), "ok") for words in HOSTILE]
    sink = XlsxSink(tmp_path / "a.xlsx", shown)
    sink.write(rows)
    sink.finish()
    sheet = load_workbook(tmp_path / "a.xlsx").get_sheet_by_index(0)
    kept = [row[0] for row in sheet.to_python()[1:]]
    assert kept == [words if len(words) < 40_000 else "a" * 32_766 + "…" for words in HOSTILE]
    lines = CsvSink(tmp_path / "a.csv", shown)
    lines.write(rows)
    lines.finish()
    with (tmp_path / "a.csv").open(encoding="utf-8-sig", newline="") as file:
        cells = [row[0] for row in csv.reader(file)][1:]
    assert not [cell for cell in cells if cell.startswith(("=", "@", "+", "-", "\t"))]


def test_no_two_columns_of_a_file_have_the_same_title():
    columns = (
        Column("a", "Item", Kind.TITLE, sub="sku", unit="unit"),
        Column("b", "Par", Kind.QUANTITY, unit="unit"),
        Column("c", "Unit"),
    )
    assert [out.title for out in out_columns(columns)] == ["Item", "Sku", "Unit", "Par", "Par, unit", "Unit 2"]


def test_a_table_longer_than_a_sheet_goes_on_on_the_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("ims_desktop.ui.export_files.SHEET_ROWS", 101)
    shown = Shown("Items [all]: 1/2", (Column("id", "Id", Kind.NUMBER),), FORMATS)
    sink = XlsxSink(tmp_path / "a.xlsx", shown)
    sink.write(Kitchen(250).items)
    sink.finish()
    book = load_workbook(tmp_path / "a.xlsx")
    sheets = [book.get_sheet_by_index(place).to_python() for place in range(len(book.sheet_names) - 1)]
    assert [len(rows) for rows in sheets] == [101, 101, 51]
    assert [row[0] for rows in sheets for row in rows[1:]] == list(range(250))


def test_a_pdf_repeats_its_header_and_numbers_its_pages(page: ListPage, settle, tmp_path: Path):
    page.output.export_to(str(tmp_path / "items.pdf"))
    settle()
    pages = texts_of(tmp_path / "items.pdf")
    assert len(pages) > 5
    for number, text in enumerate(pages, 1):
        assert f"Page {number} of {len(pages)}" in text
        assert "Last counted" in text
    assert "450" in pages[0]
    assert "Maria Ortega" in pages[0]
    assert "As of" in pages[0]
    whole = "".join(pages)
    for item in page.model.rows:
        assert item.name in whole
    totals = page.output.shown().totals
    assert any(totals)
    assert next(filter(None, totals)) in pages[-1]


def test_wide_tables_lie_and_narrow_ones_stand():
    def of(columns: int) -> Printout:
        return Printout("T", tables=(PrintTable((PrintColumn("A title of a column"),) * columns, (("x",) * columns,)),))

    assert page_layout(of(2), FORMATS).orientation().name == "Portrait"
    assert page_layout(of(12), FORMATS).orientation().name == "Landscape"
    assert page_layout(of(2), FORMATS).pageSize().name() == "A4"
    assert "Letter" in page_layout(of(2), Formats("en_US", "USD", "UTC")).pageSize().name()


def test_any_table_fits_its_page(tmp_path: Path, app: QApplication):
    """Sixty columns, a word as long as a page and one without a space: nothing is lost, nothing runs for ever."""
    columns = tuple(PrintColumn(f"C{place}", right=place % 2 == 0) for place in range(60))
    words = tuple("word " * 3 for _ in range(60))
    long = ("x" * 5000, *("y",) * 59)
    table = PrintTable(columns, (words, long, words), words)
    assert write_pdf(Printout("Wide", tables=(table,)), tmp_path / "a.pdf", FORMATS) >= 1


def test_a_record_is_printed_with_its_chart_as_a_table(tmp_path: Path, app: QApplication):
    detail = Detail(
        "Arborio rice",
        "K-0001",
        facts=(Fact("On hand", "12 kg", "of 20"),),
        trends=(Trend("On hand", (Decimal(3), Decimal(4)), ("Mon", "Tue")),),
        related=(Related("Movements", (Line("Delivery", "Monday", "+4 kg"),)),),
    )
    write_pdf(printout_of_detail(detail, (("Site", "Downtown"),)), tmp_path / "a.pdf", FORMATS)
    [text] = texts_of(tmp_path / "a.pdf")
    for words in ("Arborio rice", "K-0001", "12 kg", "of 20", "Movements", "+4 kg", "Mon", "Downtown"):
        assert words in text


def test_more_rows_than_anybody_reads_on_paper_are_refused():
    collected = Collected(Shown("Items", (Column("name", "Item"),), FORMATS))
    rows = Kitchen(2).items * (PRINTED_ROWS // 2)
    collected.write(rows)
    with pytest.raises(UserError, match="too many for paper"):
        collected.write(rows[:1])


def test_a_pdf_of_too_much_leaves_no_file(
    page: ListPage, settle, tmp_path: Path, said: list[Message], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("ims_desktop.ui.print_file.PRINTED_ROWS", 100)
    page.output.export_to(str(tmp_path / "items.pdf"))
    settle()
    assert "too many for paper" in said[0].text
    assert list(tmp_path.glob("items*")) == []


def test_ctrl_p_shows_the_page_and_ctrl_e_the_ways_out(page: ListPage, settle, app: QApplication):
    page.activateWindow()
    page.table.setFocus()
    menu = page.body.export.menu()
    QTest.keyClick(page.table, Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier)
    settle()
    [dialog] = page.findChildren(QPrintPreviewDialog)
    assert dialog.windowTitle() == "Print Items"
    dialog.reject()
    titles = [action.text() for action in menu.actions() if action.text()]
    assert titles == ["CSV file…", "Excel workbook…", "PDF file…", "Print…\tCtrl+P"]


def test_hidden_columns_and_the_order_of_columns_count(page: ListPage, settle, tmp_path: Path, settings: QSettings):
    page.table.show_column(1, False)
    page.output.export_to(str(tmp_path / "items.xlsx"))
    settle()
    titles = load_workbook(tmp_path / "items.xlsx").get_sheet_by_index(0).to_python()[0]
    assert titles == [out.title for out in out_columns(page.table.shown_columns())]


def test_a_moment_without_a_value_is_an_empty_cell(tmp_path: Path):
    shown = Shown("Items", (Column("counted", "Counted", Kind.DATETIME), Column("name", "Item")), FORMATS)
    item = replace(Kitchen(1).items[0], counted=None)
    sink = XlsxSink(tmp_path / "a.xlsx", shown)
    sink.write([item, replace(item, counted=datetime(1800, 1, 1, tzinfo=UTC))])
    sink.finish()
    rows = load_workbook(tmp_path / "a.xlsx").get_sheet_by_index(0).to_python()
    assert [row[0] for row in rows[1:]] == ["", "1800-01-01 00:00+00:00"]


def test_paper_names_what_was_chosen_and_the_day_it_was_printed(page: ListPage, settle, tmp_path: Path):
    page.show_filters((Filter("area", Match.IN, ("Walk-in", "Dry store")),))
    settle()
    page.output.export_to(str(tmp_path / "items.pdf"))
    settle()
    text = texts_of(tmp_path / "items.pdf")[0]
    assert "Walk-in, Dry store" in text
    assert FORMATS.date(datetime.now(UTC).date()) in text
    assert "(UTC)" in text


@pytest.fixture
def from_the_right(app: QApplication) -> Iterator[None]:
    app.setLayoutDirection(FROM_RIGHT)
    yield
    app.setLayoutDirection(FROM_LEFT)


def printed(path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, tuple[float, float]]:
    """Where words begin and end on paper, in points."""
    places, paint = {}, QPainter.drawText

    def noted(painter: QPainter, area: QRectF, flags: int, words: str) -> None:
        ink = painter.deviceTransform().mapRect(painter.boundingRect(area, flags, words))
        dots = painter.device().logicalDpiX() / 72
        places[words.translate(MARKS)] = ink.left() / dots, ink.right() / dots
        paint(painter, area, flags, words)

    columns = (PrintColumn("Item", stretch=True), PrintColumn("On hand", right=True), PrintColumn("Area"))
    table = PrintTable(columns, (("Arborio", "12.5", "Cellar"), ("Salt", "3.25", "Attic")))
    with monkeypatch.context() as patched:
        patched.setattr(QPainter, "drawText", noted)
        write_pdf(Printout("Stock", "of today", (("Site", "Downtown"),), (("Value", "4711"),), (table,)), path, FORMATS)
    return places


def test_paper_is_read_from_the_right_where_the_language_is(
    tmp_path: Path, app: QApplication, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
):
    before = printed(tmp_path / "left.pdf", monkeypatch)
    request.getfixturevalue("from_the_right")
    after = printed(tmp_path / "right.pdf", monkeypatch)
    assert set(before) == set(after) >= {"Stock", "Site", "Arborio", "12.5", "Cellar", "Page 1 of 1"}
    width = page_layout(Printout("Stock"), FORMATS).paintRectPoints().width()  # a painter begins at the margin
    figures = {"On hand", "12.5", "3.25"}  # ones stand under ones, also in a mirror
    for words, (left, right) in before.items():
        if words not in figures:
            assert after[words] == pytest.approx((width - right, width - left), abs=4), words
    assert after["12.5"][1] == pytest.approx(after["3.25"][1], abs=2)
    assert after["Cellar"][0] < after["12.5"][0] < after["Arborio"][0]
