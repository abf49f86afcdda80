"""The one list page: a list with its detail, its forms and its actions. Capabilities only describe."""

from collections.abc import Callable, Set
from functools import partial
from typing import Any

from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QGuiApplication, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QApplication, QMenu

from ims_desktop.domain.errors import Offline, UserError
from ims_desktop.domain.listing import Filter, Summary
from ims_desktop.domain.wording import meant
from ims_desktop.ui.column_menu import ColumnMenu
from ims_desktop.ui.columns import Column
from ims_desktop.ui.controls import bind
from ims_desktop.ui.desk import Desk, Place
from ims_desktop.ui.detail_panel import DetailPanel
from ims_desktop.ui.form import FormSpec
from ims_desktop.ui.form_panel import FormPanel
from ims_desktop.ui.language import in_words, said
from ims_desktop.ui.links import link_of
from ims_desktop.ui.list_body import ListBody
from ims_desktop.ui.list_editing import ListEditing, with_change_action
from ims_desktop.ui.list_import import with_import_action
from ims_desktop.ui.list_output import ListOutput
from ims_desktop.ui.list_reader import ListReader
from ims_desktop.ui.list_scanning import ListScanning
from ims_desktop.ui.list_spec import Action, ListSpec, Needs
from ims_desktop.ui.palette_box import Command
from ims_desktop.ui.row_dragging import RowDragging
from ims_desktop.ui.side_area import SideArea

SETTLE_MS = 60


class ListPage(SideArea):
    """Shows what a read use case selects, and reads again when one of its subjects changed."""

    def __init__(self, desk: Desk, spec: ListSpec) -> None:
        spec = in_words(with_import_action(desk, with_change_action(desk, spec)))
        self.desk, self.spec = desk, spec
        self.body = ListBody(desk, spec, self.run_action)
        super().__init__(self.body)
        self.setAccessibleName(spec.title)
        self.model, self.table = self.body.model, self.body.table
        self.reader = ListReader(desk, spec, self.model)
        self.editing = ListEditing.of(self, desk, spec, self.body, self.reader)
        self.dragging = spec.order and RowDragging(desk, self.body, spec.order, partial(spec.order.move, self))
        self.scanning = ListScanning(self, spec.scan) if spec.scan is not None else None
        self.output = ListOutput(desk, spec, self.body, self.reader, self)
        if self.body.export is not None:
            self.output.dress(self.body.export)
        self.setFocusProxy(self.table)
        self._stale = True
        self._kept: tuple[frozenset[Any], int] = (frozenset(), 0)
        self._followed = False  # the panel came with the selection: nobody asked for it
        self._stepped_aside = False
        self._settle = QTimer(self, singleShot=True, interval=SETTLE_MS)
        self._settle.timeout.connect(self._follow_selection)
        self._listen()
        self._bind_keys()
        self.body.views.load()

    def _listen(self) -> None:
        self.desk.background.changed.connect(self._concerned)
        self.desk.site_changed.connect(self._site_changed)
        self.body.asked.connect(self.reload)
        self.reader.began.connect(self.body.busy.begin)
        self.reader.filling.connect(self._remember_place)
        self.reader.filled.connect(self._filled)
        self.reader.summed.connect(self._summed)
        self.reader.counted.connect(self.body.show_counts)
        self.reader.reread.connect(self.body.views.count)
        self.reader.failed.connect(self._read_failed)
        self.table.opened.connect(self._opened_by_hand)
        self.body.filters.search.descended.connect(self.table.stand_on_rows)
        self.table.header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.table.header.customContextMenuRequested.connect(self._header_menu)
        self.table.clicked_link.connect(self._follow_link)
        self.table.picked.connect(self._picked)
        self.table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.table.customContextMenuRequested.connect(self._context_menu)

    def _bind_keys(self) -> None:
        keys: list[tuple[str, Callable[[], None], str]] = [
            ("Ctrl+F", self.go_to_search, self.tr("Search the list")),
            ("F5", self.reload, self.tr("Read the list again")),
            ("Ctrl+Shift+L", self.copy_link, self.tr("Copy a link to what is shown")),
            ("Ctrl+Shift+O", self.open_column_menu, self.tr("Sort by, filter by, move or hide the current column")),
            ("Ctrl+Shift+F", self.filter_by_column, self.tr("Filter by the current column")),
        ]
        if self.spec.primary is not None and self.desk.may(self.spec.primary.permission):
            keys.append(("Ctrl+N", self.start_new, self.spec.primary.title))
        keys += [(a.shortcut, partial(self.run_action, a), a.title) for a in self.spec.actions if a.shortcut]
        for key, act, words in keys:
            bind(self, key, act, words=words)

    # what the shell, other pages and actions may ask ---------------------------------------------------------

    def go_to_search(self) -> None:
        """Go to the search box (Ctrl+F)."""
        self.body.filters.search.setFocus()
        self.body.filters.search.selectAll()

    def commands(self) -> tuple[Command, ...]:
        """What Ctrl+K offers here besides pages and records: what can be done now."""
        hint, rows = self.spec.title, self.selected_rows()
        found = [
            Command(f"do {self.spec.key} {action.title}", action.title, partial(self.run_action, action), hint, keys)
            for action, keys in self._actions()
            if self.desk.may(action.permission) and self._may_run(action, rows)
        ]
        views = (
            Command(f"view {key}", name, partial(self.show_tab, str(key)), hint)
            for key, name in (*self.body.presets, *((view.key, view.name) for view in self.body.views.views))
        )
        return (*found, *views, *self.output.commands(), *self._own_commands())

    def _own_commands(self) -> tuple[Command, ...]:
        hint, key = self.spec.title, self.spec.key
        offered = [
            Command(f"columns {key}", self.tr("Choose columns"), self.body.choose_columns, hint),
            Command(f"link {key}", self.tr("Copy a link to this"), self.copy_link, hint, "Ctrl+Shift+L"),
        ]
        if self.body.views.offered:
            save = Command(f"save view {key}", self.tr("Save this view"), self.body.views_button.ask_to_save, hint)
            offered.append(save)
        return tuple(offered)

    def _actions(self) -> list[tuple[Action, str]]:
        primary = [(self.spec.primary, "Ctrl+N")] if self.spec.primary is not None else []
        return [*primary, *((action, action.shortcut) for action in self.spec.actions)]

    def link_to(self, record: Any = None) -> str:
        """The link that leads here, or to one of the records."""
        return link_of(Place(self.spec.key, record))

    def copy_link(self) -> None:
        """Copy a link to the shown record, or to the list."""
        panel = self.panel
        QGuiApplication.clipboard().setText(self.link_to(panel.key if isinstance(panel, DetailPanel) else None))
        self.desk.messages.note(self.tr("The link is on the clipboard. Ctrl+K opens it."))

    def open_column_menu(self) -> None:
        """Offer what can be done with the column the keyboard stands on."""
        self._open_column_menu(self._current_section())

    def filter_by_column(self) -> None:
        """Ask what the column the keyboard stands on is to be filtered by."""
        self.body.filters.open_by_key(self.table.header.column_at(self._current_section()).key)

    def _current_section(self) -> int:
        index = self.table.currentIndex()
        return index.column() if index.isValid() else self.table.column_layout.first()

    def _open_column_menu(self, section: int) -> None:
        key, filters = self.table.header.column_at(section).key, self.body.filters
        filter_by = partial(filters.open_by_key, key) if key in filters.chips else None
        ColumnMenu(self.table, section, filter_by).open()

    def start_new(self) -> None:
        """Start the primary action (Ctrl+N)."""
        if self.spec.primary is not None:
            self.run_action(self.spec.primary)

    def show_record(self, key: Any) -> None:
        """Show one record, asked for by another page."""
        self.open_record(key)

    def show_filters(self, filters: tuple[Filter, ...]) -> None:
        """Show the list with these filters, outside of any saved view."""
        self.body.views.leave()
        self.body.filters.set_filters(filters)
        self.reload()

    def show_tab(self, key: str) -> None:
        """Show one of the preset views."""
        self.body.show_tab(key)

    def start(self, done: Callable[[Any], None], use_case: Callable[..., Any], *args: Any) -> None:
        """Run a use case off the GUI thread; `done(result)` comes back while the page is there."""
        self.desk.start(self, done, use_case, *args)

    def reload(self) -> None:
        """Read the rows again; a page nobody looks at waits until it is shown."""
        self._stale = not self.isVisible()
        self.body.mark_view()
        if not self._stale:
            self.reader.read(self.body.query)

    def selected_rows(self) -> tuple[Any, ...]:
        """The selected row values."""
        return self.table.chosen_rows()

    def open_record(self, key: Any) -> None:
        """Show the detail of a record in the panel."""
        if self.spec.detail is None:
            return
        self._followed = False
        if isinstance(self.panel, DetailPanel):
            self.panel.show_key(key)
        else:
            panel = DetailPanel(self, self.spec.detail, key)
            panel.stepped.connect(self._step)
            self.open_panel(panel)

    def open_form(self, spec: FormSpec, initial: Any = None, key: Any = None) -> None:
        """Show a form in the panel: empty, from a value, or read by key."""
        if self.desk.may(spec.permission):
            self.open_panel(FormPanel(self.desk, spec, initial, key))
        else:
            self.desk.messages.failed(self.tr("Your roles do not allow this: {title}.").format(title=spec.title))

    def run_action(self, action: Action) -> None:
        """Run an action with the selected rows when it may run and has as many as it needs."""
        self._run(action, self.selected_rows())

    def _may_run(self, action: Action, rows: tuple[Any, ...]) -> bool:
        enough = action.needs is Needs.NONE or len(rows) == 1 or (bool(rows) and action.needs is Needs.SOME)
        return enough and not (action.why_not and action.why_not(rows))

    def change_rows(self, rows: tuple[Any, ...]) -> None:
        """Change many rows at once, in the panel."""
        if self.editing is not None:
            self.editing.change_rows(rows)

    def leave(self, go_on: Callable[[], None]) -> None:
        """Go on when neither a panel nor the list holds unsaved work."""
        if self.editing is None:
            super().leave(go_on)
        else:
            super().leave(partial(self.editing.grid.leave, go_on))

    def row_actions(self, key: Any) -> tuple[tuple[Action, Callable[[], None]], ...]:
        """What the list can do with one of its rows, for the menu of the panel about it."""
        rows = tuple(row for row in self.model.rows if self.spec.row_key(row) == key)
        wanted = (action for action in self.spec.actions if action.needs is not Needs.NONE) if rows else ()
        offered = (action for action in wanted if self.desk.may(action.permission))
        return tuple((action, partial(self._run, action, rows)) for action in offered)

    def _run(self, action: Action, rows: tuple[Any, ...], _checked: bool = False) -> None:
        if self._may_run(action, rows) and self.desk.may(action.permission):
            action.run(self, rows)

    # reacting ------------------------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        """Read what went stale while nobody looked."""
        super().showEvent(event)
        if self._stale:
            self.reload()

    def _remember_place(self, same: bool) -> None:
        keys = frozenset(self.spec.row_key(row) for row in self.selected_rows())
        if self.editing is not None:
            self.editing.remember()
        self._kept = keys, self.table.verticalScrollBar().value() if same else 0

    def _filled(self) -> None:
        self.body.busy.end()
        self.body.show_rows()
        self._keep_focus()
        keys, scrolled = self._kept
        if self.editing is None or not self.editing.restore():
            self.table.choose_rows([n for n, row in enumerate(self.model.rows) if self.spec.row_key(row) in keys])
        self.table.verticalScrollBar().setValue(scrolled)

    def _keep_focus(self) -> None:
        """The keyboard stands on the table, or on what there is instead of an empty one."""
        lost = self.isVisible() and QApplication.focusWidget() in (None, self.table, self.focusProxy())
        self.setFocusProxy(self.body.keyboard_home())
        if lost:
            self.setFocus()

    def _read_failed(self, error: Exception) -> None:
        self.body.busy.end()
        if not self.model.rowCount():
            self.body.show_failure(error)
            self._keep_focus()
        elif not isinstance(error, Offline):
            self.desk.messages.failed(error.text if isinstance(error, UserError) else str(error))

    def _concerned(self, subjects: Set[str]) -> None:
        if subjects & self.spec.subjects:
            self.reload()

    def _site_changed(self, _site: Any) -> None:
        if self.spec.site_bound:
            self.reload()
            if isinstance(self.panel, DetailPanel):
                self.panel.read_again()

    def _summed(self, summary: Summary | None) -> None:
        self.body.show_summary(summary)

    def _picked(self) -> None:
        self.body.picked.show_rows(self.selected_rows())
        self._settle.start()

    def _follow_selection(self) -> None:
        rows = self.selected_rows()
        if len(rows) == 1 and (isinstance(self.panel, DetailPanel) or (self.panel is None and self.wide)):
            followed = self._followed or self.panel is None
            self.open_record(self.spec.row_key(rows[0]))
            self._followed = followed

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A panel nobody asked for goes when there is no room beside the list, and comes back with the room."""
        super().resizeEvent(event)
        if self._followed and not self.wide and isinstance(self.panel, DetailPanel):
            self.close_panel()
            self._stepped_aside = True
        elif self._stepped_aside and self.wide:
            self._stepped_aside = False
            self._settle.start()

    def _step(self, step: int) -> None:
        place = self.table.currentIndex().row() + step
        if 0 <= place < self.model.rowCount():
            self.table.choose(place)

    def _opened_by_hand(self, row: Any) -> None:
        """A record that somebody opens is a step of the way: Alt+Left leads back."""
        key, place = self.spec.row_key(row), self.desk.navigation.place
        self.open_record(key)
        if self.spec.detail is not None and place is not None and place.page == self.spec.key:
            self.desk.navigation.note(key)

    def show_list(self) -> None:
        """Back from one of its records to the list alone."""
        if isinstance(self.panel, DetailPanel) and not self._followed:
            self.close_panel()

    def _header_menu(self, where: QPoint) -> None:
        section = self.table.header.logicalIndexAt(where)
        if section >= 0:
            self._open_column_menu(section)

    def _follow_link(self, column: Column, row: Any) -> None:
        self.desk.navigation.open(column.opens or "", getattr(row, column.link or column.key))

    def _context_menu(self, where: QPoint) -> None:
        menu, rows = QMenu(self), self.selected_rows()
        if self.spec.detail is not None and len(rows) == 1:
            menu.addAction(said(meant("Open", "command")), lambda: self.open_record(self.spec.row_key(rows[0])))
        if self.editing is not None:
            self.editing.add_to(menu)
        menu.addAction(self.tr("Copy with headers"), self.table.copy)
        menu.addSeparator()
        self.body.picked.add_to(menu, self.run_action)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.table.viewport().mapToGlobal(where))
