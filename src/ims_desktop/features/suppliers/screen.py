"""The page of suppliers: how they take orders, what they sell, and how their prices moved."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from PySide6.QtWidgets import QVBoxLayout, QWidget

from ims_desktop.domain.listing import Filter, Match, Sort
from ims_desktop.features.suppliers import service
from ims_desktop.features.suppliers.rules import LONGEST, ContactDraft
from ims_desktop.ui.cell_edit import CellEdit
from ims_desktop.ui.choices import Choice, Choices
from ims_desktop.ui.columns import Chip, Column, Kind
from ims_desktop.ui.contact import CONTACT_FIELDS, key_facts, sealed_facts
from ims_desktop.ui.controls import Label, clear_layout, column, label
from ims_desktop.ui.desk import Desk, Place
from ims_desktop.ui.detail import Detail, DetailButton, DetailSpec, Fact, Line, Related, Section, Trend
from ims_desktop.ui.fields import Field, Group
from ims_desktop.ui.form import FormSpec
from ims_desktop.ui.formats import UNKNOWN, Formats
from ims_desktop.ui.inputs import Combo
from ims_desktop.ui.list_page import ListPage
from ims_desktop.ui.list_spec import Empty, ListSpec, Tab
from ims_desktop.ui.records import records_of
from ims_desktop.ui.small_charts import TrendChart
from ims_desktop.ui.theme import Tone

STATES = {
    "ACTIVE": Chip("Active", Tone.OK),
    "ON_HOLD": Chip("On hold", Tone.WARN),
    "ENDED": Chip("Ended", Tone.NEUTRAL),
}
SUBJECTS = frozenset({"suppliers", "items"})
EDIT_RIGHT = "suppliers.edit"


STATE_CHOICES = Choices(tuple(Choice(key, chip.text) for key, chip in STATES.items()))
ORDER_DAYS = Choices(tuple(Choice(number, day) for number, day in enumerate(service.WEEKDAYS, 1)))
COLUMNS = (
    Column(
        "name",
        "Supplier",
        Kind.TITLE,
        220,
        sub="code",
        sortable=True,
        stretch=True,
        edit=CellEdit(EDIT_RIGHT, required=True, most=service.LONGEST_NAME),
    ),
    Column(
        "order_days_text",
        "Order days",
        width=150,
        edit=CellEdit(EDIT_RIGHT, "order_days", ORDER_DAYS, several=True),
        derived=True,
    ),
    Column("order_cutoff", "Cut-off", Kind.TIME, 90, edit=CellEdit(EDIT_RIGHT)),
    Column("minimum_order", "Minimum", Kind.MONEY, 130, unit="currency", sortable=True, edit=CellEdit(EDIT_RIGHT)),
    Column(
        "payment_days",
        "Payment days",
        Kind.NUMBER,
        120,
        sortable=True,
        edit=CellEdit(EDIT_RIGHT, high=Decimal(service.LONGEST_TERM)),
    ),
    Column("items", "Items", Kind.NUMBER, 80, sortable=True),
    Column("rating", "Rating", Kind.NUMBER, 90, decimals=1, sortable=True),
    Column(
        "status",
        "Status",
        Kind.CHIP,
        110,
        chips=STATES,
        filter=STATE_CHOICES,
        edit=CellEdit(EDIT_RIGHT, choices=STATE_CHOICES, required=True),
    ),
)


def describe(supplier: service.Supplier, formats: Formats) -> Detail:
    """A supplier in words."""
    terms = f"{supplier.payment_days} days" if supplier.payment_days is not None else UNKNOWN
    until = f"until {formats.time(supplier.order_cutoff)}" if supplier.order_cutoff else ""
    return Detail(
        title=supplier.name,
        code=supplier.code,
        chips=(STATES[supplier.status],),
        line=f"{supplier.items} items",
        facts=(
            Fact("Order days", service.weekdays(supplier.order_days) or UNKNOWN, until),
            Fact("Minimum order", formats.money(supplier.minimum_order), supplier.currency),
            Fact("Payment", terms, "after the invoice" if supplier.payment_days is not None else ""),
            Fact("Rating", formats.number(supplier.rating, 1), "of 5" if supplier.rating is not None else ""),
            *sealed_facts("Contact", supplier.contact, supplier.phone, supplier.email),
            *sealed_facts(
                "Bank account", supplier.account, supplier.account_holder, supplier.bank_name, supplier.bank_code
            ),
            *key_facts(supplier.asks_as),
            *((Fact("Note", supplier.note, wide=True),) if supplier.note else ()),
        ),
        trends=_moved(supplier, formats),
        related=(_packs(supplier, formats),),
    )


def _moved(supplier: service.Supplier, formats: Formats) -> tuple[Trend, ...]:
    pack = most_moved(supplier.packs, formats.today())
    return () if pack is None else (replace(trend_of(pack, formats.today(), formats), title=f"Price of {pack.item}"),)


def _packs(supplier: service.Supplier, formats: Formats) -> Related:
    lines = tuple(_pack(pack, formats) if supplier.shows_prices else _unpriced(pack) for pack in supplier.packs)
    return Related("Price list", lines, empty="No item of this supplier is known yet.")


def _unpriced(pack: service.Pack) -> Line:
    return Line(pack.item, " ".join(filter(None, (pack.supplier_code, pack.pack))), place=Place("items", pack.item_id))


def _pack(pack: service.Pack, formats: Formats) -> Line:
    unit_price = f"{formats.cost(pack.unit_price)} / {pack.base_unit}" if pack.unit_price is not None else "no price"
    parts = [" ".join(filter(None, (pack.supplier_code, pack.pack))), unit_price]
    tone = Tone.PLAIN
    if pack.is_cheapest:
        parts.append("cheapest")
        tone = Tone.OK
    elif pack.saving is not None:
        parts.append(f"{formats.percent(pack.saving, 0)} less elsewhere")
        tone = Tone.WARN
    return Line(pack.item, " · ".join(parts), formats.money(pack.price), tone, Place("items", pack.item_id))


def trend_of(pack: service.Pack, today: date, formats: Formats) -> Trend:
    """The dated prices of a pack up to today, as steps."""
    past = tuple(dated for dated in pack.prices if dated.valid_from <= today)
    change = (past[-1].price - past[0].price) / past[0].price if len(past) > 1 and past[0].price else None
    note = f"{formats.percent(change, 1, signed=True)} since {formats.date(past[0].valid_from)}" if change else ""
    return Trend(
        pack.pack,
        tuple(dated.price for dated in past),
        tuple(formats.date(dated.valid_from) for dated in past),
        steps=True,
        note=note,
    )


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
        formats = self._desk.formats
        trend = trend_of(self._packs[key], formats.today(), formats)
        clear_layout(self._chart)
        self._chart.addWidget(TrendChart(trend, formats))
        self.note.say(trend.note)


def price_history(desk: Desk, supplier: service.Supplier, _parent: QWidget) -> QWidget | None:
    """The section with the prices over time; nothing where no price ever changed."""
    first = most_moved(supplier.packs, desk.formats.today())
    return PriceHistory(desk, supplier, first) if first is not None else None


def _draft(values: Mapping[str, Any], initial: Any) -> ContactDraft:
    return ContactDraft(initial.id, initial.version, **values)


CONTACT_FORM = FormSpec(
    title="Contact and bank details",
    subtitle="Encrypted on this PC before they are sent.",
    groups=(
        Group(
            "Contact",
            CONTACT_FIELDS,
        ),
        Group(
            "Bank account",
            (
                Field("account", "IBAN or account number", max_length=LONGEST["account"]),
                Field("account_holder", "Account holder", max_length=LONGEST["account_holder"]),
                Field("bank_name", "Bank", max_length=LONGEST["bank_name"], half=True),
                Field("bank_code", "BIC or bank code", max_length=LONGEST["bank_code"], half=True),
            ),
            help="Seen by those who may change suppliers, at PCs that hold the key.",
        ),
    ),
    read=service.supplier_contact,
    save=service.save_contact,
    build=_draft,
    said=lambda _: "Contact and bank details are saved",
    permission=EDIT_RIGHT,
)


def _status(key: str) -> tuple[Filter, ...]:
    return (Filter("status", Match.IN, (key,)),)


FIND = records_of(service.suppliers, "name", "code")
SPEC = ListSpec(
    key="suppliers",
    title="Suppliers",
    noun=("supplier", "suppliers"),
    columns=COLUMNS,
    read=service.suppliers,
    summary=service.suppliers_summary,
    counts=service.supplier_counts,
    save=service.save_cells,
    subjects=SUBJECTS,
    search_hint="Find by name, code or phone",
    tabs=(
        Tab("all", "All suppliers"),
        Tab("active", "Active", _status("ACTIVE")),
        Tab("hold", "On hold", _status("ON_HOLD")),
        Tab("ended", "Ended", _status("ENDED")),
    ),
    sort=(Sort("name"),),
    detail=DetailSpec(
        service.supplier,
        describe,
        subjects=SUBJECTS,
        buttons=(
            DetailButton(
                "Edit contact",
                lambda page, supplier: page.open_form(CONTACT_FORM, key=supplier.id),
                "pencil-simple",
                EDIT_RIGHT,
            ),
        ),
        sections=(Section("Price over time", price_history),),
    ),
    empty=Empty("No suppliers yet", "Suppliers and their price lists are brought in by an import."),
)


def build(desk: Desk, sections: tuple[Section, ...] = ()) -> QWidget:
    """The page of suppliers; `sections` are what other capabilities show under a supplier."""
    return ListPage(desk, SPEC.with_sections(sections))
