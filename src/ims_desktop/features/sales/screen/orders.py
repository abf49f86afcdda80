"""The page of orders: what was sold when, what it used, and taking an order back."""

from dataclasses import replace
from functools import partial
from typing import Any
from uuid import uuid4

from PySide6.QtWidgets import QWidget

from ims_desktop.domain.listing import Sort, Summary
from ims_desktop.domain.work import read
from ims_desktop.features.customers.service import customer_choices
from ims_desktop.features.items.rules import places
from ims_desktop.features.sales import service
from ims_desktop.features.sales.screen.customer_orders import open_customer_form
from ims_desktop.ui.chips import Chip
from ims_desktop.ui.choices import Between, Choice, Choices
from ims_desktop.ui.columns import Column, Kind
from ims_desktop.ui.desk import Desk, Place
from ims_desktop.ui.detail import Detail, DetailButton, DetailSpec, Fact, Line, Note, Related, Section
from ims_desktop.ui.fields import Field, FieldKind
from ims_desktop.ui.form import FormSpec
from ims_desktop.ui.formats import Formats
from ims_desktop.ui.list_page import ListPage
from ims_desktop.ui.list_spec import Action, ActionPage, Empty, FilterField, ListSpec, Tab
from ims_desktop.ui.theme import Tone

STATES = {"CLOSED": Chip("Closed", Tone.OK), "VOIDED": Chip("Voided", Tone.BAD)}
SUBJECTS = frozenset({"orders"})
CUSTOMERS = Choices(load=customer_choices)


@read
def channel_choices(connection: Any) -> tuple[Choice, ...]:
    """The channels to filter by."""
    return tuple(Choice(channel, channel or "Not given") for channel in service.channels(connection))


def _tone(row: service.OrderRow) -> Tone:
    return Tone.NEUTRAL if row.state == "VOIDED" else Tone.PLAIN


COLUMNS = (
    Column("number", "Order", Kind.TITLE, 130, sub="channel", stretch=True),
    Column("placed_at", "Time", Kind.DATETIME, 196, sortable=True),
    Column("business_day", "Business day", Kind.DATE, 120, filter=Between()),
    Column("site", "Site", width=130),
    Column("channel", "Channel", width=110, hidden=True, filter=Choices(load=channel_choices)),
    Column("lines", "Lines", Kind.NUMBER, 70),
    Column("net_total", "Net", Kind.MONEY, 110, total=True, tone=_tone),
    Column("tax_total", "Tax", Kind.MONEY, 100, total=True, tone=_tone),
    Column(
        "state",
        "Status",
        Kind.CHIP,
        110,
        chips=STATES,
        filter=Choices(tuple(Choice(key, chip.text) for key, chip in STATES.items())),
    ),
)

VOID = FormSpec(
    title="Void order",
    subtitle="The order no longer counts as a sale, and what it used goes back into stock at the cost it left with.",
    groups=(
        Field(
            "reason",
            "Reason",
            FieldKind.MULTILINE,
            required=True,
            max_length=1000,
            placeholder="Why is it voided?",
            help="Everybody who looks at the order reads it.",
        ),
    ),
    save=service.void_order,
    build=lambda values, initial: replace(initial, reason=values["reason"]),
    save_title="Void order",
    said=lambda _order: "The order is voided; what it used is back in stock",
    permission="sales.void",
)


def _void(page: ActionPage, order: service.Order) -> None:
    form = replace(VOID, title=f"Void order {order.number}")
    page.open_form(form, initial=service.Void(uuid4(), order.id))


def _why_not(order: service.Order) -> str | None:
    return "This order is already voided." if order.state == "VOIDED" else None


def _may_see(desk: Desk, _order: service.Order) -> bool:
    return desk.may("customers.view")


def describe(order: service.Order, formats: Formats, costs: bool) -> Detail:
    """An order in words; costs only for those who may see them."""
    return Detail(
        title=f"Order {order.number}",
        code=formats.moment(order.placed_at),
        chips=(STATES[order.state],),
        line=" · ".join(filter(None, (order.site, order.channel))),
        notes=_voided(order, formats),
        facts=tuple(_facts(order, formats, costs)),
        related=(_sold(order, formats), _used(order, formats, costs)),
    )


def _voided(order: service.Order, formats: Formats) -> tuple[Note, ...]:
    if order.state != "VOIDED":
        return ()
    return (Note(f"Voided {formats.moment(order.voided_at)}: {order.void_reason}", Tone.WARN),)


def _facts(order: service.Order, formats: Formats, costs: bool) -> list[Fact]:
    facts = [
        Fact("Net", formats.money(order.net_total), order.currency),
        Fact("Tax", formats.money(order.tax_total), f"{formats.money(order.net_total + order.tax_total)} with tax"),
    ]
    if costs:
        cost = order.food_cost if order.used else None
        facts.append(Fact("Food cost", formats.money(cost), "with later corrections"))
        facts.append(Fact("Food cost %", formats.percent(order.food_cost_share), "of net"))
    if order.customer:
        facts.append(Fact("Customer", order.customer, wide=True))
    facts.append(Fact("Business day", formats.date(order.business_day)))
    facts.append(Fact("Covers", formats.number(order.covers)))
    origin = f"from {order.file_name}" if order.file_name else "entered by hand"
    recorded = f"{formats.moment(order.recorded_at)} by {order.recorded_by}"
    return [*facts, Fact("Recorded", recorded, origin, wide=True)]


def _sold(order: service.Order, formats: Formats) -> Related:
    lines = tuple(
        Line(
            line.name or line.code,
            f"{formats.typed_number(line.quantity)} × {formats.money(line.unit_price)} · {line.code}",
            formats.money(line.net_amount),
        )
        for line in order.lines
    )
    return Related("Sold", lines)


def _used(order: service.Order, formats: Formats, costs: bool) -> Related:
    lines = tuple(_used_line(item, formats, costs) for item in order.used)
    return Related("Took out of stock", lines, empty="Nothing: no menu item of this order has a recipe for that day.")


def _used_line(item: service.UsedItem, formats: Formats, costs: bool) -> Line:
    place, decimals = Place("items", item.item_id), places(item.unit, item.quantity)
    quantity = formats.quantity(item.quantity, item.unit, decimals)
    if not costs:
        return Line(item.item, item.location, quantity, place=place)
    return Line(item.item, f"{quantity} from {item.location}", formats.money(item.cost), place=place)


def _subtitle(summary: Summary, formats: Formats) -> str:
    count = "1 order" if summary.count == 1 else f"{formats.number(summary.count)} orders"
    return f"{count} · {formats.money(summary.totals.get('net_total'), currency=True)} net, without those voided"


def spec(desk: Desk) -> ListSpec:
    """The page for one desk."""
    import_sales = Action(
        "Import sales",
        lambda page, _rows: page.desk.navigation.open("sales_import"),
        icon="upload-simple",
        permission="sales.import",
    )
    return ListSpec(
        key="orders",
        title="Orders",
        noun=("order", "orders"),
        columns=COLUMNS,
        read=service.orders,
        summary=service.orders_summary,
        counts=service.order_counts,
        subjects=SUBJECTS,
        subtitle=_subtitle,
        search_hint="Find by number or channel",
        tabs=(
            Tab("all", "All orders"),
            Tab("latest", "Latest day", service.LATEST),
            Tab("voided", "Voided", service.VOIDED),
        ),
        sort=(Sort("placed_at", descending=True),),
        filters=(FilterField("customer", "Customer", CUSTOMERS, offered=desk.may("customers.view")),),
        primary=import_sales,
        detail=DetailSpec(
            service.order,
            partial(describe, costs=desk.may("stock.cost")),
            subjects=SUBJECTS,
            buttons=(
                DetailButton("Customer …", open_customer_form, "user", "sales.import", show=partial(_may_see, desk)),
                DetailButton("Void order", _void, "prohibit", "sales.void", danger=True, why_not=_why_not),
            ),
        ),
        empty=Empty(
            "No orders yet", "Import the sales of your till to see what was sold and what it used.", import_sales
        ),
        site_bound=True,
    )


def build_orders(desk: Desk, sections: tuple[Section, ...] = ()) -> QWidget:
    """The page of orders; `sections` are what other capabilities show under an order."""
    return ListPage(desk, spec(desk).with_sections(sections))
