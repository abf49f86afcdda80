"""The pages of counts as people use them: by keyboard, with a scanner, with a spreadsheet, on paper."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from ims_desktop.domain.errors import Problem, UserError
from ims_desktop.features.counts import service
from ims_desktop.features.counts.screen.printing import printout_of
from ims_desktop.features.counts.screen.review import ReviewPage
from ims_desktop.features.counts.screen.sheet_page import SheetPage
from ims_desktop.ui.formats import Formats
from ims_desktop.ui.language import said, speaker
from ims_desktop.ui.paste_panel import PastePanel
from tests.features.counts.conftest import Bench, enter, entry, line, read, start
from tests.features.windows import Window, window_of

BLOCK = """SKU\tCounted\tPlace
DRY-0107\t1 sack\t
18000500310424\t2
DAI-0017\t4 block\tWalk-in
XXX\t1\t
DRY-0011\tmany\t"""
pytestmark = pytest.mark.usefixtures("qapp")


@pytest.fixture(scope="module")
def stocked(shared_bench: Bench) -> Bench:
    """A restaurant with some stock; each test counts on a sheet of its own, and leaves the stock as it is."""
    for item, quantity, cost in (("Flour", 50, 2), ("Butter", 20, 7), ("Tomato tin", 12, 3), ("Mozzarella", 8, 8)):
        shared_bench.receive(item, quantity, cost, at=datetime.now(UTC) - timedelta(hours=5))
    return shared_bench


def opened(window: Window, bench: Bench, sheet: Any, place: str) -> SheetPage:
    page = SheetPage(window.desk)
    page.show_record(sheet)
    window.show(page)
    assert page.view is not None
    page.view.areas.cards[bench.restaurant.locations["Downtown", place]].chosen.emit()
    window.settle()
    return page


def type_in(window: Window, page: SheetPage, text: str) -> None:
    assert page.view is not None
    assert page.view.tables is not None
    page.view.tables.cell.setText(text)
    QTest.keyClick(page.view.tables.cell, Qt.Key.Key_Return)
    window.settle()


def test_a_sheet_is_filled_in_by_keyboard_alone(stocked: Bench, tmp_path: Path) -> None:
    sheet = start(stocked)
    with window_of(stocked.desk, tmp_path, site=stocked.restaurant.site) as window:
        page = opened(window, stocked, sheet, "Dry store")
        assert page.view is not None
        assert page.view.tables is not None
        names = [row.name for row in page.view.tables.model.rows]
        assert names == ["Flour", "Olive oil", "Tomato tin"]
        type_in(window, page, "1 sack + 20")
        assert page.view.tables.current is not None
        assert page.view.tables.current.name == "Olive oil", "Enter leads to the next line"
        type_in(window, page, "0")
        type_in(window, page, "2 case + 4 kilometres")
        assert "is not a unit of this item" in page.view.wrong.text()
        page.view.tables.cell.clear()
        type_in(window, page, "2 case")
        for place, name in enumerate(("Flour", "Olive oil", "Tomato tin")):
            counted = line(stocked, sheet, name).counted
            assert counted == (45, 0, 12)[place]
        page.view.tables.go(0)
        type_in(window, page, "2")
        page.view.tables.go(0)
        type_in(window, page, "=3")
        assert line(stocked, sheet, "Flour").counted == 48, "an entry adds, and = stands for one's own last one"


def test_a_scanned_case_is_counted_in_cases(stocked: Bench, tmp_path: Path) -> None:
    sheet = start(stocked)
    with window_of(stocked.desk, tmp_path, site=stocked.restaurant.site) as window:
        page = opened(window, stocked, sheet, "Dry store")
        type_in(window, page, "18000500310424")
        assert page.view is not None
        assert page.view.tables is not None
        assert page.view.tables.current is not None
        assert page.view.tables.current.name == "Tomato tin"
        type_in(window, page, "3")
        assert line(stocked, sheet, "Tomato tin").counted == 18
        type_in(window, page, "08000500310427")  # the same tin with the zero that some scanners put before
        type_in(window, page, "1")
        assert line(stocked, sheet, "Tomato tin").counted == 19
        type_in(window, page, "8000500310428")
        assert any("misread or mistyped" in message.text for message in window.said)
        type_in(window, page, "4006381333931")  # kept in the bar: it becomes a line that was found here
        type_in(window, page, "5")
        found = line(stocked, sheet, "Sparkling water", "Dry store")
        assert (found.is_found, found.counted) == (True, Decimal(5))


def test_lots_are_counted_by_keyboard_and_by_what_a_scanner_reads(stocked: Bench, tmp_path: Path) -> None:
    root, item = stocked.root, stocked.restaurant.items["Mozzarella"]
    root.execute("INSERT INTO item_barcodes (gtin, item_id, unit) VALUES (%s, %s, 'kg')", ["4006381333948", item])
    root.execute("UPDATE items SET tracks_lots = 'EXPIRY', shelf_life_days = NULL WHERE name = 'Mozzarella'")
    root.commit()
    sheet = start(stocked)
    with window_of(stocked.desk, tmp_path, site=stocked.restaurant.site) as window:
        page = opened(window, stocked, sheet, "Walk-in")
        assert page.view is not None
        assert page.view.tables is not None
        tables = page.view.tables
        for typed, told in (
            ("4 #L77", "Say when lot L77 expires"),
            ("4 #L77 2026-13-31", "is not a date"),
            ("4 #", "Write the name of the lot"),
            ("4 #" + "x" * 41, "at most 40 letters"),
        ):
            assert tables.go_to(item)
            type_in(window, page, typed)
            assert told in page.view.wrong.text()
            tables.cell.clear()
        tables.go_to(item)
        type_in(window, page, "2 box + 1 #L77 2026-12-31")
        assert [(row.line.lot, row.counted) for row in tables.model.rows if row.name == "Mozzarella"] == [
            ("L77", 7),
            ("", None),
        ]
        tables.go_to(item, "L77")
        type_in(window, page, "=6")
        assert [one.lot for one in line(stocked, sheet, "Mozzarella").counting] == ["L77"]
        assert line(stocked, sheet, "Mozzarella").counted == 6
        tables.go_to(stocked.restaurant.items["Butter"])
        type_in(window, page, "1 #L77")
        assert "Butter is not kept by lots" in page.view.wrong.text()
        tables.cell.clear()
        type_in(window, page, "(01)04006381333948(17)270131(10)S-9")
        assert tables.cell.text() == " #S-9 2027-01-31"
        tables.cell.setText("3" + tables.cell.text())
        QTest.keyClick(tables.cell, Qt.Key.Key_Return)
        window.settle()
        assert [one.lot for one in line(stocked, sheet, "Mozzarella").counting] == ["L77", "S-9"]


def test_a_block_from_a_spreadsheet_is_shown_before_it_is_entered(stocked: Bench, tmp_path: Path) -> None:
    sheet = start(stocked)
    with window_of(stocked.desk, tmp_path, site=stocked.restaurant.site) as window:
        page = opened(window, stocked, sheet, "Dry store")
        assert page.view is not None
        QGuiApplication.clipboard().setText(BLOCK)
        assert page.view.tables is not None
        QTest.keyClick(page.view.tables.cell, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
        window.settle()
        panel = page.panel
        assert isinstance(panel, PastePanel)
        assert (panel.changed, panel.refused) == (3, 2)
        assert line(stocked, sheet, "Flour").entries == (), "nothing is entered before somebody agreed"
        panel.accept()
        window.settle()
        assert [line(stocked, sheet, name).counted for name in ("Flour", "Tomato tin", "Butter")] == [25, 12, 1]


def test_a_pasted_lot_is_the_one_of_the_sheet_however_its_letters_are_written(stocked: Bench, tmp_path: Path) -> None:
    stocked.root.execute("UPDATE items SET tracks_lots = 'LOT' WHERE name = 'Prosciutto'")
    stocked.root.commit()
    item, sku, sheet = "Prosciutto", "MEA-0008", start(stocked)
    enter(stocked, sheet, entry(stocked, item, "4", lot="Kw47"))
    with window_of(stocked.desk, tmp_path, site=stocked.restaurant.site) as window:
        page = opened(window, stocked, sheet, "Walk-in")
        QGuiApplication.clipboard().setText(f"{sku}\t3\t\tKW47\n\t5")
        assert page.view is not None
        page.view.paste()
        window.settle()
        panel = page.panel
        assert isinstance(panel, PastePanel)
        assert panel.refused == 1
        panel.accept()
        window.settle()
    assert [(one.lot, one.quantity) for one in line(stocked, sheet, item).counting] == [
        ("Kw47", Decimal(4)),
        ("Kw47", Decimal(3)),
    ]


def test_an_entry_is_taken_back_where_no_panel_finds_room_beside(stocked: Bench, tmp_path: Path) -> None:
    sheet = start(stocked)
    enter(stocked, sheet, entry(stocked, "Flour", "40"))
    with window_of(stocked.desk, tmp_path, site=stocked.restaurant.site) as window:
        page = SheetPage(window.desk)
        page.show_record(sheet)
        window.show(page, 1146, 716)
        assert page.view is not None
        assert page.view.tables is not None
        page.view.areas.go(stocked.restaurant.locations["Downtown", "Dry store"])
        window.settle()
        assert page.panel is None
        page.view.tables.go_to(stocked.restaurant.items["Flour"])
        page.view.entries_button.click()
        window.settle()
        [back] = [one for one in page.findChildren(QPushButton) if one.accessibleName().startswith("Take back")]
        back.click()
        window.settle()
        assert line(stocked, sheet, "Flour").counted is None
        page.close_panel()
        page.view.entries_button.click()
        assert page.panel is not None, "what was closed is opened again"


def test_who_counted_makes_room_for_the_panel_that_tells_it(stocked: Bench, tmp_path: Path) -> None:
    sheet = start(stocked)
    with window_of(stocked.desk, tmp_path, site=stocked.restaurant.site) as window:
        page = opened(window, stocked, sheet, "Dry store")
        assert page.view is not None
        assert page.view.tables is not None
        table = page.view.tables.table

        def shown() -> set[str]:
            return {column.key for column in table.shown_columns()} & {"entered", "entered_at"}

        assert (page.panel is not None, shown()) == (True, set())
        page.close_panel()
        assert (page.panel is not None, shown()) == (False, {"entered", "entered_at"})


def test_what_cannot_be_entered_is_said_in_the_language_of_the_person(stocked: Bench, tmp_path: Path) -> None:
    sheet = start(stocked)
    with window_of(stocked.desk, tmp_path, site=stocked.restaurant.site) as window:
        page = opened(window, stocked, sheet, "Dry store")
        assert page.view is not None
        when = page.view.besides.when
        when.set(datetime.now(UTC) + timedelta(days=2))
        speaker.speak("de")
        try:
            type_in(window, page, "5")
            assert page.view.wrong.text() == said("The time of an entry cannot lie in the future.")
            assert "Zukunft" in page.view.wrong.text()
            assert when.day._foot.isVisible()
            page.view.entering._refused(UserError("", [Problem("This item does not exist.")]))
            assert page.view.wrong.text() == said("This item does not exist.") != "This item does not exist."
        finally:
            speaker.speak("en")
    assert line(stocked, sheet, "Flour").entries == ()


def test_a_sheet_goes_on_paper_without_what_the_system_has(stocked: Bench) -> None:
    sheet = start(stocked)
    found = read(stocked, sheet)
    paper = printout_of(found, stocked.desk.run(service.lines_of, sheet), Formats("en_US", "USD"))
    assert [table.title for table in paper.tables] == ["Walk-in", "Dry store", "Bar"]
    assert [row[1].split("\n")[0] for row in paper.tables[1].rows][:3] == ["Flour", "Olive oil", "Tomato tin"]
    assert not any("50" in cell for row in paper.tables[1].rows for cell in row)


def test_the_review_tells_marks_and_posts_what_was_decided(stocked: Bench, tmp_path: Path) -> None:
    sheet = start(stocked, tolerance_percent=Decimal(5))
    enter(stocked, sheet, entry(stocked, "Flour", "40"), entry(stocked, "Butter", "20"))
    stocked.desk.run(service.hand_over, sheet, read(stocked, sheet).version)
    with window_of(stocked.desk, tmp_path, site=stocked.restaurant.site) as window:
        page = ReviewPage(window.desk)
        page.show_record(sheet)
        window.show(page)
        view = page.view
        assert view is not None
        assert [(row.item, row.state, row.difference) for row in view.list.model.rows] == [("Flour", "over", -10)]
        assert view.list.body.tabs.counts["blank"] == len(read(stocked, sheet).areas and view.review.findings) - 2
        view._approve(view.list, ())
        window.settle()
        view._post(view.list, ())
        window.settle()
        panel: Any = view.list.panel
        panel.boxes["blanks"].editor.show_value("LEAVE")
        panel.save()
        window.settle()
        assert read(stocked, sheet).state == "POSTED"
        assert stocked.cost("Flour").quantity == 40
        assert stocked.cost("Tomato tin").quantity == 12
