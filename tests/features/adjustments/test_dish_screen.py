"""Dishes, templates, photos and approvals as people meet them on the page of waste."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from ims_desktop.app.approval_news import ApprovalNews
from ims_desktop.domain.listing import ListQuery
from ims_desktop.features.adjustments import screen, service
from ims_desktop.features.adjustments.screen.lines import PHOTOS
from ims_desktop.features.adjustments.screen.photos import DocumentPhotos, keep_photo
from ims_desktop.features.stock.service import Kind
from tests.features.adjustments.conftest import Bench
from tests.features.windows import button_of, texts_of, window_of


@pytest.fixture
def at(bench: Bench, qtbot: QtBot, tmp_path: Path) -> Iterator[SimpleNamespace]:
    """Downtown with flour in stock, where a counter may waste 10.00 a day."""
    bench.receive("Flour", 100, 1)
    login = bench.tenant.person("EMPLOYEE", site=bench.restaurant.site)
    bench.root.execute("UPDATE roles SET limits = limits || '{\"waste.record\": 10}' WHERE name = 'Counter'")
    bench.root.execute("UPDATE roles SET limits = limits || '{\"waste.record\": 1000}' WHERE name = 'Manager'")
    counter = bench.sign_in(login)
    with window_of(counter, tmp_path, site=bench.restaurant.site) as window:
        page = screen.build_waste(window.desk)
        qtbot.addWidget(page)
        window.show(page)
        window.settle()
        yield SimpleNamespace(bench=bench, window=window, page=page, counter=counter, folder=tmp_path)


def enter(at: SimpleNamespace, typed: str, quantity: str, *, reason: bool = True) -> None:
    """Fill in the waiting line."""
    model = at.page.view.grid.model
    place, columns = model.rowCount() - 1, [one.key for one in model.spec.columns]
    item, amount = model.spec.columns[0], model.spec.columns[1]
    model.put(place, 0, at.counter.run(item.choices.search, typed)[0])
    model.put(place, 1, amount.parse(quantity, model.line(place)))
    if reason:
        model.put(place, columns.index("reason"), at.bench.restaurant.reasons["SPOILAGE"])
    at.page.view.grid.table.go(place, 1)
    at.window.settle()


def logged(at: SimpleNamespace) -> list[tuple[str, Decimal, str]]:
    rows = at.bench.desk.run(service.waste_log, ListQuery()).rows
    return sorted((row.item, row.quantity, row.note) for row in rows)


def test_a_dish_is_recorded_from_the_home_of_each_item_and_its_reason_is_remembered(at: SimpleNamespace) -> None:
    enter(at, "espresso single", "3")
    assert any("Espresso beans" in words for words in texts_of(at.page))
    at.page.view.grid.record()
    at.window.settle()
    assert [(item, note) for item, _quantity, note in logged(at)] == [("Espresso beans", "3 × Espresso single")]
    enter(at, "espresso single", "1", reason=False)
    assert len(at.page.view.grid.lines()) == 1, "the reason came by itself"


def test_what_is_over_the_limit_waits_with_its_photo_until_it_is_approved(at: SimpleNamespace) -> None:
    enter(at, "flour", "20")
    picture = at.folder / "p.png"
    image = QImage(900, 700, QImage.Format.Format_RGB32)
    image.fill(0x884422)
    image.save(str(picture))
    keep_photo(at.window.desk, at.page.view.grid, picture)
    (line,) = at.page.view.grid.lines()
    assert len(line[PHOTOS]) == 1
    at.page.view.grid.record()
    at.window.settle()
    assert logged(at) == []
    button_of(at.page, "Ask for approval").click()
    at.window.settle()
    assert at.page.view.grid.lines() == ()
    owner = at.bench.desk
    (row,) = owner.run(service.requests, Kind.WASTE, ListQuery()).rows
    (photo,) = owner.run(service.photos_of, row.id)
    assert (photo.row, photo.caption) == (1, "20.000 kg Flour")
    owner.run(service.approve, row.id, row.version)
    assert logged(at) == [("Flour", Decimal(-20), "")]
    shown = DocumentPhotos(at.window.desk, row.id, at.page)
    at.window.settle()
    assert any("20.000 kg Flour" in words for words in texts_of(shown))


def test_what_came_back_is_told_and_taken_up_again(at: SimpleNamespace) -> None:
    document = at.bench.document(Kind.WASTE, at.bench.line("Flour", -20, "SPOILAGE"))
    at.counter.run(service.ask_approval, document)
    at.bench.desk.run(service.send_back, service.SendingBack(document.key, 1, "Weigh it"))
    told: list[Any] = []
    book = SimpleNamespace(tell=lambda *said: told.append(said))
    news = ApprovalNews(at.window.desk, book, at.page)  # type: ignore[arg-type]
    news.look()
    at.window.settle()
    (said,) = told
    assert "Weigh it" in str(said[0])
    at.page.show_record(said[2].record)
    at.window.settle()
    button_of(at.page, "Take up again").click()
    at.window.settle()
    (line,) = at.page.view.grid.lines()
    assert line["quantity"].value.quantity == -20
    assert at.bench.desk.run(service.request, document.key).row.state == "WITHDRAWN"


def test_a_template_is_kept_and_applied(at: SimpleNamespace) -> None:
    enter(at, "flour", "2")
    enter(at, "espresso single", "1")
    templates = at.page.view.templates
    templates.button.menu().aboutToShow.emit()
    from_lines = templates.button.menu().actions()[-1]
    assert from_lines.isEnabled()
    from_lines.trigger()
    at.window.settle()
    form = at.page.panel
    QTest.keyClicks(form.boxes["name"].editor.findChild(QLineEdit) or form.boxes["name"].editor, "Close of day")
    form.save_button.click()
    at.window.settle()
    at.page.view.grid.clear()
    (kept,) = templates._known
    templates.apply(kept)
    at.window.settle()
    assert [line["item"].text for line in at.page.view.grid.lines()] == ["Flour", "Espresso single"]
