"""The page of the categories: a tree to drag, or to arrange by keyboard."""

from collections.abc import Callable, Mapping, Sequence, Set
from functools import partial
from typing import Any
from uuid import UUID

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QDropEvent, QShowEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTreeWidget, QTreeWidgetItem, QWidget

from ims_desktop.domain.listing import Filter, Match
from ims_desktop.domain.wording import say
from ims_desktop.features.items.screen.form import CATEGORIES
from ims_desktop.features.items.service import categories as service
from ims_desktop.ui.controls import Button, bind, column, frame, label, row
from ims_desktop.ui.desk import Desk
from ims_desktop.ui.fields import Field, FieldKind
from ims_desktop.ui.form import FormSpec
from ims_desktop.ui.form_panel import FormPanel
from ims_desktop.ui.inputs import Check
from ims_desktop.ui.language import counted
from ims_desktop.ui.page_header import PageHeader
from ims_desktop.ui.side_area import SideArea
from ims_desktop.ui.sides import reads_from_right
from ims_desktop.ui.theme import font

RIGHT = "items.edit"
KEY = Qt.ItemDataRole.UserRole
SUBJECTS = frozenset({"items"})
NUMBERS = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignVCenter


def _draft(values: Mapping[str, Any], initial: Any) -> service.CategoryDraft:
    version = getattr(initial, "version", 0)
    return service.CategoryDraft(values["name"], values["parent_id"], initial.id if version else None, version)


FORM = FormSpec(
    title="New category",
    groups=(
        Field("name", "Name", required=True, max_length=service.LONGEST),
        Field(
            "parent_id", "Inside", FieldKind.CHOICE, choices=CATEGORIES, help="Leave it empty for the top of the tree."
        ),
    ),
    save=service.save_category,
    build=_draft,
    said=lambda saved: say("Saved {name}", name=saved.name),
    permission=RIGHT,
)


class CategoryTree(QTreeWidget):
    """`dropped` carries a key and the key of where it should hang; what is shown follows the database."""

    dropped = Signal(object, object)

    def __init__(self, editable: bool) -> None:
        super().__init__()
        self.setColumnCount(2)
        self.setHeaderLabels([self.tr("Category"), self.tr("Items")])
        self.setAccessibleName(self.tr("Categories"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setUniformRowHeights(True)
        self.setIndentation(22)
        self.setFont(font())
        header = self.header()
        header.setAccessibleName(self.tr("Column titles"))
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setFont(font(12, tabular=True))
        self.headerItem().setTextAlignment(1, NUMBERS)
        self.setStyleSheet("QTreeView::item { height: 32px; } QHeaderView::section { padding: 6px 8px; }")
        self.setColumnWidth(1, 120)
        if editable:
            self.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)

    def show_all(self, found: Sequence[service.Category], archived: bool = False) -> None:
        """Show the tree, standing where it stood; archived ones only when they are asked for."""
        here, open_before = self.current(), {key for key, one in self._entries().items() if not one.isExpanded()}
        self.clear()
        inside: dict[UUID | None, list[service.Category]] = {}
        for one in found:
            if archived or one.is_active:
                inside.setdefault(one.parent_id, []).append(one)
        self._hang(self.invisibleRootItem(), None, inside)
        for key, entry in self._entries().items():
            entry.setExpanded(key not in open_before)
        stood = self._entries().get(here) or self.topLevelItem(0)
        if stood is not None:
            self.setCurrentItem(stood)

    def _hang(self, above: QTreeWidgetItem, key: UUID | None, inside: dict[UUID | None, list[service.Category]]) -> int:
        """Add what is inside a category; how many items lie there, however deep."""
        total = 0
        for one in inside.get(key, ()):
            words = one.name if one.is_active else self.tr("{name} (archived)").format(name=one.name)
            entry = QTreeWidgetItem(above, [words, ""])
            entry.setData(0, KEY, one)
            within = one.items + self._hang(entry, one.id, inside)
            entry.setText(1, counted(within) if within == one.items else f"{counted(within)} ({counted(one.items)})")
            entry.setTextAlignment(1, NUMBERS)
            entry.setToolTip(1, self.tr("Items in it and in what lies in it; in brackets those in it alone"))
            total += within
        return total

    def _entries(self) -> dict[UUID | None, QTreeWidgetItem]:
        found, waiting = {}, [self.topLevelItem(place) for place in range(self.topLevelItemCount())]
        while waiting:
            entry = waiting.pop()
            if entry is not None:
                found[entry.data(0, KEY).id] = entry
                waiting += [entry.child(place) for place in range(entry.childCount())]
        return found

    def chosen(self) -> service.Category | None:
        """The category stood on."""
        entry = self.currentItem()
        return entry.data(0, KEY) if entry is not None else None

    def current(self) -> UUID | None:
        """Its key."""
        one = self.chosen()
        return one.id if one is not None else None

    def holds_used(self, key: UUID) -> bool:
        """Whether a category in use lies in it."""
        shown = (entry.data(0, KEY) for entry in self._entries().values())
        return any(one.is_active and one.parent_id == key for one in shown)

    def neighbour(self) -> service.Category | None:
        """The category before it at the same level, into which it can go."""
        here = self.currentItem()
        above = self.itemAbove(here) if here is not None else None
        while above is not None and here is not None and above.parent() is not here.parent():
            above = above.parent()
        return above.data(0, KEY) if above is not None else None

    def dropEvent(self, event: QDropEvent) -> None:
        """Ask for the move instead of showing one that may be refused."""
        target, spot = self.itemAt(event.position().toPoint()), self.dropIndicatorPosition()
        if target is not None and spot is not QAbstractItemView.DropIndicatorPosition.OnItem:
            target = target.parent()
        event.setDropAction(Qt.DropAction.IgnoreAction)
        event.accept()
        if (key := self.current()) is not None:
            self.dropped.emit(key, target.data(0, KEY).id if target is not None else None)


class CategoriesPage(SideArea):
    """Create, rename, move, merge and delete, by mouse and by keyboard."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        may = desk.may(RIGHT)
        self.tree = CategoryTree(may)
        content = QWidget()
        content.setObjectName("page")
        super().__init__(content)
        self.setAccessibleName(self.tr("Categories"))
        buttons = self._buttons() if may else ()
        self.header = PageHeader(self.tr("Categories"), *buttons)
        hint = self.tr("Drag a category into another, or press Ctrl+Shift+→ and ←. Enter shows its items.")
        card = frame("card", column(self.tree, margins=(1, 1, 1, 1)))
        self.archived = Check(self.tr("Show archived"))
        self.archived.toggled.connect(lambda _on: self.reload())
        above = row(label(hint, 12, role="muted", wrap=True), self.archived)
        above.setStretch(0, 1)
        layout = column(self.header, 8, above, 8, card, margins=(24, 18, 24, 20))
        layout.setStretchFactor(card, 1)
        content.setLayout(layout)
        self.tree.dropped.connect(self.move_to)
        self.tree.itemActivated.connect(lambda *_: self.show_items())
        self.setFocusProxy(self.tree)
        desk.background.changed.connect(self._concerned)
        if may:
            self._bind_keys()

    def _buttons(self) -> tuple[QWidget, ...]:
        made: list[QWidget] = []
        for title, icon, act in (
            (self.tr("Rename"), "pencil-simple", self.rename),
            (self.tr("Merge into …"), "arrows-in", self.merge),
            (self.tr("Archive"), "archive", self.archive),
            (self.tr("Restore"), "arrow-counter-clockwise", self.restore),
            (self.tr("Delete"), "trash", self.remove),
        ):
            button = Button(title, icon=icon)
            button.clicked.connect(act)
            made.append(button)
        self._archive, self._restore = made[2:4]
        self._restore.hide()
        self.tree.currentItemChanged.connect(lambda *_: self._show_state())
        new = Button(self.tr("New category"), "primary", "plus")
        new.clicked.connect(self.start_new)
        return (*made, new)

    def _bind_keys(self) -> None:
        deeper, out = ("Left", "Right") if reads_from_right() else ("Right", "Left")
        keys: tuple[tuple[str, Callable[[], None], str], ...] = (
            ("Ctrl+N", self.start_new, self.tr("New category")),
            ("F2", self.rename, self.tr("Rename the category")),
            ("Del", self.remove, self.tr("Delete the empty category")),
            (f"Ctrl+Shift+{deeper}", self.move_in, self.tr("Move it into the one above")),
            (f"Ctrl+Shift+{out}", self.move_out, self.tr("Move it out by one level")),
            ("Ctrl+Shift+M", self.merge, self.tr("Merge it into another")),
        )
        for key, act, words in keys:
            bind(self.tree, key, act, words=words)

    def showEvent(self, event: QShowEvent) -> None:
        """Read when it is looked at."""
        super().showEvent(event)
        self.reload()

    def reload(self) -> None:
        """Read the tree."""
        self._desk.start(self, self._show, service.categories, replace="categories")

    def _show(self, found: Sequence[service.Category]) -> None:
        self.tree.show_all(found, self.archived.isChecked())
        found = [one for one in found if one.is_active]
        self.header.say(self.tr("{count} categories").format(count=counted(len(found))))

    def _concerned(self, subjects: Set[str]) -> None:
        if subjects & SUBJECTS and self.isVisible():
            self.reload()

    def start_new(self) -> None:
        """A form for a new one, inside the one stood on."""
        self.open_panel(FormPanel(self._desk, FORM, {"name": "", "parent_id": self.tree.current()}))

    def rename(self) -> None:
        """A form for the one stood on."""
        if (one := self.tree.chosen()) is not None:
            self.open_panel(FormPanel(self._desk, FormSpec(**{**vars(FORM), "title": self.tr("Edit category")}), one))

    def show_items(self) -> None:
        """The items in it, and in what lies in it."""
        if (key := self.tree.current()) is not None:
            self._desk.navigation.open("items", filters=(Filter("category", Match.IN, (key,)),))

    def move_to(self, key: UUID, parent: UUID | None) -> None:
        """Hang it there, with the way back."""

        def done(before: UUID | None) -> None:
            undo = partial(self._desk.start, self, lambda _: None, service.move_category, key, before)
            self._desk.messages.done(self.tr("Moved"), undo)

        self._desk.start(self, done, service.move_category, key, parent)

    def move_in(self) -> None:
        """Into the one before it."""
        one, above = self.tree.chosen(), self.tree.neighbour()
        if one is not None and above is not None:
            self.move_to(one.id, above.id)

    def move_out(self) -> None:
        """To where the one it lies in hangs."""
        entry = self.tree.currentItem()
        outer = entry.parent() if entry is not None else None
        if entry is not None and outer is not None:
            self.move_to(entry.data(0, KEY).id, outer.data(0, KEY).parent_id)

    def remove(self) -> None:
        """Delete it when it is empty, with the way back."""
        one = self.tree.chosen()
        if one is None:
            return

        def done(draft: service.CategoryDraft) -> None:
            undo = partial(self._desk.start, self, lambda _: None, service.save_category, draft)
            self._desk.messages.done(self.tr("Deleted {name}").format(name=draft.name), undo)

        self._desk.start(self, done, service.remove_category, one.id)

    def _show_state(self) -> None:
        """What is in use can be archived, what is archived restored."""
        one = self.tree.chosen()
        self._archive.setVisible(one is None or one.is_active)
        self._restore.setVisible(one is not None and not one.is_active)

    def archive(self) -> None:
        """Put it out of use; where something is in it, ask where that goes."""
        one = self.tree.chosen()
        if one is None or not one.is_active:
            return
        if not one.items and not self.tree.holds_used(one.id):
            self._desk.start(self, self._archived, service.archive_category, one.id)
            return
        spec = FormSpec(
            title=self.tr("Archive {name}").format(name=one.name),
            subtitle=self.tr("The items and categories in it go into another one. Archived items stay where they are."),
            groups=(Field("into", self.tr("They go into"), FieldKind.CHOICE, required=True, choices=CATEGORIES),),
            save=lambda connection, into: service.archive_category(connection, one.id, into),
            build=lambda values, _initial: values["into"],
            said=lambda gone: say("Archived {name}: {moved:,} items went over", name=gone.name, moved=len(gone.items)),
            save_title=self.tr("Archive"),
            permission=RIGHT,
        )
        self.open_panel(FormPanel(self._desk, spec))

    def _archived(self, gone: service.ArchivedCategory) -> None:
        undo = partial(self._desk.start, self, lambda _: None, service.restore_category, gone)
        self._desk.messages.done(self.tr("Archived {name}").format(name=gone.name), undo)

    def restore(self) -> None:
        """Put it into use again."""
        one = self.tree.chosen()
        if one is None or one.is_active:
            return

        def done(name: str) -> None:
            undo = partial(self._desk.start, self, lambda _: None, service.archive_category, one.id)
            self._desk.messages.done(self.tr("Restored {name}").format(name=name), undo)

        archived = service.ArchivedCategory(one.id, one.name)
        self._desk.start(self, done, service.restore_category, archived)

    def merge(self) -> None:
        """Ask for the one that stays."""
        one = self.tree.chosen()
        if one is None:
            return
        spec = FormSpec(
            title=self.tr("Merge {name}").format(name=one.name),
            subtitle=self.tr("All that is in it goes over, and it is deleted."),
            groups=(Field("into", self.tr("Into"), FieldKind.CHOICE, required=True, choices=CATEGORIES),),
            save=lambda connection, into: service.merge_category(connection, one.id, into),
            build=lambda values, _initial: values["into"],
            said=lambda moved: say("Merged {name}: {moved:,} items went over", name=one.name, moved=moved),
            save_title=self.tr("Merge"),
            permission=RIGHT,
        )
        self.open_panel(FormPanel(self._desk, spec))


def build_categories(desk: Desk) -> CategoriesPage:
    """The page of the categories."""
    return CategoriesPage(desk)
