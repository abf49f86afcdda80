"""What a document would change besides its own lines, in words, and the panel that shows it before it is saved."""

from decimal import Decimal

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout

from ims_desktop.domain.wording import Words, say
from ims_desktop.features.stock.screen.words import amount
from ims_desktop.features.stock.service import Effects, StockEffect
from ims_desktop.ui.controls import Button, column, row, scrolling
from ims_desktop.ui.desk import Desk
from ims_desktop.ui.detail import Detail, Line, Note, Related
from ims_desktop.ui.detail_panel import show_detail
from ims_desktop.ui.formats import Formats
from ims_desktop.ui.side_area import SidePanel
from ims_desktop.ui.theme import Tone

MOST = 12
ARROW = "→"


def describe(effects: Effects, formats: Formats) -> Detail:
    """Everything that would change, the most important first."""
    return Detail(
        title="What this changes",
        notes=tuple(_notes(effects, formats)),
        related=tuple(part for part in _parts(effects, formats) if part.lines),
    )


def _notes(effects: Effects, formats: Formats) -> list[Note]:
    notes = [Note("It lies before what was entered already, so more changes than its own lines.")]
    for one in effects.closed:
        day = formats.date(one.day)
        if one.value is None:
            said = say("{site} is closed before {day}: what changes there counts on that day.", site=one.site, day=day)
        else:
            said = say(
                "{site} is closed before {day}: {value} of what changes there counts on that day.",
                site=one.site, day=day, value=_money(one.value, one.currency, formats),
            )  # fmt: skip
        notes.append(Note(said, Tone.WARN))
    for short in effects.short:
        said = say(
            "Of {item} there would have been {quantity} on {at}.",
            item=short.item, quantity=amount(short.quantity, short.unit, formats), at=formats.moment(short.at),
        )  # fmt: skip
        notes.append(Note(said, Tone.WARN))
    return notes


def _parts(effects: Effects, formats: Formats) -> tuple[Related, ...]:
    weeks = tuple(
        Line(
            say("Week of {day}", day=formats.date(week.day)),
            _unexplained(week.variance, week.currency, week.site, formats),
            _money(week.cost, week.currency, formats),
        )
        for week in effects.weeks
    )
    stock = tuple(Line(one.item, _worth(one, formats), _quantities(one, formats)) for one in effects.stock)
    plates = tuple(
        Line(plate.dish, value=f"{formats.cost(plate.old_cost)} {ARROW} {formats.cost(plate.cost)}")
        for plate in effects.plates
    )
    return (
        Related("Cost of food", weeks[:MOST], len(weeks)),
        Related("Stock", stock[:MOST], len(stock)),
        Related("What dishes cost", plates[:MOST], len(plates)),
    )


def _unexplained(variance: Decimal, currency: str, site: str, formats: Formats) -> Words:
    if not variance:
        return site
    return say("{site} · variance {value}", site=site, value=_money(variance, currency, formats))


def _worth(one: StockEffect, formats: Formats) -> Words:
    if one.value is None or one.old_value is None or one.value == one.old_value:
        return one.site
    return say(
        "{site} · {before} {arrow} {after} {currency}",
        site=one.site, before=formats.money(one.old_value), arrow=ARROW, after=formats.money(one.value),
        currency=one.currency,
    )  # fmt: skip


def _quantities(one: StockEffect, formats: Formats) -> str:
    if one.quantity == one.old_quantity:
        return amount(one.quantity, one.unit, formats)
    before = amount(one.old_quantity, "", formats)
    return f"{before} {ARROW} {amount(one.quantity, one.unit, formats)}"


def _money(value: Decimal, currency: str, formats: Formats) -> str:
    return f"{formats.number(value, formats.money_decimals, True)} {currency}"


class EffectsPanel(SidePanel):
    """Shows what would change; `agreed` when the person wants it all the same, closing it goes back to the lines."""

    agreed = Signal()
    wanted_width = 400

    def __init__(self, desk: Desk, effects: Effects) -> None:
        super().__init__()
        content = QVBoxLayout()
        show_detail(content, desk, describe(effects, desk.formats))
        self.back = Button(self.tr("Back"))
        self.back.clicked.connect(self.closed)
        self.record = Button(self.tr("Record all the same"), "primary", "check")
        self.record.clicked.connect(self.agreed)
        body = scrolling(column(content, None, margins=(20, 16, 20, 12)))
        self.setLayout(column(body, row(None, self.back, self.record, margins=(20, 8, 20, 16))))
