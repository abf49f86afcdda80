"""A supplier in the panel: terms, people, bank account, price list, and the course of prices."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

from PySide6.QtWidgets import QVBoxLayout, QWidget

from ims_desktop.domain.listing import Filter, Match
from ims_desktop.domain.wording import Words, dotted, say, say_count
from ims_desktop.features.suppliers import service
from ims_desktop.features.suppliers.screen.states import EDIT_RIGHT, STATES
from ims_desktop.ui.choices import Choice
from ims_desktop.ui.contact import DAMAGED, LOCKED, key_facts, sealed_facts
from ims_desktop.ui.controls import Button, Label, clear_layout, column, label, row
from ims_desktop.ui.desk import Desk, Place
from ims_desktop.ui.detail import Detail, Fact, Line, Note, Related, Trend
from ims_desktop.ui.formats import UNKNOWN, Formats
from ims_desktop.ui.inputs import Combo
from ims_desktop.ui.small_charts import TrendChart
from ims_desktop.ui.theme import Tone

SHOWN_PACKS = 12
NO_DELIVERIES = say("no deliveries yet")


def describe(supplier: service.Supplier, formats: Formats) -> Detail:
    """A supplier in words."""
    terms: Words = UNKNOWN
    if supplier.payment_days is not None:
        terms = say_count("{count} day", "{count} days", supplier.payment_days)
    until = say("until {time}", time=formats.time(supplier.order_cutoff)) if supplier.order_cutoff else ""
    return Detail(
        title=supplier.name,
        code=supplier.code,
        chips=(STATES[supplier.status],),
        line=say_count("{count} item", "{count:,} items", supplier.items),
        notes=(Note(supplier.status_reason, Tone.WARN),) if supplier.status_reason else (),
        facts=(
            Fact("Order days", service.weekdays(supplier.order_days) or UNKNOWN, until),
            Fact("Minimum order", formats.money(supplier.minimum_order), supplier.currency),
            Fact("Payment", terms, "after the invoice" if supplier.payment_days is not None else ""),
            Fact("Own rating", formats.number(supplier.rating, 1), "of 5" if supplier.rating is not None else ""),
            *_delivered(supplier, formats),
            *sealed_facts("Contact", supplier.contact, supplier.phone, supplier.email),
            *(fact for person in supplier.others for fact in _person(person)),
            *key_facts(supplier.asks_as),
            *((Fact("Note", supplier.note, wide=True),) if supplier.note else ()),
        ),
        related=(_packs(supplier, formats),),
    )


def _delivered(supplier: service.Supplier, formats: Formats) -> tuple[Fact, ...]:
    """What deliveries tell. Until orders are kept, nobody knows what should have come, and when."""
    told = supplier.delivered
    exact = say("{exact:,} of {count:,} lines", exact=told.exact, count=told.priced) if told.priced else NO_DELIVERIES
    count = say("{count:,} in {days} days", count=told.deliveries, days=told.days) if told.deliveries else NO_DELIVERIES
    no_orders = say("no orders to compare with") if told.deliveries else NO_DELIVERIES
    return (
        Fact("Last delivery", formats.date(told.last), count),
        Fact("Prices as listed", formats.percent(told.price_accuracy), exact, _tone(told.price_accuracy)),
        Fact("On time", UNKNOWN, no_orders),
        Fact("Complete", UNKNOWN, no_orders),
    )


def _tone(accuracy: Decimal | None) -> Tone:
    return Tone.WARN if accuracy is not None and accuracy < Decimal("0.95") else Tone.PLAIN


def _person(person: service.Reached) -> tuple[Fact, ...]:
    return sealed_facts(person.duty or "Contact", person.contact, person.phone, person.email)


def _packs(supplier: service.Supplier, formats: Formats) -> Related:
    write = pack_line if supplier.shows_prices else _unpriced
    lines = tuple(write(pack, formats) for pack in supplier.packs[:SHOWN_PACKS])
    place = Place("supplier_items", filters=(Filter("supplier", Match.IN, (supplier.id,)),))
    empty: Words = "No item of this supplier is known yet."
    return Related("Price list", lines, len(supplier.packs), place if supplier.packs else None, empty)


def _unpriced(pack: service.Pack, _formats: Formats) -> Line:
    note = " ".join(filter(None, (pack.supplier_code, pack.pack)))
    return Line(pack.item, note, place=Place("supplier_items", pack.id))


def pack_line(pack: service.Pack, formats: Formats) -> Line:
    """A line of the price list, with what is worth knowing about its price."""
    unit_price = (
        f"{formats.cost(pack.unit_price)} / {pack.base_unit}" if pack.unit_price is not None else say("no price")
    )
    parts: list[Words] = [" ".join(filter(None, (pack.supplier_code, pack.pack))), unit_price]
    tone = Tone.PLAIN
    if pack.is_outside:
        parts.append(say("listed at {price}, outside the contract", price=formats.money(pack.listed)))
        tone = Tone.WARN
    elif pack.contract is not None:
        parts.append(say("contract until {day}", day=formats.date(pack.contract_until)))
    if pack.is_cheapest:
        parts.append(say("cheapest"))
        tone = tone if pack.is_outside else Tone.OK
    elif pack.saving is not None:
        parts.append(say("{share} less elsewhere", share=formats.percent(pack.saving, 0)))
        tone = Tone.WARN
    return Line(pack.item, dotted(*parts), formats.money(pack.price), tone, Place("supplier_items", pack.id))


def trend_of(prices: tuple[service.DatedPrice, ...], title: str, formats: Formats) -> Trend:
    """The dated prices of a pack up to today, as steps."""
    past = tuple(dated for dated in prices if dated.valid_from <= formats.today())
    change = (past[-1].price - past[0].price) / past[0].price if len(past) > 1 and past[0].price else None
    note: Words = ""
    if change:
        since = formats.date(past[0].valid_from)
        note = say("{change} since {day}", change=formats.percent(change, 1, signed=True), day=since)
    labels = tuple(formats.date(dated.valid_from) for dated in past)
    return Trend(title, tuple(dated.price for dated in past), labels, steps=True, note=note)


def most_moved(packs: tuple[service.Pack, ...], today: date) -> service.Pack | None:
    """The pack whose price moved most: the one worth looking at first."""

    def moved(pack: service.Pack) -> Decimal:
        past = [dated.price for dated in pack.prices if dated.valid_from <= today]
        return abs(past[-1] - past[0]) / past[0] if len(past) > 1 and past[0] else Decimal(-1)

    best = max(packs, key=moved, default=None)
    return best if best is not None and moved(best) >= 0 else None


class PriceHistory(QWidget):
    """The price of a chosen pack over time."""

    def __init__(self, desk: Desk, supplier: service.Supplier, first: service.Pack) -> None:
        super().__init__()
        self._desk = desk
        self._packs = {pack.id: pack for pack in supplier.packs}
        self.pack = Combo(
            [Choice(pack.id, f"{pack.item}, {pack.pack}") for pack in supplier.packs if len(pack.prices) > 1],
            name=self.tr("Pack"),
        )
        self.note: Label = label("", 11, role="muted")
        self._chart = QVBoxLayout()
        self.setLayout(column(self.pack, 8, self._chart, 2, self.note))
        self.pack.chosen.connect(self.show_pack)
        self.pack.choose(first.id)
        self.show_pack(first.id)

    def show_pack(self, key: Any) -> None:
        """Draw the prices of another pack."""
        pack = self._packs[key]
        trend = trend_of(pack.prices, pack.pack, self._desk.formats)
        clear_layout(self._chart)
        self._chart.addWidget(TrendChart(trend, self._desk.formats))
        self.note.say(trend.note)


def price_history(desk: Desk, supplier: service.Supplier, _parent: QWidget) -> QWidget | None:
    """The section with the prices over time; nothing where no price ever changed."""
    first = most_moved(supplier.packs, desk.formats.today())
    return PriceHistory(desk, supplier, first) if first is not None else None


class BankAccount(QWidget):
    """Where they want their money: the ends of the number, and all of it for whoever asks; that is written down."""

    def __init__(self, desk: Desk, supplier: service.Supplier) -> None:
        super().__init__()
        self._desk = desk
        account = supplier.account
        words = LOCKED if account.is_locked else DAMAGED if account.text is None else account.text
        self.number = label(words, 13, 500, tabular=True, wrap=True)
        self.number.setAccessibleName(f"{self.tr('Account')}: {words}")
        self.owner = label("", 11, role="muted", wrap=True)
        self.show_it = Button(self.tr("Show"), "link", "eye")
        self.show_it.clicked.connect(partial(self._ask, supplier.id))
        self.show_it.setVisible(bool(account.text))
        top = row(self.number, self.show_it)
        top.setStretch(0, 1)
        self.setLayout(column(top, 2, self.owner))
        self._tell(supplier.account_holder, supplier.bank_name)

    def _tell(self, *texts: service.Opened) -> None:
        self.owner.say(" · ".join(text.text for text in texts if text.text))

    def _ask(self, supplier: Any, _checked: bool = False) -> None:
        self._desk.start(self, self._show, service.bank_details, supplier)

    def _show(self, found: Mapping[str, service.Opened]) -> None:
        self.number.say(found["account"].text or DAMAGED)
        self._tell(found["account_holder"], found["bank_name"], found["bank_code"])
        self.show_it.hide()
        self._desk.messages.note(self.tr("That you saw this account is kept in the audit log."))


def bank_account(desk: Desk, supplier: service.Supplier, _parent: QWidget) -> QWidget | None:
    """The section with the bank account, for those who may change suppliers."""
    known = supplier.account.is_locked or supplier.account.text != ""
    return BankAccount(desk, supplier) if known and desk.may(EDIT_RIGHT) else None
