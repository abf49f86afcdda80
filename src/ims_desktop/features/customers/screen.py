"""The page of customers: who they are, how they pay, how they are reached, and what became of them."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ims_desktop.domain.listing import Filter, Match, Sort
from ims_desktop.domain.wording import Words, say, say_count
from ims_desktop.features.customers import service
from ims_desktop.features.customers.rules import KINDS, LONGEST, LONGEST_PAYMENT, ContactDraft, CustomerDraft
from ims_desktop.ui.archiving import Archiving
from ims_desktop.ui.chips import Chip
from ims_desktop.ui.choices import Choice, Choices
from ims_desktop.ui.columns import Column, Kind
from ims_desktop.ui.contact import CONTACT_FIELDS, key_facts, sealed_facts
from ims_desktop.ui.desk import Desk
from ims_desktop.ui.detail import Detail, DetailButton, DetailSpec, Fact, Section
from ims_desktop.ui.fields import Field, FieldKind, Group
from ims_desktop.ui.form import FormSpec
from ims_desktop.ui.formats import UNKNOWN, Formats
from ims_desktop.ui.list_page import ListPage
from ims_desktop.ui.list_spec import Action, Empty, ListSpec, Tab
from ims_desktop.ui.records import records_of
from ims_desktop.ui.theme import Tone

EDIT_RIGHT = "customers.edit"
SUBJECTS = frozenset({"customers"})
STATES = {"active": Chip("Active", Tone.OK), "archived": Chip("Archived", Tone.NEUTRAL)}
KIND_CHIPS = {
    "CATERING": Chip(KINDS["CATERING"], Tone.INFO),
    "WHOLESALE": Chip(KINDS["WHOLESALE"], Tone.PLAIN),
    "INTERNAL": Chip(KINDS["INTERNAL"], Tone.NEUTRAL),
}
KIND_CHOICES = tuple(Choice(key, words) for key, words in KINDS.items())

COLUMNS = (
    Column("name", "Customer", Kind.TITLE, 260, sub="code", sortable=True, stretch=True),
    Column("kind", "Kind", Kind.CHIP, 130, chips=KIND_CHIPS, filter=Choices(KIND_CHOICES)),
    Column("tax_id", "Tax number", width=160),
    Column("payment_days", "Payment days", Kind.NUMBER, 130, sortable=True),
    Column("state", "Status", Kind.CHIP, 110, chips=STATES, derived=True),
)


def describe(customer: service.Customer, formats: Formats) -> Detail:
    """A customer in words."""
    due: Words = UNKNOWN
    if customer.payment_days is not None:
        due = say_count("{count} day", "{count} days", customer.payment_days)
    return Detail(
        title=customer.name,
        code=customer.code,
        chips=(KIND_CHIPS[customer.kind], *(() if customer.is_active else (STATES["archived"],))),
        facts=(
            Fact("Payment", due, "after the invoice" if customer.payment_days is not None else ""),
            Fact("Tax number", customer.tax_id or UNKNOWN),
            *sealed_facts("Contact", customer.contact, customer.phone, customer.email),
            *key_facts(customer.asks_as),
            *((Fact("Note", customer.note, wide=True),) if customer.note else ()),
            Fact("Customer since", formats.moment(customer.created_at), wide=True),
        ),
    )


def _draft(values: Mapping[str, Any], initial: service.Customer | None) -> CustomerDraft:
    if initial is None:
        return CustomerDraft(**values)
    return CustomerDraft(**values, id=initial.id, version=initial.version)


FORM = FormSpec(
    title="New customer",
    groups=(
        Group(
            "Customer",
            (
                Field("name", "Name", required=True, max_length=LONGEST["name"]),
                Field("code", "Code", required=True, max_length=LONGEST["code"], half=True),
                Field("kind", "Kind", FieldKind.CHOICE, choices=Choices(KIND_CHOICES), half=True, default="CATERING"),
            ),
        ),
        Group(
            "Invoices",
            (
                Field("tax_id", "Tax number", max_length=LONGEST["tax_id"], half=True),
                Field(
                    "payment_days",
                    "Payment days",
                    FieldKind.NUMBER,
                    half=True,
                    help=say("After the invoice, at most {most}.", most=LONGEST_PAYMENT),
                ),
                Field("note", "Note", FieldKind.MULTILINE, max_length=LONGEST["note"]),
            ),
        ),
    ),
    save=service.save_customer,
    build=_draft,
    read=service.customer,
    said=lambda saved: say("Saved {name}", name=saved.name),
    permission=EDIT_RIGHT,
)
EDIT = replace(FORM, title=say("Edit customer"))
CONTACT_FORM = FormSpec(
    title="Contact",
    subtitle="Encrypted on this PC before it is sent.",
    groups=(Group("Contact", CONTACT_FIELDS),),
    read=service.customer_contact,
    save=service.save_contact,
    build=lambda values, initial: ContactDraft(initial.id, initial.version, **values),
    said=lambda _: "The contact is saved",
    permission=EDIT_RIGHT,
)


ARCHIVING = Archiving(
    service.set_active,
    EDIT_RIGHT,
    lambda rows: say_count("{name} archived", "{count} customers archived", len(rows), name=rows[0].name),
    lambda rows: say_count("{name} taken back", "{count} customers taken back", len(rows), name=rows[0].name),
    restore="Restore",
)


def _tab(key: str, title: str, *filters: Filter) -> Tab:
    return Tab(key, title, filters)


ACTIVE = Filter("active", Match.IN, (True,))
NEW = Action("New customer", lambda page, _rows: page.open_form(FORM), icon="plus", permission=EDIT_RIGHT)
FIND = records_of(service.customers, "name", "code")
SPEC = ListSpec(
    key="customers",
    title="Customers",
    noun=("customer", "customers"),
    columns=COLUMNS,
    read=service.customers,
    summary=service.customers_summary,
    counts=service.customer_counts,
    subjects=SUBJECTS,
    search_hint="Find by name, code or phone",
    tabs=(
        _tab("active", "Active", ACTIVE),
        *(_tab(key.lower(), words, ACTIVE, Filter("kind", Match.IN, (key,))) for key, words in KINDS.items()),
        _tab("archived", "Archived", Filter("active", Match.IN, (False,))),
    ),
    sort=(Sort("name"),),
    primary=NEW,
    actions=ARCHIVING.actions,
    detail=DetailSpec(
        service.customer,
        describe,
        subjects=SUBJECTS,
        buttons=(
            DetailButton("Edit", lambda page, one: page.open_form(EDIT, key=one.id), "pencil-simple", EDIT_RIGHT),
            DetailButton(
                "Edit contact", lambda page, one: page.open_form(CONTACT_FORM, key=one.id), "phone", EDIT_RIGHT
            ),
        ),
    ),
    empty=Empty("No customers yet", "Add whom you cater for, deliver to, or charge inside the group.", NEW),
)


def build(desk: Desk, sections: tuple[Section, ...] = ()) -> ListPage:
    """The page of customers; `sections` are what other capabilities show under a customer."""
    return ListPage(desk, SPEC.with_sections(sections))
