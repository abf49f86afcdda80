"""What is saved on this PC and not on the server: as a strip on the pages that enter, and as a page of its own."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from ims_desktop.domain.wording import Sentence, Words, say, say_count, word
from ims_desktop.ui.chips import ChipLabel
from ims_desktop.ui.controls import Button, Piece, card, clear_layout, column, label, line, named, row, scrolling
from ims_desktop.ui.desk import Desk
from ims_desktop.ui.empty_state import EmptyState
from ims_desktop.ui.journal import CHIPS, UNSETTLED, Entry, Journal, State
from ims_desktop.ui.notes import NoteBox
from ims_desktop.ui.page_header import PageHeader
from ims_desktop.ui.theme import Tone

PAGE = "saved_here"
MOST_LINES, MOST_SETTLED = 6, 50


def state_of(desk: Desk, journal: Journal) -> tuple[Sentence | None, Tone]:
    """Whether the server is away and what waits for it, in a few words for the top of the window."""
    waiting, since = len(journal.entries(State.WAITING)), journal.away_since
    stuck = len(journal.entries(State.REFUSED, State.HELD))
    if since is not None:
        time = desk.formats.time(since)
        if not waiting:
            return say("Offline since {time}", time=time), Tone.WARN
        words = say_count(
            "Offline since {time}, {count} entry waits",
            "Offline since {time}, {count} entries wait",
            count=waiting,
            time=time,
        )
        return words, Tone.WARN
    if stuck:
        return say_count("{count} entry was not taken", "{count} entries were not taken", count=stuck), Tone.BAD
    if waiting:
        return say_count("{count} entry is being sent", "{count} entries are being sent", count=waiting), Tone.INFO
    return None, Tone.OK


class WaitingStrip(QWidget):
    """On a page that enters: what of its kind waits on this PC, what was refused, and of when its choices are."""

    def __init__(self, desk: Desk, kind: str, remembered: Callable[[], Words] = str) -> None:
        super().__init__()
        self._desk, self._kind, self._remembered = desk, kind, remembered
        self.besides: Callable[[], Entry | None] = lambda: None  # what stands on the page itself
        self._notes = QVBoxLayout(self)
        self._notes.setContentsMargins(0, 0, 0, 0)
        self._notes.setSpacing(8)
        self._shown: tuple[tuple[Words, Tone], ...] = ()
        if desk.journal is not None:
            desk.journal.changed.connect(self.look)
        self.hide()
        self.look()

    def look(self) -> None:
        """Show how it is now."""
        journal = self._desk.journal
        said = tuple(self._words(journal)) if journal is not None else ()
        if said == self._shown:
            return
        self._shown = said
        clear_layout(self._notes)
        for words, tone in said:
            self._notes.addWidget(NoteBox(words, tone, (say("Show"), lambda: self._desk.navigation.open(PAGE))))
        self.setVisible(bool(said))

    def _words(self, journal: Journal) -> list[tuple[Words, Tone]]:
        mine = [entry for entry in journal.entries(*UNSETTLED) if f"{entry.kind}.".startswith(f"{self._kind}.")]
        beside = self.besides()
        waiting = sum(entry.state is State.WAITING for entry in mine)
        stuck = sum(entry.state is not State.WAITING and (beside is None or entry.key != beside.key) for entry in mine)
        words: list[tuple[Words, Tone]] = []
        if stuck:
            refused = say_count(
                "{count} entry saved here was not taken by the server. Put it right, or discard it.",
                "{count} entries saved here were not taken by the server. Put them right, or discard them.",
                count=stuck,
            )
            words.append((refused, Tone.BAD))
        if journal.away_since is not None:
            words.append((self._away(journal, waiting), Tone.WARN))
        elif journal.why_not and not journal.is_open:
            words.append((say("{why} What you record goes straight to the server.", why=journal.why_not), Tone.WARN))
        return words

    def _away(self, journal: Journal, waiting: int) -> Sentence:
        time = self._desk.formats.time(journal.away_since)
        if not journal.is_open:
            return say("Offline since {time}. Nothing can be saved here: your lines stay on the page.", time=time)
        if not waiting:
            away = say("Offline since {time}. Go on: what you record is saved here.", time=time)
        else:
            away = say_count(
                "Offline since {time}. {count} entry is saved here and sent by itself.",
                "Offline since {time}. {count} entries are saved here and sent by themselves.",
                count=waiting,
                time=time,
            )
        return say("{away} {remembered}", away=away, remembered=self._remembered())


class WaitingPage(QWidget):
    """Every entry that this PC keeps for its person, with what can be done about it."""

    listed = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        named(self, "page")
        self._desk = desk
        self.tells_offline = desk.journal is not None
        self.now = Button(say("Send now"), icon="arrows-clockwise")
        self.header = PageHeader(say("Saved here"), self.now)
        self._notes, self._list = QVBoxLayout(), QVBoxLayout()
        self._list.setSpacing(12)
        self.empty = EmptyState()
        self.empty.say(
            "check-circle",
            say("Everything is on the server"),
            say("What you record while the server is away is kept on this PC and shown here until it is sent."),
        )
        self._scroll = scrolling(column(self._list, None, margins=(24, 4, 24, 20)))
        head = column(self.header, self._notes, spacing=12, margins=(24, 18, 24, 8))
        self.setLayout(column(head, self._scroll, self.empty))
        self.now.clicked.connect(self._send_now)
        self._pause = QTimer(self, singleShot=True, interval=50)  # many entries are settled one after the other
        self._pause.timeout.connect(self.look)
        if desk.journal is not None:
            desk.journal.changed.connect(self._pause.start)
        self.look()

    def look(self) -> None:
        """Show the entries as they are now."""
        journal = self._desk.journal
        open_ = journal.entries(*UNSETTLED) if journal is not None else ()
        settled = journal.entries(State.SENT, State.DISCARDED)[-MOST_SETTLED:] if journal is not None else ()
        clear_layout(self._notes)
        clear_layout(self._list)
        if journal is not None:
            self._head(journal)
            for entry in (*open_, *reversed(settled)):
                self._list.addWidget(self._card(journal, entry))
        self._scroll.setVisible(bool(open_ or settled))
        self.empty.setVisible(not (open_ or settled))
        self.now.setVisible(any(entry.state is State.WAITING for entry in open_))
        self.listed.emit()

    def _head(self, journal: Journal) -> None:
        words, tone = state_of(self._desk, journal)
        self.header.say(words if words is not None else say("Nothing waits for the server."))
        if journal.why_not and not journal.is_open:
            self._notes.addWidget(NoteBox(journal.why_not, Tone.WARN if tone is Tone.OK else tone))

    def _card(self, journal: Journal, entry: Entry) -> QFrame:
        site = next((one.name for one in self._desk.sites if one.key == entry.site), "")
        head = row(
            label(word(journal.title(entry)), 14, 600),
            label(f"{self._desk.formats.moment(entry.at)} · {site}", 12, role="muted", tabular=True),
            None,
            ChipLabel(CHIPS[entry.state]),
            spacing=10,
        )
        body = column(*(label(words, 13, tabular=True, wrap=True) for words in _first(entry.lines)), spacing=2)
        why = [label(entry.text, 12, 500, "bad", wrap=True)] if entry.text else []
        why += [label(one.text, 12, role="bad", wrap=True) for one in entry.problems if one.text != entry.text]
        buttons = self._buttons(journal, entry)
        foot: list[Piece] = [6, line(), row(None, *buttons)] if buttons else []
        return card(head, body, *why, *foot, spacing=6)

    def _buttons(self, journal: Journal, entry: Entry) -> list[QWidget]:
        offered: list[tuple[Sentence, str, Callable[[], None], bool]] = [
            (say("Discard"), "ghost", partial(self._discard, journal, entry), entry.may_discard),
            (
                say("Edit"),
                "plain",
                partial(self._edit, journal, entry),
                entry.may_discard and bool(journal.page(entry)),
            ),
            (
                say("Send again"),
                "plain",
                partial(journal.send_again, entry.key),
                entry.state is not State.WAITING and entry.value is not None,
            ),
        ]
        made: list[QWidget] = []
        for words, kind, act, possible in offered:
            if possible and entry.state in UNSETTLED:
                made.append(Button(words, kind))
                made[-1].clicked.connect(lambda _=False, act=act: act())  # type: ignore[attr-defined]
        return made

    def _edit(self, journal: Journal, entry: Entry) -> None:
        self._desk.navigation.open(journal.page(entry), record=entry.key)

    def _discard(self, journal: Journal, entry: Entry) -> None:
        what = ", ".join(_first(entry.lines))
        question = say("Discard {what}? It is on this PC alone, and cannot be brought back.", what=what)
        self._desk.messages.ask(question, partial(journal.discard, entry.key), go_on=say("Discard"), parent=self)

    def _send_now(self) -> None:
        if self._desk.journal is not None:
            self._desk.journal.send_now()


def _first(lines: tuple[str, ...]) -> tuple[str, ...]:
    more = len(lines) - MOST_LINES
    rest = (say_count("and {count} more line", "and {count} more lines", count=more),) if more > 0 else ()
    return (*lines[:MOST_LINES], *rest)
