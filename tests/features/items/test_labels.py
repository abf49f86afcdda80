"""Labels are drawn, and read back by a program that knows nothing of them."""

from pathlib import Path

import pytest
import zxingcpp
from pypdf import PdfReader
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from ims_desktop.features.items.rules.labels import SHEETS, Code, Label, Sheet
from ims_desktop.features.items.screen.label_drawing import LabelJob, picture, write_pdf

CODES = {
    "96385074": "EAN-8",
    "036000291452": "UPC-A",
    "4006381333931": "EAN-13",
    "0012345678905": "EAN-13",  # leading zeros belong to it
    "18000500310424": "ITF",
}
LINK = "ims://items/0b0e7c26-4a0c-4a0e-9d39-0f2d0d0f5a11"


def read_back(image: QImage) -> dict[str, str]:
    """What a scanner sees in a picture: words by kind of symbol."""
    grey = image.convertToFormat(QImage.Format.Format_Grayscale8)
    view = memoryview(grey.constBits()).cast("B", (grey.height(), grey.bytesPerLine()))
    return {seen.text: str(seen.format) for seen in zxingcpp.read_barcodes(view)}


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.key)
def test_bars_are_read_back_from_every_size(qtbot: QtBot, code: str, sheet: Sheet) -> None:
    label = Label("Tomatoes, San Marzano, peeled", "DRY-0120", "case", code, LINK)
    seen = read_back(picture(LabelJob((label,), sheet, Code.BARS), 0, 12))
    assert code in {text.zfill(len(code)) for text in seen} or code.lstrip("0") in {text.lstrip("0") for text in seen}


def test_squares_lead_to_the_item_and_a_sku_gets_bars_too(qtbot: QtBot) -> None:
    label = Label("Flour", "DRY-0107", "kg", "", LINK)
    seen = read_back(picture(LabelJob((label,), SHEETS[0], Code.BOTH), 0, 12))
    assert set(seen) == {LINK, "DRY-0107"}


def test_a_started_sheet_goes_on_where_it_ended(qtbot: QtBot, tmp_path: Path) -> None:
    labels = tuple(Label(f"Item {n}", f"SKU-{n}", code="4006381333931") for n in range(10))
    job = LabelJob(labels, SHEETS[0], Code.BARS, copies=2, used=23)
    assert [sum(one is not None for one in page) for page in job.pages] == [1, 19]
    path = tmp_path / "labels.pdf"
    assert write_pdf(job, path) == 2
    pages = PdfReader(path).pages
    assert len(pages) == 2
    size = pages[0].mediabox
    assert (round(float(size.width) / 72 * 25.4), round(float(size.height) / 72 * 25.4)) == (210, 297)


def test_every_label_lies_on_its_sheet() -> None:
    for sheet in SHEETS:
        for number in range(sheet.each):
            left, top = sheet.place(number)
            assert left >= 0
            assert top >= 0
            assert left + sheet.label[0] <= sheet.page[0] + 0.05
            assert top + sheet.label[1] <= sheet.page[1] + 0.05
