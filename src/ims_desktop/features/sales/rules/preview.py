"""What an import would do, as plain values: the orders, everything that is wrong, and the totals."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from ims_desktop.domain.wording import Words, say


class Weight(Enum):
    """How much a problem weighs."""

    ANSWER = say("Needs your answer")  # the line waits until the question is answered
    HELD = say("Held back")  # this line is not imported; the others are
    KEPT = say("Kept until it is mapped")  # sold, but of what is not known: it waits with its value
    NOTE = say("Imported, with a note")


class Kind(Enum):
    """The kinds of problems, in the order in which they are shown."""

    MISSING_COLUMN = (Weight.ANSWER, say("A column is missing"))
    DATE_ORDER = (Weight.ANSWER, say("Date order"))
    DECIMAL_SIGN = (Weight.ANSWER, say("Decimal sign"))
    DAMAGED_ROW = (Weight.HELD, say("Row cannot be cut into cells"))
    NO_PARTNER = (Weight.HELD, say("Not found in the file that belongs to it"))
    UNKNOWN_PRODUCT = (Weight.KEPT, say("Menu item not known"))
    SEVERAL_PRODUCTS = (Weight.KEPT, say("Name fits several menu items"))
    BLANK = (Weight.HELD, say("Something needed is blank"))
    BAD_DATE = (Weight.HELD, say("Date cannot be read"))
    BAD_TIME = (Weight.HELD, say("Time cannot be read"))
    BAD_NUMBER = (Weight.HELD, say("Not a number"))
    OTHER_DECIMAL_SIGN = (Weight.HELD, say("Written with the other decimal sign"))
    NEGATIVE = (Weight.HELD, say("Quantity is 0 or less"))
    ABSURD = (Weight.HELD, say("Quantity or amount is absurdly large"))
    TOO_LONG = (Weight.HELD, say("Text is too long"))
    UNKNOWN_UNIT = (Weight.HELD, say("Unit not known"))
    WRONG_TOTAL = (Weight.HELD, say("Total is not quantity × price"))
    REPEATED_LINE = (Weight.HELD, say("Line appears twice"))
    TWO_DAYS = (Weight.HELD, say("Order number used on two days"))
    ALREADY_IMPORTED = (Weight.HELD, say("Order was imported before"))
    FUTURE = (Weight.HELD, say("Date lies in the future"))
    BEFORE_OPENING = (Weight.HELD, say("Date lies before the opening"))
    UNKNOWN_SITE = (Weight.HELD, say("Restaurant not known"))
    VOIDED = (Weight.NOTE, say("Void or refunded, left out"))
    UNKNOWN_MODIFIER = (Weight.NOTE, say("Modifier not known: it waits beside its line"))
    SEVERAL_MODIFIERS = (Weight.NOTE, say("Modifier fits several: it waits beside its line"))
    IGNORED_PRODUCT = (Weight.NOTE, say("Left out, as somebody decided"))
    LETTERS = (Weight.NOTE, say("Letters read with the encoding that was found"))
    BROKEN_LETTERS = (Weight.NOTE, say("Letters look broken: try another encoding"))
    AFTER_MIDNIGHT = (Weight.NOTE, say("After midnight, counted to the day before"))
    PRICE_DIFFERS = (Weight.NOTE, say("Price differs from the menu"))
    MENU_PRICE = (Weight.NOTE, say("No price in the file: the menu's is used"))

    @property
    def weight(self) -> Weight:
        """How much it weighs."""
        return self.value[0]

    @property
    def title(self) -> Words:
        """What it is called on the screen."""
        return self.value[1]


class Place(NamedTuple):
    """Where a problem is: the row as a spreadsheet numbers it, the column, what stands there, and more about it."""

    row: int
    column: str
    value: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class ProblemGroup:
    """All places with one kind of problem; `detail` names the worst or the first."""

    kind: Kind
    detail: Words
    places: tuple[Place, ...]


class TillWord(NamedTuple):
    """What a till calls something: as it is compared, and as it is written."""

    key: str
    words: str


class SalesLine(NamedTuple):
    """One accepted line; `revenue` is what was paid for it after discount, in the site's currency."""

    row: int
    menu_item: UUID
    quantity: Decimal
    unit_price: Decimal
    revenue: Decimal
    modifiers: tuple[UUID, ...] = ()  # of one portion; one that is there twice was wanted twice
    unknown: tuple[TillWord, ...] = ()  # modifiers nobody knows yet


class UnmappedLine(NamedTuple):
    """A sold line whose menu item is not known: `product` are the till's words as they are compared."""

    row: int
    site: UUID
    reference: str
    business_day: date
    moment: datetime | None
    channel: str
    product: str
    words: str
    quantity: Decimal
    unit_price: Decimal
    revenue: Decimal
    modifiers: tuple[UUID, ...] = ()
    unknown: tuple[TillWord, ...] = ()


@dataclass(frozen=True, slots=True)
class SalesOrder:
    """An order with its accepted lines; `moment` is local time, None where the file has only days."""

    reference: str
    site: UUID
    business_day: date
    moment: datetime | None
    channel: str
    covers: int | None
    lines: tuple[SalesLine, ...]


@dataclass(frozen=True, slots=True)
class Totals:
    """Lines, and what they are worth; file = accepted + kept + waiting + held + left out.

    Amounts that cannot be read count as 0.
    """

    lines: int = 0
    accepted: int = 0
    kept: int = 0
    waiting: int = 0
    held: int = 0
    left_out: int = 0
    orders: int = 0
    quantity: Decimal = Decimal(0)
    revenue: Decimal = Decimal(0)
    revenue_accepted: Decimal = Decimal(0)
    revenue_kept: Decimal = Decimal(0)
    revenue_waiting: Decimal = Decimal(0)
    revenue_held: Decimal = Decimal(0)
    revenue_left_out: Decimal = Decimal(0)
    unreadable_amounts: int = 0


@dataclass(frozen=True, slots=True)
class Preview:
    """Everything an import would do, before it does anything."""

    orders: tuple[SalesOrder, ...]
    problems: tuple[ProblemGroup, ...]
    notes: tuple[str, ...]
    totals: Totals
    business_days: int
    unmapped: tuple[UnmappedLine, ...] = ()

    @property
    def ready(self) -> bool:
        """Whether nothing waits for an answer and something can be imported."""
        return bool(self.orders or self.unmapped) and not any(
            group.kind.weight is Weight.ANSWER for group in self.problems
        )


@dataclass(frozen=True, slots=True)
class MenuItem:
    """A menu item as the import needs it."""

    id: UUID
    code: str
    name: str
    price: Decimal | None = None


@dataclass(frozen=True, slots=True)
class KnownModifier:
    """A modifier as the import needs it, with the menu items it is offered with."""

    id: UUID
    name: str
    offered_with: frozenset[UUID] = frozenset()


@dataclass(frozen=True, slots=True)
class Site:
    """A site as the import needs it; `name` is compared with the file's restaurant column."""

    id: UUID
    name: str
    zone: ZoneInfo
    cut_over: time = time(0)
    opening: date | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """What is known before the import: the menu, the sites, and what was imported before.

    `site` takes the lines of a file without a restaurant column. `aliases` lead from what a till calls a product to its
    menu code; `ignored` are those of its words that are left out. `imported` holds (site, order reference), `kept`
    the lines that were kept for want of a menu item, by site, order reference and till's words.
    """

    menu: tuple[MenuItem, ...]
    sites: tuple[Site, ...]
    now: datetime
    site: Site | None = None
    aliases: Mapping[str, str] = field(default_factory=dict)
    ignored: frozenset[str] = frozenset()
    imported: frozenset[tuple[UUID, str]] = frozenset()
    kept: frozenset[tuple[UUID, str, str]] = frozenset()
    modifiers: tuple[KnownModifier, ...] = ()
    modifier_aliases: Mapping[str, UUID] = field(default_factory=dict)
    ignored_modifiers: frozenset[str] = frozenset()
