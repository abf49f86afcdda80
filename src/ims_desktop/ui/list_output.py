"""What a list page can be turned into: a CSV or Excel file, a PDF, or a printed page, always of what is shown."""

from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QMenu, QWidget

from ims_desktop.domain.listing import Summary
from ims_desktop.domain.wording import say_count
from ims_desktop.ui.columns import Column, total_text
from ims_desktop.ui.controls import Button, bind
from ims_desktop.ui.desk import Desk
from ims_desktop.ui.export import Export
from ims_desktop.ui.language import counted
from ims_desktop.ui.list_body import ListBody
from ims_desktop.ui.list_reader import ListReader
from ims_desktop.ui.list_spec import ListSpec
from ims_desktop.ui.palette_box import Command
from ims_desktop.ui.print_preview import ListPrint
from ims_desktop.ui.shown import About, Shown


class ListOutput(QObject):
    """Takes a list out; the bar of the page tells how far a long export is."""

    def __init__(self, desk: Desk, spec: ListSpec, body: ListBody, reader: ListReader, parent: QWidget) -> None:
        super().__init__(parent)
        self._desk, self._spec, self._body, self._parent = desk, spec, body, parent
        self._summary: Summary | None = None
        reader.summed.connect(self._summed)
        self.kinds = (
            (self.tr("CSV file…"), "csv", self.tr("CSV (*.csv)")),
            (self.tr("Excel workbook…"), "xlsx", self.tr("Excel (*.xlsx)")),
            (self.tr("PDF file…"), "pdf", self.tr("PDF (*.pdf)")),
        )

    def fill(self, menu: QMenu) -> None:
        """Offer every way out."""
        for title, ending, _kind in self.kinds:
            menu.addAction(title, partial(self.ask, ending))
        menu.addSeparator()
        menu.addAction(self.tr("Print…\tCtrl+P"), self.print_out)

    def dress(self, button: Button) -> None:
        """Make a button open the menu, and bind the keys."""
        menu = QMenu(button)
        self.fill(menu)
        button.setMenu(menu)
        bind(self._parent, "Ctrl+E", button.showMenu, words=self.tr("Export the list"))
        bind(self._parent, "Ctrl+P", self.print_out, words=self.tr("Print the list"))

    def commands(self) -> tuple[Command, ...]:
        """The same for Ctrl+K."""
        hint, key = self._spec.title, self._spec.key
        if self._body.export is None:
            return ()
        files = (
            Command(
                f"export {key} {ending}", self.tr("Export: {kind}").format(kind=title), partial(self.ask, ending), hint
            )
            for title, ending, _kind in self.kinds
        )
        return (*files, Command(f"print {key}", self.tr("Print the list"), self.print_out, hint, "Ctrl+P"))

    def ask(self, ending: str) -> None:
        """Ask for a file."""
        kind = next(kind for _, known, kind in self.kinds if known == ending)
        name = f"{self._spec.title} {self._when()}.{ending}"

        def chosen(path: str) -> None:
            self.export_to(path if Path(path).suffix else f"{path}.{ending}")

        self._desk.messages.ask_path(self.tr("Export"), name, kind, chosen, self._parent)

    def _when(self) -> str:
        """What a file tells of, for its name: plain columns have no room for it."""
        formats, moment = self._desk.formats, self._body.filters.moment
        return formats.today().isoformat() if moment is None else f"{formats.local(moment):%Y-%m-%d %H.%M}"

    def export_to(self, path: str) -> None:
        """Write everything the query selects to a file; what its name ends with says how."""
        summary = self._summary
        count = None if summary is None or summary.capped else summary.count
        job = Export(self._desk, self._spec.read, self._body.query, self.shown(), Path(path))
        job.finished.connect(partial(self._exported, path))
        self._body.exporting.follow(job, Path(path).name, count)
        job.start()

    def print_out(self) -> None:
        """Show how it will look on paper."""
        ListPrint(self._desk, self._spec.read, self._body.query, self.shown(), self._parent).start()

    def shown(self) -> Shown:
        """The list as it stands on the screen."""
        desk, columns, summary = self._desk, self._body.table.shown_columns(), self._summary
        about: list[tuple[str, str]] = list(self._selection())
        if self._spec.site_bound:
            about.append((self.tr("Site"), desk.site_name))
        about.append((self.tr("Person"), desk.person.name))
        totals: tuple[str, ...] = ()
        if summary is not None and any(column.total for column in columns):
            totals = tuple(self._total(column, summary) for column in columns)
        one, many = self._spec.noun
        subtitle = ""
        if summary is not None and not summary.capped:
            subtitle = f"{counted(summary.count)} {one if summary.count == 1 else many}"
        return Shown(self._spec.title, columns, desk.formats, tuple(about), subtitle, totals)

    def _summed(self, summary: Summary | None) -> None:
        self._summary = summary

    def _selection(self) -> About:
        """The tab, the search and the filters, in words."""
        tabs, filters, found = self._body.tabs, self._body.filters, list[tuple[str, str]]()
        title = next((tab.title for tab in self._spec.tabs if tabs and tab.key == tabs.current), "")
        if title:
            found.append((self.tr("View"), title))
        if filters.words:
            found.append((self.tr("Search"), filters.words))
        if filters.filters:
            found.append((self.tr("Filters"), "; ".join(filters.described())))
        sorts = self._body.query.sort
        titles = {column.key: column.title for column in self._spec.columns}
        if sorts:
            down = self.tr("{column}, descending")
            words = [
                (down if sort.descending else "{column}").format(column=titles.get(sort.key, sort.key))
                for sort in sorts
            ]
            found.append((self.tr("Order"), "; ".join(words)))
        return tuple(found)

    def _total(self, column: Column, summary: Summary) -> str:
        value: Any = summary.totals.get(column.key) if column.total else None
        return "" if value is None else total_text(column, value, self._desk.formats)

    def _exported(self, path: str, rows: int | None) -> None:
        if rows is not None:
            words = say_count(
                "Exported {count:,} row to {name}",
                "Exported {count:,} rows to {name}",
                count=rows,
                name=Path(path).name,
            )
            self._desk.messages.wrote(words, path)
