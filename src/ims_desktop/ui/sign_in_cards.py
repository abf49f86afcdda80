"""The cards of the sign-in view: who you are, and which restaurant group to open."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QWidget

from ims_desktop.domain.wording import say
from ims_desktop.ui.avatar import Avatar
from ims_desktop.ui.busy_line import BusyLine
from ims_desktop.ui.chips import Chip, ChipLabel
from ims_desktop.ui.controls import (
    Button,
    Picture,
    Piece,
    clear_layout,
    column,
    fill,
    frame,
    key_cap,
    label,
    line,
    named,
    row,
    set_property,
)
from ims_desktop.ui.inputs import Check, Combo, Meter
from ims_desktop.ui.language import said
from ims_desktop.ui.notes import NoteBox
from ims_desktop.ui.sides import margins
from ims_desktop.ui.sign_in_parts import CARD_HEIGHT, CARD_WIDTH, MARGINS, PasswordLine, Tile
from ims_desktop.ui.theme import Tone

GROUP_WIDTH, LOCKED_HEIGHT = 540, 372


@dataclass(frozen=True)
class Profile:
    """A server a person may connect to."""

    key: str
    name: str
    detail: str = ""


@dataclass(frozen=True)
class Credentials:
    """What was typed to sign in."""

    profile: str
    login: str
    password: str
    remember: bool


@dataclass(frozen=True)
class Group:
    """A restaurant group (tenant) the login belongs to."""

    key: Any
    name: str
    roles: str = ""
    place: str = ""
    last_used: str = ""


class CredentialsCard(QFrame):
    """Connection, login and password; says in place when the server does not answer."""

    submitted = Signal(object)  # Credentials
    sample_wanted = Signal()
    set_up_wanted = Signal()
    lost = Signal()  # no way in with this card: a code is there, or somebody else wants to work

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("card")
        self.setFixedSize(CARD_WIDTH, CARD_HEIGHT)
        self.title = label(say("Welcome back"), 22, 600)
        self.hello = label(say("Sign in with the login your Owner gave you."), 13, role="sub")
        self._trouble = column()
        self.profile = Combo()
        self._profile_detail = label("", 11, role="muted", elide=True)
        self.profile.currentIndexChanged.connect(self._tell_profile)
        self.login = named(QLineEdit(), "login")
        self.password = PasswordLine()
        self.tell_names()
        self._caps = label("", 11, role="warn")
        self.password.caps.connect(lambda on: self._caps.say(say("Caps Lock is on") if on else ""))
        self.remember = Check(say("Remember on this PC"))
        self.button = Button(say("Sign in"), "primary")
        self.button.clicked.connect(self.submit)
        for editor in (self.login, self.password):
            editor.returnPressed.connect(self.submit)
        self._locked = False
        self._lay_out()
        self.busy = BusyLine(self)
        self._retry = QTimer(self, interval=1000)
        self._retry.timeout.connect(self._count_down)
        self._seconds = self._of = 0

    def _lay_out(self) -> None:
        self._lost = lost = Button(say("Can’t sign in?"), "link")
        lost.clicked.connect(self.lost)
        self._where = where = label("", 11, role="muted")
        where.setContentsMargins(*margins(25, 0, 0, 0))
        self.tell_key_store(None)
        self._new = self._newcomers()
        self._where_to = frame(
            "clear",
            column(
                label(say("Connection"), 12, 500, "sub"), 4, self.profile, 3, self._profile_detail, 9,
                label(say("Login"), 12, 500, "sub"), 4, self.login, 12,
            ),
        )  # fmt: skip
        self._person = column()
        layout = column()
        pieces: tuple[Piece, ...] = (
            self.title, 2, self.hello, 16, self._trouble,
            self._where_to, self._person,
            row(label(say("Password"), 12, 500, "sub"), None, self._caps), 4, self.password, 12,
            row(self.remember, None, lost), where, 16, self.button, 18, self._new, None,
        )  # fmt: skip
        fill(layout, pieces, 0, MARGINS)
        self.setLayout(layout)

    def tell_names(self) -> None:
        """Name the fields for screen readers."""
        names = (say("Connection"), say("Login"), say("Password"))
        for field, name in zip((self.profile, self.login, self.password), names, strict=True):
            field.setAccessibleName(said(name))

    @property
    def is_touched(self) -> bool:
        """Whether somebody has typed here, or waits for an answer."""
        return self.login.isModified() or bool(self.password.text()) or not self.button.isEnabled()

    def tell_key_store(self, name: str | None) -> None:
        """Say where a remembered session is kept; without a key store nothing is remembered. None: not known yet."""
        kept = (
            say("Kept in {store}, never in a file.", store=name)
            if name
            else say("No key store here: asked at each start.")
        )
        self._where.say(" " if name is None else kept)
        self.remember.setEnabled(bool(name))
        if not name:
            self.remember.setChecked(False)

    def greet(self, title: str, lead: str, *, locked: str = "") -> None:
        """Say what the card is for; a desk that is `locked` by somebody is only unlocked, by that person alone."""
        self.title.say(title)
        self.hello.say(lead)
        self._locked = bool(locked)
        self.profile.setDisabled(self._locked)
        self.login.setReadOnly(self._locked)
        self.setFixedHeight(LOCKED_HEIGHT if locked else CARD_HEIGHT)
        clear_layout(self._person)
        if locked:
            words = column(label(locked, 15, 600, elide=True), label(self.profile.currentText(), 12, role="muted"))
            whole = row(Avatar(locked, 44, strong=True), words, spacing=14, margins=(0, 2, 0, 18))
            whole.setStretch(1, 1)
            self._person.addLayout(whole)
        self._where_to.setVisible(not locked)
        self._lost.say(say("Switch person") if locked else say("Can’t sign in?"))
        for piece in (self._new, self.remember, self._where):
            piece.setVisible(not locked)
        self.button.say(self._action())

    def _action(self) -> str:
        return say("Unlock") if self._locked else say("Sign in")

    def _newcomers(self) -> QWidget:
        sample = Tile("package", say("Try it with sample data"), say("No server needed, ready in a minute"))
        sample.clicked.connect(self.sample_wanted)
        set_up = Tile("hard-drives", say("Set up this PC"), say("With the profile file from your Owner"))
        set_up.clicked.connect(self.set_up_wanted)
        return frame("clear", column(line(), 14, label(say("New here?"), 12, 500, "sub"), 8, sample, 8, set_up))

    def _tell_profile(self, place: int) -> None:
        self._profile_detail.say(str(self.profile.itemData(place, Qt.ItemDataRole.ToolTipRole) or ""))

    def submit(self) -> None:
        """Hand over what was typed, when there is a login and a password."""
        missing = next((one for one in (self.login, self.password) if not one.text()), None)
        if missing is not None:
            missing.setFocus()
            self.say(say("Type your login and your password."), Tone.WARN)
            return
        self._retry.stop()
        self.wait(True)
        login, password = self.login.text().strip(), self.password.text()
        self.submitted.emit(Credentials(self.profile.value() or "", login, password, self.remember.isChecked()))

    def wait(self, working: bool) -> None:
        """Show that signing in is under way; nothing typed is lost."""
        for widget in (self.login, self.password, self.button):
            widget.setEnabled(not working)
        self.profile.setEnabled(not working and not self._locked)
        self.button.say(say("Signing in…") if working else self._action())
        (self.busy.begin if working else self.busy.end)()

    def say(self, text: str, tone: Tone = Tone.BAD) -> None:
        """Tell what is wrong above the fields; nothing clears it."""
        self.wait(False)
        clear_layout(self._trouble)
        self._new.setVisible(not self._locked)
        if text:
            note = NoteBox(text, tone)
            self._trouble.addLayout(column(note, 12))
            note.show()  # at once: a layout would do it only when the event loop comes round

    def show_unreachable(self, name: str, why: str, seconds: int) -> None:
        """Say that the server does not answer, and try again by itself after some seconds."""
        self.wait(False)
        clear_layout(self._trouble)
        self.hello.say(say("What you typed is still here."))
        self._new.hide()
        self._seconds = self._of = seconds
        self._meter, self._left = Meter(1.0, "warn", height=4), label("", 12, role="sub", tabular=True)
        title = label(say("Can’t reach {name}", name=name), 13, 600, "warn")
        words = column(title, 3, label(why, 12, wrap=True), 8, self._meter, 5, self._left)
        whole = row(column(Picture("wifi-slash", "warn", 18), None), words, spacing=10, margins=(14, 12, 14, 12))
        whole.setStretch(1, 1)
        note = frame("note", whole)
        note.setProperty("tone", "warn")
        self._trouble.addLayout(column(note, 14))
        self.button.say(say("Try again now"))
        self._show_left()
        self._retry.start()

    def _count_down(self) -> None:
        self._seconds -= 1
        if self._seconds <= 0:
            self.submit()
        else:
            self._show_left()

    def _show_left(self) -> None:
        self._meter.set_share(self._seconds / (self._of or 1))
        self._left.say(say("Trying again by itself in {seconds} s", seconds=self._seconds))


class GroupTile(QFrame):
    """One restaurant group to choose."""

    clicked = Signal()

    def __init__(self, group: Group) -> None:
        super().__init__()
        self.setObjectName("tile")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(group.name)
        roles = (ChipLabel(Chip(group.roles)),) if group.roles else ()
        lines: list[Piece] = [row(label(group.name, 16, 600), *roles, None, spacing=10)]
        lines += (
            [4, row(Picture("globe", "muted", 14), label(group.place, 12, role="sub"), None)] if group.place else []
        )
        if group.last_used:
            used = label(group.last_used, 12, role="muted", tabular=True)
            lines += [3, row(Picture("clock-counter-clockwise", "muted", 14), used, None)]
        self._mark = Picture("circle", "inputborder", 22)
        whole = row(
            Avatar(group.name, 44, strong=True), column(*lines), self._mark, spacing=14, margins=(16, 13, 16, 13)
        )
        whole.setStretch(1, 1)
        self.setLayout(whole)

    def light(self, on: bool) -> None:
        """Mark the chosen one."""
        set_property(self, "on", "true" if on else "false")
        self._mark.show_icon("check-circle-fill" if on else "circle", "primary" if on else "inputborder")

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click chooses."""
        self.clicked.emit()


class GroupCard(QFrame):
    """The step that is only there when a login belongs to more than one group."""

    chosen = Signal(object, object)  # the key, and whether to open it next time without asking
    back = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("card")
        self.setFixedSize(GROUP_WIDTH, CARD_HEIGHT)
        self.setProperty("quiet", "true")  # what is chosen is lit, not the card
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._groups: tuple[Group, ...] = ()
        self._tiles: list[GroupTile] = []
        self._place = 0
        self._list, self._who = column(spacing=10), label("", 12, role="sub")
        self.always = Check(say("Open this group next time without asking"))
        back = Button(say("Back"))
        back.clicked.connect(self.back)
        self.open_button = Button("", "primary")
        self.open_button.clicked.connect(self.choose)
        keys = row(
            Picture("keyboard", "muted"), key_cap("1"), label(say("to"), 12, role="sub"), key_cap("9"),
            label(say("choose,"), 12, role="sub"), key_cap("Enter"), label(say("opens,"), 12, role="sub"),
            key_cap("Esc"), label(say("goes back"), 12, role="sub"), None, spacing=6, margins=(12, 9, 12, 9),
        )  # fmt: skip
        foot = row(back, self.open_button, spacing=10)
        foot.setStretch(0, 1)
        foot.setStretch(1, 1)
        layout = column()
        pieces: tuple[Piece, ...] = (
            label(say("Choose a restaurant group"), 22, 600), 2,
            label(say("Your login belongs to several groups. Their data never mixes."), 13, role="sub"), 20,
            self._list, 16, self.always, None, frame("note", keys), 14, foot, 12, row(None, self._who, None),
        )  # fmt: skip
        fill(layout, pieces, 0, MARGINS)
        self.setLayout(layout)

    def offer(self, groups: Sequence[Group], person: str = "") -> None:
        """Show the groups; the first is chosen."""
        self._who.say(say("Signed in as {person}", person=person) if person else "")
        clear_layout(self._list)
        self._groups = tuple(groups)
        self._tiles = [GroupTile(group) for group in groups]
        for place, tile in enumerate(self._tiles):
            tile.clicked.connect(partial(self._light, place))
            self._list.addWidget(tile)
        self._light(0)
        self.setFocus()

    def choose(self) -> None:
        """Open the chosen group."""
        self.chosen.emit(self._groups[self._place].key, self.always.isChecked())

    def _light(self, place: int) -> None:
        self._place = place
        for number, tile in enumerate(self._tiles):
            tile.light(number == place)
        self.open_button.say(say("Open {name}", name=self._groups[place].name))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Digits and arrows choose, Enter opens, Esc goes back."""
        key, last = event.key(), len(self._groups) - 1
        if Qt.Key.Key_1 <= key <= Qt.Key.Key_9 and key - Qt.Key.Key_1 <= last:
            self._light(key - Qt.Key.Key_1)
        elif key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            self._light(min(last, max(0, self._place + (1 if key == Qt.Key.Key_Down else -1))))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.choose()
        elif key == Qt.Key.Key_Escape:
            self.back.emit()
        else:
            super().keyPressEvent(event)
