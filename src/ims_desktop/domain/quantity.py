"""What people type into a quantity cell: `1.5 kg`, `2 case + 4`, `3*2+1`, `1 lb 4 oz`, `1½ box`.

The grammar, read by a parser of its own:

    sum     = [sign] term { (+ | -) term | term }       a term may follow without a sign when both carry a unit
    term    = factor { (* | /) factor }                 at most one factor of a term carries a unit
    factor  = number [unit] | "(" sum ")" [unit]

A number may be mixed (1 1/2). One that stands without a unit is in the unit of the cell. The readable path of the
result says how the text was understood, so that nothing is guessed behind the person's back.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from ims_desktop.domain.errors import Problem, UserError
from ims_desktop.domain.numbers import QUANTITY_PLACES, fits, half_up, show
from ims_desktop.domain.quantity_text import Kind, Token, Unreadable, tokens_of
from ims_desktop.domain.units import ItemUnits
from ims_desktop.domain.wording import say

LONGEST_TEXT = 120
ABSURDLY_LARGE = Decimal(10) ** 9


@dataclass(frozen=True, slots=True)
class Entered:
    """A quantity that was typed: in the item's base unit, with the path that led there."""

    quantity: Decimal
    unit: str
    path: str
    exact: Fraction

    @property
    def rounded(self) -> bool:
        """Whether the path says `≈`, because the ledger's decimals cannot hold the exact figure."""
        return Fraction(self.quantity) != self.exact


@dataclass(frozen=True, slots=True)
class Limits:
    """What a cell accepts; `decimals` = 0 asks for whole numbers of the base unit."""

    negative: bool = False
    decimals: int = QUANTITY_PLACES
    largest: Decimal = ABSURDLY_LARGE


ANYTHING = Limits()


@dataclass(frozen=True, slots=True)
class _Amount:
    """A part of the calculation: a bare number (`based` is False), or a quantity already in the base unit."""

    value: Fraction
    text: str
    based: bool


def read_quantity(
    text: str,
    units: ItemUnits,
    *,
    cell_unit: str | None = None,
    decimal_sign: str = ".",
    limits: Limits = ANYTHING,
    field: str | None = None,
) -> Entered:
    """Read what was typed; raises UserError with every problem found. `cell_unit` is the base unit unless given."""
    reader = _Reader(units, cell_unit or units.base, decimal_sign)
    try:
        amount, problems = reader.read(text), list(reader.places_problems())
    except Unreadable as unreadable:
        raise UserError(unreadable.sentences[0], [Problem(each, field) for each in unreadable.sentences]) from None
    problems += _limit_problems(amount, limits, units.base, decimal_sign)
    if problems:
        raise UserError(problems[0], [Problem(each, field) for each in problems])
    quantity = half_up(amount.value)
    path = _with_result(amount, quantity, units.base, decimal_sign)
    return Entered(quantity, units.base, path, amount.value)


def _with_result(amount: _Amount, quantity: Decimal, base: str, decimal_sign: str) -> str:
    result = f"{show(quantity, decimal_sign)} {base}"
    if amount.text == result:
        return result
    return f"{amount.text} {'=' if fits(amount.value) else '≈'} {result}"


def _limit_problems(amount: _Amount, limits: Limits, base: str, decimal_sign: str) -> Iterator[str]:
    if amount.value < 0 and not limits.negative:
        shown = _shown(amount, base, decimal_sign)
        yield say("{shown} is less than nothing; this quantity must be 0 or more.", shown=shown)
    if abs(amount.value) > limits.largest:
        shown = _shown(amount, base, decimal_sign)
        most = f"{show(limits.largest, decimal_sign)} {base}"
        yield say("{shown} is absurdly large; the most is {most}. Check number and unit.", shown=shown, most=most)
    if limits.decimals < QUANTITY_PLACES and not fits(amount.value, limits.decimals):
        shown = _shown(amount, base, decimal_sign)
        fitting = f"{show(half_up(amount.value, limits.decimals), decimal_sign)} {base}"
        yield say("{shown} has too many decimals here; it would be rounded to {fitting}.", shown=shown, fitting=fitting)


def _shown(amount: _Amount, base: str, decimal_sign: str) -> str:
    return f"{show(half_up(amount.value), decimal_sign)} {base}"


class _Reader:
    """Walks the tokens of one text once, from left to right."""

    def __init__(self, units: ItemUnits, cell_unit: str, decimal_sign: str) -> None:
        self._units = units
        self._cell_unit = cell_unit
        self._sign = decimal_sign
        self._tokens: Sequence[Token] = ()
        self._at = 0

    def read(self, text: str) -> _Amount:
        """The whole text as one quantity in the base unit."""
        if len(text) > LONGEST_TEXT:
            raise Unreadable(
                [
                    say(
                        "This is too long for a quantity ({count} characters; at most {most}).",
                        count=len(text),
                        most=LONGEST_TEXT,
                    )
                ]
            )
        self._tokens = self._with_units(tokens_of(text, self._sign))
        self._at = 0
        if self._at_a(Kind.END):
            raise Unreadable(["Nothing was typed. Blank is not zero: type 0 if that is meant."])
        amount = self._sum()
        if not self._at_a(Kind.END):
            raise Unreadable(
                [say("“{text}” was not expected here. Write an operator (+ − × ÷) before it.", text=self._here.text)]
            )
        return self._based(amount)

    def places_problems(self) -> Iterator[str]:
        """Numbers typed with more decimals than a quantity keeps."""
        for token in self._tokens:
            if token.kind is Kind.NUMBER and not fits(token.value):
                rounded = show(half_up(token.value), self._sign)
                yield say(
                    "{number} has more than {most} decimals; it would be rounded to {rounded}.",
                    number=token.text,
                    most=QUANTITY_PLACES,
                    rounded=rounded,
                )

    def _with_units(self, tokens: Sequence[Token]) -> Sequence[Token]:
        """Join neighbouring words to the longest unit they spell (`fl` `oz`); name every unknown one at once."""
        joined: list[Token] = []
        unknown: list[str] = []
        at = 0
        while at < len(tokens):
            words = 0
            while at + words < len(tokens) and tokens[at + words].kind is Kind.WORD:
                words += 1
            if words == 0:
                joined.append(tokens[at])
                at += 1
                continue
            code, used = self._longest_unit([token.text for token in tokens[at : at + words]])
            if code is None:
                unknown.append(tokens[at].text)
            joined.append(Token(Kind.WORD, code or tokens[at].text))
            at += used
        if unknown:
            has = ", ".join(self._units.codes)
            raise Unreadable(
                [say("“{word}” is not a unit of this item. It has: {has}.", word=word, has=has) for word in unknown]
            )
        return joined

    def _longest_unit(self, words: Sequence[str]) -> tuple[str | None, int]:
        for used in range(len(words), 0, -1):
            code = self._units.find(" ".join(words[:used]))
            if code is not None:
                return code, used
        return None, 1

    @property
    def _here(self) -> Token:
        return self._tokens[self._at]

    def _at_a(self, kind: Kind) -> bool:
        return self._here.kind is kind

    def _take(self, *signs: str) -> str | None:
        """Step over the next token if it is one of these signs."""
        if self._at_a(Kind.SIGN) and self._here.text in signs:
            self._at += 1
            return self._tokens[self._at - 1].text
        return None

    def _sum(self) -> _Amount:
        negative = self._take("+", "-") == "-"
        total = self._term()
        if negative:
            total = _Amount(-total.value, f"−{total.text}", total.based)
        while True:
            sign = self._take("+", "-")
            if sign is None and not (total.based and self._at_a(Kind.NUMBER)):
                return total
            following = self._term()
            if sign is None and not following.based:
                raise Unreadable(
                    [
                        say(
                            "“{text}” stands without a sign or a unit. Write + before it, or its unit.",
                            text=following.text,
                        )
                    ]
                )
            total = self._added(total, following, negative=sign == "-")

    def _added(self, left: _Amount, right: _Amount, *, negative: bool) -> _Amount:
        if left.based or right.based:
            left, right = self._based(left), self._based(right)
        value = left.value - right.value if negative else left.value + right.value
        return _Amount(value, f"{left.text} {'−' if negative else '+'} {right.text}", left.based)

    def _term(self) -> _Amount:
        product = self._factor()
        while sign := self._take("*", "/"):
            divided = sign == "/"
            factor = self._bare_factor()
            product = self._multiplied(product, factor, divided=divided)
            if self._at_a(Kind.WORD):
                product = self._in_unit(product)
            elif factor.based and divided:
                raise Unreadable([say("A quantity cannot be divided by a quantity (“{text}”).", text=factor.text)])
        return product

    def _multiplied(self, left: _Amount, right: _Amount, *, divided: bool) -> _Amount:
        if left.based and right.based:
            raise Unreadable(
                [
                    say(
                        "“{text}” and “{other}” both carry a unit; only one factor may.",
                        text=left.text,
                        other=right.text,
                    )
                ]
            )
        if divided and right.value == 0:
            raise Unreadable(["Nothing can be divided by 0."])
        value = left.value / right.value if divided else left.value * right.value
        return _Amount(value, f"{left.text} {'÷' if divided else '×'} {right.text}", left.based or right.based)

    def _factor(self) -> _Amount:
        factor = self._bare_factor()
        return self._in_unit(factor) if self._at_a(Kind.WORD) else factor

    def _bare_factor(self) -> _Amount:
        """A number or a bracket, before a unit that may follow."""
        token = self._here
        if self._take("("):
            inner = self._sum()
            if not self._take(")"):
                raise Unreadable(["A bracket is opened and never closed."])
            return _Amount(inner.value, f"({inner.text})", inner.based)
        if token.kind is not Kind.NUMBER:
            if token.kind is Kind.END:
                raise Unreadable([say("A number is missing at the end.")])
            raise Unreadable([say("A number is missing before “{text}”.", text=token.text)])
        self._at += 1
        return _Amount(token.value, show(token.value, self._sign), based=False)

    def _in_unit(self, amount: _Amount) -> _Amount:
        """Read the unit that follows `amount` and convert it."""
        if amount.based:
            raise Unreadable(
                [
                    say(
                        "“{text} {other}” carries two units; only one may stand there.",
                        text=amount.text,
                        other=self._here.text,
                    )
                ]
            )
        path = self._units.path(self._here.text)
        self._at += 1
        return _Amount(amount.value * path.factor, path.text(amount.text, self._sign), based=True)

    def _based(self, amount: _Amount) -> _Amount:
        """A bare number is in the unit of the cell."""
        if amount.based:
            return amount
        path = self._units.path(self._cell_unit)
        text = f"({amount.text})" if " + " in amount.text or " − " in amount.text else amount.text
        return _Amount(amount.value * path.factor, path.text(text, self._sign), based=True)
