"""The program from the outside: it starts, and it ends when its window is closed."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

START = """
import sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
application = QApplication(sys.argv[:1])
QTimer.singleShot(1500, lambda: [window.close() for window in application.topLevelWidgets() if window.isVisible()])
from ims_desktop.app.start import main
sys.exit(main([]))
"""


def test_closing_the_sign_in_ends_the_program(tmp_path: Path) -> None:
    home = {"HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path), "XDG_STATE_HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", START],
        env={**os.environ, **home, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "plugin does not support" not in done.stderr


FIRST = """
import sys
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
application = QApplication(sys.argv[:1])

class Watch(QObject):
    seen = None

    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Paint and isinstance(watched, QWidget) and watched.isWindow() and not self.seen:
            self.seen = sorted({name.split(".")[0] for name in sys.modules})
            print(" ".join(self.seen))
            watched.credentials.login.setText("typed early")
            watched.credentials.set_up_wanted.emit()
        elif self.seen and event.type() == QEvent.Type.Show and type(watched).__name__ == "StepCard":
            print("WISH")
            application.activeWindow().close() if application.activeWindow() else application.exit(0)
        return False

watch = Watch()
application.installEventFilter(watch)
from ims_desktop.app.start import main
sys.exit(main([]))
"""


def test_the_first_window_is_there_before_anything_that_knows_the_database(tmp_path: Path) -> None:
    home = {"HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path), "XDG_STATE_HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", FIRST],
        env={**os.environ, **home, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    first, *later = done.stdout.splitlines()
    imported = set(first.split())
    assert {"PySide6", "ims_desktop"} <= imported
    assert not {"sqlalchemy", "psycopg", "pyqtgraph", "babel", "bcrypt", "keyring", "structlog"} & imported
    assert "WISH" in later, f"what was clicked before the program was there is forgotten: {done.stderr}"


def test_an_unknown_server_is_a_sentence(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "ims_desktop.app.start", "--profile", "Nowhere"],
        env={**os.environ, "HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path), "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    assert done.returncode == 2
    assert "knows no server called Nowhere" in done.stderr


@pytest.mark.parametrize(
    ("name", "says"), [("missing/pt.po", "is no catalogue named by its language"), ("he.po", "translates no text")]
)
def test_a_catalogue_that_is_none_is_a_sentence(tmp_path: Path, name: str, says: str) -> None:
    (tmp_path / "he.po").write_text("", "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "ims_desktop.app.start", "--words", str(tmp_path / name)],
        env={**os.environ, "HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path), "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    assert done.returncode == 2
    assert says in done.stderr
