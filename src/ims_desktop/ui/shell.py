"""The window: navigation, top bar, and the pages, each built when it is opened first."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QStackedWidget, QWidget

from ims_desktop.domain.wording import Words, say, say_count
from ims_desktop.ui.choices import Choice
from ims_desktop.ui.controls import Button, Picture, bind, clear_layout, column, frame, key_cap, label, named, row
from ims_desktop.ui.desk import Desk, Place
from ims_desktop.ui.journal import UNSETTLED
from ims_desktop.ui.key_list import KeyList, described, described_here
from ims_desktop.ui.language import in_words, said, shown
from ims_desktop.ui.links import link_of, place_of
from ims_desktop.ui.navigation_bar import Entry, NavigationBar
from ims_desktop.ui.news import NewsBook
from ims_desktop.ui.news_panel import Bell
from ims_desktop.ui.notes import NoteBox
from ims_desktop.ui.palette_box import Command, PaletteBox
from ims_desktop.ui.sides import margins
from ims_desktop.ui.theme import Tone
from ims_desktop.ui.toasts import ToastHost
from ims_desktop.ui.undo_key import UndoKey
from ims_desktop.ui.waiting import PAGE, state_of

__all__ = ["Entry", "Shell", "TopBar"]

HINT = say("Search pages, records, or type a command")
FIND_WIDTH, BESIDE_HINT = 440, 120  # at least; and what stands beside the hint in it


class TopBar(QWidget):
    """The way to everything (Ctrl+K), whether the server answers, what was told, and help."""

    searched = Signal()
    helped = Signal()
    asked = Signal()  # what waits for the server

    def __init__(self, bell: Bell) -> None:
        super().__init__()
        self.setObjectName("topbar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(52)
        find = self._find = Button("", name=say("Search everything (Ctrl+K)"))
        find.setObjectName("search")
        find.setFixedHeight(32)
        find.setMinimumWidth(FIND_WIDTH)
        find.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        find.clicked.connect(self.searched)
        hint = self._hint = label(HINT, 13, role="muted", elide=True)
        inside = QHBoxLayout(find)
        inside.setContentsMargins(*margins(10, 0, 7, 0))
        inside.setSpacing(9)
        for piece in (Picture("magnifying-glass", "muted"), hint):
            piece.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
            inside.addWidget(piece)
        inside.setStretch(1, 1)
        inside.addWidget(key_cap("Ctrl K"))
        self._dot, self._state = Picture("circle-fill", "ok", 10), Button("", "link")
        self._state.clicked.connect(self.asked)
        question = Button("", "ghost", "question", name=say("Help (F1)"))
        question.clicked.connect(self.helped)
        self.lane = QWidget()  # what can be taken back waits here while another page is looked at
        self.lane.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        bar = row(find, self.lane, self._dot, self._state, 6, bell, question, margins=(24, 0, 16, 0))
        bar.setStretch(0, 1)
        self.setLayout(bar)
        self.show_connection(True)
        self._make_room()

    def changeEvent(self, event: QEvent) -> None:
        """The hint is said in other words, which need other room."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._make_room()

    def _make_room(self) -> None:
        words = self._hint.fontMetrics().horizontalAdvance(shown(HINT))
        self._find.setMaximumWidth(max(FIND_WIDTH, words + BESIDE_HINT))

    def show_connection(self, answers: bool) -> None:
        """Tell in colour, shape and words whether the server answers."""
        self._dot.show_icon("circle-fill" if answers else "wifi-slash", "ok" if answers else "warn")
        self._state.say(say("Connected") if answers else say("Offline"))

    def show_waiting(self, words: Words, tone: Tone) -> None:
        """Tell what waits on this PC, in the place of how the connection is."""
        away = tone is Tone.WARN
        self._dot.show_icon("wifi-slash" if away else "circle-fill", tone.value)
        self._state.say(words)


class Shell(QWidget):
    """The whole window for one person; `locked`, `signed_out` and `helped` are for the program to answer."""

    locked = Signal()
    signed_out = Signal()
    helped = Signal(object)  # the key of the open page
    closed = Signal()
    rebuilt = Signal()  # the navigation is a new one

    def __init__(self, desk: Desk, entries: Sequence[Entry], commands: Sequence[Command] = ()) -> None:
        super().__init__()
        self.setObjectName("root")
        self.setWindowTitle("IMS Desktop")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.desk = desk
        self._entries = {entry.key: entry for entry in entries if desk.may(entry.permission)}
        self._commands = tuple(commands)
        self._pages: dict[str, QWidget] = {}
        self._outdated: set[str] = set()  # pages of rights that have changed; what was typed there is not saved yet
        self.before_closing: Callable[[Callable[[], None]], None] = lambda go_on: go_on()  # what the program asks
        self._closing = False
        self.navigation_bar = NavigationBar(desk, entries)
        self.news = NewsBook(desk, self)
        self.bell = Bell(desk, self.news)
        self.top_bar = TopBar(self.bell)
        self.pages = named(QStackedWidget(), "pages")
        self.offline, self.is_away = self._offline_banner(), False
        self.toasts = ToastHost(desk.messages, self, self.top_bar.lane)
        UndoKey(self)
        self.palette_box = PaletteBox(self, desk.own)
        self.palette_box.more = self._find_records
        self.palette_box.open_link = self.way_of
        self._said = column(margins=(24, 12, 24, 0))
        self._held = frame("clear", self._said)
        self._held.hide()
        middle = column(self.top_bar, self._held, self.offline, self.pages)
        whole = self._whole = row(self.navigation_bar, middle, spacing=0)
        whole.setStretch(1, 1)
        self.setLayout(whole)
        self._listen()
        self.resize(1366, 768)
        geometry = desk.settings.value("window/geometry")
        if geometry is not None:
            self.restoreGeometry(geometry)

    def _listen(self) -> None:
        desk = self.desk
        desk.navigation.opened.connect(self._opened)
        desk.navigation.leave = self.leave_page
        desk.messages.connection.connect(self._connection)
        if desk.journal is not None:
            desk.journal.changed.connect(self._show_waiting)
        self.top_bar.asked.connect(lambda: desk.navigation.open(PAGE) if PAGE in self._entries else None)
        self._listen_to_navigation()
        self.top_bar.searched.connect(self.find_anything)
        self.top_bar.helped.connect(self._help)
        keys: tuple[tuple[str, Callable[[], Any], str], ...] = (
            ("Ctrl+K", self.find_anything, say("Find pages, actions and records")),
            ("Alt+Left", desk.navigation.back, say("Back")),
            ("Alt+Right", desk.navigation.forward, say("Forward")),
            ("Ctrl+Z", self.toasts.undo, say("Take back what was done last")),
            ("Ctrl+Shift+N", self.bell.open_panel, say("Notifications")),
            ("Ctrl+L", self.locked.emit, say("Lock")),
            ("F1", self._help, say("Keys of this page")),
            ("?", self._help, say("Keys of this page")),
        )
        for key, act, words in keys:
            bind(self, key, act, within=False, words=words)

    def _listen_to_navigation(self) -> None:
        self.navigation_bar.locked.connect(self.locked)
        self.navigation_bar.signed_out.connect(lambda: self.leave_page(self._leave_work))

    def _leave_work(self) -> None:
        """Sign out; who leaves entries behind that the server does not have is told so first."""
        journal = self.desk.journal
        left = len(journal.entries(*UNSETTLED)) if journal is not None else 0
        if not left:
            self.signed_out.emit()
            return
        question = say_count(
            "{count} entry is on this PC alone. It stays safe here, and goes on when you sign in at this PC again.",
            "{count} entries are on this PC alone. They stay safe here, and go on when you sign in at this PC again.",
            left,
        )
        self.desk.messages.ask(question, self.signed_out.emit, go_on=say("Sign out"), parent=self)

    def take_rights(self, entries: Sequence[Entry], commands: Sequence[Command]) -> None:
        """Show what the person may do now: other pages and buttons, at once where nothing typed would be lost."""
        self._entries = {entry.key: entry for entry in entries if self.desk.may(entry.permission)}
        self._commands = tuple(commands)
        before, self.navigation_bar = self.navigation_bar, NavigationBar(self.desk, entries)
        self._whole.replaceWidget(before, self.navigation_bar)
        before.hide()
        before.deleteLater()
        self._listen_to_navigation()
        self.rebuilt.emit()
        kept = {key for key, page in self._pages.items() if key in self._entries and unsaved_in(page)}
        self._outdated |= kept
        for key in set(self._pages) - kept:
            self._drop(key)
        place = self.desk.navigation.place
        if place is not None and place.page in self._entries:
            self.navigation_bar.light(place.page)
            if place.page not in kept:
                self._opened(place)
        elif place is not None:
            self.open_first()

    def hold_banner(self, note: NoteBox | None) -> None:
        """Say something above every page until it is over."""
        clear_layout(self._said)
        if note is not None:
            self._said.addWidget(note)
        self._held.setVisible(note is not None)
        self._show_banner()

    def open_one_of(self, pages: Sequence[str]) -> None:
        """Open the first of these pages that the person may see, or else the first of all."""
        possible = [page for page in pages if page in self._entries]
        self.desk.navigation.open(possible[0] if possible else next(iter(self._entries)))

    def open_first(self) -> None:
        """Open the first page that the person may see."""
        self.desk.navigation.open(next(iter(self._entries)))

    @property
    def has_unsaved(self) -> bool:
        """Whether something typed on any page is not saved."""
        return any(unsaved_in(page) for page in self._pages.values())

    def _drop(self, key: str) -> None:
        page = self._pages.pop(key)
        self._outdated.discard(key)
        self.pages.removeWidget(page)
        page.hide()
        page.deleteLater()

    def page(self, key: str) -> QWidget:
        """A page by key, built now when it was not opened before, or when its rights have changed."""
        if key in self._outdated and not unsaved_in(self._pages[key]):
            self._drop(key)
        if key not in self._pages:
            self._pages[key] = self._entries[key].build(self.desk)
            self.pages.addWidget(self._pages[key])
        return self._pages[key]

    @property
    def current(self) -> QWidget | None:
        """The page that is seen."""
        return self.pages.currentWidget()

    def leave_page(self, go_on: Callable[[], None]) -> None:
        """Go on once the open page has nothing unsaved."""
        leave = getattr(self.current, "leave", None)
        if leave is None:
            go_on()
        else:
            leave(go_on)

    def find_anything(self) -> None:
        """Open the Ctrl+K box over pages and actions."""
        go, title = self.desk.navigation.open, self.tr("Page")
        pages = [
            Command(f"page {entry.key}", said(entry.title), partial(go, entry.key), said(entry.group) or title)
            for entry in self._entries.values()
        ]
        offered = getattr(self.current, "commands", None)
        of_page = offered() if offered is not None else ()
        self.palette_box.open([*of_page, *pages, *in_words(self._commands)])

    def way_of(self, link: str) -> Callable[[], None] | None:
        """How to go where a link leads; None when it is none, or leads to a page that is not open to this person."""
        place = place_of(link)
        if place is None or place.page not in self._entries:
            return None
        return partial(self.desk.navigation.open, place.page, place.record)

    def open_link(self, link: str) -> None:
        """Go where a link leads, or say why not."""
        go = self.way_of(link)
        if go is not None:
            go()
        else:
            self.desk.messages.failed(
                self.tr("The link {link} leads to no page that is open to you.").format(link=link)
            )

    def show_keys(self) -> KeyList:
        """List the keys that mean something here."""
        page, title = self.current, self.tr("On this page")
        of_page = list(described(page)) if page is not None else []
        shown = KeyList(self, [(title, of_page), (self.tr("Everywhere"), list(described_here(self)))])
        shown.open()
        return shown

    def _find_records(self, words: str) -> None:
        for place, entry in enumerate(self._entries.values(), 1):
            if entry.find is not None:
                done = partial(self._found_records, entry, place, words)
                self.desk.start(self, done, entry.find, words, failed=_unfound, replace=f"find {entry.key}")

    def _found_records(self, entry: Entry, place: int, words: str, records: Sequence[Choice]) -> None:
        """Offer records, unless something else is typed by now."""
        if words == self.palette_box.words:
            go = self.desk.navigation.open
            self.palette_box.add(
                [
                    Command(
                        link_of(Place(entry.key, one.value)),
                        one.text,
                        partial(go, entry.key, one.value),
                        _hint(entry, one),
                        place=place,
                    )
                    for one in records
                ]
            )

    def _opened(self, place: Place) -> None:
        if place.page not in self._entries:
            self.desk.messages.failed(self.tr("Your roles do not open this page."))
            return
        page: Any = self.page(place.page)
        is_open = page is self.current
        if not is_open:
            self.toasts.give_way()
        if is_open and place.record is None and not place.filters and hasattr(page, "show_list"):
            page.show_list()
        self.pages.setCurrentWidget(page)
        self._show_banner()
        page.setFocus(Qt.FocusReason.OtherFocusReason)
        if place.filters and hasattr(page, "show_filters"):
            page.show_filters(place.filters)
        if place.record is not None and hasattr(page, "show_record"):
            page.show_record(place.record)

    def _help(self) -> None:
        place = self.desk.navigation.place
        self.show_keys()
        self.helped.emit(place.page if place else "")

    def _connection(self, answers: bool) -> None:
        self.top_bar.show_connection(answers)
        self.is_away = not answers
        self._show_banner()
        self._show_waiting()

    def _show_banner(self) -> None:
        """A page on which work goes on without a server says so itself, by `tells_offline`."""
        says_itself = getattr(self.current, "tells_offline", False) or not self._held.isHidden()
        self.offline.setVisible(self.is_away and not says_itself)

    def _show_waiting(self) -> None:
        """The state of the journal stands at the top of the window."""
        if self.desk.journal is None:
            return
        words, tone = state_of(self.desk, self.desk.journal)
        if words is None:
            self.top_bar.show_connection(not self.is_away)
        else:
            self.top_bar.show_waiting(words, tone)

    def _offline_banner(self) -> QFrame:
        words = say("The server cannot be reached. What you typed stays here; the program tries again by itself.")
        holder = QFrame()
        holder.setLayout(column(NoteBox(words, Tone.WARN), margins=(24, 12, 24, 0)))
        holder.hide()
        return holder

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask about unsaved work first, remember the window, then close."""
        if not self._closing:
            event.ignore()
            # Afterwards: a window cannot be closed while it is being closed.
            QTimer.singleShot(0, self, lambda: self.leave_page(lambda: self.before_closing(self._really_close)))
            return
        self.desk.settings.setValue("window/geometry", self.saveGeometry())
        self.closed.emit()
        super().closeEvent(event)

    def _really_close(self) -> None:
        self._closing = True
        self.close()


def unsaved_in(page: QWidget) -> bool:
    """Whether something typed on a page is not saved: its parts that hold such work say so by `dirty`."""
    return any(getattr(part, "dirty", False) for part in (page, *page.findChildren(QObject)))


def _hint(entry: Entry, record: Choice) -> str:
    title = said(entry.title)
    return f"{title} · {shown(record.detail)}" if record.detail else title


def _unfound(_error: Exception) -> None:
    """Pages and actions are found without the server; a message for every letter helps nobody."""
