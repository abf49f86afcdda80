"""The page of orders: what was sold when, what it used, and taking an order back."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any
from uuid import uuid4

from PySide6.QtWidgets import QWidget

from ims_desktop.domain.listing import Sort, Summary
from ims_desktop.domain.wording import Words, dotted, meant, say, say_count
from ims_desktop.domain.work import read
from ims_desktop.features.customers.service import customer_choices
from ims_desktop.features.items.rules import places
from ims_desktop.features.menu.service import dishes
from ims_desktop.features.sales import service
from ims_desktop.features.sales.screen.confirmation import confirmation
from ims_desktop.features.sales.screen.customer_orders import open_customer_form
from ims_desktop.features.sales.screen.order_head import KIND_WORDS
from ims_desktop.features.sales.screen.refund import open_money, open_refund
from ims_desktop.ui.chips import Chip
from ims_desktop.ui.choices import Between, Choice, Choices
from ims_desktop.ui.columns import Column, Kind
from ims_desktop.ui.desk import Desk, Place
from ims_desktop.ui.detail import Detail, DetailButton, DetailSpec, Fact, Line, Note, Related, Section
from ims_desktop.ui.fields import Field, FieldKind
from ims_desktop.ui.form import FormSpec
from ims_desktop.ui.formats import Formats
from ims_desktop.ui.language import said
from ims_desktop.ui.list_page import ListPage
from ims_desktop.ui.list_spec import Action, ActionPage, Empty, FilterField, ListSpec, Tab
from ims_desktop.ui.print_preview import preview
from ims_desktop.ui.theme import Tone

STATES = {
    "OPEN": Chip(meant("Open", "order"), Tone.INFO),
    "CLOSED": Chip("Closed", Tone.OK),
    "PARTLY_REFUNDED": Chip("Partly refunded", Tone.WARN),
    "REFUNDED": Chip("Refunded", Tone.WARN),
    "REFUND": Chip("Refund", Tone.WARN),
    "VOIDED": Chip("Voided", Tone.BAD),
    "CANCELLED": Chip("Cancelled", Tone.NEUTRAL),
}
KINDS: Mapping[str, Words] = {"SALE": "Till", **KIND_WORDS, "REFUND": "Refund", "ADDITION": "Mapped later"}
CALM = frozenset({"VOIDED", "CANCELLED", "OPEN"})
SUBJECTS = frozenset({"orders"})
CUSTOMERS = Choices(load=customer_choices)


@read
def channel_choices(connection: Any) -> tuple[Choice, ...]:
    """The channels to filter by."""
    return tuple(Choice(channel, channel or "Not given") for channel in service.channels(connection))


@read
def dish_choices(connection: Any) -> tuple[Choice, ...]:
    """The menu items that may stand on an order."""
    return tuple(Choice(key, name, code) for key, name, code in dishes(connection))


DISHES = Choices(load=dish_choices)


def _tone(row: service.OrderRow) -> Tone:
    return Tone.NEUTRAL if row.state in CALM else Tone.PLAIN


COLUMNS = (
    Column("number", "Order", Kind.TITLE, 130, sub="channel", stretch=True),
    Column("customer", "Customer", width=150, permission="customers.view"),
    Column("placed_at", "Time", Kind.DATETIME, 196, sortable=True),
    Column("business_day", "Business day", Kind.DATE, 120, filter=Between()),
    Column(
        "kind",
        "Kind",
        Kind.CHIP,
        110,
        hidden=True,
        chips={key: Chip(words, Tone.NEUTRAL) for key, words in KINDS.items()},
        filter=Choices(tuple(Choice(key, words) for key, words in KINDS.items())),
    ),
    Column("site", "Site", width=130),
    Column("channel", "Channel", width=110, hidden=True, filter=Choices(load=channel_choices)),
    Column("lines", "Lines", Kind.NUMBER, 70),
    Column("net_total", "Net", Kind.MONEY, 110, total=True, tone=_tone),
    Column("tax_total", "Tax", Kind.MONEY, 100, total=True, tone=_tone),
    Column(
        "state",
        "Status",
        Kind.CHIP,
        124,
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
    form = replace(VOID, title=say("Void order {number}", number=order.number))
    page.open_form(form, initial=service.Void(uuid4(), order.id))


def _why_not(order: service.Order) -> Words | None:
    if order.state == "VOIDED":
        return "This order is already voided."
    if order.kind == "REFUND":
        return "A refund is not voided: enter the order anew."
    return "A part of it was refunded: refund the rest." if order.refunded else None


def _is_posted(order: service.Order) -> bool:
    return order.state in ("CLOSED", "VOIDED")


def _can_refund(order: service.Order) -> bool:
    return order.state == "CLOSED" and order.kind != "REFUND"


def _has_charged(order: service.Order) -> bool:
    return _can_refund(order) and order.refunded < order.net_total + order.tax_total


def _is_open(order: service.Order) -> bool:
    return order.state == "OPEN"


def _edit(page: ActionPage, order: service.Order) -> None:
    page.desk.navigation.open("order_entry", order.id)


def _post(page: Any, order: service.Order) -> None:
    words = page.tr("Order {number} is recorded").format(number=order.number)
    done = service.ToPost(uuid4(), order.id, order.version)
    page.start(lambda _order: page.desk.messages.done(words), service.post_order, done)


def _print(page: Any, order: service.Order) -> None:
    preview(confirmation(order, page.desk.formats), page.desk.formats, page)


CANCEL = FormSpec(
    title="Cancel order",
    subtitle="It took nothing out of stock, and will not; it is kept with the reason.",
    groups=(Field("reason", "Reason", FieldKind.MULTILINE, required=True, max_length=1000),),
    save=service.cancel_order,
    build=lambda values, initial: replace(initial, reason=values["reason"]),
    save_title="Cancel order",
    said=lambda _order: "The order is cancelled",
    permission="sales.enter",
)


def _cancel(page: ActionPage, order: service.Order) -> None:
    form = replace(CANCEL, title=say("Cancel order {number}", number=order.number))
    page.open_form(form, initial=service.ToCancel(order.id, order.version))


def _may_see(desk: Desk, _order: service.Order) -> bool:
    return desk.may("customers.view")


def describe(order: service.Order, formats: Formats, costs: bool) -> Detail:
    """An order in words; costs only for those who may see them."""
    return Detail(
        title=say("Order {number}", number=order.number),
        code=formats.moment(order.placed_at),
        chips=(STATES["REFUND" if order.kind == "REFUND" else order.status],),
        line=dotted(order.site, order.channel),
        notes=_notes(order, formats),
        facts=tuple(_facts(order, formats, costs)),
        related=tuple(_related(order, formats, costs)),
    )


def _related(order: service.Order, formats: Formats, costs: bool) -> Iterable[Related]:
    yield _sold(order, formats, costs)
    if order.state != "OPEN":
        yield _used(order, formats, costs)
    took = tuple(Line(line.name or line.code, ", ".join(line.used)) for line in order.lines if line.used)
    if len(took) > 1:
        yield Related("By line", took)
    if order.parts:
        lines = (
            Line(
                say("Order {number}", number=part.number),
                dotted(said(KINDS[part.kind]), formats.moment(part.placed_at)),
                formats.money(part.net_total),
                Tone.NEUTRAL if part.state == "VOIDED" else Tone.PLAIN,
                Place("orders", part.id),
            )
            for part in order.parts
        )
        yield Related("Belongs together", tuple(lines))


def _notes(order: service.Order, formats: Formats) -> tuple[Note, ...]:
    notes = []
    if order.state == "OPEN":
        notes.append(Note("It is open: nothing has left the stock for it yet.", Tone.INFO))
    if order.state == "VOIDED":
        at = formats.moment(order.voided_at)
        notes.append(Note(say("Voided {when}: {why}", when=at, why=order.void_reason), Tone.WARN))
    if order.state == "CANCELLED":
        notes.append(Note(say("Cancelled: {why}", why=order.void_reason), Tone.WARN))
    if order.note:
        notes.append(Note(order.note, Tone.NEUTRAL))
    return tuple(notes)


def _facts(order: service.Order, formats: Formats, costs: bool) -> list[Fact]:
    facts = [
        Fact("Net", formats.money(order.net_total), order.currency),
        Fact(
            "Tax",
            formats.money(order.tax_total),
            say("{net_total} with tax", net_total=formats.money(order.net_total + order.tax_total)),
        ),
    ]
    if costs:
        cost = order.food_cost if order.used else None
        facts.append(Fact("Food cost", formats.money(cost), "with later corrections"))
        facts.append(Fact("Food cost %", formats.percent(order.food_cost_share), "of net"))
    if order.customer:
        facts.append(Fact("Customer", order.customer, wide=True))
    if order.refunded:
        facts.append(Fact("Refunded", formats.money(order.refunded), "with tax", Tone.WARN))
    facts.append(Fact("Business day", formats.date(order.business_day)))
    facts.append(Fact("Covers", formats.number(order.covers)))
    origin = say("from {file}", file=order.file_name) if order.file_name else say("entered by hand")
    if order.recorded_at is None:
        return [*facts, Fact("Entered", order.recorded_by, "not recorded yet", wide=True)]
    recorded = say("{when} by {who}", when=formats.moment(order.recorded_at), who=order.recorded_by)
    return [*facts, Fact("Recorded", recorded, origin, wide=True)]


def _sold(order: service.Order, formats: Formats, costs: bool) -> Related:
    lines = tuple(_sold_line(line, formats, costs) for line in order.lines)
    return Related("Ordered" if order.state in ("OPEN", "CANCELLED") else "Sold", lines)


def _sold_line(line: service.OrderLine, formats: Formats, costs: bool) -> Line:
    """How many at what price; what they cost and what is left of it."""
    pieces = [f"{formats.typed_number(line.quantity)} × {formats.money(line.unit_price)}"]
    if costs and line.cost is not None:
        words = say("cost {cost}", cost=formats.money(line.cost))
        kept = say("margin {margin}", margin=formats.percent(line.margin)) if line.margin is not None else ""
        pieces += [words, kept]
    pieces += [", ".join(line.modifiers), line.note]
    place = Place("menu", line.menu_item_id)
    return Line(line.name or line.code, dotted(*pieces), formats.money(line.net_amount), place=place)


def _used(order: service.Order, formats: Formats, costs: bool) -> Related:
    lines = tuple(_used_line(item, formats, costs) for item in order.used)
    return Related("Took out of stock", lines, empty="Nothing: no menu item of this order has a recipe for that day.")


def _used_line(item: service.UsedItem, formats: Formats, costs: bool) -> Line:
    place, decimals = Place("movements", item.movement_id), places(item.unit, item.quantity)
    quantity = formats.quantity(item.quantity, item.unit, decimals)
    if not costs:
        return Line(item.item, item.location, quantity, place=place)
    return Line(
        item.item,
        say("{quantity} from {location}", quantity=quantity, location=item.location),
        formats.money(item.cost),
        place=place,
    )


def _subtitle(summary: Summary, formats: Formats) -> Words:
    return say(
        "{orders} · {net} net, without those voided",
        orders=say_count("{count} order", "{count:,} orders", summary.count),
        net=formats.money(summary.totals.get("net_total"), currency=True),
    )


def _detail(desk: Desk) -> DetailSpec:
    """The panel of an order, with what may be done with it."""
    return DetailSpec(
        service.order,
        partial(describe, costs=desk.may("stock.cost")),
        subjects=SUBJECTS,
        buttons=(
            DetailButton("Record now", _post, "check", "sales.enter", primary=True, show=_is_open),
            DetailButton("Change …", _edit, "pencil-simple", "sales.enter", show=_is_open),
            DetailButton("Cancel …", _cancel, "prohibit", "sales.enter", danger=True, show=_is_open),
            DetailButton("Print the order", _print, "printer", menu=True),
            DetailButton(
                "Customer …", open_customer_form, "user", "sales.import", show=partial(_may_see, desk), menu=True
            ),
            DetailButton("Refund …", open_refund, "arrow-u-up-left", "sales.void", show=_can_refund),
            DetailButton("Money back …", open_money, "hand-coins", "sales.void", show=_has_charged, menu=True),
            DetailButton("Void order", _void, "prohibit", "sales.void", danger=True, why_not=_why_not, show=_is_posted),
        ),
    )


def spec(desk: Desk) -> ListSpec:
    """The page for one desk."""
    import_sales = Action(
        "Import sales",
        lambda page, _rows: page.desk.navigation.open("sales_import"),
        icon="upload-simple",
        permission="sales.import",
    )
    new_order = Action(
        "New order",
        lambda page, _rows: page.desk.navigation.open("order_entry"),
        icon="plus",
        permission="sales.enter",
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
            Tab("open", meant("Open", "order"), service.OPEN, (Sort("placed_at"),)),
            Tab("entered", "Entered", service.ENTERED),
            Tab("refunds", "Refunds", service.REFUNDS),
            Tab("voided", "Voided", service.VOIDED),
        ),
        sort=(Sort("placed_at", descending=True),),
        filters=(
            FilterField("customer", "Customer", CUSTOMERS, offered=desk.may("customers.view")),
            FilterField(service.DISH, "Menu item", DISHES, aside=True),
        ),
        primary=new_order if desk.may("sales.enter") else import_sales,
        actions=(import_sales,) if desk.may("sales.enter") else (),
        detail=_detail(desk),
        empty=Empty(
            "No orders yet", "Import the sales of your till to see what was sold and what it used.", import_sales
        ),
        site_bound=True,
    )


def build_orders(desk: Desk, sections: tuple[Section, ...] = ()) -> QWidget:
    """The page of orders; `sections` are what other capabilities show under an order."""
    return ListPage(desk, spec(desk).with_sections(sections))
