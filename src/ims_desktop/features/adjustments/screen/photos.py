"""Photos of what was wasted or adjusted: chosen for a line, shown under the document."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QFileDialog, QLabel, QWidget

from ims_desktop.domain.errors import UserError
from ims_desktop.domain.wording import say
from ims_desktop.features.adjustments import service
from ims_desktop.features.adjustments.screen.lines import PHOTOS
from ims_desktop.features.adjustments.service import KeptPhoto, Photo
from ims_desktop.features.items.screen.jpeg import decoded
from ims_desktop.features.items.screen.photos import made_small
from ims_desktop.ui.controls import Button, clear_layout, column, label, row
from ims_desktop.ui.desk import Desk
from ims_desktop.ui.detail import Section
from ims_desktop.ui.entry import Line
from ims_desktop.ui.entry_grid import EntryGrid

WIDE, HIGH = 288, 190
KINDS = ("WASTE", "ADJUSTMENT")


def choose_photo(desk: Desk, grid: EntryGrid) -> None:
    """Ask for a picture of the current line."""
    if grid.current() is None:
        desk.messages.note(say("Fill in the line first that the photo belongs to."))
        return
    pictures = "Pictures (*.jpg *.jpeg *.png *.webp *.bmp *.gif)"
    path, _kind = QFileDialog.getOpenFileName(grid, grid.tr("Photo"), "", pictures)
    if path:
        keep_photo(desk, grid, Path(path))


def keep_photo(desk: Desk, grid: EntryGrid, path: Path) -> None:
    """Keep a picture, made small, with the current line."""
    line = grid.current()
    try:
        image = made_small(path)
    except (UserError, OSError) as error:
        desk.messages.failed(error.text if isinstance(error, UserError) else say("This file cannot be read."))
        return
    grid.put_aside(PHOTOS, (*(line or {}).get(PHOTOS, ()), image))


def photos_in(lines: tuple[Line, ...], words: tuple[str, ...]) -> tuple[Photo, ...]:
    """The photos of the lines that are to be recorded."""
    return tuple(
        Photo.of(uuid4(), number, words[number - 1], image)
        for number, line in enumerate(lines, 1)
        for image in line.get(PHOTOS, ())
    )


def with_photos(lines: tuple[Line, ...], kept: Sequence[Photo | KeptPhoto]) -> tuple[Line, ...]:
    """The lines of a document that is taken up again, with the photos it had."""
    of_row = [tuple(photo.image for photo in kept if photo.row == n) for n in range(1, len(lines) + 1)]
    return tuple({**line, PHOTOS: photos} if photos else line for line, photos in zip(lines, of_row, strict=True))


def picture(image: bytes, ratio: float, wide: int = WIDE, high: int = HIGH) -> QPixmap:
    """A photo as large as there is room."""
    found = decoded(image)
    if found.isNull():
        return QPixmap()
    room = QSize(round(wide * ratio), round(high * ratio))
    scaled = found.scaled(room, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation)
    scaled.setDevicePixelRatio(ratio)
    return QPixmap.fromImage(scaled)


def shown_photo(image: bytes, caption: str, parent: QWidget, wide: int = WIDE, high: int = HIGH) -> QLabel:
    """A photo in a panel."""
    made = QLabel(parent)
    made.setAccessibleName(parent.tr("Photo of {name}").format(name=caption))
    made.setPixmap(picture(image, parent.devicePixelRatioF(), wide, high))
    return made


class DocumentPhotos(QWidget):
    """The photos of a document, each with its line and a way to take it away."""

    def __init__(self, desk: Desk, document: UUID, parent: QWidget) -> None:
        super().__init__(parent)
        self._desk, self._document = desk, document
        self._layout = column(spacing=6)
        self.setLayout(self._layout)
        self.read()

    def read(self) -> None:
        """Ask for them."""
        self._desk.start(self, self._show, service.photos_of, self._document, failed=lambda _error: None)

    def _show(self, photos: tuple[KeptPhoto, ...]) -> None:
        clear_layout(self._layout)
        if not photos:
            self._layout.addWidget(label(self.tr("There are none."), 12, role="muted"))
        for photo in photos:
            self._layout.addWidget(shown_photo(photo.image, photo.caption, self))
            gone = Button("", "ghost", "trash", name=self.tr("Take the photo away"))
            gone.clicked.connect(lambda _=False, photo=photo: self._remove(photo))
            words = row(label(photo.caption, 12, role="sub", elide=True), gone)
            words.setStretch(0, 1)
            self._layout.addLayout(words)

    def _remove(self, photo: KeptPhoto) -> None:
        def again() -> None:
            kept = Photo.of(photo.id, photo.row, photo.caption, photo.image)
            self._desk.start(self, lambda _: self.read(), service.add_photos, self._document, (kept,))

        def done(_result: Any) -> None:
            self._desk.messages.done(say("Photo removed"), undo=again)
            self.read()

        self._desk.start(self, done, service.remove_photo, photo.id)


def _of_document(desk: Desk, document: Any, parent: QWidget) -> QWidget | None:
    return DocumentPhotos(desk, document.id, parent) if document.kind in KINDS else None


def _of_request(desk: Desk, request: Any, parent: QWidget) -> QWidget | None:
    return DocumentPhotos(desk, request.row.id, parent)


PHOTO_SECTION = Section("Photos", _of_document, "stock.view")
REQUEST_PHOTOS = Section("Photos", _of_request, "stock.view")
