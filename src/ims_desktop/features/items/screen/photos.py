"""The photo of an item: shown in its panel, chosen from a file and made small on the desk."""

from pathlib import Path
from typing import Any

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QImage, QImageReader, QPixmap
from PySide6.QtWidgets import QFileDialog, QLabel, QWidget

from ims_desktop.domain.errors import UserError
from ims_desktop.domain.wording import say
from ims_desktop.features.items.screen.jpeg import decoded, encoded
from ims_desktop.features.items.service import pictures as service
from ims_desktop.ui.desk import Desk
from ims_desktop.ui.detail import Section

SIDE = 640
HIGH = 170
QUALITIES = (82, 65, 45, 25)
FORMATS = (b"jpeg", b"png", b"webp", b"bmp", b"gif")
LARGEST_FILE = 40_000_000


def made_small(path: Path) -> bytes:
    """A picture file as a JPEG of at most 640 dots a side; raises UserError for what is no picture."""
    if path.stat().st_size > LARGEST_FILE:
        raise UserError("This file is larger than 40 MB. Choose a smaller picture.")
    reader = QImageReader(str(path))
    reader.setAutoTransform(True)
    reader.setDecideFormatFromContent(True)
    size = reader.size()
    if bytes(reader.format().data()) not in FORMATS or not size.isValid():
        raise UserError(say("{name} is no picture that can be read. Choose a JPEG, PNG or WebP file.", name=path.name))
    if max(size.width(), size.height()) > SIDE:
        reader.setScaledSize(size.scaled(SIDE, SIDE, Qt.AspectRatioMode.KeepAspectRatio))
    image = reader.read()
    if image.isNull():
        raise UserError(say("{name} cannot be read: {why}.", name=path.name, why=reader.errorString()))
    return _jpeg(image)


def _jpeg(image: QImage) -> bytes:
    """The best quality that is small enough."""
    for quality in QUALITIES:
        made = encoded(image, quality)
        if len(made) <= service.LARGEST:
            return made
    raise UserError("This picture cannot be made small enough.")


class PhotoView(QLabel):
    """The photo in the panel, as wide as there is room."""

    def __init__(self, desk: Desk, item: Any, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Photo of {name}").format(name=item.name))
        self.setMinimumHeight(HIGH)
        desk.start(self, self._show, service.photo, item.id, failed=lambda _error: None)

    def _show(self, data: bytes | None) -> None:
        image = decoded(data)
        if not image.isNull():
            ratio = self.devicePixelRatioF()
            room = QSize(round(290 * ratio), round(HIGH * ratio))
            scaled = image.scaled(room, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation)
            scaled.setDevicePixelRatio(ratio)
            self.setPixmap(QPixmap.fromImage(scaled))


def _build(desk: Desk, item: Any, parent: QWidget) -> QWidget | None:
    return PhotoView(desk, item, parent) if item.has_photo else None


PHOTO = Section("Photo", _build)


def choose_photo(page: Any, item: Any) -> None:
    """Ask for a file, make it small, keep it; the photo before comes back with Undo."""
    path, _kind = QFileDialog.getOpenFileName(page, "Photo", "", "Pictures (*.jpg *.jpeg *.png *.webp *.bmp *.gif)")
    if path:
        keep_photo(page, item, Path(path))


def keep_photo(page: Any, item: Any, path: Path) -> None:
    """Keep a file as the photo of an item."""
    try:
        image = made_small(path)
    except UserError as error:
        page.desk.messages.failed(error.text)
        return
    _save(page, item, image, say("Photo saved"))


def remove_photo(page: Any, item: Any) -> None:
    """Take the photo away."""
    _save(page, item, None, say("Photo removed"))


def _save(page: Any, item: Any, image: bytes | None, words: str) -> None:
    def done(before: bytes | None) -> None:
        again = bytes(before) if before else None
        page.desk.messages.done(words, lambda: page.start(lambda _: None, service.save_photo, item.id, again))

    page.start(done, service.save_photo, item.id, image)
