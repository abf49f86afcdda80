"""A made-up list whose cells can be edited: a larder that keeps what is saved, refuses some of it, and can be late."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from operator import attrgetter
from typing import Any

from ims_desktop.domain.editing import CellChange, CellPlace, CellsRefused, Theirs
from ims_desktop.domain.errors import Problem
from ims_desktop.domain.listing import ListQuery, Page, Sort
from ims_desktop.domain.units import Equation, ItemUnits
from ims_desktop.domain.work import Changed, read
from ims_desktop.ui.cell_edit import CellEdit
from ims_desktop.ui.choices import Choice, Choices
from ims_desktop.ui.columns import Column, Kind
from ims_desktop.ui.list_spec import ListSpec

CASE = Equation("case", Fraction(6), "tin")
TINS = ItemUnits("tin", [CASE, Equation("tin", Fraction(1), "each")])
AREAS = Choices((Choice(1, "Dry store"), Choice(2, "Walk-in"), Choice(3, "Cellar")))
DAYS = Choices((Choice(1, "Mon"), Choice(2, "Tue"), Choice(4, "Thu")))
PRIZED = Decimal(999)  # the larder refuses this par


@dataclass(frozen=True)
class Jar:
    """A row of the larder."""

    id: int
    name: str
    par: Decimal | None
    price: Decimal
    area: int
    days: tuple[int, ...]
    is_open: bool
    note: str = ""
    unit: str = "tin"


NAMED = CellEdit(required=True, most=20)
COLUMNS = (
    Column("name", "Jar", Kind.TITLE, 200, sub="note", stretch=True, sortable=True, edit=NAMED),
    Column("par", "Par", Kind.QUANTITY, 100, unit="unit", decimals=0, edit=CellEdit(units=lambda _row: TINS)),
    Column("price", "Price", Kind.MONEY, 100, edit=CellEdit(required=True)),
    Column("area", "Area", width=110, edit=CellEdit(choices=AREAS, required=True)),
    Column("days", "Days", width=110, edit=CellEdit(choices=DAYS, several=True)),
    Column("is_open", "Open", Kind.FLAG, 80, edit=CellEdit()),
    Column("id", "Number", Kind.NUMBER, 80),
)  # fmt: skip


class Larder:
    """Stands in for the services of the list."""

    def __init__(self, count: int = 12) -> None:
        self.jars = {n: Jar(n, f"Jar {n:04}", Decimal(n), Decimal(n) / 2, 1, (1,), n % 2 == 0) for n in range(count)}
        self.saves: list[tuple[CellChange, ...]] = []
        self.wait: Callable[[], None] = lambda: None
        self.read = self._read()

    def _read(self) -> Callable[..., Page[Jar]]:
        @read
        def jars(connection: Any, query: ListQuery) -> Page[Jar]:
            found = [jar for jar in self.jars.values() if query.search.lower() in jar.name.lower()]
            for sort in reversed(query.sort):
                found.sort(key=attrgetter(sort.key), reverse=sort.descending)
            start = query.after[0] if query.after else 0
            end = start + query.limit
            return Page(tuple(found[start:end]), (end,) if end < len(found) else None)

        return jars

    def save(self, connection: Any, changes: Sequence[CellChange]) -> Changed:
        """Write all cells or none."""
        self.wait()
        self.saves.append(tuple(changes))
        wrong = [
            Problem("Nobody has room for 999.", change.place.column, number)
            for number, change in enumerate(changes, 1)
            if change.new == PRIZED
        ]
        theirs = [
            Theirs(change.place, self.held(change.place))
            for change in changes
            if self.held(change.place) not in (change.old, change.new)
        ]
        if wrong or theirs:
            raise CellsRefused(wrong, theirs)
        for change in changes:
            jar = self.jars[change.place.row]
            self.jars[jar.id] = replace(jar, **{change.place.column: change.new})
        return Changed(len(changes), frozenset({"jars"}))

    def held(self, place: CellPlace) -> Any:
        """What a cell holds."""
        return getattr(self.jars[place.row], place.column)

    def put(self, key: int, **values: Any) -> None:
        """Somebody else changes a row."""
        self.jars[key] = replace(self.jars[key], **values)

    def spec(self, **more: Any) -> ListSpec:
        """The page of the larder."""
        usual: dict[str, Any] = {
            "key": "jars", "title": "Larder", "columns": COLUMNS, "read": self.read, "save": self.save,
            "subjects": frozenset({"jars"}), "noun": ("jar", "jars"), "sort": (Sort("name"),), "export": False,
        }  # fmt: skip
        return ListSpec(**usual | more)
