"""The panel in which labels are set up: sheet, code, copies, with a picture of the first page."""

from pathlib import Path
from typing import Any
from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtGui import QPixmap
from PySide6.QtPrintSupport import QPrinter, QPrintPreviewDialog
from PySide6.QtWidgets import QFileDialog, QLabel, QSpinBox

from ims_desktop.features.items.rules.labels import SHEETS, Code, Label
from ims_desktop.features.items.screen.label_drawing import LabelJob, draw, page_layout, picture, write_pdf
from ims_desktop.features.items.service import pictures as service
from ims_desktop.ui.choices import Choice
from ims_desktop.ui.controls import Button, column, frame, label, line, row, scrolling
from ims_desktop.ui.desk import Desk
from ims_desktop.ui.inputs import Check, Combo, Segmented
from ims_desktop.ui.language import counted
from ims_desktop.ui.side_area import SidePanel

SHOWN_WIDTH = 396
MOST_COPIES = 500


class LabelPanel(SidePanel):
    """Remembers the sheet; what it shows is what is printed."""

    wanted_width = 460

    def __init__(self, desk: Desk, items: tuple[UUID, ...]) -> None:
        super().__init__()
        self._desk, self._items = desk, items
        self._labels: tuple[Label, ...] = ()
        title = self.tr("Print labels")
        self.setAccessibleName(title)
        close = Button("", "ghost", "x", name=self.tr("Close (Esc)"))
        close.clicked.connect(self.closed)
        self.sheet = Combo(tuple(Choice(one.key, one.name) for one in SHEETS), name=self.tr("Sheet"))
        self.sheet.choose(desk.own.value("labels/sheet", SHEETS[0].key))
        self.code = Segmented(
            (
                Choice(Code.BARS, self.tr("Barcode")),
                Choice(Code.SQUARES, self.tr("QR")),
                Choice(Code.BOTH, self.tr("Both")),
                Choice(Code.NONE, self.tr("None")),
            ),
            name=self.tr("Code"),
        )
        self.every = Check(self.tr("One for the barcode of every pack"))
        self.copies, self.used = self._number(self.tr("Copies of each"), 1), self._number(self.tr("Used labels"), 0)
        self.picture = QLabel()
        self.picture.setAccessibleName(self.tr("How the first page will be"))
        self.picture.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.words = label("", 12, role="muted")
        numbers = row(
            column(label(self.tr("Copies of each"), 12, 500, "sub"), 4, self.copies),
            column(label(self.tr("Used labels on the first sheet"), 12, 500, "sub"), 4, self.used),
            None,
        )
        shown = frame("card", column(self.picture, margins=(1, 1, 1, 1)))
        body = column(
            label(self.tr("Sheet"), 12, 500, "sub"), 4, self.sheet, 10,
            label(self.tr("Code"), 12, 500, "sub"), 4, row(self.code, None), 10,
            self.every, 10, numbers, 14, shown, 6, self.words, None, margins=(20, 0, 20, 12),
        )  # fmt: skip
        pdf, self.print_button = Button(self.tr("Save PDF")), Button(self.tr("Preview and print"), "primary", "printer")
        pdf.clicked.connect(self._ask_for_file)
        self.print_button.clicked.connect(self.preview)
        head = row(label(title, 16, 600), None, close, margins=(20, 12, 12, 4))
        self.setLayout(
            column(head, scrolling(body), line(), row(None, pdf, self.print_button, margins=(20, 12, 20, 12)))
        )
        self.sheet.chosen.connect(self._draw)
        self.code.chosen.connect(self._draw)
        self.copies.valueChanged.connect(self._draw)
        self.used.valueChanged.connect(self._draw)
        self.every.toggled.connect(self._read)
        self._read()

    def _number(self, name: str, least: int) -> QSpinBox:
        made = QSpinBox()
        made.setRange(least, MOST_COPIES)
        made.setAccessibleName(name)
        made.setFixedSize(92, 32)
        return made

    def _read(self, _on: bool = False) -> None:
        self._desk.start(self, self._show, service.labels, self._items, self.every.isChecked(), replace="labels")

    def _show(self, found: tuple[Label, ...]) -> None:
        self._labels = found
        self._draw()

    def job(self) -> LabelJob:
        """What would be printed now."""
        sheet = next(one for one in SHEETS if one.key == self.sheet.value())
        used = self.used.value() % sheet.each
        return LabelJob(self._labels, sheet, self.code.value(), self.copies.value(), used)

    def _draw(self, _value: Any = None) -> None:
        job = self.job()
        self._desk.own.setValue("labels/sheet", job.sheet.key)
        ratio = self.devicePixelRatioF()
        wide = min(SHOWN_WIDTH, job.sheet.page[0] * 5)
        image = picture(job, 0, wide * ratio / job.sheet.page[0])
        image.setDevicePixelRatio(ratio)
        self.picture.setPixmap(QPixmap.fromImage(image))
        count, pages = len(job.all) - job.used, len(job.pages)
        self.words.say(self.tr("{count} labels on {pages} pages").format(count=counted(count), pages=counted(pages)))

    def _ask_for_file(self) -> None:
        path, _kind = QFileDialog.getSaveFileName(self, self.tr("Save PDF"), "labels.pdf", "PDF (*.pdf)")
        if path:
            self.save_to(Path(path))

    def save_to(self, path: Path) -> None:
        """Write the labels into a PDF file."""
        try:
            pages = write_pdf(self.job(), path)
        except OSError as error:
            self._desk.messages.failed(self.tr("The file cannot be written: {why}").format(why=error))
            return
        self._desk.messages.done(self.tr("Saved {pages} pages as {name}").format(pages=pages, name=path.name))

    def preview(self) -> QPrintPreviewDialog:
        """Show what will leave the printer; from there it is printed."""
        job, printer = self.job(), QPrinter(QPrinter.PrinterMode.HighResolution)
        printer.setDocName(self.tr("Labels"))
        printer.setPageLayout(page_layout(job.sheet))
        printer.setFullPage(True)
        dialog = QPrintPreviewDialog(printer, self)
        dialog.setWindowTitle(self.tr("Print labels"))
        dialog.paintRequested.connect(lambda onto, _printer=printer: draw(job, onto, onto.logicalDpiX()))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
        return dialog
