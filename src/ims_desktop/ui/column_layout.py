"""Which columns of a table stand where, how wide and how close together; kept for the person who arranged them."""

import json
from collections.abc import Mapping, Sequence

from PySide6.QtCore import QObject, QSettings, Signal
from PySide6.QtWidgets import QTableView

from ims_desktop.domain.list_view import Arrangement, Density, arrangement_of, arrangement_written
from ims_desktop.ui.columns import Column, Kind
from ims_desktop.ui.formats import Formats
from ims_desktop.ui.header import least_width, usual_width

LEAST_STRETCHY = 140
# Heights of rows of one line and of two: the closest have no room for the second.
HEIGHTS = {Density.COMPACT: (26, 28), Density.NORMAL: (32, 42), Density.COMFORTABLE: (40, 52)}


class ColumnLayout(QObject):
    """Arranges the columns of a view; `changed` says that somebody did."""

    changed = Signal()

    def __init__(
        self, view: QTableView, columns: Sequence[Column], formats: Formats, settings: QSettings, key: str
    ) -> None:
        super().__init__(view)
        self._view, self._header, self._columns = view, view.horizontalHeader(), tuple(columns)
        self._usual = {column.key: usual_width(column, formats) for column in self._columns}
        self._least = {column.key: least_width(column, formats) for column in self._columns}
        self._sections = {column.key: section for section, column in enumerate(self._columns)}
        self._settings, self._place = settings, f"lists/{key}/columns"
        self._two_lines = any(column.kind is Kind.TITLE for column in self._columns)
        self._widths: dict[str, int] = {}
        self._density = Density.NORMAL
        self._busy = False
        self._take(self._kept())
        self._header.sectionResized.connect(self._resized)
        self._header.sectionMoved.connect(lambda *_: self._remember())

    # what stands where ---------------------------------------------------------------------------------------

    def order(self) -> tuple[int, ...]:
        """All sections from left to right, hidden ones too."""
        return tuple(self._header.logicalIndex(place) for place in range(self._header.count()))

    def shown(self) -> tuple[Column, ...]:
        """The columns as they stand: in their order, without hidden ones."""
        return tuple(self._columns[section] for section in self.order() if not self._view.isColumnHidden(section))

    def first(self) -> int:
        """The section on the very left."""
        return next((section for section in self.order() if not self._view.isColumnHidden(section)), 0)

    @property
    def density(self) -> Density:
        """How close together the rows stand."""
        return self._density

    @property
    def arrangement(self) -> Arrangement:
        """The whole of it as a value; widths as usual are not in it."""
        return Arrangement(
            order=tuple(self._columns[section].key for section in self.order()),
            hidden=frozenset(c.key for s, c in enumerate(self._columns) if self._view.isColumnHidden(s)),
            widths={c.key: self._widths[c.key] for c in self._columns if self._widths[c.key] != self._usual[c.key]},
            density=self._density,
        )

    @property
    def usual(self) -> Arrangement:
        """How the list describes itself."""
        return Arrangement(
            tuple(column.key for column in self._columns), frozenset(c.key for c in self._columns if c.hidden)
        )

    # changing it ---------------------------------------------------------------------------------------------

    def arrange(self, arrangement: Arrangement) -> None:
        """Take an arrangement over; columns it does not know stand as usual, those that are gone are left out."""
        self._take(arrangement)
        self._view.doItemsLayout()
        self._remember()

    def reset(self) -> None:
        """Back to how the list describes itself."""
        self._take(self.usual)
        self._settings.remove(self._place)
        self.changed.emit()

    def show_column(self, section: int, on: bool) -> None:
        """Show or hide a column; the last one stays."""
        if on or len(self.shown()) > 1:
            self._view.setColumnHidden(section, not on)
            self.fit()
            self._remember()

    def put(self, keys: Sequence[str]) -> None:
        """Put the columns in this order."""
        self._busy = True
        for place, key in enumerate(key for key in keys if key in self._sections):
            self._header.moveSection(self._header.visualIndex(self._sections[key]), place)
        self._busy = False
        self._remember()

    def stand(self, density: Density) -> None:
        """Put the rows closer together or further apart."""
        self._set_density(density)
        self._view.doItemsLayout()  # the scroll bar learns how high the rows are
        self._remember()

    def fit(self) -> None:
        """One column takes spare room; where it is tight all that can gives some; beyond that a window scrolls."""
        before, self._busy = self._busy, True
        shown = [section for section in range(len(self._columns)) if not self._view.isColumnHidden(section)]
        widths = {section: self._widths[self._columns[section].key] for section in shown}
        spare = self._view.viewport().width() - sum(widths.values())
        stretchy = next((section for section in shown if self._columns[section].stretch), shown[0] if shown else None)
        if stretchy is not None:
            gives = {section: self._gives(section, section == stretchy) for section in shown}
            if -sum(gives.values()) <= spare < 0:
                widths = _narrowed(widths, gives, -spare)
            else:
                widths[stretchy] += max(-gives[stretchy], spare)
        for section, width in widths.items():
            self._view.setColumnWidth(section, width)
        self._busy = before

    def _gives(self, section: int, stretchy: bool) -> int:
        key = self._columns[section].key
        width = self._widths[key]
        if stretchy:
            return width - min(width, max(LEAST_STRETCHY, width * 2 // 3))
        return max(0, width - self._least[key]) if width == self._usual[key] else 0  # what somebody set stays

    def _take(self, arrangement: Arrangement) -> None:
        self._busy = True
        self._widths = {c.key: arrangement.widths.get(c.key, self._usual[c.key]) for c in self._columns}
        known = set(arrangement.order)
        for section, column in enumerate(self._columns):
            said = arrangement.hidden is not None and (not known or column.key in known | arrangement.hidden)
            hidden = column.key in (arrangement.hidden or ()) if said else column.hidden
            self._view.setColumnHidden(section, hidden)
        if self._columns and not self.shown():
            self._view.setColumnHidden(0, False)
        # New columns stand where the list describes them, behind their neighbour.
        order = [key for key in arrangement.order if key in self._sections]
        for place, column in enumerate(self._columns):
            if column.key not in known:
                before = self._columns[place - 1].key if place else None
                order.insert(order.index(before) + 1 if before in order else len(order) if known else place, column.key)
        for place, key in enumerate(order):
            self._header.moveSection(self._header.visualIndex(self._sections[key]), place)
        self._set_density(arrangement.density)
        self._busy = False
        self.fit()
        self._view.viewport().update()

    def _set_density(self, density: Density) -> None:
        self._density = density
        rows = self._view.verticalHeader()
        height = HEIGHTS[density][self._two_lines]
        rows.setMinimumSectionSize(min(height, rows.minimumSectionSize()))
        rows.setDefaultSectionSize(height)

    def _kept(self) -> Arrangement:
        try:
            return arrangement_of(json.loads(str(self._settings.value(self._place, "{}"))))
        except json.JSONDecodeError:
            return Arrangement()

    def _remember(self) -> None:
        if not self._busy:
            self._settings.setValue(self._place, json.dumps(arrangement_written(self.arrangement)))
            self.changed.emit()

    def _resized(self, section: int, _old: int, new: int) -> None:
        if not self._busy and new:
            self._widths[self._columns[section].key] = new
            self._remember()


def _narrowed(widths: Mapping[int, int], gives: Mapping[int, int], lacking: int) -> dict[int, int]:
    """Every column gives by what it could give, until nothing lacks."""
    narrowed, still = dict(widths), sum(gives.values())
    for section, could in gives.items():
        given = lacking * could // still if still else 0
        narrowed[section] -= given
        lacking, still = lacking - given, still - could
    return narrowed
