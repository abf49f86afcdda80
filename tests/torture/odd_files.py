"""Files that somebody damaged, made by mistake or in bad faith; each is made for the import it goes through."""

import io
from collections.abc import Callable, Iterable, Mapping

from xlsxwriter import Workbook

from ims_desktop.database.transaction import TenantDatabase
from ims_desktop.domain.errors import Confirm, UserError
from ims_desktop.domain.import_reading import csv_template
from ims_desktop.domain.importing import ImportSpec
from ims_desktop.features.exchange import service
from ims_desktop.features.exchange.service import RecordFile

LONGEST_SENTENCE = 700
NO_ANSWER = ["A value is not possible here. Nothing was saved."]


def head(spec: ImportSpec) -> str:
    return csv_template(spec).splitlines()[0]


def row_of(spec: ImportSpec, words: str) -> str:
    """A row with the same words in every column."""
    return ",".join(f'"{words}"' for _ in spec.fields)


def text_of(words: str) -> Callable[[ImportSpec], bytes]:
    return lambda spec: f"{head(spec)}\r\n{row_of(spec, words)}\r\n".encode("utf-8", "surrogatepass")


def book_of(fill: Callable[[Workbook, ImportSpec], None]) -> Callable[[ImportSpec], bytes]:
    def made(spec: ImportSpec) -> bytes:
        content = io.BytesIO()
        with Workbook(content, {"in_memory": True, "strings_to_urls": False}) as book:
            fill(book, spec)
        return content.getvalue()

    return made


def cells(book: Workbook, spec: ImportSpec, value: object) -> None:
    """One row of the same cell, under the right titles."""
    sheet = book.add_worksheet()
    for place, one in enumerate(spec.fields):
        sheet.write_string(0, place, one.title)
        sheet.write(1, place, value)


def errors(book: Workbook, spec: ImportSpec) -> None:
    sheet = book.add_worksheet()
    for place, one in enumerate(spec.fields):
        sheet.write_string(0, place, one.title)
        sheet.write_formula(1, place, "=NA()", None, "#N/A")


def merged(book: Workbook, spec: ImportSpec) -> None:
    sheet = book.add_worksheet()
    for place, one in enumerate(spec.fields):
        sheet.write_string(0, place, one.title)
    sheet.merge_range(1, 0, 3, 1, "=cmd|' /C calc'!A0")


def hidden(book: Workbook, spec: ImportSpec) -> None:
    book.add_worksheet("Front").activate()
    cells(book, spec, "x")
    book.worksheets()[1].hide()


def twice(spec: ImportSpec) -> bytes:
    return f"{head(spec)},{head(spec)}\n{row_of(spec, 'x')},{row_of(spec, 'y')}\n".encode()


FILES: Mapping[str, Callable[[ImportSpec], bytes]] = {
    "empty": lambda _spec: b"",
    "blank lines": lambda _spec: b"\n\r\n \n\t\n",
    "only a byte order mark": lambda _spec: b"\xef\xbb\xbf",
    "no row": lambda spec: head(spec).encode(),
    "no header": lambda spec: row_of(spec, "1").encode(),
    "one word": lambda _spec: b"hello",
    "UTF-16": lambda spec: f"{head(spec)}\n{row_of(spec, 'Käse')}\n".encode("utf-16"),
    "Latin-1": lambda spec: f"{head(spec)}\n{row_of(spec, 'Käse')}\n".encode("latin-1"),
    "half a letter": lambda spec: f"{head(spec)}\n{row_of(spec, 'K')}\n".encode() + b"\xc3",
    "a lone surrogate": text_of("\ud800"),
    "NUL": text_of("a\x00b"),
    "control characters": text_of("\x07\x1b[2J\x7f\u202e"),
    "ragged": lambda spec: f"{head(spec)}\na\nb,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r,s,t,u,v,w,x\n,,\n".encode(),
    "formula": text_of("=cmd|' /C calc'!A0"),
    "exponent": text_of("1e30"),
    "huge exponent": text_of("1e999999999"),
    "infinity": text_of("Infinity"),
    "not a number": text_of("NaN"),
    "negative": text_of("-5"),
    "many digits": text_of("9" * 39),
    "tiny": text_of("0.0000000000000000001"),
    "ambiguous dates": lambda spec: f"{head(spec)}\n{row_of(spec, '03/04/2026')}\n".encode(),
    "no such day": text_of("2026-02-30"),
    "the year 9999": text_of("9999-12-31"),
    "the year 1": text_of("0001-01-01"),
    "other digits": text_of("٣٤"),
    "a huge cell": text_of("x" * 300_000),
    "duplicated header": twice,
    "mixed line ends": lambda spec: f"{head(spec)}\r{row_of(spec, 'a')}\n{row_of(spec, 'b')}\r\n".encode(),
    "a quote left open": lambda spec: f'{head(spec)}\n"a,b\nc,"d\n'.encode(),
    "semicolons and decimal commas": lambda spec: (
        f"{head(spec).replace(',', ';')}\n{row_of(spec, '1,5').replace(chr(34) + ',' + chr(34), ';').strip(chr(34))}\n"
    ).encode(),
    "a picture": lambda _spec: b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4,
    "a page": lambda _spec: b"<!doctype html><html><body><table><tr><td>SKU</td></tr></table></body></html>",
    "a catalogue of nobody": lambda _spec: b"<?xml version='1.0'?><a>&lol;</a>",
    "entities": lambda _spec: b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "xx">]><Catalogue>&b;</Catalogue>',
    "half a workbook": lambda spec: service.xlsx_template(spec)[:700],
    "a workbook of nothing": book_of(lambda book, _spec: book.add_worksheet()),
    "errors of a spreadsheet": book_of(errors),
    "merged cells": book_of(merged),
    "a hidden sheet": book_of(hidden),
    "a workbook of large numbers": book_of(lambda book, spec: cells(book, spec, 1e300)),
    "a workbook of truths": book_of(lambda book, spec: cells(book, spec, True)),
    "a password": lambda _spec: b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le") + bytes(600),
    "deep brackets": text_of("(" * 5_000),
}
WORKBOOKS = frozenset(name for name in FILES if "workbook" in name) | {"merged cells", "a hidden sheet"}


def not_answered(desk: TenantDatabase, spec: ImportSpec, names: Iterable[str] = tuple(FILES)) -> list[str]:
    """The files that are neither taken over nor refused with a sentence, with what became of them."""
    puzzling = []
    for name in names:
        file = RecordFile(f"{name}.{'xlsx' if name in WORKBOOKS else 'csv'}", FILES[name](spec))
        try:
            desk.run(service.run_import, spec, file)
        except (UserError, Confirm) as refused:
            told = [str(refused), *(one.text for one in getattr(refused, "problems", ()))]
            unclear = [text for text in told if not text.strip() or "Traceback" in text or len(text) > LONGEST_SENTENCE]
            if unclear or told == NO_ANSWER:
                puzzling.append(f"{name}: {unclear or told}")
        except Exception as failed:
            puzzling.append(f"{name}: {type(failed).__name__}: {str(failed)[:300]}")
    return puzzling
