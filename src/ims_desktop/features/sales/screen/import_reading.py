"""How a file is read: each answer with the reason it was found, to be changed by the person; and the open questions."""

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout

from ims_desktop.domain.file_values import DateOrder, read_when
from ims_desktop.domain.text_file import Found
from ims_desktop.features.sales.rules import About, Choices, Field, Kind, Question
from ims_desktop.features.sales.screen.import_table import tint
from ims_desktop.features.sales.service import Checked
from ims_desktop.ui.choices import Choice
from ims_desktop.ui.controls import clear_layout, column
from ims_desktop.ui.how_to_read import HowToRead
from ims_desktop.ui.inputs import Combo
from ims_desktop.ui.notes import NoteBox
from ims_desktop.ui.theme import Tone


class ReadingCard(HowToRead):
    """`answered` carries new Choices, `site_chosen` the restaurant of lines that name none."""

    site_chosen = Signal(object)

    def __init__(self) -> None:
        super().__init__(Choices())
        self._asked: set[str] = set()
        self.site = self.field("site", self.tr("Restaurant"), ())
        self.questions = QVBoxLayout()
        self.questions.setSpacing(8)
        self.setLayout(column(self.title, 10, self.grid, self.questions, margins=(16, 14, 16, 14)))

    def answer(self, key: str, value: Any) -> None:
        """The restaurant is no answer about the file."""
        if key == "site":
            self.site_chosen.emit(value)
        else:
            super().answer(key, value)

    def show_file(self, checked: Checked) -> None:
        """Show what was found, why, and what is asked."""
        reading = checked.reading
        self._asked = {"decimal_sign"} if reading.asks(About.DECIMAL_SIGN) else set()
        self.choices = reading.choices
        for key, combo, found in self.founds(reading):
            self._show(key, combo, found)
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
        self.explain(key, combo, found.reason, "muted" if found.sure else "warn")
        tint(combo, Tone.WARN if asked else None)

    def _show_site(self, checked: Checked) -> None:
        self.site.offer([Choice(site.id, site.name) for site in checked.known.sites])
        chosen = checked.known.site
        self.site.choose(chosen.id if chosen else None)
        named = checked.reading.place(Field.SITE) is not None
        unknown = any(group.kind is Kind.UNKNOWN_SITE for group in checked.preview.problems)
        reason = self.tr("for lines that name none") if named else self.tr("for the whole file")
        asked = unknown and chosen is None
        self.explain("site", self.site, self.tr("choose it") if asked else reason, "warn" if asked else "muted")
        tint(self.site, Tone.WARN if asked else None)

    def _question(self, question: Question, checked: Checked) -> NoteBox:
        text = f"{question.text} {question.hint}".strip()
        if question.about is About.DATE_ORDER:
            buttons = [
                (words, lambda order=order: self.answer("date_order", order)) for order, words in _readings(checked)
            ]
            return NoteBox(text, Tone.WARN, *buttons)
        if question.about is About.DECIMAL_SIGN:
            answers = ((".", self.tr("The point is the decimal sign")), (",", self.tr("The comma is the decimal sign")))
            signs = [(words, lambda sign=sign: self.answer("decimal_sign", sign)) for sign, words in answers]
            return NoteBox(text, Tone.WARN, *signs)
        if question.missing == (Field.QUANTITY,):
            one = self.tr("Each line is one piece")
            return NoteBox(text, Tone.WARN, (one, lambda: self.answer("each_line_is_one", True)))
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
