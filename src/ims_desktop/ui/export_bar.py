"""Tells how far an export is, and stops it."""

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QFrame

from ims_desktop.ui.controls import Button, fill, label
from ims_desktop.ui.controls import row as side_by_side
from ims_desktop.ui.export import Export
from ims_desktop.ui.inputs import Meter
from ims_desktop.ui.language import counted

AFTER_MS = 1000


class ExportBar(QFrame):
    """Appears when an export takes longer than a moment; `cancel` leaves no file behind."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("bar")
        self._job: Export | None = None
        self._name, self._total = "", 0
        self._words = label("", 12, 600, "primary", tabular=True)
        self._meter = Meter(0, name=self.tr("Share of the rows that are written"))
        self._meter.setFixedWidth(160)
        self.cancel = Button(self.tr("Cancel"), "small", "x", name=self.tr("Cancel the export"))
        self.cancel.clicked.connect(self.stop)
        layout = side_by_side()
        fill(layout, (self._words, 8, self._meter, None, self.cancel), 8, (12, 4, 8, 4))
        self.setLayout(layout)
        self._wait = QTimer(self, singleShot=True, interval=AFTER_MS)
        self._wait.timeout.connect(self.show)
        self.hide()

    def follow(self, job: Export, name: str, total: int | None) -> None:
        """Tell how an export goes; `total` is how many rows there are, where that is known."""
        self._job, self._name, self._total = job, name, total or 0
        self._meter.setVisible(self._total > 0)
        self._tell(0)
        job.progressed.connect(self._tell)
        job.finished.connect(self._done)
        self._wait.start()

    def stop(self) -> None:
        """Stop the export that is under way."""
        if self._job is not None:
            self._job.stop()

    def _tell(self, rows: int) -> None:
        said = self.tr("Exporting to {name}: {rows} rows")
        self._words.say(said.format(name=self._name, rows=counted(rows)))
        if self._total:
            self._meter.set_share(rows / self._total)

    def _done(self, _rows: int | None) -> None:
        self._job = None
        self._wait.stop()
        self.hide()
