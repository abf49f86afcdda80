"""The side panel with the detail of one record, built from its description."""

from collections.abc import Set
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QFont, QFontMetrics
from PySide6.QtWidgets import QApplication, QGridLayout, QHBoxLayout, QMenu, QVBoxLayout, QWidget

from ims_desktop.domain.errors import UserError
from ims_desktop.ui.busy_line import BusyLine
from ims_desktop.ui.chips import ChipLabel
from ims_desktop.ui.controls import Button, Piece, clear_layout, column, label, line, row, scrolling, walk_in_order
from ims_desktop.ui.desk import Desk
from ims_desktop.ui.detail import Detail, DetailButton, DetailSpec, Fact, Line, Related, Section, Trend
from ims_desktop.ui.language import counted, in_words, said
from ims_desktop.ui.notes import NoteBox
from ims_desktop.ui.print_preview import preview
from ims_desktop.ui.printout import printout_of_detail
from ims_desktop.ui.side_area import PANEL_WIDTH, SidePanel
from ims_desktop.ui.small_charts import TrendChart
from ims_desktop.ui.theme import Tone, font

HALF = (PANEL_WIDTH - 2 * 20 - 12) // 2  # the room of a figure that shares its line with another


class DetailPanel(SidePanel):
    """Reads a record by key and shows it; `page` is handed to its buttons, `stepped` asks for the neighbour."""

    stepped = Signal(object)  # +1 or -1

    def __init__(self, page: Any, spec: DetailSpec, key: Any) -> None:
        super().__init__()
        self._page, self._desk, self._spec, self._key = page, page.desk, in_words(spec), key
        self.record: Any = None
        self._detail: Detail | None = None
        self._content = QVBoxLayout()
        self._foot = QVBoxLayout()
        self._lay_out()
        self._desk.background.changed.connect(self._concerned)
        self.show_key(key)

    def _lay_out(self) -> None:
        self.code = label("", 12, role="muted", tabular=True, elide=True)
        self._menu = Button("", "ghost", "dots-three-vertical", name=self.tr("More"))
        self._menu.setMenu(QMenu(self._menu))
        previous = Button("", "ghost", "caret-up", name=self.tr("Previous (Alt+Up)"))
        following = Button("", "ghost", "caret-down", name=self.tr("Next (Alt+Down)"))
        previous.setShortcut("Alt+Up")
        following.setShortcut("Alt+Down")
        previous.clicked.connect(lambda: self.stepped.emit(-1))
        following.clicked.connect(lambda: self.stepped.emit(1))
        close = Button("", "ghost", "x", name=self.tr("Close (Esc)"))
        close.clicked.connect(self.closed)
        head = row(self.code, self._menu, previous, following, close, spacing=0, margins=(20, 12, 12, 0))
        head.setStretch(0, 1)
        scroll = scrolling(column(self._content, None, margins=(20, 0, 20, 12)))
        self.setLayout(column(head, scroll, self._foot))
        self.busy = BusyLine(self)

    @property
    def key(self) -> Any:
        """The record that is shown."""
        return self._key

    def key_words(self) -> list[tuple[str, str]]:
        """The keys of the panel."""
        return [
            ("Alt+↑  Alt+↓", self.tr("Previous and next record")),
            ("Esc", self.tr("Close the panel")),
        ]

    def show_key(self, key: Any) -> None:
        """Show another record."""
        self._key = key
        self.busy.begin()
        self._desk.start(self, self._show, self._spec.read, key, failed=self._failed, replace="detail")

    def read_again(self) -> None:
        """Read the record once more: something about it, or the site it is seen from, has changed."""
        self.show_key(self._key)

    def print_out(self) -> None:
        """Show how the record will look on paper."""
        if self._detail is not None:
            about = ((self.tr("Person"), self._desk.person.name),)
            preview(printout_of_detail(self._detail, about), self._desk.formats, self)

    def _concerned(self, subjects: Set[str]) -> None:
        if subjects & self._spec.subjects:
            self.read_again()

    def _failed(self, error: Exception) -> None:
        self.busy.end()
        clear_layout(self._content)
        words = error.text if isinstance(error, UserError) else str(error)
        self._content.addWidget(NoteBox(words, Tone.BAD))

    def _show(self, record: Any) -> None:
        self.busy.end()
        self.record = record
        detail: Detail = in_words(self._spec.describe(record, self._desk.formats))
        self._detail = detail
        self.setAccessibleName(f"{detail.code} {detail.title}".strip())
        self.code.say(detail.code)
        stood_on = self._stood_on()
        clear_layout(self._content)
        clear_layout(self._foot)
        show_detail(self._content, self._desk, detail)
        show_sections(self._content, self._desk, record, self._spec.sections, self)
        self._show_buttons(record)
        QTimer.singleShot(0, self, partial(self._keep_keyboard, stood_on))  # new pieces are shown a moment later

    def _stood_on(self) -> str | None:
        """What has the keyboard among the pieces that are made anew."""
        focus = QApplication.focusWidget()
        return focus.accessibleName() if focus is not None and self.isAncestorOf(focus) else None

    def _keep_keyboard(self, stood_on: str | None) -> None:
        """Tab goes from the head to the foot, and the keyboard stands where it stood; otherwise on the list."""
        parts = [part for part in self.findChildren(QWidget) if part.isVisibleTo(self)]
        walk_in_order(*parts)
        if stood_on is not None:
            same = (part for part in parts if part.accessibleName() == stood_on and part.isEnabled())
            next((part for part in same if part.focusPolicy() != Qt.FocusPolicy.NoFocus), self._page).setFocus()

    def _show_buttons(self, record: Any) -> None:
        may = self._desk.may
        offered = [button for button in self._spec.buttons if may(button.permission) and button.show(record)]
        menu = self._menu.menu()
        menu.clear()
        for button in offered:
            if button.menu:
                entry = menu.addAction(button.title, partial(self._run, button))
                entry.setEnabled(button.why_not is None or button.why_not(record) is None)
        self._add_row_actions(menu, {button.title for button in self._spec.buttons})
        self._menu.setVisible(not menu.isEmpty())
        made = [self._button(button, record) for button in offered if not button.menu]
        if made:
            self._foot.addLayout(column(*_in_pairs(made), spacing=8, margins=(20, 8, 20, 16)))

    def _add_row_actions(self, menu: QMenu, known: set[str]) -> None:
        """What the list can do with its selected rows can be done with this one too."""
        link = getattr(self._page, "copy_link", None)
        if link is not None:
            menu.addAction(self.tr("Copy link"), link)
        menu.addAction(self.tr("Print…"), self.print_out)
        row_actions = getattr(self._page, "row_actions", None)
        for action, run in row_actions(self._key) if row_actions is not None else ():
            if action.title not in known:
                menu.addAction(action.title, run)

    def _button(self, button: DetailButton, record: Any) -> Button:
        kind = "primary" if button.primary else "danger" if button.danger else "plain"
        made = Button(button.title, kind, button.icon)
        made.clicked.connect(partial(self._run, button))
        made.refuse(button.why_not(record) if button.why_not else None)
        return made

    def _run(self, button: DetailButton, _checked: bool = False) -> None:
        button.run(self._page, self.record)


def _in_pairs(buttons: list[Button]) -> list[QHBoxLayout]:
    """Two buttons share a line where the words of both have room in it."""
    lines: list[list[Button]] = []
    for button in buttons:
        small = button.sizeHint().width() <= HALF
        if small and lines and len(lines[-1]) == 1 and lines[-1][0].sizeHint().width() <= HALF:
            lines[-1].append(button)
        else:
            lines.append([button])
    return [row(*line) for line in lines]


def show_detail(layout: QVBoxLayout, desk: Desk, detail: Detail) -> None:
    """Write the words, figures, charts and lists of a detail under each other."""
    detail = in_words(detail)
    layout.setSpacing(0)
    layout.addWidget(label(detail.title, 16, 600, wrap=True))
    layout.addSpacing(6)
    state = row(*(ChipLabel(chip) for chip in detail.chips), label(detail.line, 12, role="sub", elide=True), spacing=8)
    state.setStretch(len(detail.chips), 1)
    layout.addLayout(state)
    for note in detail.notes:
        layout.addSpacing(10)
        layout.addWidget(NoteBox(note.text, note.tone))
    layout.addSpacing(14)
    layout.addLayout(facts_grid(detail.facts))
    for trend in detail.trends:
        layout.addSpacing(14)
        layout.addLayout(trend_block(desk, trend))
    for related in detail.related:
        layout.addSpacing(14)
        layout.addLayout(related_block(desk, related))


def show_sections(layout: QVBoxLayout, desk: Desk, record: Any, sections: tuple[Section, ...], parent: QWidget) -> None:
    """Write what other capabilities add about a record, as far as the person may see it."""
    for section in sections:
        built = section.build(desk, record, parent) if desk.may(section.permission) else None
        if built is not None:
            layout.addLayout(column(14, line(), 12, label(said(section.title), 13, 600), 6, built))


def facts_grid(facts: tuple[Fact, ...]) -> QGridLayout:
    """Figures in two columns, with their labels above and notes below."""
    grid = QGridLayout()
    grid.setHorizontalSpacing(12)
    grid.setVerticalSpacing(12)
    grid.setColumnStretch(0, 1)
    grid.setColumnStretch(1, 1)
    place = 0
    for fact in facts:
        wide = fact.wide or _width(fact, 13, 500) > HALF
        place += place % 2 if wide else 0
        size, weight = (13, 500) if wide or _width(fact, 16, 600) > HALF else (16, 600)
        value = label(fact.value, size, weight, fact.tone.value, tabular=True, wrap=wide, elide=not wide)
        value.setAccessibleName(f"{fact.label}: {fact.value}")
        note = (label(fact.note, 11, role="muted", wrap=wide, elide=not wide),) if fact.note else ()
        block = column(label(fact.label, 12, role="muted", elide=True), 2, value, *note, None)
        grid.addLayout(block, place // 2, place % 2, 1, 2 if wide else 1)
        place += 2 if wide else 1
    return grid


def _width(fact: Fact, size: int, weight: int) -> int:
    return QFontMetrics(font(size, QFont.Weight(weight), tabular=True)).horizontalAdvance(fact.value)


def trend_block(desk: Desk, trend: Trend) -> QVBoxLayout:
    """A small chart under its title."""
    head = row(label(trend.title, 12, 600), None, label(trend.note, 11, role="muted"))
    return column(head, 4, TrendChart(trend, desk.formats))


def related_block(desk: Desk, related: Related) -> QVBoxLayout:
    """A short list under its title, with the way to the whole list."""
    head: list[Piece] = [label(related.title, 13, 600), None]
    block = column(line(), 12)
    place = related.place
    if place is not None:
        count = " " + counted(related.total) if related.total is not None else ""
        everything = Button(desk.tr("See all{count}").format(count=count), "link")
        everything.clicked.connect(lambda: desk.navigation.open(place.page, place.record, place.filters))
        head.append(everything)
    block.addLayout(row(*head))
    if not related.lines and related.empty:
        block.addLayout(column(6, label(related.empty, 12, role="muted", wrap=True)))
    for number, entry in enumerate(related.lines):
        if number:
            block.addWidget(line())
        block.addLayout(related_line(desk, entry))
    return block


def related_line(desk: Desk, entry: Line) -> QVBoxLayout:
    """Two texts and a figure; the title leads to its place."""
    title: QWidget = label(entry.title, 13, 500, elide=True)
    if entry.place is not None:
        place = entry.place
        title = Button(entry.title, "lead")
        title.clicked.connect(lambda: desk.navigation.open(place.page, place.record, place.filters))
    note = (label(entry.note, 11, role="muted", tabular=True, elide=True),) if entry.note else ()
    words = column(title, *note, spacing=1)
    figure = label(entry.value, 13, 500, entry.tone.value, tabular=True)
    whole = row(words, figure, margins=(0, 6, 0, 6))
    whole.setStretch(0, 1)
    return column(whole)
