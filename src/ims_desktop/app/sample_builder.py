"""Has the sample data built by the operator's program, in a process of its own, and tells how far it is."""

import sys
from collections.abc import Callable

from PySide6.QtCore import QObject, QProcess

Ready = Callable[[], None]
Says = Callable[[str], None]


class SampleBuilder(QObject):
    """Builds the sample data once; building what is there already ends at once."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._process: QProcess | None = None

    def prepare(self, ready: Ready, failed: Says, progress: Says) -> None:
        """Build what is missing; `ready`, or `failed` with a sentence, when it is over."""
        process = self._process = QProcess(self)
        process.setProcessChannelMode(QProcess.ProcessChannelMode.MergedChannels)
        said: list[str] = []

        def listen() -> None:
            for line in bytes(process.readAllStandardOutput().data()).decode(errors="replace").splitlines():
                said.append(line)
                progress(line)

        def ended(code: int) -> None:
            if code == 0:
                ready()
            else:
                failed(said[-1] if said else self.tr("The sample data could not be built."))

        process.readyReadStandardOutput.connect(listen)
        process.finished.connect(ended)
        process.start(sys.executable, ["-m", "ims_desktop.admin.command_line", "demo", "build"])

    def close(self) -> None:
        """Wait for a build under way: half of one is of no use, and it takes a minute at most."""
        if self._process is not None and self._process.state() != QProcess.ProcessState.NotRunning:
            self._process.waitForFinished(120_000)
