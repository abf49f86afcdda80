"""The visible parts of a list page: head, tabs, filters, table and totals, and what stands there when it is empty."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QStackedLayout, QVBoxLayout, QWidget

from ims_desktop.domain.errors import UserError
from ims_desktop.domain.list_view import ListView
from ims_desktop.domain.listing import ListQuery, Sort, Summary
from ims_desktop.ui.busy_line import BusyLine
from ims_desktop.ui.column_chooser import ColumnChooser
from ims_desktop.ui.controls import Button, column, frame, row
from ims_desktop.ui.desk import Desk
from ims_desktop.ui.empty_state import EmptyState
from ims_desktop.ui.export_bar import ExportBar
from ims_desktop.ui.filter_bar import FilterBar
from ims_desktop.ui.filter_fields import filter_fields
from ims_desktop.ui.header import TotalsRow
from ims_desktop.ui.language import in_words, said
from ims_desktop.ui.list_spec import ListSpec, Needs
from ims_desktop.ui.page_header import PageHeader, TabBar
from ims_desktop.ui.row_actions import PickedBar, Run, action_button
from ims_desktop.ui.saved_views import SavedViews
from ims_desktop.ui.table_model import TableModel
from ims_desktop.ui.table_view import TableView
from ims_desktop.ui.views_button import ViewsButton

EVERYTHING = "all"  # the tab of a list that describes none


class ListBody(QWidget):
    """`asked` says that the query changed."""

    asked = Signal()

    def __init__(self, desk: Desk, spec: ListSpec, run: Run) -> None:
        super().__init__()
        self.setObjectName("page")
        self._desk, self._spec, self._run = desk, spec, run
        self._sort = spec.sort
        self.export: Button | None = None  # opens the menu of ways out
        columns = tuple(column for column in spec.columns if desk.may(column.permission))
        self.model = TableModel(columns, desk.formats, self)
        self.table = TableView(self.model, spec.key, desk.own, spec.title)
        self.table.header.set_sort(self._sort)
        self.totals = TotalsRow(self.table, columns, desk.formats)
        self.filters = FilterBar(desk, in_words(filter_fields(spec, columns)), spec.search_hint)
        self.empty = EmptyState()
        self.header = PageHeader(spec.title, *self._buttons())
        self.presets = [(tab.key, tab.title) for tab in spec.tabs] or [(EVERYTHING, self.tr("All"))]
        self.tabs = TabBar(self.presets)
        self.views = SavedViews(desk, self, spec.key, spec.summary, self)
        self.picked = PickedBar(desk, spec.actions, run, least=1 if spec.detail is None else 2)
        self.exporting = ExportBar()
        self.chooser: ColumnChooser | None = None
        self._lay_out()
        self.filters.changed.connect(self.asked)
        self.table.header.sorted.connect(self._sorted)
        self.picked.dropped.connect(self.table.clearSelection)
        self.tabs.chosen.connect(self.show_tab)
        self.views.changed.connect(self._show_views)
        self.views.counted.connect(self.tabs.show_counts)
        self.table.column_layout.changed.connect(self.mark_view)

    def _buttons(self) -> list[QWidget]:
        spec, may = self._spec, self._desk.may
        actions = [action for action in spec.actions if action.needs is Needs.NONE and may(action.permission)]
        made: list[QWidget] = [action_button(action, self._run) for action in actions]
        if spec.export:
            self.export = Button(self.tr("Export"), icon="download-simple")
            made.append(self.export)
        if spec.primary is not None and may(spec.primary.permission):
            made.append(action_button(spec.primary, self._run, "primary"))
        return made

    def _lay_out(self) -> None:
        self.columns_button = Button(self.tr("Columns"), "filter", "columns")
        self.columns_button.clicked.connect(self.choose_columns)
        self.views_button = ViewsButton(self.views)
        bar = row(self.filters, self.views_button, self.columns_button)
        bar.setStretch(0, 1)
        for button in (self.views_button, self.columns_button):
            bar.setAlignment(button, Qt.AlignmentFlag.AlignTop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 18, 24, 20)
        layout.setSpacing(12)
        layout.addLayout(column(self.header, 8 if self._spec.tabs else 0, self.tabs))
        layout.addLayout(bar)
        layout.addWidget(self.picked)
        layout.addWidget(self.exporting)
        self._above = layout
        layout.addWidget(self._card(), 1)
        self.tabs.setVisible(len(self.presets) > 1)

    def _card(self) -> QFrame:
        holder, table = QWidget(), QWidget()
        table.setLayout(column(self.table))
        self._stack = QStackedLayout(holder)
        self._stack.addWidget(table)
        self._stack.addWidget(self.empty)
        self._foot = layout = column(holder, self.totals, margins=(1, 1, 1, 1))
        layout.setStretch(0, 1)
        made = frame("card", layout)
        self.busy = BusyLine(made)
        return made

    def take_in(self, above: QWidget, foot: QWidget) -> None:
        """Give room to what belongs to editing: a bar over the table and a line at its foot."""
        self._above.insertWidget(self._above.count() - 1, above)
        self._foot.addWidget(foot)

    @property
    def query(self) -> ListQuery:
        """What the person wants to see, with the days that are meant now."""
        return self._of_now(self._wanted)

    def _of_now(self, query: ListQuery) -> ListQuery:
        return replace(query, filters=tuple(self.filters.fixed(one) for one in query.filters))

    @property
    def _wanted(self) -> ListQuery:
        """As it was asked for: the tab's filters give way to those set by hand."""
        tab = next((tab for tab in self._spec.tabs if tab.key == self.tabs.current), None)
        own = {item.key for item in self.filters.filters}
        of_tab = tuple(item for item in (tab.filters if tab else ()) if item.key not in own)
        site = self._desk.site if self._spec.site_bound else None
        return ListQuery(search=self.filters.words, filters=of_tab + self.filters.filters, sort=self._sort, site=site)

    def query_of(self, view: ListView) -> ListQuery:
        """What a view selects now; filters that the list has no longer are left out."""
        return self._of_now(self._wanted_of(view))

    def _wanted_of(self, view: ListView) -> ListQuery:
        known = {item.key for tab in self._spec.tabs for item in tab.filters}
        filters = tuple(item for item in view.filters if item.key in known or self.filters.knows(item.key))
        sorts = {column.key for column in self.model.columns if column.sortable}
        sort = tuple(sort for sort in view.sort if sort.key in sorts) or self._spec.sort
        site = self._desk.site if self._spec.site_bound else None
        return ListQuery(view.search, filters, sort, site)

    def view(self) -> ListView:
        """How the list is looked at now."""
        query = self._wanted
        return ListView(query.search, query.filters, query.sort, self.table.column_layout.arrangement)

    def show_view(self, view: ListView) -> None:
        """Look at the list like that."""
        query = self._wanted_of(view)
        self.filters.show_words(query.search, query.filters)
        self._set_sort(query.sort)
        self.table.column_layout.arrange(view.arrangement)
        self.asked.emit()

    def show_tab(self, key: str) -> None:
        """Show one of the preset views, or a saved one."""
        if key not in dict(self.presets):
            self.views.choose(key)
            return
        left = self.views.current is not None
        self.views.leave()
        self.tabs.choose(key)
        tab = next((tab for tab in self._spec.tabs if tab.key == key), None)
        if left:
            self.filters.show_words("", ())
        if left or (tab is not None and tab.sort):
            self._set_sort(tab.sort if tab is not None and tab.sort else self._spec.sort)
        self.asked.emit()

    def _show_views(self) -> None:
        """Tabs of the saved views behind the preset ones."""
        saved = [(str(view.key), view.name) for view in self.views.views]
        current = str(self.views.current.key) if self.views.current else self.tabs.current
        self.tabs.offer([*self.presets, *saved])
        self.tabs.choose(current if current in self.tabs.buttons else self.presets[0][0])
        self.tabs.setVisible(len(self.tabs.buttons) > 1)
        self.mark_view()

    def _set_sort(self, sort: tuple[Sort, ...]) -> None:
        self._sort = sort
        self.table.header.set_sort(sort)

    def show_summary(self, summary: Summary | None) -> None:
        """Write count and totals under the table, and the subtitle."""
        if summary is None:
            self.totals.show_totals("", {})
            return
        one, many = self._spec.noun
        number = self._desk.formats.number
        count = number(summary.count - 1) + "+" if summary.capped else number(summary.count)
        words = f"{count} {one if summary.count == 1 else many}"
        if self.filters.narrows:
            words = self.tr("{rows} · filtered").format(rows=words)
        self.totals.show_totals(words, summary.totals)
        self.header.say(said(self._spec.subtitle(summary, self._desk.formats)) if self._spec.subtitle else words)

    def show_counts(self, counts: Mapping[str, int]) -> None:
        """Write how many rows the views have; an empty one knows then which has some.

        While rows are read nobody knows whether it stays empty, and the button with the keyboard must not go.
        """
        self.tabs.show_counts(counts)
        if self._stack.currentWidget() is self.empty and not self.empty.is_trouble and not self.busy.is_at_work:
            self.show_rows()

    def show_rows(self) -> None:
        """Show the table, or say why it is empty and what to do."""
        nothing = self.model.rowCount() == 0
        self._stack.setCurrentIndex(1 if nothing else 0)
        self.totals.setVisible(not nothing)
        if not nothing:
            return
        if self.filters.narrows:
            text = self.tr("No row fits the search and the filters.")
            self.empty.say("funnel", self.tr("Nothing matches"), text, self.tr("Clear them"), self.filters.clear)
        else:
            self._say_empty()

    def _say_empty(self) -> None:
        """There is nothing, or nothing in this view: offer the next step, or a view that has something."""
        tab = next((tab for tab in self._spec.tabs if tab.key == self.tabs.current), None)
        first = self.presets[0][0]
        full = next((key for key, _title in self.presets if self.tabs.counts.get(key)), first)
        if self.tabs.current not in (first, full) and (tab is None or tab.empty is None):
            text = self.tr("This view is empty.")
            show = self.tr("Show {view}").format(view=dict(self.presets)[full])
            self.empty.say("tray", self.tr("Nothing here"), text, show, partial(self.show_tab, full))
            return
        empty = (tab.empty if tab is not None else None) or self._spec.empty
        action = empty.step(self._desk.may)
        act = partial(self._run, action) if action else None
        self.empty.say("tray", empty.title, empty.text, action.title if action else "", act)

    def keyboard_home(self) -> QWidget:
        """Where the keyboard begins: in the table, or on the way out of an empty one."""
        if self.model.rowCount():
            return self.table
        ways = (self.empty.button, self.filters.search, *self.filters.chips.values())
        return next((way for way in ways if way.isVisibleTo(self)), self.table)

    def show_failure(self, error: Exception) -> None:
        """Say in place of the rows that they could not be read."""
        self._stack.setCurrentIndex(1)
        self.totals.hide()
        words = error.text if isinstance(error, UserError) else str(error)
        again = self.tr("Try again")
        title = self.tr("The list could not be read")
        self.empty.say("cloud-slash", title, words, again, self.asked.emit, trouble=True)

    def mark_view(self) -> None:
        """Say whether the list is looked at otherwise than the chosen view says."""
        self.tabs.mark(str(self.views.current.key) if self.views.current and self.views.modified else None)

    def _sorted(self, sort: tuple[Sort, ...]) -> None:
        self._sort = sort
        self.asked.emit()

    def choose_columns(self) -> None:
        """Offer the columns to show, hide and order."""
        if self.chooser is not None:
            self.chooser.deleteLater()
        self.chooser = ColumnChooser(self, self.table.column_layout, self.model.columns)
        self.chooser.show_under(self.columns_button)
