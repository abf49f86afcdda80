"""Makes damaged and hostile files: the same seed makes the same ones."""

import io
import random
import zipfile
from collections.abc import Callable, Mapping, Sequence

from xlsxwriter import Workbook

from ims_desktop.domain.importing import ImportSpec

Rows = Sequence[Sequence[str]]
CELLS = (
    *("", " ", "0", "-1", "1,5", "1.234,56", "1,234.56", "1e308", "NaN", "Infinity", "٣", "12%", "€ 5", "(3.00)"),
    *("31/12/2026", "2026-02-30", "13/13/13", "46000", "24:61", "#REF!", "#DIV/0!", "=1+1", "@SUM(A1)", "\x00"),
    *("yes", "no", "maybe", "each", "kg", "case = 6 tin; tin = 2.5 kg", "a = b = c", "4006381333931", "\u202egnp.exe"),
    *("Lemon", "PRD-0044", "Downtown", "x" * 40_000, '"', "''", "\t", "a\nb", "é̂́" * 50),
    *("💣", "9" * 500, "0." + "0" * 400, "\ufeff", "--5"),
)
EXTENT = '<c r="A1" t="str"><v>SKU</v></c></row><row r="1048576"><c r="XFD1048576" t="str"><v>x</v></c>'


def rows_of(spec: ImportSpec, chance: random.Random, count: int) -> Rows:
    """A header that may be damaged, and rows of anything."""
    titles = [one.title for one in spec.fields if one.key in spec.key or chance.random() < 0.9]
    chance.shuffle(titles)
    if chance.random() < 0.03:
        titles.append(chance.choice(titles))
    if chance.random() < 0.01:
        titles += [f"More {place}" for place in range(10_000)]
    examples = {one.title: one.example for one in spec.fields}
    made = [titles]
    calm = chance.choice((0.5, 0.99, 1.0, 1.0, 1.0))
    for _ in range(count):
        width = len(titles) if calm == 1.0 or chance.random() < 0.95 else chance.randrange(len(titles) + 3)
        cells = [
            examples.get(titles[place % len(titles)], "") if chance.random() < calm else chance.choice(CELLS)
            for place in range(min(width, 40))
        ]
        made.append(cells)
    return made


def as_text(rows: Rows, chance: random.Random) -> bytes:
    """Text of any encoding and delimiter, quoted or not."""
    sign = chance.choice(",;\t|")
    lines = []
    for row in rows:
        quoted = [f'"{cell}"' if chance.random() < 0.2 or sign in cell else cell for cell in row]
        lines.append(sign.join(quoted))
    encoding = chance.choice(("utf-8", "utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "shift_jis", "utf-32"))
    return chance.choice(("\n", "\r\n", "\r")).join(lines).encode(encoding, "replace")


def as_workbook(rows: Rows, chance: random.Random) -> bytes:
    """A workbook with text, numbers, formulas, and cells that belong together."""
    written = io.BytesIO()
    book = Workbook(written, {"in_memory": True, "strings_to_urls": False})
    sheet = book.add_worksheet()
    for place, row in enumerate(rows):
        for column, cell in enumerate(row[:200]):
            if place and chance.random() < 0.2:
                sheet.write(place, column, chance.choice((1.5, 46000, -3, 1e15, True, "=1/0", "=A1")))
            else:
                sheet.write_string(place, column, cell[:32_767])
    if chance.random() < 0.2:
        sheet.merge_range(1, 0, 2, 3, "merged")
    book.close()
    return written.getvalue()


def as_catalogue(count: int, chance: random.Random) -> bytes:
    """An electronic catalogue whose lines say anything, one in another."""
    lines = []
    for number in range(count):
        price, code = chance.choice(("4.20", "1e9", "-1", "NaN", "", "9" * 400)), chance.choice(("KGM", "CS", "?", ""))
        parts = [
            f"<ID>{number}</ID><OrderableUnit>{code}</OrderableUnit>",
            f'<ContentUnitQuantity unitCode="{code}">{chance.choice(("6", "0", "x"))}</ContentUnitQuantity>',
            f'<RequiredItemLocationQuantity><Price><PriceAmount currencyID="USD">{price}</PriceAmount>'
            "<BaseQuantity>0</BaseQuantity></Price></RequiredItemLocationQuantity>",
            f"<Item><Name>{chance.choice(('Lemon', '&#233;', '&lt;b&gt;', 'x' * 5_000))}</Name></Item>",
        ]
        chance.shuffle(parts)
        lines.append(f"<CatalogueLine>{''.join(parts[: chance.randrange(5)])}</CatalogueLine>")
    nested = "".join(lines) if chance.random() < 0.9 else f"<CatalogueLine>{''.join(lines)}</CatalogueLine>"
    return f"<Catalogue>{nested}</Catalogue>".encode()


def truncated(content: bytes, chance: random.Random) -> bytes:
    """Ends too early."""
    return content[: chance.randrange(len(content) + 1)]


def flipped(content: bytes, chance: random.Random) -> bytes:
    """Some bytes are others."""
    changed = bytearray(content)
    for _ in range(chance.randrange(1, 20)):
        if changed:
            changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


def whole(content: bytes, _chance: random.Random) -> bytes:
    """As it was made."""
    return content


DAMAGES: Sequence[Callable[[bytes, random.Random], bytes]] = (*(whole,) * 6, truncated, flipped)


def archive(parts: Mapping[str, bytes]) -> bytes:
    """A compressed archive of these parts."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in parts.items():
            made.writestr(name, content)
    return written.getvalue()


def hostile(weight: int = 250_000_000) -> dict[str, bytes]:
    """Files that were made to harm; `weight`: to how many bytes the bomb unpacks."""
    book = as_workbook([["SKU", "Name"], ["A", "B"]], random.Random(1))
    with zipfile.ZipFile(io.BytesIO(book)) as parts:
        sheets = {name: parts.read(name) for name in parts.namelist()}
    far = dict(sheets)
    sheet = far["xl/worksheets/sheet1.xml"]
    start, end = sheet.index(b"<sheetData>"), sheet.index(b"</sheetData>")
    far["xl/worksheets/sheet1.xml"] = sheet[:start] + f'<sheetData><row r="1">{EXTENT}</row>'.encode() + sheet[end:]
    bomb = {**sheets, "xl/sharedStrings.xml": b"\x00" * weight}
    entities = b'<!ENTITY a "' + b"ha" * 5000 + b'"><!ENTITY b "' + b"&a;" * 5000 + b'">'
    laughs = b'<?xml version="1.0"?><!DOCTYPE x [' + entities + b"]><x>&b;</x>"
    return {
        "far.xlsx": archive(far),
        "bomb.xlsx": archive(bomb),
        "laughs.xlsx": archive({**sheets, "xl/workbook.xml": laughs}),
        "protected.xlsx": b"\xd0\xcf\x11\xe0" + "E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e\0".encode("latin-1"),
        "old.xls": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 4096,
        "laughs.xml": laughs,
        "outside.xml": b'<!DOCTYPE x SYSTEM "file:///etc/passwd"><Catalogue/>',
        "outside_entity.xml": b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><Catalogue>&e;</Catalogue>',
        "parameters.xml": b"<!DOCTYPE x [<!ENTITY % p \"<!ENTITY q 'q'>\"> %p;]><Catalogue/>",
        "deep.xml": b"<a>" * 200_000,
        "attributes.xml": b"<Catalogue " + b" ".join(b'a%d="x"' % n for n in range(50_000)) + b"/>",
        "archive.xlsx": archive({"readme.txt": b"hello"}),
        "binary.csv": bytes(range(256)) * 200,
        "picture.csv": b"\x89PNG\r\n\x1a\n" + b"\x00" * 100,
        "nul.csv": b"\x00" * 10_000,
        "empty.csv": b"",
        "blank.csv": b"\r\n\r\n \n",
        "bom.csv": b"\xff\xfe",
        "quote.csv": b'SKU,Name\n"' + b"a" * 300_000,
        "wide.csv": b",".join(b"c%d" % place for place in range(10_000)) + b"\n1\n",
    }
