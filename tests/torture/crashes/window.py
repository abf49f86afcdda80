"""A desk that writes waste into its journal first: what the journal says is safe, is safe, whoever is killed."""

import os
import random
from dataclasses import replace
from datetime import timedelta
from unittest.mock import patch

from PySide6.QtWidgets import QApplication

from ims_desktop.app.journal import desk_journal
from ims_desktop.database.transaction import TenantDatabase
from ims_desktop.ui.journal import UNSETTLED
from tests.app.journal.desks import JournalDesk
from tests.torture.crashes.desk import Seat
from tests.torture.crashes.notebook import KEPT, Notebook, read_notes
from tests.torture.crashes.papers import Author, Paper

MOST_WAITING = 12


def work(seat: Seat) -> None:
    """Keep entries until the house closes, then wait until all of them are sent."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    application = QApplication.instance() or QApplication(["window"])
    notes = read_notes(seat.notes)
    notebook = Notebook(seat.notes)
    with patch.multiple(desk_journal, AGAIN_MS=50, LATER_MS=100, LOCK_MS=50):
        desk = JournalDesk(TenantDatabase(seat.identity), seat.folder).open()
        desk.until(lambda: desk.journal.is_open)
        for paper in notes.unanswered:
            _keep(desk, notebook, paper)
        author = Author(seat.house, seat.name, random.Random(seat.seed + len(notes.papers)), notes.papers.values())
        while not seat.is_closing:
            desk.until(lambda: len(desk.journal.entries(*UNSETTLED)) < MOST_WAITING or seat.is_closing)
            paper = _now(author.waste(), desk)
            notebook.ask(paper)
            _keep(desk, notebook, paper)
        desk.rest()
        desk.close()
    application.quit()


def _now(paper: Paper, desk: JournalDesk) -> Paper:
    """As a page does: an entry happened when it was made, not when the server hears of it."""
    moment = desk.journal.now() - timedelta(milliseconds=1)
    return replace(paper, value=replace(paper.value, effective_at=moment))


def _keep(desk: JournalDesk, notebook: Notebook, paper: Paper) -> None:
    """What the journal knows already is not typed anew."""
    if desk.journal.find(paper.key) is None:
        desk.keep(paper.value)
    notebook.end(paper, KEPT)
