"""One editor for each kind of field: shows a value, reads what was typed, marks what is wrong."""

from collections.abc import Sequence
from datetime import time
from decimal import Decimal
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QWidget

from ims_desktop.domain.errors import UserError
from ims_desktop.ui.choices import Choice, Choices
from ims_desktop.ui.controls import column, label, row, set_property
from ims_desktop.ui.desk import Desk
from ims_desktop.ui.fields import Field, FieldKind
from ims_desktop.ui.inputs import Check, Combo
from ims_desktop.ui.lookup import Lookup
from ims_desktop.ui.theme import font

NUMBERS = frozenset(
    {FieldKind.NUMBER, FieldKind.QUANTITY, FieldKind.MONEY, FieldKind.COST, FieldKind.PERCENT},
)


class Editor(QWidget):
    """The base: `value` raises UserError for what cannot be read."""

    edited = Signal()

    def __init__(self, desk: Desk, field: Field) -> None:
        super().__init__()
        self.desk, self.field = desk, field

    def value(self) -> Any:
        """What was typed, read."""
        raise NotImplementedError

    def show_value(self, value: Any) -> None:
        """Show a value."""
        raise NotImplementedError

    def state(self) -> Any:
        """What stands there, read or not: tells whether something was changed or is still blank."""
        raise NotImplementedError

    def mark(self, wrong: bool) -> None:
        """Mark the editor as wrong or right again."""
        for widget in self.findChildren(QWidget):
            if isinstance(widget, (QLineEdit, QPlainTextEdit, Combo)):
                set_property(widget, "wrong", "true" if wrong else "false")

    def place(self, *pieces: QWidget) -> None:
        """Lay out the pieces of the editor; the first takes the focus and the name."""
        layout = row(*pieces, spacing=6)
        layout.setStretch(0, 1)
        self.setLayout(layout)
        self.setFocusProxy(pieces[0])
        pieces[0].setAccessibleName(self.field.label)
        pieces[0].setAccessibleDescription(self.field.help)


class TextEditor(Editor):
    """One line of text; also dates, times and numbers, which are read by the formats."""

    def __init__(self, desk: Desk, field: Field) -> None:
        super().__init__(desk, field)
        kind = field.kind
        self.line = QLineEdit()
        self.line.setPlaceholderText(field.placeholder or ("2026-01-31" if kind is FieldKind.DATE else ""))
        self.line.setFont(font(13, tabular=kind is not FieldKind.TEXT))
        if field.max_length:
            self.line.setMaxLength(field.max_length)
        if kind is FieldKind.SECRET:
            self.line.setEchoMode(QLineEdit.EchoMode.Password)
        if kind in NUMBERS:
            self.line.setAlignment(Qt.AlignmentFlag.AlignRight)
        if kind is FieldKind.SHOWN:
            self.line.setReadOnly(True)
            self.line.setEnabled(False)
        self.line.textEdited.connect(lambda _: self.edited.emit())
        self.line.editingFinished.connect(self._tidy)
        unit = (
            {FieldKind.MONEY: desk.formats.currency, FieldKind.PERCENT: "%"}.get(kind, "")
            if not field.unit
            else field.unit
        )
        self.place(self.line, *((label(unit, 12, role="muted"),) if unit else ()))

    def value(self) -> Any:
        """The text, or what it means; None when nothing was typed."""
        typed, formats = self.line.text().strip(), self.desk.formats
        kind = self.field.kind
        if not typed:
            return "" if kind in (FieldKind.TEXT, FieldKind.SECRET, FieldKind.SHOWN) else None
        if kind is FieldKind.SECRET:
            return self.line.text()
        if kind in NUMBERS:
            number = formats.parse_number(typed)
            self._check_decimals(number)
            return number / Decimal(100) if kind is FieldKind.PERCENT else number
        if kind is FieldKind.DATE:
            return formats.parse_date(typed)
        return formats.parse_time(typed) if kind is FieldKind.TIME else typed

    def show_value(self, value: Any) -> None:
        """Show a value as a person would type it."""
        self.line.setText(self._typed(value))
        if self.field.kind is FieldKind.SHOWN:  # what is longer than the field is read from its beginning
            self.line.setCursorPosition(0)

    def state(self) -> str:
        """The text."""
        return self.line.text().strip()

    def _typed(self, value: Any) -> str:
        if value is None:
            return ""
        kind, formats = self.field.kind, self.desk.formats
        if kind in NUMBERS:
            return formats.typed_number(Decimal(value) * 100 if kind is FieldKind.PERCENT else Decimal(value))
        if kind is FieldKind.DATE:
            return formats.typed_date(value)
        return value.strftime("%H:%M") if isinstance(value, time) else str(value)

    def _check_decimals(self, number: Decimal) -> None:
        most = self.field.decimals
        if most is None:
            most = {FieldKind.MONEY: self.desk.formats.money_decimals, FieldKind.COST: 6, FieldKind.QUANTITY: 6}.get(
                self.field.kind
            )
        exponent = number.normalize().as_tuple().exponent
        if most is not None and isinstance(exponent, int) and -exponent > most:
            said = self.tr("Use no decimals.") if most == 0 else self.tr("Use at most {count} decimals.")
            raise UserError(said.format(count=most))

    def _tidy(self) -> None:
        """Write a date that was understood in the one clear way."""
        if self.field.kind is FieldKind.DATE and self.line.text().strip():
            try:
                self.show_value(self.value())
            except UserError:
                return


class MultilineEditor(Editor):
    """Several lines of text; Tab leaves."""

    def __init__(self, desk: Desk, field: Field) -> None:
        super().__init__(desk, field)
        self.text = QPlainTextEdit()
        self.text.setPlaceholderText(field.placeholder)
        self.text.setTabChangesFocus(True)
        self.text.setFixedHeight(76)
        self.text.setFont(font())
        self.text.textChanged.connect(self.edited)
        self.place(self.text)

    def value(self) -> str:
        """The text."""
        return self.text.toPlainText().strip()

    def show_value(self, value: Any) -> None:
        """Show a text."""
        self.text.setPlainText(value or "")

    def state(self) -> str:
        """The text."""
        return self.value()


class CheckEditor(Editor):
    """Yes or no."""

    def __init__(self, desk: Desk, field: Field) -> None:
        super().__init__(desk, field)
        self.check = Check(field.label)
        self.check.toggled.connect(lambda _: self.edited.emit())
        self.place(self.check)

    def value(self) -> bool:
        """Whether it is ticked."""
        return self.check.isChecked()

    def show_value(self, value: Any) -> None:
        """Tick or not."""
        self.check.setChecked(bool(value))

    def state(self) -> bool:
        """Whether it is ticked."""
        return self.value()


class ComboEditor(Editor):
    """One of a few fixed choices."""

    def __init__(self, desk: Desk, field: Field) -> None:
        super().__init__(desk, field)
        options = field.choices.options if field.choices else ()
        self.combo = Combo(options, hint=field.placeholder or self.tr("Choose"), name=field.label)
        if not field.required:
            self.combo.offer((Choice(None, "—"), *options))
        self.combo.chosen.connect(lambda _: self.edited.emit())
        self.place(self.combo)

    def value(self) -> Any:
        """The chosen value."""
        return self.combo.value()

    def show_value(self, value: Any) -> None:
        """Choose a value."""
        self.combo.choose(value)

    def state(self) -> Any:
        """The chosen value."""
        return self.value()


class LookupEditor(Editor):
    """One of many choices, found by typing."""

    def __init__(self, desk: Desk, field: Field) -> None:
        super().__init__(desk, field)
        self.lookup = Lookup(
            desk, field.choices or Choices(), hint=field.placeholder or self.tr("Type to find"), name=field.label
        )
        self.lookup.chosen.connect(lambda _: self.edited.emit())
        self.lookup.textEdited.connect(lambda _: self.edited.emit())
        self.place(self.lookup)

    def value(self) -> Any:
        """The chosen value; text that names nothing is a problem."""
        return self.lookup.value()

    def show_value(self, value: Any) -> None:
        """Choose a value (or a Choice)."""
        self.lookup.choose(value)

    def state(self) -> Any:
        """The value, or the text that names none."""
        return self.lookup.state()


class ManyEditor(Editor):
    """Ticks among choices, read in the background when they come from a use case."""

    def __init__(self, desk: Desk, field: Field) -> None:
        super().__init__(desk, field)
        self._values: tuple[Any, ...] = ()
        self._checks: list[tuple[Any, Check]] = []
        self._box = column(spacing=2)
        self.setLayout(self._box)
        choices = field.choices or Choices()
        self._offer(choices.options)
        if choices.load is not None:
            desk.start(self, self._offer, choices.load)

    def value(self) -> tuple[Any, ...]:
        """The ticked values."""
        if not self._checks:
            return self._values
        return tuple(value for value, check in self._checks if check.isChecked())

    def show_value(self, value: Any) -> None:
        """Tick values."""
        self._values = tuple(value or ())
        for known, check in self._checks:
            check.blockSignals(True)
            check.setChecked(known in self._values)
            check.blockSignals(False)
            check.update()

    def state(self) -> tuple[Any, ...]:
        """The ticked values."""
        return self.value()

    def _offer(self, choices: Sequence[Choice]) -> None:
        for choice in choices:
            check = Check(choice.text)
            check.toggled.connect(lambda _: self.edited.emit())
            self._checks.append((choice.value, check))
            self._box.addLayout(row(check, None, label(choice.detail, 12, role="muted")))
        if self._checks:
            self.setFocusProxy(self._checks[0][1])
        self.show_value(self._values)


def editor(desk: Desk, field: Field) -> Editor:
    """The editor of a field."""
    match field.kind:
        case FieldKind.MULTILINE:
            return MultilineEditor(desk, field)
        case FieldKind.CHECK:
            return CheckEditor(desk, field)
        case FieldKind.MANY:
            return ManyEditor(desk, field)
        case FieldKind.CHOICE:
            fixed = field.choices is None or (field.choices.load is None and field.choices.search is None)
            return ComboEditor(desk, field) if fixed else LookupEditor(desk, field)
    return TextEditor(desk, field)


def read(one: Editor, problems: list[tuple[str, str]]) -> Any:
    """The value of an editor; what is wrong with it is added to the problems, as (key, sentence)."""
    field = one.field
    try:
        value = one.value()
    except UserError as error:
        problems.append((field.key, error.text))
        return None
    if field.required and (value is None or value in ("", ())):
        problems.append((field.key, one.tr("{label} is missing.").format(label=field.label)))
    return value
