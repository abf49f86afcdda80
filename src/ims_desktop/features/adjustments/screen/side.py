"""The panel beside the entry table: what is known about the item of the current line, and what the line will do."""

from decimal import Decimal
from uuid import UUID

from PySide6.QtWidgets import QVBoxLayout

from ims_desktop.domain.listing import Filter, Match
from ims_desktop.domain.wording import Words, dotted, say, say_count
from ims_desktop.features.adjustments import rules, service
from ims_desktop.features.adjustments.rules import EntryItem
from ims_desktop.features.adjustments.screen.lines import PHOTOS, amount_of, item_of, worth_of
from ims_desktop.features.adjustments.screen.photos import shown_photo
from ims_desktop.features.adjustments.screen.purpose import Purpose
from ims_desktop.features.stock.screen.words import STATES, amount
from ims_desktop.ui.chips import Chip
from ims_desktop.ui.controls import Button, clear_layout, column, label, row, scrolling
from ims_desktop.ui.desk import Desk, Place
from ims_desktop.ui.detail import Detail, Fact, Note, Related, Trend
from ims_desktop.ui.detail import Line as DetailLine
from ims_desktop.ui.detail_panel import show_detail
from ims_desktop.ui.entry import Line, Measured
from ims_desktop.ui.formats import Formats
from ims_desktop.ui.side_area import SidePanel
from ims_desktop.ui.theme import Tone


class EntryPanel(SidePanel):
    """Follows the current line; the facts of its item are read once for each item."""

    def __init__(self, desk: Desk, purpose: Purpose, site: UUID) -> None:
        super().__init__()
        self._desk, self._purpose, self._site = desk, purpose, site
        self._line: Line | None = None
        self._facts: service.EntryFacts | None = None
        self.code = label("", 12, role="muted", tabular=True, elide=True)
        close = Button("", "ghost", "x", name=self.tr("Close (Esc)"))
        close.clicked.connect(self.closed)
        head = row(self.code, close, margins=(20, 12, 12, 0))
        head.setStretch(0, 1)
        self._content = QVBoxLayout()
        body = scrolling(column(self._content, None, margins=(20, 0, 20, 12)))
        self._item_button = Button(self.tr("Open item"), icon="package")
        self._item_button.clicked.connect(self._open_item)
        self._moves_button = Button(self.tr("Movements"), icon="arrows-left-right")
        self._moves_button.clicked.connect(self._open_movements)
        self.setLayout(column(head, body, row(self._item_button, self._moves_button, margins=(20, 8, 20, 16))))
        self.show_line(None)

    def show_line(self, line: Line | None) -> None:
        """Show what is known about a line; its item is read when it is another one."""
        self._line = line
        item = item_of(line) if line is not None else None
        is_item = item is not None and not item.is_dish
        self._item_button.setVisible(is_item and self._desk.may("items.view"))
        self._moves_button.setVisible(is_item and self._desk.may("stock.view"))
        if item is None:
            self._facts = None
            self._say_nothing()
            return
        if not item.is_dish and (self._facts is None or self._facts.item.id != item.id):
            self.read_again()
        self._show()

    def read_again(self) -> None:
        """Read the facts of the item anew."""
        item = item_of(self._line) if self._line is not None else None
        if item is not None and not item.is_dish:
            self._desk.start(self, self._read, service.entry_facts, self._site, item.id, replace="facts")

    def _read(self, facts: service.EntryFacts) -> None:
        self._facts = facts
        self._show()

    def _say_nothing(self) -> None:
        self.code.say("")
        clear_layout(self._content)
        self._content.addWidget(label(self.tr("No line chosen"), 16, 600))
        self._content.addSpacing(6)
        hint = self.tr("Choose an item to see what is on hand, what this entry changes and what was wasted before.")
        self._content.addWidget(label(hint, 13, role="muted", wrap=True))

    def _show(self) -> None:
        line = self._line
        item = item_of(line) if line is not None else None
        if line is None or item is None:
            return
        facts = self._facts if self._facts is not None and self._facts.item.id == item.id else None
        self.code.say(item.sku)
        clear_layout(self._content)
        show_detail(self._content, self._desk, described(line, item, facts, self._purpose, self._desk.formats))
        for image in line.get(PHOTOS, ()):
            self._content.addWidget(shown_photo(image, item.name, self))

    def _open_item(self) -> None:
        if self._line is not None and (item := item_of(self._line)):
            self._desk.navigation.open("items", item.id)

    def _open_movements(self) -> None:
        if self._line is not None and (item := item_of(self._line)):
            self._desk.navigation.open("movements", filters=(Filter("item", Match.IN, (item.id,)),))


def described(
    line: Line, item: EntryItem, facts: service.EntryFacts | None, purpose: Purpose, formats: Formats
) -> Detail:
    """A line and its item in words."""
    if item.is_dish:
        return _dish(line, item, formats)
    known = facts.item if facts is not None else item
    moved = amount_of(line)
    quantity = moved.quantity if moved else None
    odd = rules.warning(known, quantity, line.get("location")) if quantity is not None else None
    return Detail(
        title=item.name,
        chips=() if known.is_hidden else (_state(known),),
        line=facts.category if facts is not None else "",
        facts=tuple(_facts(line, known, quantity, purpose, formats)),
        notes=tuple(_said_of(known, odd)),
        trends=(_weeks(facts, known, quantity, purpose),) if facts is not None else (),
        related=tuple(_related(facts, known, formats)),
    )


def _dish(line: Line, dish: EntryItem, formats: Formats) -> Detail:
    """What so many of a dish take out of stock, before it is recorded."""
    moved = amount_of(line)
    wanted = -moved.quantity if moved else Decimal(1)
    worth = rules.worth(dish, -wanted)
    odd = rules.warning(dish, -wanted, None) if moved else None
    facts = [Fact("Wasted" if moved else "Of one", f"{rules.plain(wanted)} {dish.base}")]
    if worth is not None:
        facts.append(Fact("This entry" if moved else "Cost", formats.money(-worth, currency=True)))
    parts = tuple(
        DetailLine(
            part.name,
            say("on hand {amount}", amount=amount(part.on_hand, part.unit, formats)),
            amount(-rules.portion(part, -wanted), part.unit, formats),
            Tone.BAD if rules.portion(part, wanted) > part.on_hand else Tone.PLAIN,
            Place("items", part.item_id),
        )
        for part in dish.parts
    )
    return Detail(
        title=dish.name,
        chips=(Chip("Dish", Tone.INFO),),
        facts=tuple(facts),
        notes=(Note(odd, Tone.WARN),) if odd else (),
        related=(Related("Taken out of stock", parts),),
    )


def _state(item: EntryItem) -> Chip:
    if item.on_hand <= 0:
        return STATES["negative" if item.on_hand < 0 else "out"]
    return STATES["low" if item.par is not None and item.on_hand < item.par else "ok"]


def _said_of(item: EntryItem, odd: Words | None) -> list[Note]:
    if item.is_hidden:
        return [Note("Somebody counts blind here: what is on hand is not shown until that is done.", Tone.INFO)]
    return [Note(say("{odd}. A note helps whoever reviews it.", odd=odd), Tone.WARN)] if odd else []


def _facts(line: Line, item: EntryItem, quantity: Decimal | None, purpose: Purpose, formats: Formats) -> list[Fact]:
    after = item.on_hand + (quantity or Decimal(0))
    packs = _in_packs(item)
    on_hand = [
        Fact("On hand", amount(item.on_hand, item.base, formats), packs),
        Fact(
            "After this entry",
            amount(after, item.base, formats),
            say("par {par}", par=rules.plain(item.par)) if item.par is not None else "",
            Tone.BAD if after < 0 else Tone.PLAIN,
        ),
    ]
    facts = [] if item.is_hidden else on_hand
    worth = worth_of(line)
    if item.cost is not None:
        facts.append(Fact("Average cost", f"{formats.cost(item.cost.average)} / {item.base}", "moving average"))
        shown = worth if worth is None or purpose.signed else -worth
        facts.append(Fact("This entry", formats.money(shown, currency=True)))
    elif quantity is not None:
        facts.append(Fact("This entry", amount(abs(quantity), item.base, formats)))
    typed = line.get("quantity")
    if isinstance(typed, Measured) and " " in typed.path.removesuffix(f" {item.base}"):
        facts.append(Fact("Reckoned as", typed.path, wide=True))
    return facts


def _in_packs(item: EntryItem) -> str:
    """The stock in the item's largest pack, where it has one: 21 case + 2."""
    packs = [code for code in item.units.codes[1:] if item.units.convert(1, code).quantity > 1]
    own = [code for code in packs if code not in _COMMON]
    if not own or item.on_hand <= 0:
        return ""
    pack = max(own, key=lambda code: item.units.convert(1, code).quantity)
    whole, rest = divmod(item.on_hand, item.units.convert(1, pack).quantity)
    if not whole:
        return ""
    return f"{whole:f} {pack}" + (f" + {rules.plain(rest)}" if rest else "")


_COMMON = frozenset(
    {"dozen", "pair", "kg", "l", "lb", "oz", "cl", "dl", "fl oz", "cup", "pt", "qt", "gal", "tbsp", "tsp"}
)


def _weeks(facts: service.EntryFacts, item: EntryItem, quantity: Decimal | None, purpose: Purpose) -> Trend:
    wasted = -quantity if quantity is not None and quantity < 0 and not purpose.signed else Decimal(0)
    weeks = (*facts.weeks[:-1], facts.weeks[-1] + wasted)
    labels = tuple(say_count("{count} week ago", "{count} weeks ago", ago) for ago in range(len(weeks) - 1, 0, -1))
    return Trend(
        "Waste, last 8 weeks", weeks, (*labels, say("Now")), bars=True, note=say("{base} per week", base=item.base)
    )


def _related(facts: service.EntryFacts | None, item: EntryItem, formats: Formats) -> list[Related]:
    related = []
    if len(item.places) > 1:
        places = tuple(DetailLine(place.name, value=amount(place.on_hand, item.base, formats)) for place in item.places)
        related.append(Related("Storage locations", places))
    if facts is not None:
        lines = tuple(
            DetailLine(
                dotted(last.reason, last.note),
                dotted(formats.moment(last.effective_at), last.by),
                amount(last.quantity, item.base, formats),
                place=Place("movements", last.id),
            )
            for last in facts.last
        )
        everything = Place("waste", filters=(Filter("item", Match.IN, (item.id,)),))
        related.append(Related("Last waste", lines, facts.waste_count, everything, "None was recorded so far."))
    return related
