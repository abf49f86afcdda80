"""The panel of one role: its name, what it inherits from, its limits of money, who has it, and deleting it."""

from dataclasses import replace
from functools import partial
from uuid import UUID

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLineEdit, QVBoxLayout

from ims_desktop.domain.errors import UserError
from ims_desktop.domain.wording import Words, understood
from ims_desktop.features.people.rules import LONGEST_NAME, PermissionRow, Role, below, limit_by, limited
from ims_desktop.features.people.screen.matrix_model import MatrixModel
from ims_desktop.ui.choices import Choice
from ims_desktop.ui.controls import Button, Piece, clear_layout, column, label, line, row, scrolling, set_property
from ims_desktop.ui.desk import Desk
from ims_desktop.ui.detail import Section
from ims_desktop.ui.detail_panel import show_sections
from ims_desktop.ui.inputs import Combo
from ims_desktop.ui.language import said
from ims_desktop.ui.notes import NoteBox
from ims_desktop.ui.side_area import SidePanel
from ims_desktop.ui.theme import Tone, font

ANY: Words = "any"
NO_PARENT = "none"


class RolePanel(SidePanel):
    """Every change here is staged at once; it is saved with the others."""

    deleted = Signal(object)  # Role

    def __init__(
        self, desk: Desk, model: MatrixModel, key: UUID, sections: tuple[Section, ...] = (), *, may_edit: bool
    ) -> None:
        super().__init__()
        self._desk, self._model, self.key, self._may_edit = desk, model, key, may_edit
        self._sections = sections
        self._content, self._foot = QVBoxLayout(), QVBoxLayout()
        self._head = label("", 16, 600, elide=True)
        close = Button("", "ghost", "x", name=self.tr("Close (Esc)"))
        close.clicked.connect(self.closed)
        head = row(self._head, close, margins=(20, 12, 12, 4))
        head.setStretch(0, 1)
        scroll = scrolling(column(self._content, None, margins=(20, 4, 20, 12)))
        self.setLayout(column(head, scroll, self._foot))
        self.limits: dict[str, QLineEdit] = {}
        self.show_role()

    @property
    def role(self) -> Role:
        """The role as it stands now."""
        return self._model.now[self.key]

    def show_role(self) -> None:
        """Show the role anew."""
        role = self.role
        self._head.say(role.name)
        self.setAccessibleName(role.name)
        clear_layout(self._content)
        clear_layout(self._foot)
        self._content.setSpacing(0)
        for part in (self._notes, self._naming, self._parent, self._amounts, self._people):
            self._content.addLayout(part(role))
        if role.version:
            show_sections(self._content, self._desk, role, self._sections, self)
        self._delete(role)

    # parts ---------------------------------------------------------------------------------------------------

    def _notes(self, role: Role) -> QVBoxLayout:
        if not self._may_edit:
            return column(NoteBox(self.tr("Your roles let you look at roles, not change them."), Tone.NEUTRAL), 14)
        if role.is_owner:
            return column(NoteBox(self.tr("The owner keeps everything, without limits.")), 14)
        return column()

    def _naming(self, role: Role) -> QVBoxLayout:
        self.name = QLineEdit(role.name)
        self.name.setFont(font())
        self.name.setMaxLength(LONGEST_NAME)
        self.name.setAccessibleName(self.tr("Name"))
        self.name.setEnabled(self._may_edit and not role.is_builtin)
        self.name.textEdited.connect(self._rename)
        note = (
            (3, label(self.tr("One of the first roles: it keeps its name."), 12, role="muted"))
            if role.is_builtin
            else ()
        )
        return column(label(self.tr("Name"), 12, 500, "sub"), 4, self.name, *note, 14)

    def _parent(self, role: Role) -> QVBoxLayout:
        barred = below(role, self._model.now)
        choices = [Choice(NO_PARENT, self.tr("Nothing: a base role"))]
        choices += [Choice(other.id, other.name) for other in self._model.roles if other.id not in barred]
        self.parent_box = Combo(choices, name=self.tr("Inherits from"))
        self.parent_box.choose(role.parent_id or NO_PARENT)
        self.parent_box.setEnabled(self._may_edit)
        self.parent_box.chosen.connect(self._inherit)
        help_ = self.tr("It permits what that role permits, unless it says otherwise itself.")
        return column(
            label(self.tr("Inherits from"), 12, 500, "sub"),
            4,
            self.parent_box,
            3,
            label(help_, 12, role="muted", wrap=True),
            14,
        )

    def _amounts(self, role: Role) -> QVBoxLayout:
        self.limits = {}
        currency = self._desk.formats.currency
        head = row(
            label(self.tr("Money limits"), 13, 600),
            None,
            label(self.tr("a business day, in {currency}").format(currency=currency), 11, role="muted"),
        )
        pieces: list[Piece] = [line(), 12, head, 8]
        for permission in self._model.limited:
            pieces += [self._amount(role, permission), 8]
        help_ = self.tr("Empty: as inherited. “any”: without limit. Above it, somebody else must do it.")
        return column(*pieces, label(help_, 12, role="muted", wrap=True), 14)

    def _amount(self, role: Role, permission: PermissionRow) -> Piece:
        box = QLineEdit()
        box.setFont(font(13, tabular=True))
        box.setFixedWidth(130)
        box.setAlignment(Qt.AlignmentFlag.AlignRight)
        box.setAccessibleName(self.tr("Limit: {title}").format(title=permission.title))
        if permission.code in role.limits:
            own = role.limits[permission.code]
            box.setText(said(ANY) if own is None else self._desk.formats.money(own))
        rest = limited(role, permission.code, None, inherit=True)
        above = limit_by(rest, permission.code, self._model.now | {role.id: rest})
        box.setPlaceholderText(said(ANY) if above is None or above[1] is None else self._desk.formats.money(above[1]))
        box.setEnabled(self._may_edit and not role.is_owner)
        box.editingFinished.connect(partial(self._limit, permission.code, box))
        self.limits[permission.code] = box
        words = label(permission.title, 13, elide=True)
        whole = row(words, box)
        whole.setStretch(0, 1)
        return whole

    def _people(self, role: Role) -> QVBoxLayout:
        count = label(str(len(role.people)), 11, role="muted", tabular=True)
        pieces: list[Piece] = [line(), 12, row(label(self.tr("Who has it"), 13, 600), None, count), 6]
        if not role.people:
            pieces.append(
                label(self.tr("Nobody yet. Roles are given on the page People."), 12, role="muted", wrap=True)
            )
        for name in role.people:
            pieces += [label(name, 13, elide=True), 4]
        return column(*pieces)

    def _delete(self, role: Role) -> None:
        if not self._may_edit:
            return
        made = Button(self.tr("Delete role"), "danger", "trash")
        made.clicked.connect(lambda: self.deleted.emit(self.role))
        why: str | None = None
        if role.is_builtin:
            why = self.tr("One of the first roles: it stays.")
        elif role.people:
            why = self.tr("Somebody has this role: withdraw it first.")
        made.refuse(why)
        note = (label(why, 12, role="muted", wrap=True), 6) if why else ()
        done = Button(self.tr("Done"))
        done.clicked.connect(self.closed)
        self._foot.addLayout(column(*note, row(made, None, done), margins=(20, 8, 20, 16)))

    # changes -------------------------------------------------------------------------------------------------

    def _rename(self, name: str) -> None:
        self._head.say(name)
        self._model.stage(replace(self.role, name=name))

    def _inherit(self, parent: object) -> None:
        self._model.stage(replace(self.role, parent_id=parent if isinstance(parent, UUID) else None))
        self.show_role()

    def take_limits(self) -> None:
        """Take what is typed and not yet left, as when Ctrl+S is pressed in the middle of it."""
        for code, box in list(self.limits.items()):
            self._limit(code, box)

    def _limit(self, code: str, box: QLineEdit) -> None:
        typed = box.text().strip()
        try:
            amount = None if typed.casefold() in ("", *understood(ANY)) else self._desk.formats.parse_number(typed)
        except UserError as error:
            set_property(box, "wrong", "true")
            box.setToolTip(error.text)
            return
        set_property(box, "wrong", "false")
        box.setToolTip("")
        changed = limited(self.role, code, amount, inherit=not typed)
        if changed != self.role:
            self._model.stage(changed)
