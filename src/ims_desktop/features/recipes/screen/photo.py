"""The photo of a recipe: shown in its panel, chosen from a file, made small before it is kept."""

from functools import partial
from typing import Any
from uuid import UUID

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, Qt
from PySide6.QtGui import QImage, QImageReader, QPixmap
from PySide6.QtWidgets import QFileDialog, QLabel, QWidget

from ims_desktop.features.recipes import service
from ims_desktop.ui.desk import Desk
from ims_desktop.ui.detail import Section

LARGEST_SIDE, SHOWN_WIDTH, SHOWN_HEIGHT = 1280, 282, 190
MOST_BYTES, QUALITY = 1_048_576, 82
MOST_PIXELS_MB = 256


class Photo(QLabel):
    """Reads a photo in the background and shows it."""

    def __init__(self, desk: Desk, recipe: service.Recipe, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Photo of {recipe}").format(recipe=recipe.name))
        self.setFixedHeight(SHOWN_HEIGHT)
        desk.start(self, self._show, service.recipe_image, recipe.id)

    def _show(self, image: bytes | None) -> None:
        pixmap = QPixmap()
        if image and pixmap.loadFromData(image):
            mode = Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
            self.setPixmap(pixmap.scaled(SHOWN_WIDTH, SHOWN_HEIGHT, *mode))


def _build(desk: Desk, record: Any, parent: QWidget) -> QWidget | None:
    return Photo(desk, record, parent) if record.has_image else None


SECTION = Section("Photo", _build)


def small_photo(path: str) -> bytes | None:
    """The picture of a file as a JPEG of at most a megabyte; None for what is no picture."""
    reader = QImageReader(path)
    reader.setAutoTransform(True)
    reader.setAllocationLimit(MOST_PIXELS_MB)
    image = reader.read()
    if image.isNull():
        return None
    if max(image.width(), image.height()) > LARGEST_SIDE:
        mode = Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
        image = image.scaled(LARGEST_SIDE, LARGEST_SIDE, *mode)
    made = _jpeg(image)
    return made if made and len(made) <= MOST_BYTES else None


def _jpeg(image: QImage) -> bytes:
    kept = QByteArray()
    buffer = QBuffer(kept)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.convertToFormat(QImage.Format.Format_RGB32).save(buffer, "JPEG", QUALITY)  # type: ignore[call-overload]
    return bytes(kept.data())


def choose_photo(page: Any, recipe: service.Recipe) -> None:
    """Ask for a file and keep its picture."""
    dialog = QFileDialog(page, page.tr("Photo of {recipe}").format(recipe=recipe.name))
    dialog.setNameFilter(page.tr("Pictures (*.png *.jpg *.jpeg *.webp)"))
    dialog.fileSelected.connect(partial(keep_photo, page, recipe.id))
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()


def keep_photo(page: Any, key: UUID, path: str) -> None:
    """Keep the picture of a file as the photo of a recipe."""
    photo = small_photo(path)
    if photo is None:
        page.desk.messages.failed(page.tr("This file is no picture that can be kept."))
        return
    page.desk.start(
        page, lambda _: page.desk.messages.done(page.tr("The photo is kept")), service.save_image, key, photo
    )


def remove_photo(page: Any, recipe: service.Recipe) -> None:
    """Keep no photo."""
    page.desk.start(
        page, lambda _: page.desk.messages.done(page.tr("The photo is gone")), service.save_image, recipe.id, None
    )
