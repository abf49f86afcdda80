"""The panel beside the stock list: one item at one site."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from ims_desktop.domain.listing import Filter, Match
from ims_desktop.domain.wording import dotted, say
from ims_desktop.features.stock import service
from ims_desktop.features.stock.screen.words import STATES, amount, what
from ims_desktop.features.stock.service import ItemStock, LevelDetail
from ims_desktop.ui.desk import Place
from ims_desktop.ui.detail import Detail, DetailButton, DetailSpec, Fact, Line, Note, Related, Trend
from ims_desktop.ui.formats import Formats
from ims_desktop.ui.theme import Tone


def _tone(quantity: Decimal) -> Tone:
    return Tone.BAD if quantity < 0 else Tone.PLAIN


def describe(level: LevelDetail, formats: Formats) -> Detail:
    """An item at a site in words."""
    row, stock = level.row, level.stock
    facts = [Fact("On hand", amount(row.on_hand, row.unit, formats), tone=_tone(row.on_hand))]
    if row.available is not None and row.reserved is not None:
        if row.reserved:
            facts.append(Fact("Reserved", amount(row.reserved, row.unit, formats), "by open orders"))
        facts.append(Fact("Available", amount(row.available, row.unit, formats), tone=_tone(row.available)))
    if stock.on_the_way and row.at is None:
        facts.append(Fact("On the way", amount(stock.on_the_way, row.unit, formats), "from other sites"))
    if row.value is not None:
        facts += [
            Fact("Average cost", formats.cost(row.average_cost), say("of one {unit}", unit=row.unit)),
            Fact("Value", formats.money(row.value)),
        ]
    facts.append(Fact("Last counted", formats.moment(row.last_counted_at)))
    told = Detail(
        title=row.item,
        code=row.sku,
        chips=(STATES[row.state],),
        line=dotted(row.category, row.site),
        facts=tuple(facts),
    )
    if row.at is not None:  # the rest is known of now alone; the card leads to what moved until then
        return replace(told, notes=(Note(say("As at {moment}.", moment=formats.stamp(row.at)), Tone.INFO),))
    return replace(
        told,
        trends=(
            Trend(
                "On hand, last 30 days",
                stock.history,
                tuple(formats.date(day) for day in stock.days),
                target=row.par,
                target_label="par",
                steps=True,
                note=row.unit,
            ),
        ),
        related=(
            Related(
                "Storage locations",
                tuple(Line(name, value=amount(held, row.unit, formats)) for name, held in stock.places),
            ),
            *on_the_way(stock, formats),
            *reserved_by(stock, formats),
            Related(
                "Movements",
                tuple(recent_line(moved, row.unit, formats) for moved in stock.movements),
                total=stock.movement_count,
                place=Place("movements", filters=(Filter("item", Match.IN, (row.item_id,)),)),
                empty="Nothing moved yet.",
            ),
        ),
    )


def on_the_way(stock: ItemStock, formats: Formats) -> tuple[Related, ...]:
    """The transfers that bring some of it, the oldest first, with their value where it may be seen; or nothing."""
    lines = tuple(
        Line(
            dotted(f"#{sent.number}", say("from {site}", site=sent.site) if sent.site else ""),
            dotted(
                formats.moment(sent.sent_at),
                "" if sent.value is None else f"{formats.money(sent.value)} {sent.currency}",
            ),
            amount(sent.quantity, stock.unit, formats),
            place=Place("transfers", sent.id),
        )
        for sent in stock.transfers
    )
    return (Related("On the way", lines, stock.transfer_count),) if lines else ()


def reserved_by(stock: ItemStock, formats: Formats) -> tuple[Related, ...]:
    """The open orders that will take some of it, the next one first; nothing where there are none."""
    lines = tuple(
        Line(
            dotted(order.number, order.customer),
            formats.moment(order.planned_at),
            amount(order.quantity, stock.unit, formats),
            place=Place("orders", order.id),
        )
        for order in stock.orders
    )
    return (Related("Reserved by orders", lines, stock.order_count),) if lines else ()


def recent_line(moved: Any, unit: str, formats: Formats) -> Line:
    """One recent movement of an item."""
    title = dotted(what(moved.kind, moved.is_undo), moved.reason or "")
    tone = Tone.OK if moved.quantity > 0 else Tone.PLAIN
    note = dotted(formats.moment(moved.effective_at), moved.by or "")
    return Line(title, note, amount(moved.quantity, unit, formats, signed=True), tone, Place("movements", moved.id))


def settings_key(level: LevelDetail) -> str:
    """How par and place of an item at a site are named in the audit log."""
    return f"{level.row.item_id}/{level.row.site_id}"


def open_item(page: Any, level: LevelDetail) -> None:
    """Go to the item."""
    page.desk.navigation.open("items", level.row.item_id)


def open_card(page: Any, level: LevelDetail) -> None:
    """Go to the card of the item at this site, as at the same moment."""
    row = level.row
    filters = [Filter("item", Match.IN, (row.item_id,)), Filter("site", Match.IN, (row.site_id,))]
    if row.at is not None:
        filters.append(Filter(service.AT, Match.BETWEEN, (None, row.at)))
    page.desk.navigation.open("item_card", filters=tuple(filters))


DETAIL = DetailSpec(
    service.level,
    describe,
    subjects=frozenset({"stock", "items", "orders", "transfers"}),
    buttons=(
        DetailButton("Open item", open_item, "package", permission="items.view"),
        DetailButton("Card", open_card, "list-dashes"),
    ),
)
