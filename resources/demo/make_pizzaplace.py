"""Make the packed year of sales of the sample data out of the PyPI package great_tables (MIT).

    pip download great_tables --no-deps --dest build/      # or any place where the package lies
    python resources/demo/make_pizzaplace.py build/great_tables-1.1.0-py3-none-any.whl

The package has one row for each pizza. Here the rows of an order with the same pizza become one line with a quantity,
as in the export of a till; nothing else is changed, and nothing is left out but the year before the order number.
"""

import csv
import io
import lzma
import sys
import zipfile
from collections import Counter
from decimal import Decimal
from pathlib import Path

SOURCE = "great_tables/data/05-pizzaplace.csv"
TARGET = Path(__file__).resolve().parents[2] / "src/ims_desktop/admin/demo/pizzaplace.csv.xz"
HEADER = ("order", "date", "time", "code", "quantity", "price")


def source_rows(place: Path) -> list[dict[str, str]]:
    """The rows of the published data set, out of a wheel or a folder that holds the installed package."""
    if place.is_dir():
        content = (place / SOURCE).read_bytes()
    else:
        with zipfile.ZipFile(place) as wheel:
            content = wheel.read(SOURCE)
    return list(csv.DictReader(io.StringIO(content.decode())))


def lines(rows: list[dict[str, str]]) -> list[tuple[str, ...]]:
    """One line for each order and pizza, in the order of the source."""
    pieces = Counter(
        (
            row["id"].split("-")[1].lstrip("0"),
            row["date"],
            row["time"],
            f"{row['name']}_{row['size'].lower()}",
            f"{Decimal(row['price']):.2f}",
        )
        for row in rows
    )
    return [(*key[:4], str(quantity), key[4]) for key, quantity in pieces.items()]


def main() -> None:
    """Write the packed file; the same source always gives the same bytes."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(HEADER)
    writer.writerows(lines(source_rows(Path(sys.argv[1]))))
    TARGET.write_bytes(lzma.compress(out.getvalue().encode(), preset=9 | lzma.PRESET_EXTREME))


if __name__ == "__main__":
    main()
