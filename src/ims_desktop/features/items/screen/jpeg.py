"""Pictures as they are kept: JPEG files, and read as nothing else, whatever they claim to be."""

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, Qt
from PySide6.QtGui import QImage, QImageReader, QImageWriter, QPainter

JPEG = QByteArray(b"jpeg")


def decoded(data: bytes | None) -> QImage:
    """The picture in a JPEG file; a null image when there is none or it cannot be read."""
    if not data:
        return QImage()
    held = QByteArray(data)
    buffer = QBuffer(held)
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    return QImageReader(buffer, JPEG).read()


def encoded(image: QImage, quality: int) -> bytes:
    """A picture as a JPEG file; what is transparent becomes white."""
    plain = QImage(image.size(), QImage.Format.Format_RGB32)
    plain.fill(Qt.GlobalColor.white)
    painter = QPainter(plain)
    painter.drawImage(0, 0, image)
    painter.end()
    held = QByteArray()
    buffer = QBuffer(held)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QImageWriter(buffer, JPEG)
    writer.setQuality(quality)
    writer.write(plain)
    return bytes(held.data())
