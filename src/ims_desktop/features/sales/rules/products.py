"""Which menu item a line means."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

from ims_desktop.domain.table_file import fold_header
from ims_desktop.domain.units import ItemUnits
from ims_desktop.domain.wording import say
from ims_desktop.features.sales.rules.fields import Field
from ims_desktop.features.sales.rules.findings import Findings
from ims_desktop.features.sales.rules.preview import Kind, Known, MenuItem

_PIECES = ItemUnits("each")
LONGEST = 300


@dataclass(frozen=True, slots=True)
class Product:
    """What a line calls a menu item: `key` as it is compared, `words` as people read it; and what it means."""

    key: str
    words: str
    item: MenuItem | None


NO_PRODUCT = Product("", "", None)


def match_products(findings: Findings, known: Known) -> Sequence[Product]:
    """The product of each line: by the aliases of the till, by its code, by name and size, or by name."""
    reading = findings.reading
    blank = [""] * findings.size
    columns = [reading.cells(field) for field in (Field.CODE, Field.NAME, Field.VARIATION)]
    if columns[0] is None and columns[1] is None:
        return [NO_PRODUCT] * findings.size
    marked = Field.NAME if columns[0] is None else Field.CODE
    match = cache(_Matcher(known).item_of)
    texts = list(zip(*(cells or blank for cells in columns), strict=True))
    product = cache(_product)
    products = [NO_PRODUCT] * findings.size
    for line in findings.lines():
        found, called = match(*texts[line]), product(*texts[line])
        if called.key in known.ignored:
            findings.add(Kind.IGNORED_PRODUCT, line, marked, called.words)
            findings.skip(line, leave_out=True)
        elif isinstance(found, MenuItem):
            products[line] = replace(called, item=found)
        else:
            products[line] = called
            findings.add(found, line, marked, called.words)
    return products


def _product(code: str, name: str, variation: str) -> Product:
    whole = " ".join(filter(None, (code, name, variation)))
    words = " ".join(filter(None, (name or code, variation)))
    return Product((fold_header(whole) or whole.casefold())[:LONGEST], words[:LONGEST], None)


def check_units(findings: Findings) -> None:
    """Menu items are sold in pieces; a line in another unit would be counted wrongly."""
    cells = findings.reading.cells(Field.UNIT)
    if cells is None:
        return
    pieces = {cell: not cell or _PIECES.find(cell) == "each" for cell in set(cells)}
    for line in findings.lines():
        if not pieces[cells[line]]:
            findings.add(Kind.UNKNOWN_UNIT, line, Field.UNIT, cells[line], say("menu items are sold in pieces"))


class _Matcher:
    """Looks the words of a line up in the menu."""

    def __init__(self, known: Known) -> None:
        self._items: dict[str, set[MenuItem]] = {}
        codes = {fold_header(item.code): item for item in known.menu}
        for item in known.menu:
            self._items.setdefault(fold_header(item.name), set()).add(item)
        for code, item in codes.items():
            self._items[code] = {item}
        for alias, code in known.aliases.items():
            if meant := codes.get(fold_header(code)):
                self._items[fold_header(alias)] = {meant}

    def item_of(self, code: str, name: str, variation: str) -> MenuItem | Kind:
        """The one menu item that these words mean, or why there is none."""
        if not code and not name:
            return Kind.BLANK
        several = False
        for words in ((code, name, variation), (code,), (name, variation), (code, variation), (name,)):
            items = self._items.get(fold_header(" ".join(words))) if any(words) else None
            if items and len(items) == 1:
                return next(iter(items))
            several = several or bool(items)
        return Kind.SEVERAL_PRODUCTS if several else Kind.UNKNOWN_PRODUCT
