"""One count as it is entered: its areas, the lines of one of them, and what all desks entered so far."""

from collections.abc import Set
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ims_desktop.domain.gs1 import Goods
from ims_desktop.domain.wording import Words, dotted, say, say_count
from ims_desktop.features.counts import service
from ims_desktop.features.counts.rules import Countable, Counted, CountedBlock, CountLine, State
from ims_desktop.features.counts.rules.lots import SIGN
from ims_desktop.features.counts.screen.areas import AreaList
from ims_desktop.features.counts.screen.entering import Besides, Entering
from ims_desktop.features.counts.screen.entries_panel import EntriesPanel
from ims_desktop.features.counts.screen.entry_table import EntryTable
from ims_desktop.features.counts.screen.finding import Finder
from ims_desktop.features.counts.screen.keeping import ALL_KINDS, CountMemory, SheetEntries
from ims_desktop.features.counts.screen.other_counts import OtherCounts
from ims_desktop.features.counts.screen.pasting import BlockPasting
from ims_desktop.features.counts.screen.printing import printout_of
from ims_desktop.features.counts.screen.words import BLIND, SHEET_STATES, progress
from ims_desktop.features.counts.service import SUBJECTS, CountSheet
from ims_desktop.ui import journal
from ims_desktop.ui.chips import ChipLabel
from ims_desktop.ui.controls import Button, bind, column, frame, key_cap, label, row
from ims_desktop.ui.desk import Desk
from ims_desktop.ui.flow import Flow
from ims_desktop.ui.inputs import Meter
from ims_desktop.ui.journal import UNSETTLED
from ims_desktop.ui.page_header import PageHeader
from ims_desktop.ui.print_preview import preview
from ims_desktop.ui.side_area import SideArea
from ims_desktop.ui.waiting import WaitingStrip


class SheetView(QWidget):
    """One count. What is typed is kept on this PC and sent line by line; what comes back is what all desks entered."""

    def __init__(self, desk: Desk, key: UUID, page: SideArea, memory: CountMemory) -> None:
        super().__init__()
        self.desk, self.key, self.page, self.memory = desk, key, page, memory
        self.sheet: CountSheet | None = None
        self.lines: tuple[CountLine, ...] = ()
        self._side: EntriesPanel | None = None
        self._read: tuple[CountLine, ...] = ()  # as the server has them
        self._found: list[CountLine] = []
        self._taking_up: journal.Entry | None = None
        self.kept = SheetEntries(desk, key, self)
        self._make_parts()
        self._fill_in()
        self._listen()
        memory.follow(key)

    def _make_parts(self) -> None:
        self.print_button = Button(self.tr("Print sheet"), icon="printer")
        self.paste_button = Button(self.tr("Paste"), icon="clipboard-text")
        self.done_button = Button(self.tr("Counting is done"), "primary", "check")
        self.review_button = Button(self.tr("Review"), "primary", "arrow-right")
        self.others = OtherCounts(self.desk, self.memory, self.key)
        buttons = (self.others, self.print_button, self.paste_button, self.done_button, self.review_button)
        self.header = PageHeader("", *buttons)
        self.state, self.blind = ChipLabel(SHEET_STATES[State.OPEN]), ChipLabel(BLIND)
        self.meter = Meter(0, name=self.tr("Counted so far"))
        self.meter.setFixedWidth(160)
        self.share = label("", 13, 600, tabular=True)
        self.told = label("", 12, role="sub", tabular=True)
        self.saved = label("", 12, role="muted", tabular=True)
        self.areas = AreaList(self.desk.formats)
        self.area_name = label("", 15, 600)
        self.area_told = label("", 12, role="muted", tabular=True)
        self.finder = Finder(self.desk, self.memory.find)
        self.strip = WaitingStrip(self.desk, ALL_KINDS, self._as_of)
        self.strip.setContentsMargins(0, 0, 0, 12)  # it stands over a card, and is gone most of the time
        self.besides = Besides(self.desk)
        self.entering = Entering(self.desk, self.key, self.kept, self.besides, self)
        self.area_button = Button(self.tr("Area is done"), icon="check")
        self.blank_button = Button(self.tr("Next blank"), icon="arrow-down")
        self.entries_button = Button("", icon="clock-counter-clockwise", name=self.tr("Entries of the line"))
        self.wrong = label("", 12, role="bad", wrap=True)
        self.tables: EntryTable | None = None
        self.pasting = BlockPasting(self.desk, self.kept, self.memory, self)

    def _fill_in(self) -> None:
        strip = row(self.state, self.blind, None, self.saved, self.meter, self.share, self.told,
                    spacing=12, margins=(14, 10, 14, 10))  # fmt: skip
        bar = frame("card", strip)
        self._middle = QVBoxLayout()
        self._middle.setContentsMargins(0, 0, 0, 0)
        self._middle.setSpacing(8)
        buttons = (self.entries_button, self.blank_button, self.area_button)
        self._middle.addLayout(row(self.area_name, self.area_told, None, self.finder, *buttons, spacing=10))
        self._middle.addWidget(self.besides)
        self._middle.addWidget(self.wrong)
        self.wrong.hide()
        caps = (
            ("Enter", self.tr("adds, and goes on")),
            ("=", self.tr("before it: instead of my last entry")),
            ("↑ ↓", self.tr("lines")),
            ("PgUp PgDn", self.tr("areas")),
            ("#", self.tr("behind it: which lot, and its last day")),
        )
        foot = Flow(spacing=10)
        for cap, words in caps:
            told = row(key_cap(cap), label(words, 12, role="muted"), spacing=6)
            self.of_lots = QWidget()  # the last one, shown where something is kept by lots
            self.of_lots.setLayout(told)
            foot.addWidget(self.of_lots)
        self._middle.addLayout(foot)
        middle = QWidget()
        middle.setLayout(self._middle)
        parts = row(self.areas, middle, spacing=16)
        parts.setStretch(1, 1)
        self.setLayout(column(self.header, 12, self.strip, bar, 12, parts, margins=(24, 18, 24, 16)))
        self.layout().setStretch(5, 1)  # type: ignore[union-attr]

    def _listen(self) -> None:
        self.desk.background.changed.connect(self._concerned)
        self.areas.chosen.connect(lambda _key: self._read_lines())
        self.print_button.clicked.connect(self.print_out)
        self.paste_button.clicked.connect(self.paste)
        self.done_button.clicked.connect(self.hand_over)
        self.review_button.clicked.connect(lambda: self.desk.navigation.open("count_review", self.key))
        self.area_button.clicked.connect(self.finish_area)
        self.blank_button.clicked.connect(self._next_blank)
        self.entries_button.clicked.connect(self.show_entries)
        self.finder.found.connect(self.go_to)
        self.pasting.planned.connect(self.page.open_panel)
        self.pasting.entered.connect(self.entering.enter_block)
        self.entering.wrong.connect(self._say)
        self.entering.entered.connect(self._entered)
        self.kept.changed.connect(self._show_kept)
        self.page.changed.connect(self._panels_changed)
        bind(self, "Ctrl+F", self.finder.setFocus, words=self.tr("Find an item by name, SKU or barcode"))
        bind(self, "Ctrl+P", self.print_out, words=self.tr("Print the sheet"))
        bind(self, "Ctrl+Shift+E", self.show_entries, words=self.tr("Entries of the line"))
        bind(self, "Ctrl+Shift+V", self.paste, words=self.tr("Paste rows from a spreadsheet"))

    # reading -------------------------------------------------------------------------------------------------

    def _concerned(self, subjects: Set[str]) -> None:
        if subjects & SUBJECTS and self.page.isVisible():
            self.read()

    def read(self) -> None:
        """Read how far the count is, and the lines of the area."""
        self.desk.start(self, self._show, self.memory.count_sheet, self.key, replace="count sheet")
        if self.areas.current is not None:
            self._read_lines()

    def _read_lines(self) -> None:
        lines_of = self.memory.lines_of
        self.desk.start(self, self._show_lines, lines_of, self.key, self.areas.current, replace="count lines")

    def _show(self, sheet: CountSheet) -> None:
        self.entering.sheet = self.sheet = sheet = self.kept.count(sheet, self.memory.count(self.key))
        formats = self.desk.formats
        if self.tables is None:
            self._make_table(sheet)
        self.header.title.say(sheet.name)
        people = say_count("{count} person", "{count} people", len(sheet.people)) if sheet.people else ""
        started = say("started {when}", when=formats.moment(sheet.started_at))
        self.header.say(dotted(sheet.code, sheet.site, started, people))
        self.state.show_chip(SHEET_STATES[sheet.state])
        self.blind.setVisible(sheet.is_blind)
        share = Decimal(sheet.counted) / sheet.lines if sheet.lines else Decimal(0)
        self.meter.set_share(float(share))
        self.share.say(formats.percent(share, 0))
        self.told.say(progress(sheet))
        last = say("last entry {when}", when=formats.moment(sheet.last_at)) if sheet.last_at else ""
        self.saved.say(dotted(last, self.kept.told()))
        self.done_button.setVisible(sheet.state == State.OPEN)
        waits = self.tr("Entries of yours are on this PC alone: they are sent first, or put right.")
        nothing = None if sheet.counted or sheet.last_at else self.tr("Nothing was counted yet.")
        self.done_button.refuse(waits if self.kept.all(*UNSETTLED) else nothing)
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
        self.tables.cell.block.connect(self.paste)
        self._middle.insertWidget(2, self.tables, 1)
        self.show_side()

    def _show_lines(self, lines: tuple[CountLine, ...]) -> None:
        self._read = lines
        self.lines = self.kept.with_kept((*lines, *self._found_here(lines)))
        if self.tables is None or self.sheet is None:
            return
        self.of_lots.setVisible(any(line.by_lots for line in self.lines))
        self.tables.setEnabled(self.sheet.is_entered)
        self.tables.show_lines(self.lines)
        self._show_area()
        self._take_up_here()
        if self._side is None or not self._side.isAncestorOf(QGuiApplication.focusObject()):  # type: ignore[arg-type]
            self.tables.setFocus()

    def _found_here(self, lines: tuple[CountLine, ...]) -> list[CountLine]:
        """Lines that were added here, and that the server has no entry of yet."""
        there = {line.item_id for line in lines}
        return [one for one in self._found if one.location_id == self.areas.current and one.item_id not in there]

    def _show_kept(self) -> None:
        """What waits is another or elsewhere now; the line stays that one stands on."""
        if self.sheet is not None and self.page.isVisible():
            self._show_lines(self._read)
            self._show(self.sheet)
            if self._side is not None:
                self._follow(self.tables.current if self.tables is not None else None)

    def _as_of(self) -> Words:
        at = self.memory.at
        if at is None:
            return say("This PC does not know the sheet yet.")
        return say("The sheet is as of {moment}.", moment=self.desk.formats.moment(at))

    def _show_area(self) -> None:
        area = next((a for a in self.sheet.areas if a.location_id == self.areas.current), None) if self.sheet else None
        if area is None:
            return
        self.area_name.say(area.name)
        self.area_told.say(say("{counted} of {lines} counted", counted=area.counted, lines=area.lines))
        self.area_button.say(self.tr("Not done after all") if area.finished_by else self.tr("Area is done"))

    # entering ------------------------------------------------------------------------------------------------

    def _typed(self, line: CountLine, typed: str) -> None:
        """A barcode leads to its line, everything else is entered."""
        if self.finder.is_code(typed):
            self._clear()
            self.finder.scan(typed)
        else:
            self.entering.type(line, typed)

    def _entered(self) -> None:
        self._clear()
        if self.tables is not None:
            self.tables.walk(1)

    def take_up(self, entry: journal.Entry) -> None:
        """Put an entry that was not taken back into its line; entered again, it is replaced."""
        self._taking_up = entry
        if self.sheet is not None and isinstance(entry.value, Counted):
            self.areas.go(entry.value.entry.location_id)
        elif self.sheet is not None and isinstance(entry.value, CountedBlock):
            self._taking_up = None
            self.pasting.take_up(entry)

    def _take_up_here(self) -> None:
        """Its line is shown by now."""
        entry = self._taking_up
        if entry is not None and isinstance(entry.value, CountedBlock):
            self.take_up(entry)
            return
        if entry is None or self.tables is None or not isinstance(entry.value, Counted):
            return
        counted = entry.value.entry
        if counted.location_id == self.areas.current and self.tables.go_to(counted.item_id, counted.lot):
            self._taking_up = None
            self._put(counted.typed, counted.lot, counted.expires_on)
            self.entering.take_up(entry)

    def _say(self, words: Words) -> None:
        self.wrong.say(words)
        self.wrong.setVisible(bool(words))

    def _next_blank(self) -> None:
        if self.tables is not None:
            self.tables.next_blank()

    def _clear(self) -> None:
        self._say("")
        if self.tables is not None:
            self.tables.cell.clear()

    def _put(self, typed: str, lot: str | None, day: date | None) -> None:
        """Put something into the cell; the lot behind it, where the line is not its own."""
        if self.tables is None or self.tables.current is None:
            return
        named = f" {SIGN}{lot} {self.desk.formats.typed_date(day) if day else ''}".rstrip() if lot else ""
        self.tables.cell.setText(typed + (named if self.tables.current.lot != lot else ""))
        self.tables.cell.setCursorPosition(len(typed))

    def go_to(self, item: Countable, goods: Goods | None = None) -> None:
        """Go to the line of an item, and of its lot; one that is not on this area's list is added to it."""
        self.entering.unit = (item.id, item.unit)
        if self.tables is None or self.sheet is None:
            return
        lot = goods.lot if goods is not None and item.by_lots else None
        if not self.tables.go_to(item.id, lot) and not self._add_line(item):
            return
        if goods is not None and lot:
            self._put("", lot, goods.expires_on)

    def _add_line(self, item: Countable) -> bool:
        """A line that is not on the list of this area."""
        if self.tables is None or self.sheet is None:
            return False
        if self.areas.current is not None and self.sheet.is_entered:
            found = CountLine(item.id, self.areas.current, len(self.lines) + 1, item.name, item.sku, "", item.units,
                              True, None, (), None, item.by_lots, item.asks_day)  # fmt: skip
            self._found.append(found)
            self._show_lines(self._read)
            self.desk.messages.note(
                say("{item} is not on the list here: what you enter is added to it.", item=item.name)
            )
            return self.tables.go_to(item.id)
        return False

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
        if self.page.wide and self._side is None:
            self.show_entries()
        elif not self.page.wide and self._side is not None:
            self.page.close_panel(self._side)

    def show_entries(self) -> None:
        """Show the panel about the line, where there is no room over the page."""
        if self._side is not None or self.page.panel is not None or self.sheet is None or self.tables is None:
            return
        self._side = EntriesPanel(self.desk, self.key, self.memory.entries_of, self.kept.with_kept)
        self._side.taking_back.connect(self.entering.take_back)
        self.page.open_panel(self._side)
        self.tables.show_who(not self.page.wide)
        self._follow(self.tables.current)

    def _panels_changed(self) -> None:
        """The panel was closed: by its button, by Esc, or because the window became narrow."""
        if self._side is not None and not self.page.holds(self._side):
            self._side = None
            if self.tables is not None:
                self.tables.show_who(True)

    def _follow(self, line: CountLine | None) -> None:
        scanned = self.entering.unit
        if scanned is not None and (line is None or line.item_id != scanned[0]):
            self.entering.unit = None
        if self._side is not None and self.sheet is not None:
            self._side.show_line(line, self.sheet)
