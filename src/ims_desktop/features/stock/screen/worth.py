"""Forms that change what stock is worth: late invoices, freight, returns, revaluation, and the method of costing."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from ims_desktop.domain.valuation import Method
from ims_desktop.domain.wording import Words, say
from ims_desktop.features.items.service import METHODS
from ims_desktop.features.stock import service
from ims_desktop.features.stock.service import PostedDocument
from ims_desktop.ui.choices import Choice, Choices
from ims_desktop.ui.detail import DetailButton
from ims_desktop.ui.fields import Field, FieldKind
from ims_desktop.ui.form import FormSpec

RECORD, RECEIVE, COST = "adjustments.record", "deliveries.receive", "stock.cost"
WHY = Field("note", "Why", required=True, max_length=1000)
INVOICE = Field("reference", "Invoice", max_length=200)
SPREADS = Choices(
    (
        Choice(service.Spread.VALUE, "By value"),
        Choice(service.Spread.QUANTITY, "By quantity"),
        Choice(service.Spread.WEIGHT, "By weight"),
        Choice(service.Spread.EQUAL, "In equal parts"),
    )
)


@dataclass(frozen=True)
class About:
    """What a form begins with: the document, and the figures of its line."""

    document: PostedDocument
    worth: Decimal | None = None
    quantity: Decimal | None = None
    amount: Decimal | None = None
    spread: service.Spread = service.Spread.VALUE
    reference: str = ""
    note: str = ""


@dataclass(frozen=True)
class Switching:
    """What the form of another method begins with."""

    item_id: UUID
    method: Method
    valid_from: date
    reason: str = ""


def _said(posted: service.Posted) -> Words:
    return say("Saved as document #{number}", number=posted.number)


def _form(title: Words, subtitle: Words, fields: tuple[Field, ...], save: Callable[..., Any], build: Any) -> FormSpec:
    return FormSpec(title, fields, save, build, subtitle=subtitle, said=_said, width=340)


def _late(values: Mapping[str, Any], about: About) -> service.LateInvoice:
    document = about.document
    price = service.RightPrice(document.line.id, values["worth"])
    return service.LateInvoice(
        uuid4(), document.site_id, (price,), reference=values["reference"] or "", note=values["note"]
    )


def _landed(values: Mapping[str, Any], about: About) -> service.LandedCost:
    document = about.document
    return service.LandedCost(
        uuid4(),
        document.site_id,
        values["amount"],
        tuple(line.id for line in document.priced),
        service.Spread(values["spread"]),
        reference=values["reference"] or "",
        note=values["note"],
    )


def _moving(kind: service.Kind, values: Mapping[str, Any], about: About, **more: Any) -> service.Document:
    line = about.document.line
    moved = service.DocumentLine(line.item_id, line.location_id, **more)
    supplier = about.document.supplier_id if kind is service.Kind.SUPPLIER_RETURN else None
    return service.Document(uuid4(), kind, about.document.site_id, (moved,), supplier_id=supplier, note=values["note"])


def _taken_back(values: Mapping[str, Any], about: About) -> service.PriceUndo:
    change = about.document.price_change
    return service.PriceUndo(uuid4(), change.document if change else about.document.id, values["note"])


def _sent_back(values: Mapping[str, Any], about: About) -> service.Document:
    return _moving(service.Kind.SUPPLIER_RETURN, values, about, quantity=-values["quantity"])


def _came_back(values: Mapping[str, Any], about: About) -> service.Document:
    issue = about.document.line.id
    return _moving(service.Kind.CUSTOMER_RETURN, values, about, quantity=values["quantity"], of_id=issue)


def _revalued(values: Mapping[str, Any], about: About) -> service.Document:
    return _moving(service.Kind.REVALUATION, values, about, quantity=Decimal(0), value=values["amount"])


def _switched(values: Mapping[str, Any], about: Switching) -> service.MethodSwitch:
    return service.MethodSwitch(
        uuid4(), about.item_id, Method(values["method"]), values["valid_from"], values["reason"]
    )


QUANTITY = Field("quantity", "Quantity", FieldKind.QUANTITY, required=True)
PRICE_FORM = _form(
    "Price differs on the invoice",
    "What is still there is worth what the invoice says, and what was used since cost it.",
    (Field("worth", "All of the line, net", FieldKind.COST, required=True), INVOICE, WHY),
    service.late_invoice,
    _late,
)
FREIGHT_FORM = _form(
    "Add freight",
    "What it cost to get the goods here is spread over the lines of the delivery.",
    (
        Field("amount", "Amount, net", FieldKind.COST, required=True),
        Field("spread", "Spread", FieldKind.CHOICE, required=True, choices=SPREADS),
        INVOICE,
        WHY,
    ),
    service.landed_cost,
    _landed,
)
UNDO_PRICE_FORM = _form(
    "Undo the change of price",
    "What was received is worth again what it was, what is there of it and what was used.",
    (WHY,),
    service.prices_undone,
    _taken_back,
)
SEND_FORM = _form("Send back", "It leaves stock at what it costs now.", (QUANTITY, WHY), service.recorded, _sent_back)
RETURN_FORM = _form(
    "Customer return", "It comes back at what it left with.", (QUANTITY, WHY), service.recorded, _came_back
)
REVALUE_FORM = _form(
    "Revalue",
    "All there is of the item at the site is worth more, or less, by this amount.",
    (Field("amount", "Changes by", FieldKind.COST, required=True, help="Less than zero takes off."), WHY),
    service.recorded,
    _revalued,
)
METHOD_FORM = FormSpec(
    "Change the cost method",
    (
        Field(
            "method", "Cost method", FieldKind.CHOICE, required=True,
            choices=Choices(tuple(Choice(method, title) for method, title in METHODS.items())),
        ),
        Field("valid_from", "From the business day", FieldKind.DATE, required=True),
        Field("reason", "Why", required=True, max_length=1000),
    ),
    service.changed_method,
    _switched,
    subtitle="What was costed since that day is costed anew, at every site.",
    said=lambda _done: "The cost method was changed",
    width=340,
)  # fmt: skip


def _opens(form: FormSpec, **begins: Callable[[PostedDocument], Any]) -> Callable[[Any, PostedDocument], None]:
    def start(page: Any, document: PostedDocument) -> None:
        fields = (
            replace(field, unit=document.line.unit) if isinstance(field, Field) and field is QUANTITY else field
            for field in form.groups
        )
        about = About(document, **{key: found(document) for key, found in begins.items()})
        page.open_form(replace(form, groups=tuple(fields)), initial=about)

    return start


def _is_priced(document: PostedDocument) -> bool:
    return document.line in document.priced


def _is_delivered(document: PostedDocument) -> bool:
    return document.kind == service.Kind.DELIVERY and document.reverses is None and not document.is_undone


def _is_sold(document: PostedDocument) -> bool:
    return document.kind == service.Kind.SALE and document.line.quantity < 0 and not document.is_undone


def _is_my_price(document: PostedDocument) -> bool:
    return document.price_change is not None and document.price_change.mine


def _is_price_of_others(document: PostedDocument) -> bool:
    return document.price_change is not None and not document.price_change.mine


def _too_long(document: PostedDocument) -> Words | None:
    return "It has too many lines to show them all." if document.line_count > len(document.lines) else None


MOVEMENT_BUTTONS = (
    DetailButton(
        "Price differs on the invoice …",
        _opens(PRICE_FORM, worth=lambda document: document.line.given),
        permission=RECORD,
        show=_is_priced,
        menu=True,
    ),
    DetailButton(
        "Add freight …", _opens(FREIGHT_FORM), permission=RECORD, show=_is_priced, why_not=_too_long, menu=True
    ),
    DetailButton(
        "Undo the change of price …", _opens(UNDO_PRICE_FORM), permission=RECORD, show=_is_my_price, menu=True
    ),
    DetailButton(
        "Undo the change of price …",
        _opens(UNDO_PRICE_FORM),
        permission="documents.reverse",
        show=_is_price_of_others,
        menu=True,
    ),
    DetailButton("Send back …", _opens(SEND_FORM), permission=RECEIVE, show=_is_delivered, menu=True),
    DetailButton("Customer return …", _opens(RETURN_FORM), permission=RECORD, show=_is_sold, menu=True),
    DetailButton("Revalue …", _opens(REVALUE_FORM), permission=RECORD, menu=True,
                 show=lambda document: document.line.value is not None),
)  # fmt: skip


def start_switch(page: Any, item: Any) -> None:
    """Begin to cost an item by the other method."""
    other = Method.AVERAGE if item.cost_method == Method.FIFO else Method.FIFO
    page.open_form(METHOD_FORM, initial=Switching(item.id, other, date.today()))


ITEM_BUTTONS = (
    DetailButton(
        "Change cost method …",
        start_switch,
        permission=COST,
        show=lambda item: item.is_active,
        menu=True,
    ),
)
"""What the panel of an item gets from here."""
