"""The sheet one counts on: areas in walk order, the lines of one of them, and what was entered, live on every desk."""

from collections.abc import Set
from typing import Any
from uuid import UUID, uuid4

from PySide6.QtGui import QGuiApplication, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from ims_desktop.domain.errors import UserError
from ims_desktop.domain.quantity import read_quantity
from ims_desktop.domain.wording import dotted, say, say_count
from ims_desktop.features.counts import service
from ims_desktop.features.counts.rules import Countable, CountEntry, CountLine, State
from ims_desktop.features.counts.screen.areas import AreaList
from ims_desktop.features.counts.screen.entries_panel import EntriesPanel
from ims_desktop.features.counts.screen.entry_table import EntryTable
from ims_desktop.features.counts.screen.finding import Finder
from ims_desktop.features.counts.screen.pasting import BlockPasting
from ims_desktop.features.counts.screen.printing import printout_of
from ims_desktop.features.counts.screen.words import SHEET_STATES, amount, progress
from ims_desktop.features.counts.service import SUBJECTS, CountSheet, Entry
from ims_desktop.ui.chips import ChipLabel
from ims_desktop.ui.controls import Button, bind, column, frame, key_cap, label, named, row
from ims_desktop.ui.desk import Desk
from ims_desktop.ui.empty_state import EmptyState
from ims_desktop.ui.inputs import Meter
from ims_desktop.ui.page_header import PageHeader
from ims_desktop.ui.print_preview import preview
from ims_desktop.ui.side_area import SideArea


def build_sheet(desk: Desk) -> QWidget:
    """The page of one count, opened by its key."""
    return SheetPage(desk)


class SheetPage(SideArea):
    """Waits for a count to be opened, and shows it then."""

    def __init__(self, desk: Desk) -> None:
        self.stack = named(QStackedWidget(), "page")
        super().__init__(self.stack)
        self.setAccessibleName(self.tr("Count sheet"))
        self.desk = desk
        self.view: SheetView | None = None
        nothing = EmptyState()
        nothing.say("clipboard-text", self.tr("No count is open"), self.tr("Choose one among the counts."))
        self.stack.addWidget(nothing)

    def show_record(self, key: UUID) -> None:
        """Open a count."""
        if self.view is not None and self.view.key == key:
            self.view.read()
            return
        if self.view is not None:
            self.close_panel()
            self.stack.removeWidget(self.view)
            self.view.deleteLater()
        self.view = SheetView(self.desk, key, self)
        self.stack.addWidget(self.view)
        self.stack.setCurrentWidget(self.view)
        self.view.read()

    def showEvent(self, event: QShowEvent) -> None:
        """Read what happened meanwhile; who opens the page without saying which count gets the one under way."""
        super().showEvent(event)
        if self.view is not None:
            self.view.read()
        else:
            self.desk.start(self, self._offer, service.under_way, self.desk.site, replace="count under way")

    def _offer(self, found: UUID | None) -> None:
        if self.view is None and found is not None:
            self.show_record(found)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The panel comes and goes with the room for it."""
        super().resizeEvent(event)
        if self.view is not None:
            self.view.show_side()


class SheetView(QWidget):
    """One count. What is typed goes to the server line by line; what comes back is what all desks entered."""

    def __init__(self, desk: Desk, key: UUID, page: SheetPage) -> None:
        super().__init__()
        self.desk, self.key, self.page = desk, key, page
        self.sheet: CountSheet | None = None
        self.lines: tuple[CountLine, ...] = ()
        self._side: EntriesPanel | None = None
        self._unit: tuple[UUID, str] | None = None  # the pack that was scanned, until its line is left
        self._make_parts()
        self._fill_in()
        self._listen()

    def _make_parts(self) -> None:
        self.print_button = Button(self.tr("Print sheet"), icon="printer")
        self.paste_button = Button(self.tr("Paste"), icon="clipboard-text")
        self.done_button = Button(self.tr("Counting is done"), "primary", "check")
        self.review_button = Button(self.tr("Review"), "primary", "arrow-right")
        self.header = PageHeader("", self.print_button, self.paste_button, self.done_button, self.review_button)
        self.state = ChipLabel(SHEET_STATES[State.OPEN])
        self.meter = Meter(0, name=self.tr("Counted so far"))
        self.meter.setFixedWidth(160)
        self.share = label("", 13, 600, tabular=True)
        self.told = label("", 12, role="sub", tabular=True)
        self.saved = label("", 12, role="muted", tabular=True)
        self.areas = AreaList(self.desk.formats)
        self.area_name = label("", 15, 600)
        self.area_told = label("", 12, role="muted", tabular=True)
        self.finder = Finder(self.desk)
        self.area_button = Button(self.tr("Area is done"), icon="check")
        self.blank_button = Button(self.tr("Next blank"), icon="arrow-down")
        self.wrong = label("", 12, role="bad", wrap=True)
        self.tables: EntryTable | None = None
        self.pasting = BlockPasting(self.desk, self)

    def _fill_in(self) -> None:
        strip = row(
            self.state, None, self.saved, self.meter, self.share, self.told, spacing=12, margins=(14, 10, 14, 10)
        )
        bar = frame("card", strip)
        self._middle = QVBoxLayout()
        self._middle.setContentsMargins(0, 0, 0, 0)
        self._middle.setSpacing(8)
        self._middle.addLayout(
            row(self.area_name, self.area_told, None, self.finder, self.blank_button, self.area_button, spacing=10)
        )
        self._middle.addWidget(self.wrong)
        self.wrong.hide()
        caps = (
            ("Enter", self.tr("adds, and goes on")),
            ("=", self.tr("before it: instead of my last entry")),
            ("↑ ↓", self.tr("lines")),
            ("PgUp PgDn", self.tr("areas")),
        )
        self._foot = row(spacing=6)
        for cap, words in caps:
            self._foot.addWidget(key_cap(cap))
            self._foot.addWidget(label(words, 12, role="muted"))
            self._foot.addSpacing(8)
        self._foot.addStretch(1)
        self._middle.addLayout(self._foot)
        middle = QWidget()
        middle.setLayout(self._middle)
        parts = row(self.areas, middle, spacing=16)
        parts.setStretch(1, 1)
        self.setLayout(column(self.header, 12, bar, 12, parts, margins=(24, 18, 24, 16)))
        self.layout().setStretch(4, 1)  # type: ignore[union-attr]

    def _listen(self) -> None:
        self.desk.background.changed.connect(self._concerned)
        self.areas.chosen.connect(lambda _key: self._read_lines())
        self.print_button.clicked.connect(self.print_out)
        self.paste_button.clicked.connect(self.paste)
        self.done_button.clicked.connect(self.hand_over)
        self.review_button.clicked.connect(lambda: self.desk.navigation.open("count_review", self.key))
        self.area_button.clicked.connect(self.finish_area)
        self.blank_button.clicked.connect(self._next_blank)
        self.finder.found.connect(self.go_to)
        self.pasting.planned.connect(self.page.open_panel)
        self.pasting.entered.connect(self.enter)
        bind(self, "Ctrl+F", self.finder.setFocus, words=self.tr("Find an item by name, SKU or barcode"))
        bind(self, "Ctrl+P", self.print_out, words=self.tr("Print the sheet"))
        bind(self, "Ctrl+Shift+V", self.paste, words=self.tr("Paste rows from a spreadsheet"))

    # reading -------------------------------------------------------------------------------------------------

    def _concerned(self, subjects: Set[str]) -> None:
        if subjects & SUBJECTS and self.page.isVisible():
            self.read()

    def read(self) -> None:
        """Read how far the count is, and the lines of the area."""
        self.desk.start(self, self._show, service.count_sheet, self.key, replace="count sheet")
        if self.areas.current is not None:
            self._read_lines()

    def _read_lines(self) -> None:
        self.desk.start(self, self._show_lines, service.lines_of, self.key, self.areas.current, replace="count lines")

    def _show(self, sheet: CountSheet) -> None:
        self.sheet = sheet
        formats = self.desk.formats
        if self.tables is None:
            self._make_table(sheet)
        self.header.title.say(sheet.name)
        people = say_count("{count} person", "{count} people", len(sheet.people)) if sheet.people else ""
        started = say("started {when}", when=formats.moment(sheet.started_at))
        self.header.say(dotted(sheet.code, sheet.site, started, people))
        self.state.show_chip(SHEET_STATES[sheet.state])
        share = sheet.counted / sheet.lines if sheet.lines else 0
        self.meter.set_share(share)
        self.share.say(f"{share:.0%}")
        self.told.say(progress(sheet))
        self.saved.say(say("last entry {when}", when=formats.moment(sheet.last_at)) if sheet.last_at else "")
        self.done_button.setVisible(sheet.state == State.OPEN)
        self.done_button.refuse(None if sheet.counted else self.tr("Nothing was counted yet."))
        self.review_button.setVisible(self.desk.may("counts.post") and sheet.state != State.OPEN)
        self.paste_button.setVisible(sheet.is_entered)
        self.area_button.setVisible(sheet.is_entered)
        self.areas.show_areas(sheet.areas)
        self._show_area()

    def _make_table(self, sheet: CountSheet) -> None:
        self.tables = EntryTable(self.desk, sheet.is_blind)
        self.tables.entered.connect(self._typed)
        self.tables.current_changed.connect(self._follow)
        self.tables.walked_on.connect(self.areas.walk)
        self._middle.insertWidget(2, self.tables, 1)
        self.show_side()

    def _show_lines(self, lines: tuple[CountLine, ...]) -> None:
        self.lines = lines
        if self.tables is None or self.sheet is None:
            return
        self.tables.setEnabled(self.sheet.is_entered)
        self.tables.show_lines(lines)
        self._show_area()
        if self._side is None or not self._side.isAncestorOf(QGuiApplication.focusObject()):  # type: ignore[arg-type]
            self.tables.setFocus()

    def _show_area(self) -> None:
        area = next((a for a in self.sheet.areas if a.location_id == self.areas.current), None) if self.sheet else None
        if area is None:
            return
        self.area_name.say(area.name)
        self.area_told.say(say("{counted} of {lines} counted", counted=area.counted, lines=area.lines))
        self.area_button.say(self.tr("Not done after all") if area.finished_by else self.tr("Area is done"))

    # entering ------------------------------------------------------------------------------------------------

    def _typed(self, line: CountLine, typed: str) -> None:
        """Read what was typed; a barcode leads to its line, `=` stands for one's own last entry."""
        if self.finder.is_code(typed):
            self._clear()
            self.finder.scan(typed)
            return
        corrects, typed = typed.startswith("="), typed.removeprefix("=").strip()
        unit = self._unit[1] if self._unit and self._unit[0] == line.item_id else line.units.base
        try:
            sign = self.desk.formats.decimal_sign
            read = read_quantity(typed, line.units, cell_unit=unit, decimal_sign=sign)
        except UserError as error:
            self._say(error.text)
            return
        mine = [entry for entry in line.counting if self.desk.person.key in (None, entry.by_id)]
        if corrects and not mine:
            self._say(self.tr("You entered nothing here yet that could be corrected."))
            return
        back = mine[-1].id if corrects else None
        entry = Entry(uuid4(), line.location_id, line.item_id, read.quantity, typed, unit, takes_back=back)
        self._clear()
        self.enter((entry,))
        if self.tables is not None:
            self.tables.walk(1)

    def enter(self, entries: tuple[Entry, ...]) -> None:
        """Send entries; what is refused is told, and nothing of them is entered."""

        def done(added: int) -> None:
            if len(entries) > 1:
                self.desk.messages.done(say_count("{count:,} entry added", "{count:,} entries added", added))

        self.desk.start(self, done, service.enter, self.key, entries, failed=self._refused)

    def _refused(self, error: Exception) -> None:
        problems = getattr(error, "problems", ())
        self._say("\n".join(problem.text for problem in problems[:5]) or str(error))
        self._read_lines()

    def _say(self, words: str) -> None:
        self.wrong.say(words)
        self.wrong.setVisible(bool(words))

    def _next_blank(self) -> None:
        if self.tables is not None:
            self.tables.next_blank()

    def _clear(self) -> None:
        self._say("")
        if self.tables is not None:
            self.tables.cell.clear()

    def take_back(self, line: CountLine, entry: CountEntry) -> None:
        """Take an entry back: an entry of its own, so that what was there is not lost."""
        gone = Entry(uuid4(), line.location_id, line.item_id, None, takes_back=entry.id)
        value = amount(entry.quantity, line.units.base, self.desk.formats) if entry.quantity is not None else ""

        def done(_added: int) -> None:
            self.desk.messages.done(say("Taken back: {value} {item}", value=value, item=line.name))

        self.desk.start(self, done, service.enter, self.key, (gone,))

    def go_to(self, item: Countable) -> None:
        """Go to the line of an item; one that is not on this area's list is added to it."""
        self._unit = (item.id, item.unit)
        if self.tables is None or self.sheet is None or self.tables.go_to(item.id):
            return
        if self.areas.current is not None and self.sheet.is_entered:
            found = CountLine(item.id, self.areas.current, len(self.lines) + 1, item.name, item.sku, "", item.units,
                              True, None, (), None)  # fmt: skip
            self._show_lines((*self.lines, found))
            self.tables.go_to(item.id)
            self.desk.messages.note(
                say("{item} is not on the list here: what you enter is added to it.", item=item.name)
            )

    # the count as a whole ------------------------------------------------------------------------------------

    def finish_area(self) -> None:
        """Say that the area is done, or is not after all."""
        area = next((a for a in self.sheet.areas if a.location_id == self.areas.current), None) if self.sheet else None
        if area is not None:
            done = area.finished_by is None
            self.desk.start(self, lambda _: self.areas.walk(1) if done else None, service.finish_area, self.key,
                            area.location_id, done)  # fmt: skip

    def hand_over(self) -> None:
        """Say that counting is done, and go to the review if one may."""
        if self.sheet is None:
            return
        sheet = self.sheet
        left = sheet.lines - sheet.counted
        question = say_count(
            "{count:,} line was not counted. It stays blank until the review decides. Is counting done?",
            "{count:,} lines were not counted. They stay blank until the review decides. Is counting done?",
            left,
        )

        def done(_result: Any) -> None:
            if self.desk.may("counts.post"):
                self.desk.navigation.open("count_review", self.key)

        def go_on() -> None:
            self.desk.start(self, done, service.hand_over, sheet.id, sheet.version)

        if left:
            self.desk.messages.ask(question, go_on, go_on=self.tr("Counting is done"), parent=self)
        else:
            go_on()

    def paste(self) -> None:
        """Show what the clipboard would enter."""
        if self.sheet is not None and self.sheet.is_entered:
            self.pasting.paste(self.sheet, self.areas.current)

    def print_out(self) -> None:
        """Show the sheet as it will be printed: every area, with room to write."""

        def show(lines: tuple[CountLine, ...]) -> None:
            if self.sheet is not None:
                preview(printout_of(self.sheet, lines, self.desk.formats), self.desk.formats, self)

        self.desk.start(self, show, service.lines_of, self.key)

    # the panel -----------------------------------------------------------------------------------------------

    def show_side(self) -> None:
        """The panel about the line stands beside the page where there is room."""
        if self.page.wide and self._side is None and self.page.panel is None and self.sheet is not None:
            self._side = EntriesPanel(self.desk, self.key)
            self._side.taking_back.connect(self.take_back)
            self._side.closed.connect(self._side_closed)
            self.page.open_panel(self._side)
            self._follow(self.tables.current if self.tables is not None else None)
        elif not self.page.wide and self._side is not None:
            side, self._side = self._side, None
            self.page.close_panel(side)

    def _side_closed(self) -> None:
        self._side = None

    def _follow(self, line: CountLine | None) -> None:
        if self._unit is not None and (line is None or line.item_id != self._unit[0]):
            self._unit = None
        if self._side is not None and self.sheet is not None:
            self._side.show_line(line, self.sheet)
