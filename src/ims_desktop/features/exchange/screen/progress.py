"""Tells how far an import is, and stops it: nothing of the file stays then."""

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QFrame

from ims_desktop.features.exchange.service import Progress
from ims_desktop.ui.controls import Button, label, row
from ims_desktop.ui.inputs import Meter
from ims_desktop.ui.language import counted

AFTER_MS, EVERY_MS = 600, 100


class ImportBar(QFrame):
    """Appears when an import takes longer than a moment."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("bar")
        self._progress = Progress()
        self._words = label("", 12, 600, "primary", tabular=True)
        self._meter = Meter(0, name=self.tr("Share of the rows that are taken over"))
        self._meter.setFixedWidth(160)
        self.cancel = Button(self.tr("Cancel"), "small", "x", name=self.tr("Cancel the import"))
        self.cancel.clicked.connect(self.stop)
        self.setLayout(row(self._words, self._meter, None, self.cancel, margins=(12, 4, 8, 4)))
        self._wait = QTimer(self, singleShot=True, interval=AFTER_MS)
        self._wait.timeout.connect(self.show)
        self._look = QTimer(self, interval=EVERY_MS)
        self._look.timeout.connect(self._tell)
        self.hide()

    def follow(self) -> Progress:
        """Tell how the import goes that gets this."""
        self._progress = Progress()
        self.cancel.setEnabled(True)
        self._tell()
        self._wait.start()
        self._look.start()
        return self._progress

    def stop(self) -> None:
        """Stop it before its next portion."""
        self._progress.stop()
        self.cancel.setEnabled(False)

    def end(self) -> None:
        """It is over."""
        self._wait.stop()
        self._look.stop()
        self.hide()

    def _tell(self) -> None:
        done, total = self._progress.done, self._progress.total
        said = self.tr("Importing: {done} of {total} rows") if total else self.tr("Checking once more")
        self._words.say(said.format(done=counted(done), total=counted(total)))
        self._meter.set_share(done / total if total else 0)
