"""The page of transfers as people use it: sent by keyboard, received short with a reason, taken back."""

import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from ims_desktop.domain.listing import ListQuery
from ims_desktop.features.transfers import screen, service
from ims_desktop.features.transfers.rules import Rest
from ims_desktop.features.transfers.screen.page import NEW
from ims_desktop.ui.language import speaker
from tests.features.transfers.conftest import Bench
from tests.features.windows import button_of, form_of, line_of, texts_of, window_of


@pytest.fixture
def at(bench: Bench, qtbot: QtBot, tmp_path: Path) -> Iterator[SimpleNamespace]:
    """Flour and butter at Downtown."""
    bench.receive("Flour", 20, 2)
    bench.receive("Butter", 8, "7.42")
    with window_of(bench.desk, tmp_path, site=bench.restaurant.site) as window:
        page: Any = screen.build(window.desk)
        qtbot.addWidget(page)
        window.show(page)
        yield SimpleNamespace(bench=bench, window=window, page=page)


def shot(at: SimpleNamespace, name: str) -> None:
    if folder := os.environ.get("TRANSFER_PICTURES"):
        at.page.grab().save(f"{folder}/{name}.png")


def send(at: SimpleNamespace) -> None:
    """Send ten of the flour and two of the butter to the harbour."""
    page, window = at.page, at.window
    NEW.run(page, ())
    window.settle()
    form = form_of(page)
    form.boxes["to_site_id"].editor.show_value(at.bench.restaurant.sites["Harbour"])
    form.boxes["reference"].editor.show_value("Van 1")
    grid = form.boxes["lines"].editor.grid
    columns = grid.model.spec.columns
    for place, (item, quantity) in enumerate((("flour", "10"), ("butter", "8 block"))):
        grid.model.put(place, 0, at.bench.desk.run(columns[0].choices.search, item)[0])
        grid.model.put(place, 1, columns[1].parse(quantity, grid.model.line(place)))
    window.settle()
    shot(at, "send")
    button_of(form, "Send").click()
    window.settle()


def test_it_is_sent_received_short_and_taken_back(at: SimpleNamespace) -> None:
    page, window = at.page, at.window
    send(at)
    assert window.said[-1].text.startswith("Transfer #")
    [row] = page.model.rows
    assert (row.route, row.reference, row.lines, row.state) == ("Downtown → Harbour", "Van 1", 2, "under_way")
    assert any("34.84 USD under way" in text for text in texts_of(page))
    page.table.choose(0)
    window.settle()
    shot(at, "detail")
    button_of(page.panel, "Receive …").click()
    window.settle()
    form = form_of(page)
    shot(at, "receive")
    form.boxes["day"].editor.show_value(date.today())
    button_of(form, "Receive").click()
    window.settle()
    assert "Enter the time as well." in texts_of(form)
    form.boxes["day"].editor.show_value(None)
    button_of(form, "Receive").click()
    window.settle()
    page.show_tab("all")
    window.settle()
    assert [row.state for row in page.model.rows] == ["arrived"]
    page.table.choose(0)
    window.settle()
    button_of(page.panel, "Undo the receipt …").click()
    window.settle()
    line_of(form_of(page), "Why").setText("Not looked at")
    button_of(form_of(page), "Take back").click()
    window.settle()
    assert [row.state for row in page.model.rows] == ["under_way"]
    shot(at, "list")


def test_it_is_cancelled_and_without_a_site_nothing_begins(at: SimpleNamespace) -> None:
    page, window = at.page, at.window
    send(at)
    page.table.choose(0)
    window.settle()
    button_of(page.panel, "Cancel …").click()
    window.settle()
    line_of(form_of(page), "Why").setText("Wrong site")
    button_of(form_of(page), "Take back").click()
    window.settle()
    assert page.model.rows == ()
    found = at.bench.desk.run(service.transfers_tab_counts, ListQuery())
    assert found["all"] == 1
    window.desk.choose_site(None)
    window.settle()
    NEW.run(page, ())
    assert window.said[-1].text == "Choose the site it leaves above the navigation."


def test_what_the_server_says_of_a_line_is_told_at_its_row(at: SimpleNamespace) -> None:
    page, window = at.page, at.window
    send(at)
    page.table.choose(0)
    window.settle()
    button_of(page.panel, "Receive …").click()
    window.settle()
    form = form_of(page)
    table: Any = form.boxes["lines"].editor
    cells = [editors for editors, _ in table._rows]
    cells[0]["quantity"].show_value(9)
    cells[0]["rest"].show_value(Rest.MISSING)
    cells[1]["quantity"].show_value(5)
    button_of(form, "Receive").click()
    window.settle()
    wrong = "Choose a reason for what is missing or too much."
    assert f"Row 1: {wrong}\nRow 2: {wrong}" in texts_of(form), "each at its row, not one after the other"
    marked = [any(part.property("wrong") == "true" for part in row["reason"].findChildren(QWidget)) for row in cells]
    assert marked == [True, True]


def test_a_transfer_is_told_in_the_language_of_the_person(at: SimpleNamespace) -> None:
    page, window = at.page, at.window
    send(at)
    page.table.choose(0)
    window.settle()
    button_of(page.panel, "Receive …").click()
    window.settle()
    button_of(form_of(page), "Receive").click()
    window.settle()
    page.show_tab("all")
    window.settle()
    speaker.speak("de")
    try:
        page.table.clearSelection()
        page.table.choose(0)
        window.settle()
        assert "angekommen" in texts_of(page.panel), "what was said of it is said in German"
    finally:
        speaker.speak("en")
