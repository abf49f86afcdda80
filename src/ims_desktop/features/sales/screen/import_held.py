"""The lines that were held back: shown after an import with what is wrong, to be saved, put right and tried again."""

import csv
import io
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtWidgets import QFrame, QVBoxLayout

from ims_desktop.domain.wording import Words, say
from ims_desktop.features.sales.rules import Weight
from ims_desktop.features.sales.service import Checked
from ims_desktop.ui.controls import Button, column, label, line, row, scrolling
from ims_desktop.ui.desk import Desk
from ims_desktop.ui.language import counted, said

MOST_SHOWN = 60


@dataclass(frozen=True, slots=True)
class HeldLine:
    """One line that was not imported, and everything that is wrong with it."""

    number: int
    cells: tuple[str, ...]
    wrong: Words


def held_lines(checked: Checked) -> tuple[HeldLine, ...]:
    """The lines held back, in the order of the file."""
    wrong: dict[int, list[str]] = {}
    for group in checked.preview.problems:
        if group.kind.weight is Weight.HELD:
            for place in group.places:
                about = said(group.kind.title)
                about = f"{about}: {place.value}" if place.value else about
                wrong.setdefault(place.row, []).append(f"{about} ({said(place.note)})" if place.note else about)
    table = checked.reading.table
    return tuple(
        HeldLine(number, tuple(cells), "; ".join(wrong[number]))
        for number, cells in zip(table.numbers, table.rows, strict=True)
        if number in wrong
    )


def as_csv(checked: Checked) -> str:
    """The lines held back as they stand in the file, with their number and what is wrong behind them."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([*checked.reading.table.header, said(say("Line in the file")), said(say("What is wrong"))])
    writer.writerows([*held.cells, held.number, held.wrong] for held in held_lines(checked))
    return text.getvalue()


class HeldCard(QFrame):
    """The list, with the way to a file."""

    def __init__(self, desk: Desk, checked: Checked) -> None:
        super().__init__()
        self.setObjectName("card")
        self._desk, self._checked = desk, checked
        held = held_lines(checked)
        self.save = Button(self.tr("Save them as a file"), icon="download-simple")
        self.save.clicked.connect(self._ask)
        words = self.tr("They are not in the books. Put them right and import them again.")
        title = label(self._counted(len(held)), 14, 600)
        head = row(column(title, label(words, 12, role="muted"), spacing=2), None, self.save)
        listed = column(None, margins=(0, 0, 8, 0))
        for place, one in enumerate(held[:MOST_SHOWN]):
            listed.insertLayout(place, _line(one))
        if len(held) > MOST_SHOWN:
            more = self.tr("and {count} more: save them to see them all").format(count=counted(len(held) - MOST_SHOWN))
            listed.insertLayout(MOST_SHOWN, column(8, label(more, 12, role="muted")))
        whole = column(head, 10, line(), scrolling(listed), margins=(24, 16, 16, 12))
        whole.setStretch(3, 1)
        self.setLayout(whole)

    def _counted(self, count: int) -> Words:
        return (
            self.tr("1 line was held back")
            if count == 1
            else self.tr("{count} lines were held back").format(count=counted(count))
        )

    def _ask(self) -> None:
        name = self.tr("{file} held back.csv").format(file=Path(self._checked.file.name).stem)
        self._desk.messages.ask_path(self.tr("Save the lines held back"), name, "CSV (*.csv)", self.save_to, self)

    def save_to(self, path: str) -> None:
        """Write the lines to a file."""
        try:
            Path(path).write_text(as_csv(self._checked), "utf-8-sig")
        except OSError as error:
            self._desk.messages.failed(self.tr("The file could not be written: {why}").format(why=error.strerror))
        else:
            self._desk.messages.done(self.tr("Saved {name}").format(name=Path(path).name))


def _line(held: HeldLine) -> QVBoxLayout:
    number = label(counted(held.number), 13, 600, "bad", tabular=True)
    number.setFixedWidth(64)
    cells = label("  ·  ".join(cell.strip() for cell in held.cells if cell.strip()), 12, role="muted", elide=True)
    wrong = label(held.wrong, 13, 500, elide=True)
    whole = row(number, column(wrong, cells, spacing=1), margins=(0, 7, 0, 7))
    whole.setStretch(1, 1)
    return column(whole, line())
