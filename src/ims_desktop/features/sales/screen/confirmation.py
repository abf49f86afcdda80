"""An order on paper, for whoever ordered it."""

from collections.abc import Mapping

from ims_desktop.domain.wording import Words
from ims_desktop.features.sales import service
from ims_desktop.ui.formats import Formats
from ims_desktop.ui.printout import PrintColumn, Printout, PrintTable

COLUMNS = (
    PrintColumn("Item", stretch=True),
    PrintColumn("Quantity", right=True),
    PrintColumn("Price", right=True),
    PrintColumn("Net", right=True),
)
TITLES: Mapping[str, Words] = {"OPEN": "Order confirmation", "CANCELLED": "Cancelled order", "VOIDED": "Voided order"}


def confirmation(order: service.Order, formats: Formats) -> Printout:
    """What was ordered, for whom and when, and what it comes to; what it cost the kitchen is nobody's business."""
    title = "Refund" if order.kind == "REFUND" else TITLES.get(order.state, "Order")
    about = [("Order", order.number), ("Site", order.site), ("When", formats.moment(order.placed_at))]
    about += [("Customer", order.customer)] if order.customer else []
    about += [("Covers", formats.number(order.covers))] if order.covers else []
    about += [("Note", order.note)] if order.note else []
    rows = tuple(_row(line, formats) for line in order.lines)
    totals = ("Net", "", "", formats.money(order.net_total))
    figures = (
        ("Net", formats.money(order.net_total)),
        ("Tax", formats.money(order.tax_total)),
        ("Total", f"{formats.money(order.net_total + order.tax_total)} {order.currency}"),
    )
    return Printout(
        f"{title} {order.number}", order.channel, tuple(about), figures, (PrintTable(COLUMNS, rows, totals),)
    )


def _row(line: service.OrderLine, formats: Formats) -> tuple[str, ...]:
    name = "\n".join(filter(None, (line.name, ", ".join(line.modifiers), line.note)))
    return name, formats.typed_number(line.quantity), formats.money(line.unit_price), formats.money(line.net_amount)
