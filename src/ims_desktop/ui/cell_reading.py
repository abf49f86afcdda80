"""Reads what is typed or pasted into a cell, and writes its value back as a person would type it."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, time
from decimal import Decimal, InvalidOperation
from typing import Any

from ims_desktop.domain.errors import UserError
from ims_desktop.domain.quantity import Limits, read_quantity
from ims_desktop.domain.units import ItemUnits
from ims_desktop.domain.wording import say
from ims_desktop.ui.cell_edit import CellEdit
from ims_desktop.ui.choices import Choice
from ims_desktop.ui.columns import DECIMALS, NUMERIC, Column, Kind, text
from ims_desktop.ui.formats import UNKNOWN, Formats

ANY = Limits(negative=True, largest=Decimal(10) ** 13)
PIECES = ItemUnits("each")
YES = frozenset({"yes", "y", "true", "1", "x", "✓", "on"})
NO = frozenset({"no", "n", "false", "0", "", "off"})
CURRENCY_SIGNS = "€$£¥"
PLAIN = re.compile(r"-?\d+(?:[.,]\d+)?")
WORD = re.compile(r"[^\W\d_]")


@dataclass(frozen=True, slots=True)
class Understood:
    """What a text means, and the way there where it was worked out: 2 case × 6 tin + 4 tin = 16 tin."""

    value: Any
    path: str = ""


def edit_of(column: Column) -> CellEdit:
    """How a column is edited; asked only of those that are."""
    if column.edit is None:
        raise ValueError(column.key)
    return column.edit


def held(column: Column, row: Any) -> Any:
    """The value that is changed when somebody edits the cell."""
    return getattr(row, edit_of(column).field or column.key)


class CellReader:
    """Reads and writes cells in the writing of one place; `options` are the choices by column key."""

    def __init__(self, formats: Formats) -> None:
        self.formats = formats
        self.options: dict[str, Sequence[Choice]] = {}

    def read(self, column: Column, row: Any, typed: str) -> Understood:
        """What was typed; raises UserError with a sentence."""
        edit, typed = edit_of(column), typed.strip()
        if typed in ("", UNKNOWN) and column.kind is not Kind.FLAG:
            return Understood(self._nothing(column, edit))
        if edit.choices is not None:
            return Understood(self._chosen(column, edit, typed))
        if column.kind in NUMERIC:
            understood = self._number(column, edit, row, typed)
            self._limits(column, edit, understood.value)
            return understood
        return Understood(self._other(column, edit, typed))

    def typed(self, column: Column, row: Any, value: Any) -> str:
        """A value as the editor begins with it."""
        edit = edit_of(column)
        if value is None:
            return ""
        if edit.choices is not None:
            return self._named(column, edit, value)
        if column.kind in NUMERIC:
            return self.formats.typed_number(Decimal(value) * (100 if column.kind is Kind.PERCENT else 1))
        if column.kind is Kind.DATE and isinstance(value, date):
            return self.formats.typed_date(value)
        return value.strftime("%H:%M") if isinstance(value, time) else str(value)

    def shown(self, column: Column, row: Any, value: Any) -> str:
        """A value as the cell would show it."""
        edit = edit_of(column)
        if edit.choices is not None and column.kind is not Kind.CHIP:
            return UNKNOWN if value is None else self._named(column, edit, value)
        try:
            return text(column, replace(row, **{edit.field or column.key: value}), self.formats)
        except (TypeError, ValueError, AttributeError):
            return self.typed(column, row, value) or UNKNOWN

    # what is typed -------------------------------------------------------------------------------------------

    def _nothing(self, column: Column, edit: CellEdit) -> Any:
        if edit.required:
            raise UserError(say("{title} cannot be empty.", title=column.title))
        if edit.several:
            return ()
        return "" if edit.choices is None and column.kind in (Kind.TEXT, Kind.TITLE) else None

    def _other(self, column: Column, edit: CellEdit, typed: str) -> Any:
        match column.kind:
            case Kind.FLAG:
                return _yes_or_no(typed)
            case Kind.DATE:
                return self.formats.parse_date(typed)
            case Kind.TIME:
                return self.formats.parse_time(typed)
        said = " ".join(typed.split())
        if edit.most is not None and len(said) > edit.most:
            raise UserError(say("This has {count} letters; there is room for {most}.", count=len(said), most=edit.most))
        return said

    def _number(self, column: Column, edit: CellEdit, row: Any, typed: str) -> Understood:
        typed = typed.removeprefix("=").strip()
        if column.kind is Kind.PERCENT:
            typed = typed.removesuffix("%").strip()
        if column.kind in (Kind.MONEY, Kind.COST):
            typed = typed.strip(CURRENCY_SIGNS).removesuffix(self.formats.currency).strip()
        part = Decimal(100) if column.kind is Kind.PERCENT else Decimal(1)
        plain = self._plain(typed)
        if plain is not None:
            return Understood(plain / part)
        if edit.units is None and WORD.search(typed):
            raise UserError(say("“{typed}” is not a number.", typed=typed))
        units = edit.units(row) if edit.units is not None else PIECES
        entered = read_quantity(typed, units, decimal_sign=self.formats.decimal_sign, limits=ANY)
        path = entered.path if edit.units is not None else entered.path.replace(f" {PIECES.base}", "")
        return Understood(entered.quantity / part, path)

    def _plain(self, typed: str) -> Decimal | None:
        """A number without anything around it; None when it has to be worked out."""
        if PLAIN.fullmatch(typed) and ("," if self.formats.decimal_sign == "." else ".") not in typed:
            return Decimal(typed.replace(",", "."))
        try:
            return self.formats.parse_number(typed)
        except (UserError, InvalidOperation):
            return None

    def _limits(self, column: Column, edit: CellEdit, value: Decimal) -> None:
        write = self.formats.typed_number
        part = Decimal(100) if column.kind is Kind.PERCENT else Decimal(1)
        low = -ANY.largest if edit.low is None else edit.low
        high = ANY.largest if edit.high is None else edit.high
        if value < low:
            raise UserError(say("This must be {limit} or more.", limit=write(low * part)))
        if value > high:
            raise UserError(say("This must be {limit} or less.", limit=write(high * part)))
        most = edit.decimals
        if most is None:
            most = self.formats.money_decimals if column.kind is Kind.MONEY else max(6, DECIMALS.get(column.kind, 0))
            most = 0 if column.kind is Kind.NUMBER else most
        if value * part != round(value * part, most):
            raise UserError(
                "This must be a whole number." if most == 0 else say("This has more than {most} decimals.", most=most)
            )

    # choices -------------------------------------------------------------------------------------------------

    def _chosen(self, column: Column, edit: CellEdit, typed: str) -> Any:
        options = self.options.get(column.key, ())
        if edit.several:
            words = [word for word in re.split(r"[,;\n]", typed) if word.strip()]
            return tuple(dict.fromkeys(_option(options, word).value for word in words))
        return _option(options, typed).value

    def _named(self, column: Column, edit: CellEdit, value: Any) -> str:
        options = self.options.get(column.key, ())
        if edit.several:
            return ", ".join(_name(options, each) for each in value)
        return _name(options, value)


def _name(options: Iterable[Choice], value: Any) -> str:
    return next((choice.text for choice in options if choice.value == value), str(value))


def _option(options: Sequence[Choice], typed: str) -> Choice:
    """The choice of this name, or the only one that begins so."""
    wanted = typed.strip().casefold()
    for fits in (
        [choice for choice in options if wanted in (choice.text.casefold(), str(choice.value).casefold())],
        [choice for choice in options if choice.text.casefold().startswith(wanted)],
    ):
        if len(fits) == 1:
            return fits[0]
        if len(fits) > 1 and all(choice.value == fits[0].value for choice in fits):
            return fits[0]
    offered = ", ".join(choice.text for choice in options[:6]) + (" …" if len(options) > 6 else "")
    raise UserError(say("“{typed}” is not one of the choices: {offered}.", typed=typed.strip(), offered=offered))


def _yes_or_no(typed: str) -> bool:
    said = typed.casefold()
    if said in YES or said in NO:
        return said in YES
    raise UserError(say("“{typed}” is neither yes nor no.", typed=typed))
