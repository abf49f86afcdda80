"""The page of suppliers: how they take orders, what they sell, how they are reached and paid."""

from decimal import Decimal
from functools import partial
from typing import Any

from PySide6.QtWidgets import QWidget

from ims_desktop.domain.listing import Filter, Match, Sort
from ims_desktop.domain.wording import Words, say
from ims_desktop.features.suppliers import service
from ims_desktop.features.suppliers.rules import LONGEST_TEXT, OfferDraft, StatusDraft
from ims_desktop.features.suppliers.screen.detail import bank_account, describe, price_history
from ims_desktop.features.suppliers.screen.forms import (
    CONTACT_FORM,
    EDIT,
    FORM,
    NEW_OFFER,
    ORDER_DAYS,
    status_form,
)
from ims_desktop.features.suppliers.screen.states import (
    COST_RIGHT,
    EDIT_RIGHT,
    STATE_CHOICES,
    STATES,
    SUBJECTS,
)
from ims_desktop.ui.cell_edit import CellEdit
from ims_desktop.ui.columns import Column, Kind
from ims_desktop.ui.desk import Desk
from ims_desktop.ui.detail import DetailButton, DetailSpec, Section
from ims_desktop.ui.list_page import ListPage
from ims_desktop.ui.list_spec import Action, Empty, ListSpec, Needs, Tab
from ims_desktop.ui.records import records_of

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
    Column("rating", "Own rating", Kind.NUMBER, 100, decimals=1, sortable=True, hidden=True),
    Column(
        "status",
        "Status",
        Kind.CHIP,
        110,
        chips=STATES,
        filter=STATE_CHOICES,
        edit=CellEdit(EDIT_RIGHT, choices=STATE_CHOICES, required=True),
    ),
    Column(
        "status_reason",
        "Why",
        width=200,
        hidden=True,
        edit=CellEdit(EDIT_RIGHT, most=LONGEST_TEXT["status_reason"]),
    ),
)


def _status(key: str) -> tuple[Filter, ...]:
    return (Filter("status", Match.IN, (key,)),)


def _ask_why(page: Any, rows: tuple[service.SupplierRow, ...], status: str) -> None:
    page.open_form(status_form(tuple(row.id for row in rows), status))


def _order_again(page: Any, rows: tuple[service.SupplierRow, ...]) -> None:
    """Order from them again; what was said about them before comes back with undo."""
    before = [StatusDraft((row.id,), row.status, row.status_reason) for row in rows]

    def undo() -> None:
        for draft in before:
            page.start(lambda _: None, service.set_status, draft)

    def done(count: int) -> None:
        page.desk.messages.done(say("{count} active again", count=count), undo=undo)

    page.start(done, service.set_status, StatusDraft(tuple(row.id for row in rows), "ACTIVE"))


def _why_not(status: str, words: str, rows: tuple[service.SupplierRow, ...]) -> Words | None:
    return words if any(row.status == status for row in rows) else None


def _add_item(page: Any, supplier: service.Supplier) -> None:
    page.open_form(NEW_OFFER, OfferDraft(supplier.id, None, "", None))


NEW = Action("New supplier", lambda page, _rows: page.open_form(FORM), icon="plus", permission=EDIT_RIGHT)
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
    primary=NEW,
    actions=(
        *(
            Action(
                title,
                partial(_ask_why, status=status),
                icon=icon,
                permission=EDIT_RIGHT,
                needs=Needs.SOME,
                why_not=partial(_why_not, status, said),
            )
            for status, title, icon, said in (
                ("ON_HOLD", say("Put on hold…"), "pause", say("On hold already.")),
                ("ENDED", say("End…"), "prohibit", say("Ended already.")),
            )
        ),
        Action(
            "Order again",
            _order_again,
            icon="arrow-counter-clockwise",
            permission=EDIT_RIGHT,
            needs=Needs.SOME,
            why_not=partial(_why_not, "ACTIVE", "Active already."),
        ),
    ),
    detail=DetailSpec(
        service.supplier,
        describe,
        subjects=SUBJECTS,
        buttons=(
            DetailButton("Edit", lambda page, one: page.open_form(EDIT, key=one.id), "pencil-simple", EDIT_RIGHT),
            DetailButton("Add item", _add_item, "plus", EDIT_RIGHT),
            DetailButton(
                "People and bank account",
                lambda page, one: page.open_form(CONTACT_FORM, key=one.id),
                "phone",
                EDIT_RIGHT,
            ),
        ),
        sections=(
            Section("Bank account", bank_account, EDIT_RIGHT),
            Section("Price over time", price_history, COST_RIGHT),
        ),
    ),
    empty=Empty("No suppliers yet", "Add the first one, or import their price lists.", NEW),
)


def build(desk: Desk, sections: tuple[Section, ...] = ()) -> QWidget:
    """The page of suppliers; `sections` are what other capabilities show under a supplier."""
    return ListPage(desk, SPEC.with_sections(sections))
