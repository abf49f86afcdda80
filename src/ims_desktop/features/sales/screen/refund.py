"""The form in which a part of an order is given back."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from ims_desktop.domain.wording import say
from ims_desktop.domain.work import read
from ims_desktop.features.sales import service
from ims_desktop.features.sales.service import MoneyBack, MoneyLine, Refund, Refundable, RefundLine
from ims_desktop.ui.choices import Choice, Choices
from ims_desktop.ui.fields import Field, FieldKind, Group
from ims_desktop.ui.form import FormSpec

BACK = "BACK"


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the order in the form: how much of it is given back, and what becomes of the food."""

    line: int
    name: str
    left: str
    quantity: Decimal | None = None
    fate: UUID | str = BACK


@dataclass(frozen=True, slots=True)
class RefundDraft:
    """What the form begins with."""

    key: UUID
    order_id: UUID
    lines: tuple[Row, ...]
    reason: str = ""


@read
def fates(connection: Any) -> tuple[Choice, ...]:
    """Back on the shelf, or lost for a reason."""
    lost = (Choice(key, say("Wasted: {name}", name=name)) for key, name in service.waste_reasons(connection))
    return (Choice(BACK, "Back into stock"), *lost)


def _build(values: Mapping[str, Any], draft: RefundDraft) -> Refund:
    lines = []
    for row in values["lines"]:
        known = row.get("origin")
        if isinstance(known, Row) and row["quantity"]:
            reason = row["fate"] if isinstance(row["fate"], UUID) else None
            lines.append(RefundLine(known.line, row["quantity"], reason))
    return Refund(draft.key, draft.order_id, tuple(lines), values["reason"])


REFUND = FormSpec(
    title="Refund",
    subtitle="Give back a part of the order, or all of it. What it used comes back at the cost it left with; food that"
    " is lost all the same leaves again as waste.",
    groups=(
        Group(
            "What is given back",
            (
                Field(
                    "lines",
                    "",
                    FieldKind.ROWS,
                    fixed=True,
                    columns=(
                        Field("name", "Line", FieldKind.SHOWN),
                        Field("left", "Left", FieldKind.SHOWN, width=60),
                        Field("quantity", "Refund", FieldKind.NUMBER, width=84),
                        Field("fate", "The food", FieldKind.CHOICE, choices=Choices(load=fates), width=210),
                    ),
                ),
            ),
        ),
        Field(
            "reason", "Reason", FieldKind.MULTILINE, required=True, max_length=1000, placeholder="Why is it refunded?"
        ),
    ),
    save=service.refund_order,
    build=_build,
    save_title="Refund",
    said=lambda _order: "It is refunded",
    permission="sales.void",
    width=640,
)


@dataclass(frozen=True, slots=True)
class MoneyRow:
    """A line of the order in the form: what is left of what was charged for it, and how much is given back."""

    line: int
    name: str
    left: str
    amount: Decimal | None = None


@dataclass(frozen=True, slots=True)
class MoneyDraft:
    """What the form about money begins with."""

    key: UUID
    order_id: UUID
    lines: tuple[MoneyRow, ...]
    reason: str = ""


def _build_money(values: Mapping[str, Any], draft: MoneyDraft) -> MoneyBack:
    lines = tuple(
        MoneyLine(row["origin"].line, row["amount"])
        for row in values["lines"]
        if isinstance(row.get("origin"), MoneyRow) and row["amount"]
    )
    return MoneyBack(draft.key, draft.order_id, lines, values["reason"])


MONEY = replace(
    REFUND,
    title="Give money back",
    subtitle="Out of goodwill: the guest gets money back, and nothing comes back into stock. Amounts are with tax.",
    groups=(
        Group(
            "How much of what was charged",
            (
                Field(
                    "lines",
                    "",
                    FieldKind.ROWS,
                    fixed=True,
                    columns=(
                        Field("name", "Line", FieldKind.SHOWN),
                        Field("left", "Charged", FieldKind.SHOWN, width=104),
                        Field("amount", "Give back", FieldKind.MONEY, width=130),
                    ),
                ),
            ),
        ),
        Field(
            "reason", "Reason", FieldKind.MULTILINE, required=True, max_length=1000, placeholder="Why is it given back?"
        ),
    ),
    save=service.refund_money,
    build=_build_money,
    save_title="Give back",
    said=lambda _order: "The money is given back",
    width=560,
)


def open_money(page: Any, order: service.Order) -> None:
    """Read what is left of what was charged, then ask."""
    page.start(lambda found: _ask_money(page, found), service.refundable, order.id)


def _ask_money(page: Any, found: Refundable) -> None:
    money = page.desk.formats.money
    rows = tuple(MoneyRow(one.line, one.name, money(one.charged)) for one in found.lines if one.charged > 0)
    form = replace(MONEY, title=say("Money back for order {number}", number=found.number))
    page.open_form(form, initial=MoneyDraft(uuid4(), found.id, rows))


def open_refund(page: Any, order: service.Order) -> None:
    """Read what is left to refund, then ask."""
    page.start(lambda found: _ask(page, found), service.refundable, order.id)


def _ask(page: Any, found: Refundable) -> None:
    written = page.desk.formats.typed_number
    rows = tuple(Row(one.line, one.name, written(one.left)) for one in found.lines if one.left > 0)
    form = replace(REFUND, title=say("Refund order {number}", number=found.number))
    page.open_form(form, initial=RefundDraft(uuid4(), found.id, rows))
