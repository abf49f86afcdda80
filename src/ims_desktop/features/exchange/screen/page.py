"""The page that imports records: choose a file or paste, see what changes and what is wrong, import it as a whole."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QFrame, QMenu, QStackedLayout, QWidget

from ims_desktop.domain.errors import UserError
from ims_desktop.domain.import_reading import ImportChoices, csv_template
from ims_desktop.domain.importing import ImportSpec
from ims_desktop.domain.table_file import fold_header
from ims_desktop.domain.wording import dotted, say, say_count
from ims_desktop.domain.work import read
from ims_desktop.features.exchange import service
from ims_desktop.features.exchange.screen.preview import CHANGED, DOUBTFUL, NEW, SAME, WRONG, ImportLines, LinesTable
from ims_desktop.features.exchange.screen.progress import ImportBar
from ims_desktop.features.exchange.screen.reading import ReadingCard
from ims_desktop.features.exchange.service import IMPORTS, CheckedFile, ImportResult, RecordFile
from ims_desktop.ui.choices import Choice
from ims_desktop.ui.controls import Button, Picture, bind, clear_layout, column, frame, label, row
from ims_desktop.ui.desk import Desk
from ims_desktop.ui.file_page import FilePage
from ims_desktop.ui.inputs import Combo
from ims_desktop.ui.language import counted, said
from ims_desktop.ui.notes import NoteBox
from ims_desktop.ui.page_header import PageHeader
from ims_desktop.ui.theme import Tone

KINDS = "Tables and catalogues (*.csv *.tsv *.txt *.xlsx *.xlsm *.xls *.ods *.xml);;All files (*)"
TOLD = 4
RIGHTS = tuple(dict.fromkeys(spec.permission for spec in IMPORTS.values()))
# The kind of record that is meant where one comes from a list.
IMPORTS_OF_LISTS = {
    "items": IMPORTS["items"],
    "stock": IMPORTS["item_levels"],
    "suppliers": IMPORTS["suppliers"],
    "supplier_items": IMPORTS["supplier_prices"],
    "recipes": IMPORTS["recipes"],
    "menu": IMPORTS["menu_items"],
    "price_list": IMPORTS["menu_prices"],
    "customers": IMPORTS["customers"],
    "storage": IMPORTS["storage_locations"],
    "sites": IMPORTS["sites"],
    "exchange_rates": IMPORTS["exchange_rates"],
}


@read
def check_and_show(connection: Any, spec: ImportSpec, file: RecordFile) -> tuple[CheckedFile, ImportLines]:
    """Check a file and put its rows into words, both off the GUI thread."""
    checked = service.check(connection, spec, file)
    return checked, ImportLines(checked)


class ImportPage(FilePage):
    """Keeps the file whatever happens to the server; nothing is written before the person says so."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.specs = {key: spec for key, spec in IMPORTS.items() if desk.may(spec.permission)}
        self.checked: CheckedFile | None = None
        self._lines: ImportLines | None = None
        self._file: RecordFile | None = None
        self.header = PageHeader(self.tr("Import"))
        self.entity = Combo(
            [Choice(key, said(spec.title)) for key, spec in self.specs.items()], name=self.tr("What to import")
        )
        self.entity.choose(next(iter(self.specs), None))
        self.reading, self.table = ReadingCard(), LinesTable()
        self.only = Combo(name=self.tr("Which rows are shown"))
        self.following = Button(self.tr("Next problem"), "filter", "warning")
        self.go, self.other = Button(self.tr("Import"), "primary"), Button(self.tr("Another file"))
        self._lay_out()
        self._listen()
        self.start_over()

    @property
    def dirty(self) -> bool:
        """Whether a file was read and is not imported yet."""
        return self._file is not None

    def _lay_out(self) -> None:
        card = frame("card", column(self.table, margins=(1, 1, 1, 1)))
        bar = row(label(self.tr("Preview"), 14, 600), self.only, self.following, None, self.other, self.go)
        preview = QWidget()
        self.progress = ImportBar()
        inside = column(self.reading, bar, card, self.progress, spacing=12)
        inside.setStretch(2, 1)
        preview.setLayout(inside)
        holder = QWidget()
        self._views = QStackedLayout(holder)
        self._views.addWidget(self._drop_card())
        self._views.addWidget(preview)
        head = row(self.header, self.entity)
        head.setStretch(0, 1)
        content = column(head, self.trouble, holder, spacing=12, margins=(24, 18, 24, 20))
        content.setStretch(2, 1)
        self.setLayout(content)
        self.entity.setMinimumWidth(240)
        self.only.setMinimumWidth(170)

    def _drop_card(self) -> QFrame:
        self.choose = Button(self.tr("Choose a file"), "primary", "folder-open")
        self.paste = Button(self.tr("Paste from the clipboard"), icon="clipboard-text")
        self.template = Button(self.tr("Template"), icon="download-simple")
        menu = QMenu(self.template)
        menu.addAction(self.tr("Excel workbook…"), partial(self._ask_template, "xlsx"))
        menu.addAction(self.tr("CSV file…"), partial(self._ask_template, "csv"))
        self.template.setMenu(menu)
        picture = Picture("file-arrow-up", "primary", 40)
        title = label(self.tr("Drop a table here, or paste it from a spreadsheet"), 16, 600)
        kinds = label(
            self.tr("CSV, text, Excel, OpenDocument or a UBL catalogue. Known records are changed, new ones added."),
            13,
            role="sub",
        )
        safe = label(self.tr("Nothing is imported before you have seen what will happen."), 12, role="muted")
        buttons = row(None, self.choose, self.paste, self.template, None)
        layout = column(None, picture, 14, title, 4, kinds, 2, safe, 18, buttons, None)
        for piece in (picture, title, kinds, safe):
            layout.setAlignment(piece, Qt.AlignmentFlag.AlignHCenter)
        return frame("card", layout)

    def _listen(self) -> None:
        self.choose.clicked.connect(self.choose_file)
        self.paste.clicked.connect(self.take_clipboard)
        self.entity.chosen.connect(lambda _: self._again())
        self.reading.answered.connect(self.answer)
        self.only.chosen.connect(lambda _: self._show_rows())
        self.following.clicked.connect(self.go_to_problem)
        self.other.clicked.connect(self.start_over)
        self.go.clicked.connect(self.begin)
        bind(self, "Ctrl+N", self.choose_file)
        bind(self, "Ctrl+V", self.take_clipboard)

    @property
    def spec(self) -> ImportSpec:
        """What is imported."""
        return self.specs[self.entity.value()]

    def show_record(self, key: Any) -> None:
        """Another page asks to import one kind of record."""
        if key in self.specs:
            self.entity.choose(key)
            self.start_over()

    # choosing and reading -------------------------------------------------------------------------------------

    def choose_file(self) -> None:
        """Ask for a file."""
        box = QFileDialog(self, self.tr("Choose a table"), "", KINDS)
        box.setFileMode(QFileDialog.FileMode.ExistingFile)
        box.fileSelected.connect(self.take)
        box.finished.connect(box.deleteLater)
        box.open()

    def take(self, path: str) -> None:
        """Read and check a file."""
        self.work(self._check, service.open_file, Path(path))

    def take_dropped(self, paths: Sequence[str]) -> None:
        """Read the first: one file is imported at a time."""
        self.take(paths[0])

    def take_clipboard(self) -> None:
        """Read and check what was copied from a spreadsheet."""
        words = QGuiApplication.clipboard().text()
        if words.strip():
            self._check(RecordFile(self.tr("The clipboard"), words.encode("utf-8", "replace"), ImportChoices("utf-8")))
        else:
            self.desk.messages.note(self.tr("There is no table in the clipboard. Copy one in your spreadsheet first."))

    def answer(self, choices: ImportChoices) -> None:
        """Read the same file with other answers."""
        if self._file is not None:
            self._check(replace(self._file, choices=choices))

    def _again(self) -> None:
        if self._file is not None:
            self._check(replace(self._file, choices=replace(self._file.choices, columns={})))

    def _check(self, file: RecordFile) -> None:
        self._file = file
        self.work(self._show, check_and_show, self.spec, file)

    def show_failure(self, error: Exception) -> None:
        """Every problem in words."""
        self.progress.end()
        self.go.setEnabled(True)
        words = (
            [error.text, *(_told(one) for one in error.problems[:TOLD])]
            if isinstance(error, UserError)
            else [str(error)]
        )
        self.tell(NoteBox(" ".join(words), Tone.BAD))

    def _show(self, found: tuple[CheckedFile, ImportLines]) -> None:
        self.checked, self._lines = found
        checked = self.checked
        plan, count = checked.plan, len(checked.reading.table.rows)
        self.header.say(dotted(checked.file.name, say_count("{count:,} row", "{count:,} rows", count)))
        self.reading.show_file(checked)
        wrong = self._lines.states.count(WRONG)
        states = ((None, "All rows", count), (NEW, NEW, plan.added), (CHANGED, CHANGED, plan.changed))
        doubtful = self._lines.states.count(DOUBTFUL)
        asked = ((DOUBTFUL, "To be asked", doubtful),) if doubtful else ()
        shown = (*states, (SAME, SAME, plan.unchanged), *asked, (WRONG, "With problems", wrong))
        self.only.offer([Choice(state, f"{words}  {number:,}") for state, words, number in shown])
        self.only.choose(None)
        self._say_problems(checked)
        acting = plan.added + plan.changed
        self.go.say(say_count("Import {count:,} row", "Import {count:,} rows", acting))
        why = self.tr("Put the problems right first: an import is taken as a whole.") if checked.problems else None
        self.go.refuse(why or (None if acting else self.tr("The file says what is there already.")))
        self.following.setVisible(wrong > 0)
        self._show_rows()
        self.table.fit()
        self._views.setCurrentIndex(1)

    def _say_problems(self, checked: CheckedFile) -> None:
        if checked.remembered:
            words = self.tr("Read as the last file with these columns.")
            self.tell(NoteBox(words, Tone.INFO, (self.tr("Read it anew"), self._read_anew)))
        if unused := checked.reading.unused:
            words = self.tr("Not used: {columns}.").format(columns=", ".join(unused))
            self.tell(NoteBox(words, Tone.WARN))
        if checked.plan.doubts and not checked.problems:
            self.tell(NoteBox(service.question_of(checked.plan.doubts), Tone.WARN))
        if problems := checked.problems:
            first = " ".join(_told(one) for one in problems[:TOLD])
            more = (
                self.tr("And {count} more.").format(count=counted(len(problems) - TOLD)) if len(problems) > TOLD else ""
            )
            self.tell(NoteBox(f"{first} {more}".strip(), Tone.BAD))

    def _read_anew(self) -> None:
        """Without what was remembered: each column by its name."""
        if self.checked is not None:
            names = self.checked.spec.names
            found = {one.place: names.get(fold_header(one.header)) for one in self.checked.reading.columns}
            self.answer(ImportChoices(columns={place: one.key if one else None for place, one in found.items()}))

    def _show_rows(self) -> None:
        self.table.lines.show_lines(self._lines, self.only.value())

    def go_to_problem(self) -> None:
        """Go to the next row with a problem."""
        place = self.table.lines.next_wrong(self.table.currentIndex().row())
        if place >= 0:
            index = self.table.lines.index(place, 0)
            self.table.setCurrentIndex(index)
            self.table.scrollTo(index, LinesTable.ScrollHint.PositionAtCenter)

    # importing ------------------------------------------------------------------------------------------------

    def begin(self) -> None:
        """Import the file as a whole."""
        if self.checked is None or self.checked.problems:
            return
        if doubts := self.checked.plan.doubts:
            self.desk.messages.ask(service.question_of(doubts), partial(self._import, frozenset({service.DOUBTS})))
        else:
            self._import(frozenset())

    def _import(self, consents: frozenset[str]) -> None:
        if self.checked is not None:
            self.go.setEnabled(False)
            checked, progress = self.checked, self.progress.follow()
            self.work(self._done, service.run_import, checked.spec, checked.file, progress, consents)

    def _done(self, result: ImportResult) -> None:
        self.progress.end()
        words = self.tr("{title}: {added} added, {changed} changed").format(
            title=said(result.spec.title), added=counted(result.added), changed=counted(result.changed)
        )
        undo = partial(self._take_back, result) if result.back else None
        self.desk.messages.done(words, undo)
        self.start_over()

    def _take_back(self, result: ImportResult) -> None:
        def told(_result: ImportResult) -> None:
            self.desk.messages.done(self.tr("The import was taken back"))

        self.desk.start(self, told, service.take_back, result)

    def start_over(self) -> None:
        """Forget the file and ask for another one."""
        self.checked = self._lines = self._file = None
        clear_layout(self.trouble)
        self.header.say(self.tr("From a file, or pasted from a spreadsheet"))
        self.table.lines.show_lines(None)
        self.go.setEnabled(True)
        self._views.setCurrentIndex(0)

    # templates ------------------------------------------------------------------------------------------------

    def _ask_template(self, ending: str) -> None:
        kind = {"xlsx": "Excel (*.xlsx)", "csv": "CSV (*.csv)"}[ending]
        name = f"{said(self.spec.title)}.{ending}"
        self.desk.messages.ask_path(self.tr("Template"), name, kind, self.write_template, self)

    def write_template(self, path: str) -> None:
        """Write a file to begin with."""
        spec, target = self.spec, Path(path)
        content = csv_template(spec).encode("utf-8-sig") if target.suffix == ".csv" else service.xlsx_template(spec)
        try:
            target.write_bytes(content)
        except OSError as error:
            said = self.tr("The file {path} could not be written: {why}").format(path=path, why=error)
            self.desk.messages.failed(said)
            return
        self.desk.messages.done(self.tr("{name} was written").format(name=target.name))


def _told(problem: Any) -> str:
    field, text = said(problem.field or ""), said(problem.text)
    if problem.row and field:
        return said(say("Row {row}, {field}: {text}", row=problem.row, field=field, text=text))
    if problem.row:
        return said(say("Row {row}: {text}", row=problem.row, text=text))
    return f"{field}: {text}" if field else text


def build(desk: Desk) -> QWidget:
    """The page of imports."""
    return ImportPage(desk)
