"""The forms of suppliers: terms, people and bank account, lines of the price list, prices and contracts."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ims_desktop.domain.wording import say, say_count
from ims_desktop.features.suppliers import service
from ims_desktop.features.suppliers.rules import (
    LONGEST,
    LONGEST_CODE,
    LONGEST_DUTY,
    LONGEST_PACK,
    LONGEST_TEXT,
    ContactDraft,
    OfferDraft,
    Person,
    PriceDraft,
    StatusDraft,
    SupplierDraft,
)
from ims_desktop.features.suppliers.screen.states import EDIT_RIGHT, STATE_CHOICES, STATES
from ims_desktop.features.suppliers.service import DatedPrice
from ims_desktop.ui.choices import Choice, Choices
from ims_desktop.ui.contact import CONTACT_FIELDS
from ims_desktop.ui.fields import Field, FieldKind, Group
from ims_desktop.ui.form import FormSpec
from ims_desktop.ui.formats import Formats

ORDER_DAYS = Choices(tuple(Choice(number, day) for number, day in enumerate(service.WEEKDAYS, 1)))
SUPPLIERS = Choices(load=service.supplier_choices)
ITEMS = Choices(search=service.item_options)


def _terms(values: Mapping[str, Any], initial: SupplierDraft | None) -> SupplierDraft:
    currency = (values["currency"] or "").upper()
    given = {**values, "currency": currency, "status_reason": values.get("status_reason") or ""}
    return SupplierDraft(**given, id=initial.id if initial else None, version=initial.version if initial else 0)


def _is_not_active(values: Mapping[str, Any]) -> bool:
    return values.get("status") not in (None, "ACTIVE")


REASON = Field(
    "status_reason",
    "Why nothing is ordered",
    max_length=LONGEST_TEXT["status_reason"],
    enabled=_is_not_active,
    placeholder="Late four times in a row",
)
FORM = FormSpec(
    title="New supplier",
    groups=(
        Group(
            "Supplier",
            (
                Field("name", "Name", required=True, max_length=LONGEST_TEXT["name"]),
                Field("code", "Code", required=True, max_length=LONGEST_TEXT["code"], half=True),
                Field("currency", "Currency", required=True, max_length=3, half=True, placeholder="EUR"),
                Field("status", "Status", FieldKind.CHOICE, choices=STATE_CHOICES, default="ACTIVE", half=True),
                Field("rating", "Own rating", FieldKind.NUMBER, decimals=1, half=True, help="From 0 to 5."),
                REASON,
            ),
        ),
        Group(
            "Orders",
            (
                Field("order_days", "Order days", FieldKind.MANY, choices=ORDER_DAYS),
                Field("order_cutoff", "Order until", FieldKind.TIME, half=True, placeholder="14:00"),
                Field("minimum_order", "Minimum order", FieldKind.NUMBER, decimals=2, half=True),
            ),
        ),
        Group(
            "Invoices",
            (
                Field("payment_days", "Payment", FieldKind.NUMBER, unit=say("days"), decimals=0, half=True),
                Field("note", "Note", FieldKind.MULTILINE, max_length=LONGEST_TEXT["note"]),
            ),
        ),
    ),
    save=service.save_supplier,
    build=_terms,
    read=service.supplier_terms,
    said=lambda saved: say("Saved {name}", name=saved.name),
    permission=EDIT_RIGHT,
)
EDIT = replace(FORM, title=say("Edit supplier"))


def status_form(keys: tuple[Any, ...], status: str) -> FormSpec:
    """Asks why nothing is ordered from these suppliers."""
    return FormSpec(
        title=STATES[status].text,
        subtitle="Nothing is ordered from them meanwhile; prices and deliveries stay.",
        groups=(replace(REASON, required=True, enabled=None),),
        save=service.set_status,
        build=lambda values, _initial: StatusDraft(keys, status, values["status_reason"]),
        said=lambda count: say_count(
            "{count} supplier: {state}", "{count} suppliers: {state}", count, state=STATES[status].text.lower()
        ),
        permission=EDIT_RIGHT,
    )


def _contact(values: Mapping[str, Any], initial: ContactDraft) -> ContactDraft:
    others = tuple(
        Person(
            row["duty"] or "",
            row["contact"] or "",
            row["email"] or "",
            row["phone"] or "",
            row["origin"].id if "origin" in row else None,
        )
        for row in values["others"]
    )
    return ContactDraft(initial.id, initial.version, **{**values, "others": others})


CONTACT_FORM = FormSpec(
    title="People and bank account",
    subtitle="Encrypted on this PC before they are sent.",
    width=680,
    groups=(
        Group("Whom to call first", CONTACT_FIELDS),
        Group(
            "More people",
            (
                Field(
                    "others",
                    "",
                    FieldKind.ROWS,
                    columns=(
                        Field("duty", "What for", max_length=LONGEST_DUTY, width=120, placeholder="Invoices"),
                        Field("contact", "Person", max_length=LONGEST["contact"]),
                        Field("email", "E-mail", max_length=LONGEST["email"]),
                        Field("phone", "Phone", max_length=LONGEST["phone"], width=136),
                    ),
                ),
            ),
        ),
        Group(
            "Bank account",
            (
                Field("account", "IBAN or account number", max_length=LONGEST["account"]),
                Field("account_holder", "Account holder", max_length=LONGEST["account_holder"]),
                Field("bank_name", "Bank", max_length=LONGEST["bank_name"], half=True),
                Field("bank_code", "BIC or bank code", max_length=LONGEST["bank_code"], half=True),
            ),
            help="Seen by those who may change suppliers, at PCs that hold the key. Who looks is written down.",
        ),
    ),
    read=service.supplier_contact,
    save=service.save_contact,
    build=_contact,
    said=lambda _: "People and bank account are saved",
    permission=EDIT_RIGHT,
)


def _offer(values: Mapping[str, Any], initial: Any) -> OfferDraft:
    """What is typed; the supplier and the item of a line that is there stay."""
    there = isinstance(initial, service.Offer)
    given = {key: value for key, value in values.items() if key not in ("item", "supplier")}
    if there:
        given |= {"item_id": initial.item_id, "supplier_id": initial.supplier_id}
    return OfferDraft(**given, id=initial.id if there else None, version=initial.version if there else 0)


PACK = (
    Field("pack", "Pack", required=True, max_length=LONGEST_PACK, placeholder="Case 6 x 2.5 kg"),
    Field("amount", "One pack holds", FieldKind.QUANTITY, required=True, half=True, placeholder="6"),
    Field("unit", "of", half=True, placeholder="tin", help="Any unit or pack of the item; else its stock unit."),
    Field("supplier_code", "Supplier code", max_length=LONGEST_CODE, half=True),
    Field("is_preferred", "Bought here by preference", FieldKind.CHECK, half=True),
)
NEW_OFFER = FormSpec(
    title="New supplier item",
    groups=(
        Group(
            "What is sold",
            (
                Field("supplier_id", "Supplier", FieldKind.CHOICE, required=True, choices=SUPPLIERS),
                Field("item_id", "Item", FieldKind.CHOICE, required=True, choices=ITEMS),
            ),
        ),
        Group("Pack", (*PACK, Field("price", "Price of a pack", FieldKind.COST, half=True, help="From today on."))),
    ),
    save=service.save_offer,
    build=_offer,
    said=lambda saved: say("Saved {pack}: {path}", pack=saved.pack, path=saved.path),
    permission=EDIT_RIGHT,
)
EDIT_OFFER = FormSpec(
    title="Edit supplier item",
    groups=(
        Group("What is sold", (Field("supplier", "Supplier", FieldKind.SHOWN), Field("item", "Item", FieldKind.SHOWN))),
        Group("Pack", PACK),
    ),
    save=service.save_offer,
    build=_offer,
    read=service.offer,
    said=lambda saved: say("Saved {pack}: {path}", pack=saved.pack, path=saved.path),
    permission=EDIT_RIGHT,
)


def price_form(formats: Formats) -> FormSpec:
    """Asks for a price from a day on."""
    return FormSpec(
        title="New price",
        subtitle="What was asked before stays in the history.",
        groups=(
            Field("price", "Price of a pack", FieldKind.COST, required=True, half=True),
            Field("valid_from", "From", FieldKind.DATE, required=True, half=True),
        ),
        save=service.save_price,
        build=lambda values, initial: replace(initial, **values),
        said=lambda saved: say(
            "{price} from {valid_from} on", price=formats.money(saved.price), valid_from=formats.date(saved.valid_from)
        ),
        permission=EDIT_RIGHT,
    )


def contract_form(formats: Formats) -> FormSpec:
    """Asks for a price that was agreed for a time."""
    return FormSpec(
        title="Contract",
        subtitle="Fixes the price for a time; a list that asks something else is marked.",
        groups=(
            Field("price", "Agreed price of a pack", FieldKind.COST, required=True),
            Field("valid_from", "From", FieldKind.DATE, required=True, half=True),
            Field("valid_until", "Up to and with", FieldKind.DATE, required=True, half=True),
        ),
        save=service.save_price,
        build=lambda values, initial: PriceDraft(initial.offer_id, **values, is_contract=True),
        said=lambda saved: say(
            "{price} until {valid_until}", price=formats.money(saved.price), valid_until=formats.date(saved.valid_until)
        ),
        permission=EDIT_RIGHT,
    )


def removal_form(offer: service.Offer, formats: Formats) -> FormSpec:
    """Asks which price, or which contract, was entered by mistake."""

    def drafts(prices: tuple[DatedPrice, ...], is_contract: bool) -> list[PriceDraft]:
        return [
            PriceDraft(offer.id, one.price, one.valid_from, one.valid_until, is_contract) for one in reversed(prices)
        ]

    def choice(draft: PriceDraft) -> Choice:
        words = {"price": formats.money(draft.price), "start": formats.date(draft.valid_from)}
        if not draft.is_contract:
            return Choice(draft, say("{price} from {start} on", **words))
        return Choice(
            draft, say("{price} from {start} to {end}", **words, end=formats.date(draft.valid_until)), "Contract"
        )

    there = (*drafts(offer.contracts, is_contract=True), *drafts(offer.prices, is_contract=False))
    return FormSpec(
        title="Remove a price",
        subtitle="For what was entered by mistake. A price that has changed is followed by a new one instead.",
        groups=(
            Field(
                "price",
                "Price or contract",
                FieldKind.CHOICE,
                required=True,
                choices=Choices(tuple(choice(draft) for draft in there)),
            ),
        ),
        save=service.remove_price,
        save_title="Remove",
        build=lambda values, _initial: values["price"],
        said=lambda removed: say("Removed {price}", price=formats.money(removed.price)),
        undo=service.save_price,
        permission=EDIT_RIGHT,
    )
