"""How a file is read: each answer with the reason it was found, to be changed by the person; and the open questions."""

from dataclasses import replace
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QVBoxLayout

from ims_desktop.domain.file_values import DateOrder, read_when
from ims_desktop.domain.table_file import DELIMITERS
from ims_desktop.domain.text_file import ENCODINGS, Found
from ims_desktop.domain.wording import say
from ims_desktop.features.sales.rules import About, Choices, Field, Kind, Question
from ims_desktop.features.sales.screen.import_table import tint
from ims_desktop.features.sales.service import Checked
from ims_desktop.ui.choices import Choice
from ims_desktop.ui.controls import Label, clear_layout, column, label
from ims_desktop.ui.inputs import Combo
from ims_desktop.ui.notes import NoteBox
from ims_desktop.ui.theme import Tone, font

SIGNS = (Choice(".", "Point  16.50"), Choice(",", "Comma  16,50"))
ORDERS = (
    Choice(None, "As each says itself"),
    Choice(DateOrder.DAY_FIRST, "Day first"),
    Choice(DateOrder.MONTH_FIRST, "Month first"),
)
HEADERS = (Choice(0, "No header"), *(Choice(row, say("Line {row}", row=row)) for row in range(1, 31)))


class ReadingCard(QFrame):
    """`answered` carries new Choices, `site_chosen` the restaurant of lines that name none."""

    answered = Signal(object)
    site_chosen = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("card")
        self._choices = Choices()
        self._asked: set[str] = set()
        self._reasons: dict[str, Label] = {}
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(4)
        delimiters = [Choice(sign, f"{name}  {sign.strip()}".strip()) for sign, name in DELIMITERS.items()]
        encodings = [Choice(key, name.split(" (")[0], name) for key, name in ENCODINGS.items()]
        self.encoding = self._field("encoding", self.tr("Encoding"), encodings)
        self.delimiter = self._field("delimiter", self.tr("Delimiter"), delimiters)
        self.header = self._field("header_row", self.tr("Column names"), list(HEADERS))
        self.sign = self._field("decimal_sign", self.tr("Decimal sign"), list(SIGNS))
        self.order = self._field("date_order", self.tr("Date order"), list(ORDERS))
        self.site = self._field("site", self.tr("Restaurant"), [])
        self.questions = QVBoxLayout()
        self.questions.setSpacing(8)
        self._title = label(self.tr("How to read the file"), 14, 600)
        self.setLayout(column(self._title, 10, self._grid, self.questions, margins=(16, 14, 16, 14)))

    def _field(self, key: str, title: str, choices: list[Choice]) -> Combo:
        combo = Combo(choices, name=title, hint=self.tr("Choose"))
        place = len(self._reasons)
        reason = self._reasons[key] = label("", 11, role="muted", elide=True)
        self._grid.addWidget(label(title, 12, 500, "sub"), 0, place)
        self._grid.addWidget(combo, 1, place)
        self._grid.addWidget(reason, 2, place)
        self._grid.setColumnStretch(place, 1)
        combo.setFont(font(12))
        combo.setMinimumWidth(90)
        tint(combo, None)
        combo.chosen.connect(lambda value: self._answer(key, value))
        return combo

    def _answer(self, key: str, value: Any) -> None:
        if key == "site":
            self.site_chosen.emit(value)
        else:
            self.answered.emit(replace(self._choices, **{key: value}))

    def show_file(self, checked: Checked) -> None:
        """Show what was found, why, and what is asked."""
        reading, table = checked.reading, checked.reading.table
        self._asked = {"decimal_sign"} if reading.asks(About.DECIMAL_SIGN) else set()
        self._choices = reading.choices
        self._show("encoding", self.encoding, table.encoding)
        self._show("delimiter", self.delimiter, table.delimiter)
        self._show("header_row", self.header, table.header_row)
        self._show("decimal_sign", self.sign, reading.decimal_sign)
        self._show("date_order", self.order, reading.date_order)
        self._show_site(checked)
        clear_layout(self.questions)
        for question in reading.questions:
            self.questions.addWidget(self._question(question, checked))
        self.questions.setContentsMargins(0, 12 if reading.questions else 0, 0, 0)

    def _show(self, key: str, combo: Combo, found: Found[Any]) -> None:
        combo.choose(found.value)
        asked = not found.sure and (found.value is None if key == "date_order" else key in self._asked)
        if asked:
            combo.setPlaceholderText(self.tr("Choose"))
            combo.setCurrentIndex(-1)
        self._say(key, combo, found.reason, Tone.PLAIN if found.sure else Tone.WARN)
        tint(combo, Tone.WARN if asked else None)

    def _show_site(self, checked: Checked) -> None:
        self.site.offer([Choice(site.id, site.name) for site in checked.known.sites])
        chosen = checked.known.site
        self.site.choose(chosen.id if chosen else None)
        named = checked.reading.place(Field.SITE) is not None
        unknown = any(group.kind is Kind.UNKNOWN_SITE for group in checked.preview.problems)
        reason = self.tr("for lines that name none") if named else self.tr("for the whole file")
        asked = unknown and chosen is None
        self._say("site", self.site, self.tr("choose it") if asked else reason, Tone.WARN if asked else Tone.PLAIN)
        tint(self.site, Tone.WARN if asked else None)

    def _say(self, key: str, combo: Combo, reason: str, tone: Tone) -> None:
        self._reasons[key].say(reason)
        self._reasons[key].tone("warn" if tone is Tone.WARN else "muted")
        combo.setAccessibleDescription(reason)

    def _question(self, question: Question, checked: Checked) -> NoteBox:
        text = f"{question.text} {question.hint}".strip()
        if question.about is About.DATE_ORDER:
            buttons = [
                (words, lambda order=order: self._answer("date_order", order)) for order, words in _readings(checked)
            ]
            return NoteBox(text, Tone.WARN, *buttons)
        if question.about is About.DECIMAL_SIGN:
            answers = ((".", self.tr("The point is the decimal sign")), (",", self.tr("The comma is the decimal sign")))
            signs = [(words, lambda sign=sign: self._answer("decimal_sign", sign)) for sign, words in answers]
            return NoteBox(text, Tone.WARN, *signs)
        if question.missing == (Field.QUANTITY,):
            one = self.tr("Each line is one piece")
            return NoteBox(text, Tone.WARN, (one, lambda: self._answer("each_line_is_one", True)))
        return NoteBox(text, Tone.WARN)


def _readings(checked: Checked) -> list[tuple[DateOrder, str]]:
    """Both readings of an ambiguous date in words: "1 February, day first"."""
    groups = (group for group in checked.preview.problems if group.kind is Kind.DATE_ORDER)
    example = next((group.places[0].value for group in groups), "")
    when = read_when(example)
    named = {DateOrder.DAY_FIRST: "", DateOrder.MONTH_FIRST: ""}
    if when is not None:
        named = {order: f"{day.day} {day:%B}, " for order in DateOrder if (day := when.dates.under(order))}
    return [(order, f"{words}{order.value}") for order, words in named.items()]
