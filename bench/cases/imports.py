"""A file of 5,000 items: read, compared with what is there, and put into the words of its preview."""

import csv
import io

from bench.case import Case, Step, again
from bench.world import World
from ims_desktop.database.sign_in import Gate
from ims_desktop.features.exchange.screen.page import check_and_show
from ims_desktop.features.exchange.service import IMPORTS, RecordFile

ROWS = 5_000
EVERY = 10  # one row in so many says something new


def _file(world: World) -> bytes:
    """Items that are there; every tenth has another note."""
    found = world.root(world.catalogue).execute("SELECT sku, name FROM items ORDER BY sort_name LIMIT %s", [ROWS])
    written = io.StringIO()
    rows = [[sku, name, "new" if place % EVERY == 0 else ""] for place, (sku, name) in enumerate(found.fetchall())]
    csv.writer(written).writerows([["SKU", "Name", "Note"], *rows])
    return written.getvalue().encode()


def compare_and_write(world: World) -> Step:
    """What it takes at least: the cells of the file, the rows that have these numbers, what differs, and words for all.

    It once read both and did no more, while nearly all of what it stands beside is comparing and making words.
    Left out: titles and formats that have to be recognized, what speaks against a row, packs, barcodes and units.
    """
    root, content = world.root(world.catalogue), world.once("import file", lambda: _file(world))

    def work() -> object:
        rows = list(csv.reader(io.StringIO(content.decode())))
        asked = "SELECT sku, name, note FROM items WHERE sku = ANY (%s)"
        found = root.execute(asked, [[row[0] for row in rows[1:]]]).fetchall()
        held = {sku: (name, note) for sku, name, note in found}
        return [_in_words(number, row, held.get(row[0])) for number, row in enumerate(rows[1:], 2)]

    return again(work)


def _in_words(number: int, row: list[str], held: tuple[str, str] | None) -> list[str]:
    """A row of the preview: its number, what it does, and its cells, with what they replace."""
    if held is None:
        return [f"{number:,}", "New", *row]
    cells = [
        f"{old or '—'} → {new.strip()}" if new.strip() and new.split() != old.split() else new.strip()
        for old, new in zip(held, row[1:], strict=True)
    ]
    return [f"{number:,}", "Same" if cells == row[1:] else "Changed", row[0], *cells]


def check_and_preview(world: World, gate: Gate) -> Step:
    """The same as the page of imports does it: every change, every problem, every cell."""
    desk = world.desk(world.catalogue, gate)
    file = RecordFile("items.csv", world.once("import file", lambda: _file(world)))

    def work() -> object:
        _checked, lines = desk.run(check_and_show, IMPORTS["items"], file)
        return [
            lines.cell(place, column) for place in range(len(lines.numbers)) for column in range(2 + len(lines.columns))
        ]

    return again(work)


CASES = (
    Case(
        "import-check",
        "5,000 rows checked and previewed",
        compare_and_write,
        check_and_preview,
        target=6,
        trips=None,
        limit=1_000,
        rounds=8,
    ),
)
