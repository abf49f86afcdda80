"""What the product takes for granted of Qt and its binding."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from ims_desktop.ui.background import Background
from ims_desktop.ui.capture import capture, settle
from ims_desktop.ui.controls import label


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="None is immortal from Python 3.12 on")
def test_void_calls_give_none_back(app: QApplication, qtbot):
    widget = QLabel()
    qtbot.addWidget(widget)
    calls: tuple[Callable[[], object], ...] = (
        lambda: widget.setText("x"), lambda: widget.resize(10, 10), app.processEvents,
    )  # fmt: skip
    for call in calls:
        before = sys.getrefcount(None)
        for _ in range(10_000):
            call()
        assert abs(sys.getrefcount(None) - before) < 500


def test_a_picture_waits_until_the_page_is_idle(background: Background, qtbot, tmp_path: Path):
    page = QWidget()
    qtbot.addWidget(page)
    said = label("waiting", 26)
    said.setParent(page)
    answers: list[str] = []
    background.start(page, answers.append, lambda connection: "done")
    capture(page, tmp_path / "page.png", 640, 360, background)
    assert answers == ["done"]
    picture = QImage(str(tmp_path / "page.png"))
    assert (picture.width(), picture.height()) == (640, 360)
    with pytest.raises(OSError, match="could not be written"):
        capture(page, tmp_path / "missing" / "page.png", 640, 360, background)


def test_a_page_that_never_rests_is_told(app: QApplication):
    class Busy:
        def idle(self) -> bool:
            return False

    assert not settle(Busy(), limit_ms=50)  # type: ignore[arg-type]
