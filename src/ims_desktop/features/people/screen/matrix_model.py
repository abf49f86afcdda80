"""The roles and permissions as a table, with the changes a person made and has not saved."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID, uuid4

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal

from ims_desktop.domain.wording import Words, say
from ims_desktop.features.people import service
from ims_desktop.features.people.rules import (
    Cell,
    PermissionRow,
    Role,
    State,
    carried_over,
    cell_of,
    differ,
    differences,
    effect,
    heading_of,
    ordered,
    turned,
)
from ims_desktop.ui.language import in_words, said

Index = QModelIndex | QPersistentModelIndex
Line = PermissionRow | str  # a heading is its words
NOWHERE = QModelIndex()
STATES: Mapping[State, Words] = {
    State.OWN: "given",
    State.INHERITED: "inherited",
    State.DENIED: "denied",
    State.NONE: "none",
}


class MatrixModel(QAbstractTableModel):
    """Column 0 names the permission, every other column is a role. `staged`: what is not saved is different now."""

    staged = Signal()

    def __init__(self, money: Callable[[Any], str]) -> None:
        super().__init__()
        self._money = money
        self._saved: dict[UUID, Role] = {}
        self._permissions: tuple[PermissionRow, ...] = ()
        self._words, self._only_differences = "", False
        self.now: dict[UUID, Role] = {}
        self.roles: tuple[Role, ...] = ()
        self.lines: tuple[Line, ...] = ()

    # reading and keeping -------------------------------------------------------------------------------------

    def show_matrix(self, matrix: service.Matrix) -> None:
        """Show roles as they are on the server, with what was changed here carried over."""
        fresh = {role.id: role for role in matrix.roles}
        kept = {}
        for role in self.changed():
            before = self._saved.get(role.id)
            if before is None:
                kept[role.id] = role
            elif role.id in fresh:
                kept[role.id] = carried_over(before, role, fresh[role.id])
        self._saved, self._permissions = fresh, in_words(matrix.permissions)
        self._place({**fresh, **kept})

    def keep(self) -> None:
        """Take what was changed as saved; it is read again in a moment."""
        self._saved = dict(self.now)
        self.staged.emit()

    def discard(self) -> None:
        """Forget what was changed."""
        self._place(dict(self._saved))

    def stage(self, role: Role) -> None:
        """Take a changed role."""
        self._place({**self.now, role.id: role})

    def add_role(self, name: str) -> Role:
        """A new role that is not saved yet."""
        role = Role(uuid4(), name, None, {}, {})
        self.stage(role)
        return role

    def drop(self, key: UUID) -> None:
        """Take a role away that was never saved."""
        self._place({each: role for each, role in self.now.items() if each != key})

    def changed(self) -> tuple[Role, ...]:
        """The roles that are not as they were read, those inherited from first."""
        return tuple(role for role in self.roles if differences(self._saved.get(role.id), role))

    def count(self) -> int:
        """How many things are changed."""
        return sum(differences(self._saved.get(role.id), role) for role in self.changed())

    def effect(self) -> tuple[int, int]:
        """How many people gain a right, and how many lose one."""
        return effect(self._saved, self.now, self._permissions)

    def narrow(self, words: str, only_differences: bool) -> None:
        """Show the permissions that contain these words, or in which roles differ."""
        self._words, self._only_differences = words.casefold().strip(), only_differences
        self._place(self.now)

    @property
    def limited(self) -> tuple[PermissionRow, ...]:
        """The permissions that may have a limit of money."""
        return tuple(permission for permission in self._permissions if permission.is_limited)

    def _place(self, now: dict[UUID, Role]) -> None:
        self.beginResetModel()
        self.now = now
        self.roles = ordered(now.values())
        self.lines = self._fitting()
        self.endResetModel()
        self.staged.emit()

    def _fitting(self) -> tuple[Line, ...]:
        lines: list[Line] = []
        heading = ""
        for permission in self._permissions:
            here = said(heading_of(permission))
            fits = self._words in permission.title.casefold() or self._words in here.casefold()
            if fits and (not self._only_differences or differ(permission, self.now)):
                if here != heading:
                    lines.append(here)
                    heading = here
                lines.append(permission)
        return tuple(lines)

    # cells ---------------------------------------------------------------------------------------------------

    def cell(self, index: Index) -> tuple[Role, PermissionRow, Cell] | None:
        """Role, permission and what is said; None beside headings and in the first column."""
        line = self.lines[index.row()]
        if isinstance(line, str) or not index.column():
            return None
        role = self.roles[index.column() - 1]
        return role, line, cell_of(role, line, self.now)

    def before(self, role: Role, permission: PermissionRow) -> Cell | None:
        """What the cell said before it was changed here; None when it was not changed here."""
        old = self._saved.get(role.id)
        if old is None or not self._touched(old, role, permission.code):
            return None
        return cell_of(old, permission, self._saved)

    @staticmethod
    def _touched(old: Role, role: Role, code: str) -> bool:
        said = old.permissions.get(code) != role.permissions.get(code)
        return said or (code in old.limits, old.limits.get(code)) != (code in role.limits, role.limits.get(code))

    def turn(self, index: Index) -> None:
        """Turn a cell on: given, denied or left to the roles above. The owner's stand."""
        found = self.cell(index)
        if found is not None and not found[0].is_owner:
            role, permission, _ = found
            self.stage(turned(role, permission.code, self.now))

    def limit_text(self, cell: Cell) -> str:
        """The limit as it stands behind the mark; nothing where none was ever set."""
        if not cell.granted or (cell.limit is None and not cell.own_limit):
            return ""
        return said(say("any")) if cell.limit is None else self._money(cell.limit)

    def rowCount(self, parent: Index = NOWHERE) -> int:
        """Headings and permissions."""
        return 0 if parent.isValid() else len(self.lines)

    def columnCount(self, parent: Index = NOWHERE) -> int:
        """The name of the permission, and the roles."""
        return 0 if parent.isValid() else 1 + len(self.roles)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The words of a cell, for screen readers as well."""
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            return None
        found = self.cell(index)
        if found is None:
            line = self.lines[index.row()]
            words = line if isinstance(line, str) else line.title
            return words if not index.column() and role != Qt.ItemDataRole.ToolTipRole else None
        holder, permission, cell = found
        limit = self.limit_text(cell)
        words = said(_sentence(cell))
        whole = said(say("{right}, up to {limit}", right=words, limit=limit)) if limit else words
        if role == Qt.ItemDataRole.DisplayRole:
            return whole
        return f"{holder.name}, {permission.title}: {whole}"

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Headings cannot be chosen."""
        if isinstance(self.lines[index.row()], str):
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The names of the roles."""
        if orientation is Qt.Orientation.Vertical or role != Qt.ItemDataRole.DisplayRole:
            return None
        return self.roles[section - 1].name if section else said(say("Permission"))


def _sentence(cell: Cell) -> Words:
    """What a cell says, and which role it comes from."""
    if not cell.source:
        return STATES[cell.state]
    if cell.state is State.NONE:
        return say("denied by {role}", role=cell.source)
    return say("{state} from {role}", state=said(STATES[cell.state]), role=cell.source)
