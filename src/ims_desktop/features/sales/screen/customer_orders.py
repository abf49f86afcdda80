"""What a customer ordered, under the customer; and whose order it is, under the order."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from PySide6.QtWidgets import QWidget

from ims_desktop.domain.listing import Filter, Match
from ims_desktop.domain.wording import dotted, say
from ims_desktop.features.customers import service as customers
from ims_desktop.features.sales import service
from ims_desktop.ui.choices import Choices
from ims_desktop.ui.controls import clear_layout, label
from ims_desktop.ui.desk import Desk, Place
from ims_desktop.ui.detail import Line, Related, Section
from ims_desktop.ui.detail_panel import related_block
from ims_desktop.ui.fields import Field, FieldKind
from ims_desktop.ui.form import FormSpec
from ims_desktop.ui.live_part import LivePart
from ims_desktop.ui.theme import Tone

SUBJECTS = frozenset({"orders"})


class CustomerOrders(LivePart):
    """The newest orders of a customer and what all of them came to; reads again when orders change."""

    subjects = SUBJECTS

    def __init__(self, desk: Desk, customer: UUID, parent: QWidget) -> None:
        super().__init__(desk, parent)
        self._customer = customer
        self.read()

    def read(self) -> None:
        """Ask anew."""
        self.desk.start(self, self.show_orders, service.orders_of, self._customer, replace="orders")

    def show_orders(self, found: service.OrdersOf) -> None:
        """Write one line an order."""
        formats = self.desk.formats
        clear_layout(self.content)
        lines = tuple(
            Line(
                say("Order {number}", number=order.number),
                dotted(formats.moment(order.placed_at), order.site),
                formats.money(order.net_total),
                Tone.NEUTRAL if order.state == "VOIDED" else Tone.PLAIN,
                Place("orders", order.id),
            )
            for order in found.newest
        )
        everything = Place("orders", filters=(Filter("customer", Match.IN, (self._customer,)),))
        newest = Related(self.tr("Newest"), lines, found.count, everything, self.tr("Nothing was ordered yet."))
        self.content.addLayout(related_block(self.desk, newest))
        for currency, total in found.totals:
            words = self.tr("{total} {currency} net in all, without voided orders")
            said = words.format(total=formats.money(total), currency=currency)
            self.content.addWidget(label(said, 12, role="muted"))


CUSTOMER_SECTIONS = (
    Section("Orders", lambda desk, customer, parent: CustomerOrders(desk, customer.id, parent), "sales.view"),
)


@dataclass(frozen=True, slots=True)
class Whose:
    """What the form about the customer of an order begins with."""

    order_id: UUID
    version: int
    customer_id: UUID | None


def _build(values: Mapping[str, Any], whose: Whose) -> service.OrderCustomer:
    return service.OrderCustomer(whose.order_id, whose.version, values["customer_id"])


CUSTOMER_FORM = FormSpec(
    title="Customer of the order",
    subtitle="Nothing else of the order changes.",
    groups=(Field("customer_id", "Customer", FieldKind.CHOICE, choices=Choices(load=customers.customer_choices)),),
    save=service.set_customer,
    build=_build,
    said=lambda _order: "The customer is saved",
    permission="sales.import",
)


def open_customer_form(page: Any, order: service.Order) -> None:
    """Ask whose order it is."""
    page.open_form(CUSTOMER_FORM, initial=Whose(order.id, order.version, order.customer_id))
