"""Blocks of cells on the clipboard, as spreadsheets write them: tabs between cells, quotes around a break."""

from collections.abc import Iterator, Sequence

Block = tuple[tuple[str, ...], ...]
MUST_BE_QUOTED = ("\t", "\n", "\r")


def read_block(text: str) -> Block:
    """The cells of a block; rows may differ in length. One line break at the end belongs to the last row."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n")
    if '"' not in text:
        return tuple(tuple(line.split("\t")) for line in text.split("\n"))
    rows: list[tuple[str, ...]] = []
    cells: list[str] = []
    for cell, ends_row in _cells(text):
        cells.append(cell)
        if ends_row:
            rows.append(tuple(cells))
            cells = []
    return tuple(rows)


def write_block(rows: Sequence[Sequence[str]]) -> str:
    """A block that `read_block` and spreadsheets read back."""
    return "\n".join("\t".join(map(_written, cells)) for cells in rows)


def _written(cell: str) -> str:
    if cell.startswith('"') or any(sign in cell for sign in MUST_BE_QUOTED):
        return '"' + cell.replace('"', '""') + '"'
    return cell


def _cells(text: str) -> Iterator[tuple[str, bool]]:
    """Each cell, and whether it is the last of its row."""
    at = 0
    while True:
        quoted = _quoted(text, at)
        if quoted is not None:
            cell, at = quoted
        else:
            end = _end(text, at)
            cell, at = text[at:end], end
        over = at >= len(text)
        yield cell, over or text[at] == "\n"
        if over:
            return
        at += 1


def _end(text: str, at: int) -> int:
    ends = [place for sign in ("\t", "\n") if (place := text.find(sign, at)) >= 0]
    return min(ends, default=len(text))


def _quoted(text: str, at: int) -> tuple[str, int] | None:
    """A cell in quotes and where it ends; None where a quote is only a letter of the cell (5" pan)."""
    if text[at : at + 1] != '"':
        return None
    place = at + 1
    while (place := text.find('"', place)) >= 0:
        if text[place + 1 : place + 2] == '"':
            place += 2
            continue
        if text[place + 1 : place + 2] in ("", "\t", "\n"):
            return text[at + 1 : place].replace('""', '"'), place + 1
        return None
    return None
