"""Merging, labels, photos and scanning as people do them."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

import pytest
from pypdf import PdfReader
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ims_desktop.domain.errors import Denied, UserError
from ims_desktop.features.items import screen, service
from ims_desktop.features.items.screen.jpeg import decoded
from ims_desktop.features.items.screen.label_panel import LabelPanel
from ims_desktop.features.items.screen.merging import MergePanel
from ims_desktop.features.items.screen.photos import keep_photo, made_small
from ims_desktop.features.items.service import pictures
from ims_desktop.ui.detail_panel import DetailPanel
from tests.features.desks import sit_down
from tests.features.windows import act, texts_of, window_of
from tests.restaurant import receive, seed
from tests.tenants import Tenant

Key = Qt.Key


@pytest.fixture
def at(tenant: Tenant, qtbot: QtBot, tmp_path: Path) -> Iterator[SimpleNamespace]:
    place = seed(tenant)
    database = sit_down(tenant)
    receive(database, place, {"Flour": ("125", "1.12"), "Butter": ("4", "7.42")})
    with window_of(database, tmp_path, site=place.site) as window:
        page = screen.build(window.desk)
        qtbot.addWidget(page)
        window.show(page)
        page.activateWindow()
        page.table.setFocus()
        yield SimpleNamespace(place=place, database=database, window=window, page=page)


def choose(at: SimpleNamespace, *names: str) -> None:
    shown = [row.name for row in at.page.model.rows]
    at.page.table.choose_rows([shown.index(name) for name in names])
    at.window.settle()


def test_two_selected_items_are_merged(at: SimpleNamespace) -> None:
    choose(at, "Butter", "Mozzarella")
    act(at.page, "Merge …")
    at.window.settle()
    panel = at.page.panel
    assert isinstance(panel, MergePanel)
    assert panel.preview.loser.name == "Mozzarella"
    panel.swap()
    at.window.settle()
    texts = texts_of(panel)
    assert "Butter (DAI-0017) goes; Mozzarella (DAI-0001) stays." in texts
    assert "4 kg → 4 kg" in texts
    assert "Par at Downtown" in texts
    panel._choices[at.place.site]._pick("sum")
    panel.merge()
    at.window.settle()
    assert "Merged Butter into Mozzarella" in [message.text for message in at.window.said]
    assert "Butter" not in [row.name for row in at.page.model.rows]
    merged = at.database.run(service.item, at.place.items["Mozzarella"], at.place.site)
    assert (merged.on_hand, merged.value, merged.par) == (4, Decimal("29.68"), 18)
    at.page.open_record(merged.id)
    at.window.settle()
    assert "Butter (DAI-0017)" in texts_of(at.page.panel)


def test_labels_are_set_up_and_saved(at: SimpleNamespace, tmp_path: Path) -> None:
    choose(at, "Tomato tin", "Lemon")
    act(at.page, "Labels")
    at.window.settle()
    panel = at.page.panel
    assert isinstance(panel, LabelPanel)
    assert "2 labels on 1 pages" in texts_of(panel)
    panel.every.click()
    at.window.settle()
    panel.copies.setValue(10)
    assert [(label.name, label.code) for label in panel.job().labels] == [
        ("Lemon", ""), ("Tomato tin", "8000500310427"), ("Tomato tin", "18000500310424"),
    ]  # fmt: skip
    panel.save_to(tmp_path / "labels.pdf")
    assert len(PdfReader(tmp_path / "labels.pdf").pages) == 2
    assert at.window.said[-1].text == "Saved 2 pages as labels.pdf"


def test_a_photo_is_made_small_shown_and_taken_back(at: SimpleNamespace, tmp_path: Path) -> None:
    large = QImage(3000, 2000, QImage.Format.Format_ARGB32)
    large.fill(QColor("#27A08E"))
    large.save(str(tmp_path / "large.png"))
    flour = at.database.run(service.item, at.place.items["Flour"])
    keep_photo(at.page, flour, tmp_path / "large.png")
    at.window.settle()
    kept = at.database.run(pictures.photo, flour.id)
    image = decoded(kept)
    assert (image.width(), image.height()) == (640, 426)
    assert len(kept) < pictures.LARGEST
    at.page.open_record(flour.id)
    at.window.settle()
    assert isinstance(at.page.panel, DetailPanel)
    assert at.page.panel.record.has_photo
    at.window.said[-1].act()
    at.window.settle()
    assert at.database.run(pictures.photo, flour.id) is None
    (tmp_path / "bad.png").write_bytes(b"<svg/>")
    with pytest.raises(UserError, match="is no picture"):
        made_small(tmp_path / "bad.png")
    with pytest.raises(UserError, match="JPEG"):
        at.database.run(pictures.save_photo, flour.id, b"GIF89a")
    with pytest.raises(Denied):
        sit_down(at.place.tenant, "EMPLOYEE").run(pictures.save_photo, flour.id, b"\xff\xd8\xff")


def test_a_scanner_opens_an_item_and_a_person_types_a_par(at: SimpleNamespace) -> None:
    at.page.scanning.scanner.pause = 30  # a busy machine is slower than any scanner
    at.page.table.stand_on(0, 3)
    at.window.settle()
    for digit in "8000500310427":
        QTest.keyClicks(QApplication.focusWidget() or at.page.table, digit)
    QTest.keyClick(QApplication.focusWidget() or at.page.table, Key.Key_Return)
    at.window.settle()
    assert at.page.panel.record.name == "Tomato tin"
    assert not at.page.editing.grid.dirty
    at.page.scanning.scanned("08000500310427")  # as some scanners say it
    at.page.scanning.scanned("99999995")
    at.window.settle()
    assert at.window.said[-1].text == "No item has the barcode 99999995."
    at.page.scanning.scanned("99999999")
    at.window.settle()
    assert "99999999 was misread" in at.window.said[-1].text
    at.page.table.setFocus()
    par = [column.key for column in at.page.model.columns].index("par")
    at.page.table.stand_on(0, par)
    for digit in "12":
        QTest.keyClicks(QApplication.focusWidget() or at.page.table, digit)
    QTest.keyClick(QApplication.focusWidget() or at.page.table, Key.Key_Return)
    at.window.settle()
    assert [cell.new for cell in at.page.editing.grid.staging.cells.values()] == [12]
