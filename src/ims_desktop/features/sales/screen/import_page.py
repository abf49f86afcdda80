"""The page that imports sales: choose files, see how they are read and what is wrong, import, look at what happened."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from PySide6.QtWidgets import QFileDialog, QStackedLayout, QWidget

from ims_desktop.domain.errors import UserError
from ims_desktop.domain.wording import dotted, say_count, sentences
from ims_desktop.domain.work import read
from ims_desktop.features.sales import service
from ims_desktop.features.sales.rules import Choices, Field, Kind, ProblemGroup, SalesFile, UnmappedLine
from ims_desktop.features.sales.screen.import_frame import (
    CHOOSE,
    IMPORT,
    PREVIEW,
    RESULT,
    DropArea,
    Foot,
    Legend,
    Steps,
)
from ims_desktop.features.sales.screen.import_held import HeldCard
from ims_desktop.features.sales.screen.import_marks import Marks
from ims_desktop.features.sales.screen.import_problems import ProblemsPanel
from ims_desktop.features.sales.screen.import_progress import ImportRun, ProgressCard, result_card
from ims_desktop.features.sales.screen.import_reading import ReadingCard
from ims_desktop.features.sales.screen.import_table import PreviewTable
from ims_desktop.ui.controls import Button, bind, clear_layout, column, frame, label, row
from ims_desktop.ui.desk import Desk
from ims_desktop.ui.file_page import FilePage
from ims_desktop.ui.formats import Formats
from ims_desktop.ui.language import counted
from ims_desktop.ui.notes import NoteBox
from ims_desktop.ui.page_header import PageHeader
from ims_desktop.ui.theme import Tone

KINDS = "Sales files (*.csv *.txt *.tsv *.tab *.zip *.xlsx *.ods *.json *.xml);;All files (*)"


@read
def check_and_mark(connection: Any, file: service.FileToImport) -> tuple[service.Checked, Marks]:
    """Check a file and find what to mark in it, both off the GUI thread: there may be a mark for every line."""
    checked = service.check_file(connection, file)
    return checked, Marks(checked.preview)


class ImportPage(FilePage):
    """Keeps what was chosen whatever happens to the server; a reading goes on from the last answer."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.checked: service.Checked | None = None
        self.run: ImportRun | None = None
        self._file: service.FileToImport | None = None
        self._marks: Marks | None = None
        self._seen: dict[Kind, int] = {}
        self.drop, self.reading, self.table, self.problems = (
            DropArea(),
            ReadingCard(),
            PreviewTable(),
            ProblemsPanel(desk),
        )
        self.steps, self.header = Steps(), PageHeader(self.tr("Sales import"))
        self.only = Button(self.tr("Only problems"), "filter", "funnel")
        self._counted, self._quantity = label("", 12, role="muted"), label("", 13, 600, tabular=True)
        self._lay_out()
        self._listen()
        self._step(CHOOSE)

    @property
    def dirty(self) -> bool:
        """Whether a file was read and is not imported yet."""
        return self._file is not None

    # layout ---------------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        self.lines, self.revenue = label("", 13, 600, tabular=True), label("", 13, 600, tabular=True)
        foot = Foot()
        foot.setLayout(row(self.lines, None, self._quantity, 24, self.revenue, margins=(16, 0, 16, 0)))
        card = frame("card", column(self.table, foot, margins=(1, 1, 1, 1)))
        bar = row(label(self.tr("Preview"), 14, 600), self._counted, None, Legend(), 8, self.only)
        preview = QWidget()
        inside = column(self.reading, bar, card, spacing=12)
        inside.setStretch(2, 1)
        preview.setLayout(inside)
        self.progress = column(spacing=12)
        working = QWidget()
        working.setLayout(self.progress)
        self._holder = QWidget()
        self._views = QStackedLayout(self._holder)
        for view in (self.drop, preview, working):
            self._views.addWidget(view)
        head = row(self.header, self.steps)
        head.setStretch(0, 1)
        content = column(head, self.trouble, self._holder, spacing=12, margins=(24, 18, 24, 20))
        content.setStretch(2, 1)
        whole = row(content, self.problems, spacing=0)
        whole.setStretch(0, 1)
        self.setLayout(whole)

    def _listen(self) -> None:
        self.drop.asked.connect(self.choose_files)
        self.reading.answered.connect(self.answer)
        self.reading.site_chosen.connect(self.choose_site)
        self.table.mapping.mapped.connect(self.map_column)
        self.problems.opened.connect(self.go_to)
        self.problems.answered.connect(self.answer)
        self.problems.meant.connect(self.map_product)
        self.problems.wanted.connect(self.begin)
        self.problems.cancelled.connect(self.start_over)
        self.only.clicked.connect(self._toggle_only)
        bind(self, "Ctrl+N", self.choose_files)

    def _step(self, step: int) -> None:
        if step == CHOOSE:
            self.header.say(self.tr("Sales become orders, and what they used leaves the stock"))
        self.steps.show_step(step)
        self._views.setCurrentIndex(min(step, IMPORT))
        self.problems.setVisible(step == PREVIEW)

    # choosing and reading -------------------------------------------------------------------------------------

    def choose_files(self) -> None:
        """Ask for one or several files."""
        box = QFileDialog(self, self.tr("Choose the sales of your till"), "", KINDS)
        box.setFileMode(QFileDialog.FileMode.ExistingFiles)
        box.filesSelected.connect(self.take)
        box.finished.connect(box.deleteLater)
        box.open()

    def take(self, paths: Sequence[str]) -> None:
        """Read and check these files."""
        if self.run is not None and self.run.running:
            self.desk.messages.note(self.tr("An import is under way; the next one can begin afterwards."))
            return
        self.work(self._opened, service.open_files, tuple(map(Path, paths)))

    def take_dropped(self, paths: Sequence[str]) -> None:
        """Read them all."""
        self.take(paths)

    def _opened(self, files: tuple[SalesFile, ...]) -> None:
        self._seen = {}
        self._check(service.FileToImport(files, Choices(), self.desk.site))

    def answer(self, choices: Choices) -> None:
        """Read the same files with other answers."""
        if self._file is not None:
            self._check(replace(self._file, choices=choices, is_new=False))

    def choose_site(self, site: UUID | None) -> None:
        """The restaurant of lines that name none."""
        if self._file is not None:
            self._check(replace(self._file, site=site))

    def map_product(self, line: UnmappedLine, menu_item: UUID) -> None:
        """Say what the till means by these words: remembered, and counted for lines that wait from before."""
        meaning = service.Meaning(uuid4(), line.site, line.product, line.words, menu_item)
        self.work(lambda _effect: self._again(), service.map_product, meaning)

    def map_column(self, place: int, field: Field | None) -> None:
        """Give a column another meaning; the column that had it before is left out."""
        if self.checked is None:
            return
        columns = dict(self.checked.file.choices.columns)
        for each in self.checked.reading.columns:
            if field is not None and each.field is field and each.place != place:
                columns[each.place] = None
        columns[place] = field
        self.answer(replace(self.checked.file.choices, columns=columns))

    def _check(self, file: service.FileToImport) -> None:
        self._file = file
        self.work(self._show, check_and_mark, file)

    def _again(self) -> None:
        if self._file is not None:
            self._check(self._file)

    def show_failure(self, error: Exception) -> None:
        """Every problem in words."""
        words = str(error)
        if isinstance(error, UserError):
            words = sentences([error.text, *(problem.text for problem in error.problems)])
        again = [(self.tr("Try again"), self._again)] if self._file is not None else []
        self.tell(NoteBox(words, Tone.BAD, *again))

    def _show(self, found: tuple[service.Checked, Marks]) -> None:
        self.checked, self._marks = checked, _ = found
        size = _size(checked.file.size, self.desk.formats)
        lines = say_count("{count} line", "{count:,} lines", checked.preview.totals.lines)
        self.header.say(dotted(checked.file.name, lines, size))
        self.reading.show_file(checked)
        self.problems.show_file(checked, self.desk.formats)
        self._show_lines()
        totals, formats = checked.preview.totals, self.desk.formats
        places = 0 if totals.quantity == totals.quantity.to_integral_value() else 3
        self.lines.say(self.tr("{count} lines in the file").format(count=counted(totals.lines)))
        self._quantity.say(self.tr("{count} sold").format(count=formats.number(totals.quantity, places)))
        self.revenue.say(formats.money(totals.revenue, currency=True))
        self._step(PREVIEW)

    def _show_lines(self) -> None:
        if self.checked is None or self._marks is None:
            return
        only = self.only.property("on") == "true"
        asked = frozenset(field for question in self.checked.reading.questions for field in question.missing)
        ambiguous = any(group.kind is Kind.DATE_ORDER for group in self.checked.preview.problems)
        dates = frozenset((Field.DATE, Field.TIMESTAMP)) if ambiguous else frozenset()
        self.table.show_file(self.checked, self._marks, only, asked | dates)
        shown, total = self.table.lines.rowCount(), self.checked.preview.totals.lines
        words = self.tr("{shown} of {total} lines") if only else self.tr("{total} lines as they stand in the file")
        self._counted.say(words.format(shown=counted(shown), total=counted(total)))

    def _toggle_only(self) -> None:
        self.only.light(self.only.property("on") != "true")
        self._show_lines()

    def go_to(self, group: ProblemGroup) -> None:
        """Go to the next line of a kind of problem."""
        place = self._seen.get(group.kind, -1) + 1
        self._seen[group.kind] = place = place % len(group.places)
        self.problems.light(group.kind)
        where = group.places[place]
        if not self.table.jump(where.row, where.column):
            self.desk.messages.note(self.tr("This concerns the whole file, not one line of it."))

    # importing ------------------------------------------------------------------------------------------------

    def begin(self) -> None:
        """Import what is accepted."""
        if self.checked is None or self.problems.why_not() is not None:
            return
        self.run = ImportRun(self.desk, self.checked.prepared(), self)
        card = ProgressCard(self.run)
        card.left.connect(self._finished)
        self.run.finished.connect(self._finished)
        self._show_working(card)
        self._step(IMPORT)
        self.run.go_on()
        card.begun()

    def _finished(self) -> None:
        if self.run is None or self.checked is None:
            return
        made = result_card(self.run, self.checked, self.desk.formats, self._look, self.start_over)
        made.unmapped.connect(lambda: self.desk.navigation.open("unmapped_sales"))
        held = self.checked.preview.totals.held
        self._file = None
        self.desk.start(self, lambda _sites: None, service.remember_reading, self.checked, failed=lambda _error: None)
        self._show_working(made, HeldCard(self.desk, self.checked) if held else None)
        self._step(RESULT)

    def _show_working(self, card: QWidget, below: QWidget | None = None) -> None:
        clear_layout(self.progress)
        self.progress.addWidget(card)
        if below is not None:
            self.progress.addWidget(below, 1)
        else:
            self.progress.addStretch(1)

    def _look(self) -> None:
        self.desk.navigation.open("orders")

    def start_over(self) -> None:
        """Forget the file and ask for another one."""
        self.checked = self._file = self.run = None
        self._seen = {}
        clear_layout(self.trouble)
        self._step(CHOOSE)


def _size(count: int, formats: Formats) -> str:
    if count >= 1_000_000:
        return f"{formats.number(Decimal(count) / 1_000_000, 1)} MB"
    return f"{formats.number(max(1, round(count / 1000)))} kB"


def build_import(desk: Desk) -> QWidget:
    """The page of the sales import."""
    return ImportPage(desk)
