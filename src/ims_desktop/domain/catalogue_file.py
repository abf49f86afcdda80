"""Reading a supplier's electronic catalogue (UBL 2.1, as Peppol sends it) as a table of prices.

The file is read as it comes, element by element, by a parser that is told to refuse what makes XML dangerous: a file
that declares entities or points to other files is none that a supplier sends.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any
from xml.parsers import expat

from ims_desktop.domain.errors import UserError
from ims_desktop.domain.wording import say
from ims_desktop.domain.workbook_file import Plain

COLUMNS = (
    *("Supplier", "Item", "Barcode", "Item name", "Supplier code"),
    *("Pack", "Pack quantity", "Pack unit", "Price", "Currency", "Valid from"),
)
MOST_LINES, LONGEST_TEXT, DEEPEST = 200_000, 2_000, 64
# UN/ECE recommendation 20, as far as kitchens buy by it; other codes are shown as they are.
UNITS: Mapping[str, str] = {
    "KGM": "kg", "GRM": "g", "MGM": "mg", "LBR": "lb", "ONZ": "oz", "LTR": "l", "MLT": "ml", "CLT": "cl", "DLT": "dl",
    "GLL": "gal", "EA": "each", "H87": "each", "C62": "each", "NAR": "each", "PR": "pair", "DZN": "dozen",
}  # fmt: skip
PACKS: Mapping[str, str] = {
    "CS": "case", "CT": "carton", "BX": "box", "BO": "bottle", "BG": "bag", "CR": "crate", "TN": "tin", "CA": "can",
    "PK": "pack", "XCS": "case", "XCT": "carton", "XBX": "box", "XBO": "bottle", "XBG": "bag", "XPK": "pack",
    "PF": "pallet", "XPX": "pallet", "SA": "sack", "XSA": "sack",
}  # fmt: skip
_START = re.compile(rb"(?:\xef\xbb\xbf)?\s*<|\xff\xfe<|\xfe\xff\x00<")


@dataclass
class _Line:
    """What was read of one line: the first text under each path, and what its attributes say."""

    texts: dict[str, str] = field(default_factory=dict)
    attributes: dict[str, Mapping[str, str]] = field(default_factory=dict)
    closed: set[str] = field(default_factory=set)

    def text(self, *paths: str) -> str:
        """The first that says something."""
        return next((self.texts[path] for path in paths if self.texts.get(path)), "")

    def attribute(self, path: str, name: str) -> str:
        """An attribute of an element."""
        return self.attributes.get(path, {}).get(name, "")


class _Catalogue:
    """Follows the elements of the file; `head` is what stands outside of lines."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._path: list[str] = []
        self._start = 0  # how deep the line lies that is being read
        self._line = _Line()
        self.head, self.lines = _Line(), list[_Line]()
        self.root = ""

    def open(self, tag: str, attributes: Mapping[str, str]) -> None:
        """An element begins."""
        self._path.append(tag.rpartition("}")[2])
        if len(self._path) > DEEPEST:
            raise _damaged(self._name)
        self.root = self.root or self._path[0]
        if self._path[-1] == "CatalogueLine" and not self._start:
            self._start, self._line = len(self._path), _Line()
        self._part.attributes.setdefault(self._key, dict(attributes))

    def text(self, words: str) -> None:
        """Text of the element that is open; only the first of a kind is kept, and not more than anybody reads."""
        texts, key = self._part.texts, self._key
        if key in self._part.closed or (not words.strip() and key not in texts):
            return
        if len(texts.get(key, "")) < LONGEST_TEXT:
            texts[key] = (texts.get(key, "") + words)[:LONGEST_TEXT]

    def close(self, _tag: str) -> None:
        """An element ends; a second one of its kind does not add to it."""
        if self._key in self._part.texts:
            self._part.texts[self._key] = " ".join(self._part.texts[self._key].split())
            self._part.closed.add(self._key)
        if self._start == len(self._path):
            self.lines.append(self._line)
            self._start = 0
            if len(self.lines) > MOST_LINES:
                raise UserError(
                    say(
                        "{name} has more than {most_lines:,} lines; an import reads at most these.",
                        name=self._name,
                        most_lines=MOST_LINES,
                    )
                )
        self._path.pop()

    @property
    def _part(self) -> _Line:
        return self._line if self._start else self.head

    @property
    def _key(self) -> str:
        return "/".join(self._path[self._start or 1 :])


def is_xml(content: bytes) -> bool:
    """Whether a file begins as XML does."""
    return _START.match(content[:200]) is not None


def read_catalogue(content: bytes, name: str) -> list[list[str]]:
    """The lines of a catalogue as cells under COLUMNS; raises UserError for what cannot be read."""
    found = _Catalogue(name)
    parser = expat.ParserCreate(namespace_separator="}")
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = found.open, found.close
    parser.CharacterDataHandler = found.text

    def refuse(*_declared: Any) -> int:
        raise UserError(
            say("{name} declares entities or a document type, which no catalogue needs. It was not read.", name=name)
        )

    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.ExternalEntityRefHandler = refuse
    try:
        parser.Parse(content, True)
    except (expat.ExpatError, LookupError, ValueError) as error:
        raise _damaged(name) from error
    if found.root != "Catalogue":
        kind = f"a {found.root}" if found.root.isalnum() else "something else"
        raise UserError(
            say("{name} is {kind}, no catalogue. Ask the supplier for a UBL or Peppol catalogue.", name=name, kind=kind)
        )
    if not found.lines:
        raise UserError(say("{name} is a catalogue without a line.", name=name))
    return [list(COLUMNS), *(list(_cells(line, found.head)) for line in found.lines)]


def _damaged(name: str) -> UserError:
    return UserError(say("{name} is damaged, or no XML. Ask the supplier to send the catalogue once more.", name=name))


def _cells(line: _Line, head: _Line) -> Sequence[str]:
    price = "RequiredItemLocationQuantity/Price"
    amount = f"{price}/PriceAmount"
    quantity, unit = _content(line)
    return [
        head.text(
            "SellerSupplierParty/Party/PartyName/Name",
            "SellerSupplierParty/Party/PartyLegalEntity/RegistrationName",
            "ProviderParty/PartyName/Name",
            "ProviderParty/PartyLegalEntity/RegistrationName",
        ),
        line.text("Item/BuyersItemIdentification/ID"),
        Plain(line.text("Item/StandardItemIdentification/ID")),
        line.text("Item/Name", "Item/Description"),
        line.text("Item/SellersItemIdentification/ID", "Item/ManufacturersItemIdentification/ID"),
        _pack(line, quantity, unit),
        Plain(quantity),
        unit,
        Plain(_price(line, amount, f"{price}/BaseQuantity", quantity)),
        line.attribute(amount, "currencyID"),
        Plain(line.text("LineValidityPeriod/StartDate", f"{price}/ValidityPeriod/StartDate") or head.text(
            "ValidityPeriod/StartDate", "IssueDate"
        )),
    ]  # fmt: skip


def _content(line: _Line) -> tuple[str, str]:
    """How much is in a pack: what the line says, otherwise the packs and their sizes of its item."""
    content = "ContentUnitQuantity"
    if line.text(content):
        return line.text(content), _unit(line.attribute(content, "unitCode"))
    packs, size = _number(line.text("Item/PackQuantity")), _number(line.text("Item/PackSizeNumeric"))
    if packs is None and size is None:
        return "", ""
    whole = (packs or Decimal(1)) * (size or Decimal(1))
    return f"{whole:f}", _unit(line.attribute("Item/PackQuantity", "unitCode"))


def _pack(line: _Line, quantity: str, unit: str) -> str:
    code = line.text("OrderableUnit")
    name = PACKS.get(code) or UNITS.get(code) or code
    return " ".join(filter(None, (name, quantity, unit)))


def _price(line: _Line, amount: str, base: str, quantity: str) -> str:
    """The price of one pack: a price of so many content units is that of all of them."""
    price, per = _number(line.text(amount)), _number(line.text(base))
    if price is None:
        return line.text(amount)
    if per:
        price /= per
    content = _number(quantity)
    of, sold = line.attribute(base, "unitCode"), line.text("OrderableUnit")
    if content and of and of != sold and _unit(of) == _content(line)[1]:
        price *= content
    return f"{price.quantize(Decimal('0.0001')).normalize():f}"


def _number(text: str) -> Decimal | None:
    try:
        found = Decimal(text)
    except InvalidOperation:
        return None
    return found if found.is_finite() and abs(found) < 10**12 else None


def _unit(code: str) -> str:
    return UNITS.get(code, PACKS.get(code, code))
