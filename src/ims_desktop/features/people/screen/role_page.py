"""The page of roles: a permission matrix, changed cell by cell and saved as one."""

from collections.abc import Callable, Set
from typing import Any
from uuid import UUID

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from ims_desktop.domain.errors import Conflict, UserError
from ims_desktop.domain.wording import Words, say, say_count, sentences
from ims_desktop.features.people import service
from ims_desktop.features.people.rules import Role, State
from ims_desktop.features.people.screen.matrix_model import MatrixModel
from ims_desktop.features.people.screen.matrix_view import Mark, MatrixView
from ims_desktop.features.people.screen.role_panel import RolePanel
from ims_desktop.ui.busy_line import BusyLine
from ims_desktop.ui.controls import Button, Picture, bind, clear_layout, column, fill, frame, label, named, row
from ims_desktop.ui.desk import Desk
from ims_desktop.ui.detail import Section
from ims_desktop.ui.inputs import SearchBox
from ims_desktop.ui.language import said
from ims_desktop.ui.notes import NoteBox
from ims_desktop.ui.page_header import PageHeader
from ims_desktop.ui.side_area import SideArea
from ims_desktop.ui.theme import Tone

EDIT = "people.edit"
LEGEND: tuple[tuple[State, Words], ...] = (
    (State.OWN, "Own"),
    (State.INHERITED, "Inherited"),
    (State.DENIED, "Denied here"),
    (State.NONE, "None"),
)


class SaveBar(QFrame):
    """What is not saved, whom it concerns, and the two ways on."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("note")
        self.setProperty("tone", Tone.WARN.value)
        self.words = label("", 13, 600, "warn")
        self.concerned = label("", 12, role="warn", elide=True)
        self.discard = Button(self.tr("Discard"))
        self.save = Button("", "primary", "check")
        layout = row()
        pieces = (Picture("pencil-simple", "warn", 15), self.words, self.concerned, self.discard, self.save)
        fill(layout, pieces, 8, (16, 8, 10, 8))
        layout.setStretch(2, 1)
        self.setLayout(layout)
        self.hide()

    def show_changes(self, count: int, gain: int, lose: int) -> None:
        """Say how many changes wait; without any the bar goes."""
        self.words.say(say_count("1 change not saved", "{count} changes not saved", count))
        self.save.say(say_count("Save 1 change", "Save {count} changes", count))
        self.concerned.say(_concerned(gain, lose))
        self.setVisible(count > 0)


def _concerned(gain: int, lose: int) -> Words:
    """Who gets more rights and who gets fewer."""
    gains = say_count("1 person gains a right.", "{count} people gain a right.", gain)
    loses = say_count("1 person loses a right.", "{count} people lose a right.", lose)
    if not gain and not lose:
        return say("Nobody gains or loses a right.")
    return sentences((gains if gain else say("Nobody gains a right."), loses if lose else say("Nobody loses a right.")))


class RolePage(SideArea):
    """Shows every role beside the others; changes wait in the page until they are saved together."""

    def __init__(self, desk: Desk, sections: tuple[Section, ...] = ()) -> None:
        self.desk, self.may_edit, self._sections = desk, desk.may(EDIT), sections
        self.model = MatrixModel(lambda amount: desk.formats.number(amount, 0 if amount == int(amount) else 2))
        self.view = MatrixView(self.model, may_edit=self.may_edit)
        super().__init__(self._build())
        self.setAccessibleName(self.tr("Roles"))
        self.setFocusProxy(self.view)
        self._stale, self._saving, self._opening = True, False, None
        self._listen()

    def _build(self) -> QWidget:
        self.new = Button(self.tr("New role"), "primary", "plus")
        self.new.clicked.connect(self.start_new)
        self.header = PageHeader(self.tr("Roles"), *((self.new,) if self.may_edit else ()))
        self.search = SearchBox(self.tr("Find a permission"), key="Ctrl F")
        self.search.setFixedWidth(230)
        self.only_differences = Button(self.tr("Only differences"), "filter")
        self.only_differences.setCheckable(True)
        legend = [piece for state, words in LEGEND for piece in (Mark(state), label(said(words), 12, role="sub"), 6)]
        hint = label(self.tr("The nearest role decides"), 12, role="muted")
        tools = row(self.search, self.only_differences, None, *legend, hint, spacing=6)
        self._banner = QVBoxLayout()
        self._banner.setContentsMargins(0, 0, 0, 0)
        self.bar = SaveBar()
        table = frame("card", column(self.view, self.bar, margins=(1, 1, 1, 1)))
        content = named(QWidget(), "page")
        layout = column(self.header, 14, tools, 12, self._banner, table, margins=(24, 20, 24, 20))
        layout.setStretch(5, 1)
        content.setLayout(layout)
        self.busy = BusyLine(content)
        return content

    def _listen(self) -> None:
        self.desk.background.changed.connect(self._concerned)
        self.model.staged.connect(self._staged)
        self.view.opened.connect(self.open_role)
        self.search.textEdited.connect(lambda _: self._narrow())
        self.only_differences.toggled.connect(lambda _: self._narrow())
        self.bar.discard.clicked.connect(self.discard)
        self.bar.save.clicked.connect(self.save)
        keys: tuple[tuple[str, Callable[[], Any]], ...] = (
            ("Ctrl+S", self.save), ("Ctrl+N", self.start_new), ("F5", self.reload), ("Ctrl+F", self.search.setFocus),
        )  # fmt: skip
        for key, act in keys:
            bind(self, key, act)

    # reading -------------------------------------------------------------------------------------------------

    def reload(self) -> None:
        """Read the roles again; what is changed here stays."""
        self._stale = not self.isVisible()
        if not self._stale:
            self.busy.begin()
            self.desk.start(self, self._show, service.matrix, failed=self._failed, replace="matrix")

    def showEvent(self, event: QShowEvent) -> None:
        """Read what went stale while nobody looked."""
        super().showEvent(event)
        if self._stale:
            self.reload()

    def show_record(self, key: Any) -> None:
        """Open a role, asked for by another page."""
        self._opening = key
        self.reload()

    def _concerned(self, subjects: Set[str]) -> None:
        if "people" in subjects:
            self.reload()

    def _show(self, matrix: service.Matrix) -> None:
        self.busy.end()
        self.model.show_matrix(matrix)
        people = len({name for role in matrix.roles for name in role.people})
        have = self.tr("1 person has one") if people == 1 else self.tr("{people} people have one")
        roles = self.tr("{count} roles").format(count=len(matrix.roles))
        self.header.say(f"{roles} · {have.format(people=people)}")
        if isinstance(self.panel, RolePanel):
            if self.panel.key in self.model.now:
                self.panel.show_role()
            else:
                self.close_panel()
        if self._opening is not None:
            key, self._opening = self._opening, None
            self.open_role(key)

    def _narrow(self) -> None:
        self.only_differences.light(self.only_differences.isChecked())
        self.model.narrow(self.search.text(), self.only_differences.isChecked())

    # changing ------------------------------------------------------------------------------------------------

    def open_role(self, key: UUID) -> None:
        """Show a role in the panel."""
        if key not in self.model.now:
            return
        if isinstance(self.panel, RolePanel):
            self.panel.key = key
            self.panel.show_role()
        else:
            panel = RolePanel(self.desk, self.model, key, self._sections, may_edit=self.may_edit)
            panel.deleted.connect(self.delete)
            panel.closed.connect(lambda: self.view.header.choose(None))
            self.open_panel(panel)
        self.view.header.choose(key)

    def start_new(self) -> None:
        """Add a role and name it."""
        if not self.may_edit:
            return
        role = self.model.add_role(self.tr("New role"))
        self.open_role(role.id)
        if isinstance(self.panel, RolePanel):
            self.panel.name.setFocus()
            self.panel.name.selectAll()

    def save(self) -> None:
        """Save everything that was changed, all or nothing."""
        if isinstance(self.panel, RolePanel):
            self.panel.take_limits()
        changed = self.model.changed()
        if changed and self.may_edit and not self._saving:
            self._saving = True
            self.bar.save.setEnabled(False)
            self.busy.begin()
            self.desk.start(self, self._saved, service.save_roles, changed, failed=self._failed)

    def discard(self) -> None:
        """Forget what was changed."""
        self._say(None)
        self.model.discard()
        if isinstance(self.panel, RolePanel):
            if self.panel.key in self.model.now:
                self.panel.show_role()
            else:
                self.close_panel()

    def delete(self, role: Role) -> None:
        """Delete a role; one that was never saved just goes."""
        if not role.version:
            self.model.drop(role.id)
            self.close_panel()
            return

        def done(_: Any) -> None:
            self.close_panel()
            self.desk.messages.done(self.tr("Deleted the role {name}").format(name=role.name))

        self.desk.start(self, done, service.delete_role, role.id, role.version)

    @property
    def dirty(self) -> bool:
        """Whether changes of roles are not saved."""
        return bool(self.model.count())

    def leave(self, go_on: Callable[[], None]) -> None:
        """Go on, or ask about what is not saved."""
        count = self.model.count()
        if not count:
            super().leave(go_on)
            return

        def drop() -> None:
            self.discard()
            go_on()

        stay = (self.tr("Keep editing"), lambda: self._say(None))
        self._say(
            NoteBox(
                self.tr("There are changes of roles that are not saved."), Tone.WARN, stay, (self.tr("Discard"), drop)
            )
        )

    def _staged(self) -> None:
        self.bar.show_changes(self.model.count(), *self.model.effect())

    def _saved(self, count: int) -> None:
        self._rest()
        self._say(None)
        self.desk.messages.done(
            self.tr("Saved 1 role") if count == 1 else self.tr("Saved {count} roles").format(count=count)
        )
        self.model.keep()
        self.reload()

    def _failed(self, error: Exception) -> None:
        self._rest()
        if isinstance(error, Conflict):
            again = (self.tr("Reload, keep my changes"), self._take_over)
            self._say(NoteBox(error.text, Tone.WARN, again))
        else:
            texts = [problem.text for problem in error.problems] if isinstance(error, UserError) else []
            words = sentences(dict.fromkeys([getattr(error, "text", str(error)), *texts]))
            self._say(NoteBox(words, Tone.BAD))

    def _take_over(self) -> None:
        self._say(None)
        self.reload()

    def _rest(self) -> None:
        self._saving = False
        self.bar.save.setEnabled(True)
        self.busy.end()

    def _say(self, note: NoteBox | None) -> None:
        clear_layout(self._banner)
        if note is not None:
            self._banner.addWidget(note)
            self._banner.addSpacing(12)


def build_roles(desk: Desk, sections: tuple[Section, ...] = ()) -> RolePage:
    """The page of roles; `sections` are what other capabilities show under a role."""
    return RolePage(desk, sections)
