"""Files and pasted blocks of anything, taken to a real server: a sentence or a change, never a traceback or a half."""

import io
import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from typing import Any, cast
from uuid import UUID, uuid4

import psycopg

from ims_desktop.admin.histories import import_movements
from ims_desktop.database.key_recovery import begin_keys
from ims_desktop.database.key_sharing import unlock
from ims_desktop.database.transaction import TenantDatabase
from ims_desktop.domain.cell_block import read_block, write_block
from ims_desktop.domain.editing import CellChange, CellPlace
from ims_desktop.domain.errors import Confirm, UserError
from ims_desktop.domain.import_kinds import DAY, WORDS
from ims_desktop.domain.importing import ImportField, ImportSpec
from ims_desktop.domain.listing import ListQuery
from ims_desktop.features.counts import service as counts
from ims_desktop.features.counts.rules import CountDraft, read_pasted
from ims_desktop.features.exchange.service import IMPORTS, RecordFile, run_import
from ims_desktop.features.items.screen.page import SPEC as ITEMS_PAGE
from ims_desktop.features.menu.screen.page import spec as menu_page
from ims_desktop.features.rates.screen import SPEC as RATES_PAGE
from ims_desktop.features.sales import service as sales
from ims_desktop.features.sales.rules import Choices, SalesFile
from ims_desktop.features.stock.rules import COLUMNS, Event
from ims_desktop.features.storage.screen import SPEC as STORAGE_PAGE
from ims_desktop.features.suppliers.screen.offers import SPEC as OFFERS_PAGE
from ims_desktop.features.suppliers.screen.suppliers import SPEC as SUPPLIERS_PAGE
from ims_desktop.ui.cell_reading import CellReader, held
from ims_desktop.ui.columns import Column
from ims_desktop.ui.desk import Desk
from ims_desktop.ui.formats import Formats
from ims_desktop.ui.list_spec import ListSpec
from tests.restaurant import BARCODES, ITEMS, LOCATIONS, MENU, SITES, Restaurant
from tests.torture.damage import CELLS, DAMAGES, Rows, as_text, as_workbook

MOST_ROWS = 40
CALM = (1.0, 1.0, 0.99, 0.9, 0.5)  # how likely a cell says what it should; files differ in it
SALES_TITLES = (
    *("Order", "Date and time", "Menu code", "Menu item", "Modifiers", "Quantity", "Price", "Total", "Tax"),
    *("Discount", "Void or refund", "Restaurant", "Channel", "Covers"),
)
KNOWN = {  # examples that name something: half of the time it is something that is there
    "DRY-0142": tuple(item[1] for item in ITEMS),
    "MARG-L": tuple(dish[0] for dish in MENU),
    "4006381333931": ("",),
}
FEW = 3  # restaurants are opened a few at a time
MODIFIERS = ("", "Extra cheese", "Extra cheese, no basil", "no basil;no basil", "Extra cheese x2 (1.50)")


class Refused(UserError):
    """What the page would not let pass: questions and problems that stand beside the file."""


@dataclass
class Larder:
    """A restaurant that is written to; `count` tells whether anything at all was kept."""

    desk: TenantDatabase
    root: psycopg.Connection[Any]
    made: Restaurant
    sheet: UUID = field(default_factory=uuid4)
    number: int = 0

    def __post_init__(self) -> None:
        with self.made.tenant.server.operator() as operator:
            self.desk.run(unlock, begin_keys(operator, self.made.tenant.names))
        self.desk.run(counts.start_count, CountDraft(self.sheet, self.made.site, "Friday"))
        tables = self.root.execute(
            "SELECT c.relname FROM pg_class c WHERE c.relnamespace = current_schema()::regnamespace"
            " AND c.relkind IN ('r', 'p') AND NOT c.relispartition ORDER BY 1"
        ).fetchall()
        self._counted = " UNION ALL ".join(f"SELECT '{name}', count(*) FROM \"{name}\"" for (name,) in tables)

    def count(self) -> dict[str, int]:
        """How many rows each table has; a change of a record adds one to the audit log."""
        return dict(self.root.execute(self._counted.encode()).fetchall())

    def next(self) -> int:
        """A number that nothing had before."""
        self.number += 1
        return self.number


Way = Callable[[Larder, random.Random, int], object]


def attempt(larder: Larder, way: Way, chance: random.Random, rows: int) -> str:
    """What becomes of it; AssertionError when something was kept of what was refused, or refused without a word."""
    before = larder.count()
    try:
        way(larder, chance, rows)
    except Confirm as asks:
        outcome = "asked" if str(asks.question).strip() else "asked without a word"
    except UserError as refused:
        outcome = "refused"
        _look_at(refused)
    else:
        return "taken" if larder.count() != before else "nothing to do"
    after = larder.count()
    changed = {name: (before[name], after[name]) for name in before if before[name] != after[name]}
    assert not changed, f"{outcome}, and kept: {changed}"
    return outcome


def _look_at(refused: UserError) -> None:
    assert str(refused.text).strip() or refused.problems, "refused without a word"
    for problem in refused.problems:
        assert str(problem.text).strip(), f"a problem of {problem.field} without a sentence"
        assert problem.row is None or problem.row > 0


# files -------------------------------------------------------------------------------------------------------------


def _file(rows: Rows, chance: random.Random) -> tuple[str, bytes]:
    name, made = ("a.xlsx", as_workbook(rows, chance)) if chance.random() < 0.15 else ("a.csv", as_text(rows, chance))
    return name, chance.choice(DAMAGES)(made, chance)


def _any(cell: str, calm: float, chance: random.Random) -> str:
    return cell if chance.random() < calm else chance.choice(CELLS)


def records(spec: ImportSpec, larder: Larder, chance: random.Random, rows: int) -> None:
    """A file of records, with keys of their own, so that most of it could be taken."""
    calm = chance.choice(CALM)
    lines = [[str(one.title) for one in spec.fields]]
    for _ in range(min(rows, FEW) if spec.entity == "sites" else rows):
        said = [_example(spec, one, larder.next(), chance) for one in spec.fields]
        lines.append([_any(cell, calm, chance) for cell in said])
    name, content = _file(lines, chance)
    consents = frozenset({"doubts"}) if chance.random() < 0.5 else frozenset[str]()
    larder.desk.run(run_import, spec, RecordFile(name, content), None, consents)


def _example(spec: ImportSpec, one: ImportField, number: int, chance: random.Random) -> str:
    """Another in each row, where it is what tells rows apart."""
    named = [found for example, found in KNOWN.items() if example in one.example]
    if named and chance.random() < 0.9:
        return chance.choice(named[0])
    if one.kind is DAY and one.key in spec.key:
        return f"{date(2026, 1, 1) - timedelta(days=chance.randrange(2_000))}"
    if one.key in spec.key and one.kind is WORDS:
        return f"{one.example} {number}"
    return one.example


def sold(larder: Larder, chance: random.Random, rows: int) -> None:
    """A file of a till, with modifiers; what it asks is answered, or not."""
    calm, lines = chance.choice(CALM), [list(SALES_TITLES)]
    for _ in range(rows):
        code, name, _size, _category, _recipe, _portions, price, _tax = chance.choice(MENU)
        at = datetime(2026, 5, 1, 12) + timedelta(minutes=chance.randrange(80_000))
        said = [
            *(str(larder.next()), f"{at:%Y-%m-%d %H:%M}", code, name, chance.choice(MODIFIERS), "1", price, price),
            *("0.00", "0.00", "", chance.choice(SITES)[0], "Counter", "2"),
        ]
        lines.append([_any(cell, calm, chance) for cell in said])
    file = sales.FileToImport((SalesFile(*_file(lines, chance)),), Choices(decimal_sign="."), larder.made.site)
    checked = larder.desk.run(sales.check_file, file)
    for group in checked.preview.problems:
        assert str(group.kind.value).strip()
    if not checked.preview.ready:
        raise Refused("Something is still to be answered.")
    sales.record_orders(larder.desk.run, checked.prepared())


def lived(larder: Larder, chance: random.Random, rows: int) -> None:
    """A history from another system, as a table or as objects."""
    calm, lines, ids = chance.choice(CALM), [list(COLUMNS)], list[str]()
    for _ in range(rows):
        ids.append(f"M{larder.next()}")
        item = chance.choice(ITEMS)
        at = datetime(2026, 3, 1, tzinfo=UTC) + timedelta(minutes=larder.number)
        kind = chance.choice((Event.RECEIPT, Event.RECEIPT, *Event)).value
        said = {
            "at": at.isoformat(), "kind": kind, "item": item[1], "site": "Downtown", "quantity": "2", "unit": item[3],
            "unit_cost": item[7], "id": ids[-1], "to_site": "Harbour",
            "reason": "SPOILAGE" if kind == Event.WASTE else "",
            "refers_to": chance.choice(ids[:-1]) if len(ids) > 1 and chance.random() < 0.5 else "",
        }  # fmt: skip
        lines.append([_any(said.get(column, ""), calm, chance) for column in COLUMNS])
    name, content = _file(lines, chance)
    with TemporaryDirectory() as folder, redirect_stdout(io.StringIO()):
        path = Path(folder) / name
        path.write_bytes(content)
        import_movements(larder.desk, [path], "Downtown", dry_run=False)


# blocks ------------------------------------------------------------------------------------------------------------


def _block(rows: Sequence[Sequence[str]], chance: random.Random) -> tuple[tuple[str, ...], ...]:
    """As it comes from the clipboard, sometimes cut off or with letters that are others."""
    text = write_block(rows)
    if chance.random() < 0.2:
        text = text[: chance.randrange(len(text) + 1)] + chance.choice(('"', "\t", "\r\n", "\x00", ""))
    return read_block(text)


def counted(larder: Larder, chance: random.Random, rows: int) -> None:
    """A block pasted into a count."""
    calm = chance.choice(CALM)
    names = [*(item[1] for item in ITEMS), *(code for code, *_ in BARCODES)]
    lines = [
        [_any(cell, calm, chance) for cell in (chance.choice(names), chance.choice(("2", "1.5", "2 case + 4")), "")]
        for _ in range(rows)
    ]
    block = _block(lines, chance)
    items = larder.desk.run(counts.countables, [cells[0].strip() for cells in block])
    places = {name.casefold(): larder.made.locations["Downtown", name] for name in LOCATIONS}
    read, problems = read_pasted(block, items, places, places["walk-in"], chance.choice((".", ",")))
    _look_at(UserError("Some rows cannot be entered.", problems))
    entries = [
        counts.Entry(uuid4(), one.location_id, one.item.id, one.quantity, one.typed, one.item.unit) for one in read
    ]
    if not entries:
        raise Refused("Nothing of it can be entered.", problems)
    larder.desk.run(counts.enter, larder.sheet, entries)


def pages(site: UUID) -> Sequence[ListSpec]:
    """Every list whose cells can be changed."""
    desk = cast("Desk", SimpleNamespace(site=site, may=lambda _right: True, formats=Formats()))
    return (ITEMS_PAGE, RATES_PAGE, STORAGE_PAGE, OFFERS_PAGE, SUPPLIERS_PAGE, menu_page(desk))


def pasted(page: ListSpec, larder: Larder, chance: random.Random, rows: int) -> None:
    """A block pasted into a list and saved; cells that cannot be understood are told, and left out by the person."""
    reader = CellReader(Formats(chance.choice(("en_US", "de_DE", "hi_IN", "ar_EG")), "USD"))
    columns = [column for column in page.columns if column.edit is not None]
    for column in columns:
        choices = column.edit.choices if column.edit else None
        if choices is not None:
            reader.options[column.key] = larder.desk.run(choices.load) if choices.load else choices.options
    there = larder.desk.run(page.read, ListQuery(site=larder.made.site if page.site_bound else None, limit=rows)).rows
    calm, typed = chance.choice(CALM), list[list[str]]()
    for row in there:
        typed.append([_any(_said(reader, column, row, chance), calm, chance) for column in columns])
    changes = [*_changes(page, reader, columns, zip(there, _block(typed, chance), strict=False), larder.made.site)]
    if not changes:
        raise Refused("Nothing of it can be understood.")
    consents, save = frozenset[str](), page.save
    assert save is not None
    for _ in range(3):
        try:
            larder.desk.run(save, changes, **({"consents": consents} if consents else {}))
        except Confirm as asks:
            if chance.random() < 0.5:
                raise
            consents |= {asks.consent}
        else:
            return


def _said(reader: CellReader, column: Column, row: Any, chance: random.Random) -> str:
    """What stands there, or something else of the kind."""
    if chance.random() < 0.7:
        return reader.typed(column, row, held(column, row))
    return chance.choice(("12", "3.50", "yes", "Fresh", "2 case", "Monday", "2026-05-01", "07:30"))


def _changes(
    page: ListSpec, reader: CellReader, columns: Sequence[Column], lines: Any, site: UUID
) -> Iterator[CellChange]:
    for row, cells in lines:
        for column, typed in zip(columns, cells, strict=False):
            edit = column.edit
            if edit is None or (edit.why_not is not None and edit.why_not(row) is not None):
                continue
            try:
                new = reader.read(column, row, typed).value
            except UserError as refused:
                _look_at(refused)
                continue
            if new != held(column, row):
                place = CellPlace(page.row_key(row), column.key, site if edit.by_site else None)
                yield CellChange(place, held(column, row), new)


# all of them -------------------------------------------------------------------------------------------------------


def ways(site: UUID) -> Mapping[str, Way]:
    """Every way by which rows come in."""
    return {
        **{f"import of {entity}": partial(records, spec) for entity, spec in IMPORTS.items()},
        "sales of a till": sold,
        "history of movements": lived,
        "paste into a count": counted,
        **{f"paste into {page.key}": partial(pasted, page) for page in pages(site)},
    }


def through_the_server(larder: Larder, rows: int, seed: int = 1) -> dict[str, Counter[str]]:
    """As many rows as wanted, shared among all ways; the first that breaks is raised with what brings it back."""
    all_ways, done, number = ways(larder.made.site), 0, 0
    outcomes = {name: Counter[str]() for name in all_ways}
    while done < rows:
        for name, way in all_ways.items():
            chance = random.Random(seed * 1_000_003 + number)
            count = chance.choice((1, 3, MOST_ROWS, MOST_ROWS))
            try:
                outcomes[name][attempt(larder, way, chance, count)] += 1
            except Exception as broken:
                raise AssertionError(f"{name}, number {number} of seed {seed}: {broken!r}") from broken
            number, done = number + 1, done + count
    return outcomes
