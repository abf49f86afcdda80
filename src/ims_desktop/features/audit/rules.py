"""The audit log in words: subjects, actions, and what changed from what to what."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from ims_desktop.domain.numbers import EXACT
from ims_desktop.domain.permissions import CATALOGUE
from ims_desktop.domain.posting_kinds import DOCUMENTS
from ims_desktop.domain.wording import Words, commas, say, sentences, word

UNKNOWN = "—"
SEALED = "\\x01"  # how an encrypted value begins in a logged row
SUBJECTS: Mapping[str, Words] = {
    "approval_requests": "Entry that waits for approval",
    "categories": "Category",
    "count_areas": "Area of a count",
    "count_entries": "Entries of a count",
    "count_lines": "Line of a count",
    "count_sheets": "Count",
    "customers": "Customer",
    "key_holders": "Key of a PC",
    "key_versions": "Key of sensitive fields",
    "document_photos": "Photo of an entry",
    "entry_templates": "Template",
    "exchange_rates": "Exchange rate",
    "import_mappings": "Remembered columns of a file",
    "item_barcodes": "Barcode",
    "item_methods": "Cost method",
    "item_photos": "Photo",
    "item_site_settings": "Par and place",
    "item_units": "Pack",
    "items": "Item",
    "lots": "Lot",
    "members": "Person",
    "menu_categories": "Menu category",
    "menu_item_modifiers": "Modifiers of a menu item",
    "menu_items": "Menu item",
    "menu_pauses": "Not available",
    "menu_prices": "Menu price",
    "modifier_groups": "Modifier group",
    "modifier_lines": "Effect of a modifier",
    "modifiers": "Modifier",
    "orders": "Order",
    "periods": "Period",
    "planned_lines": "Line of a planned order",
    "posting": "Posting",
    "productions": "Production",
    "reason_codes": "Reason",
    "recipe_lines": "Ingredient",
    "recipe_versions": "Recipe version",
    "recipes": "Recipe",
    "roles": "Role",
    "saved_views": "View",
    "sessions": "Session",
    "sites": "Site",
    "storage_locations": "Storage location",
    "bank_shown": "Bank details shown",
    "supplier_contacts": "Contact of a supplier",
    "supplier_contracts": "Supplier contract",
    "supplier_items": "Supplier item",
    "supplier_prices": "Supplier price",
    "supplier_banks": "Bank details",
    "suppliers": "Supplier",
    "till_mappings": "Remembered columns of a till",
    "till_products": "Word of a till",
    "transfer_receipts": "Receipt of a transfer",
    "unmapped_modifiers": "Modifier that waits",
    "unmapped_sales": "Sold line that waits",
    "user_roles": "Role of a person",
}
ACTIONS: Mapping[str, Words] = {"INSERT": "Added", "UPDATE": "Changed", "DELETE": "Removed", "POST": "Posted"}
# Why a session ended, as the log keeps it.
ENDINGS: Mapping[str, Words] = {
    "SIGNED_OUT": "signed out",
    "ENDED": "ended from another desk",
    "PASSWORD": "the password was changed",
    "CODE": "a one-time code was given",
    "STOLEN": "its token turned up at two places",
    "PC": "the PC was taken away",
}
WORDS: Mapping[str, Words] = {
    "allows_negative": "Negative stock allowed",
    "base_unit": "Base unit",
    "day_cutover_hour": "Business day ends at",
    "display_name": "Name",
    "ended_why": "Ended",
    "food_cost_target": "Food cost target %",
    "grams_per_each": "Weight of one in g",
    "grams_per_millilitre": "Weight of 1 l in kg",
    "gtin": "Barcode",
    "home_location_id": "Home location",
    "is_active": "Active",
    "is_default": "Default site",
    "is_head_office": "Head office",
    "merged_into_id": "Merged into",
    "net_total": "Net total",
    "of_unit": "Of",
    "parent_id": "Inside",
    "parent_role_id": "Inherits from",
    "sku": "SKU",
    "tax_id": "Tax number",
    "yield_percent": "Yield %",
}
RIGHTS = {permission.code: permission.title for permission in CATALOGUE}
# What the database keeps for itself, or says only again what another field says.
SILENT = frozenset(
    {
        *("id", "version", "sort_name", "sort_sku", "sort_code", "created_at", "updated_at", "row_hash", "login"),
        "void_posting_id",
    }
)


@dataclass(frozen=True, slots=True)
class Change:
    """One field: what it was and what it is."""

    field: str
    before: str
    after: str


def read_json(text: str | None) -> dict[str, Any] | None:
    """A logged row; its numbers stay decimal."""
    found: dict[str, Any] | None = None if text is None else json.loads(text, parse_float=Decimal)
    return found


def changes(
    old: Mapping[str, Any] | None, new: Mapping[str, Any] | None, names: Mapping[str, str] | None = None
) -> tuple[Change, ...]:
    """Field by field what differs; for an added record what it has, for a removed one what it had."""
    return tuple(_changes(old or {}, new or {}, names or {}))


def _changes(old: Mapping[str, Any], new: Mapping[str, Any], names: Mapping[str, str]) -> Iterator[Change]:
    for key in dict.fromkeys([*new, *old]):
        before, after = old.get(key), new.get(key)
        if key in SILENT or key.endswith("_hash") or before == after:
            continue
        if key == "permissions":
            yield from _permissions(before or {}, after or {})
        elif key == "limits":
            yield from _limits(before or {}, after or {})
        elif not (_is_blank(before) and _is_blank(after)):
            known = {**names, **ENDINGS} if key == "ended_why" else names
            yield Change(words(key), written(before, known), written(after, known))


def _permissions(before: Mapping[str, bool], after: Mapping[str, bool]) -> Iterator[Change]:
    said: Mapping[bool | None, Words] = {True: "Allowed", False: "Denied", None: "Not said"}
    for code in sorted({*before, *after}):
        if before.get(code) != after.get(code):
            yield Change(
                RIGHTS.get(code) or say("Permission {code}", code=code), said[before.get(code)], said[after.get(code)]
            )


def _limits(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    """Amounts a day; null permits any, and what is missing is as inherited."""

    def amount(limits: Mapping[str, Any], code: str) -> str:
        limit = limits.get(code, UNKNOWN)
        return say("any") if limit is None else written(limit, {})

    for code in sorted({*before, *after}):
        if amount(before, code) != amount(after, code):
            yield Change(
                say("{permission} (daily limit)", permission=word(RIGHTS.get(code, code))),
                amount(before, code),
                amount(after, code),
            )


def words(field: str) -> str:
    """The name of a field as people say it."""
    return WORDS.get(field) or field.removesuffix("_id").replace("_", " ").capitalize()


def written(value: Any, names: Mapping[str, str]) -> str:
    """A logged value as people read it; the names of records instead of their keys."""
    if _is_blank(value):
        return UNKNOWN
    if isinstance(value, bool):
        return say("Yes") if value else say("No")
    if isinstance(value, Decimal):
        return format(EXACT.normalize(value), "f")
    if isinstance(value, list):
        return commas(written(each, names) for each in value)
    if isinstance(value, dict):
        return commas(
            say("{field}: {value}", field=word(words(key)), value=written(each, names)) for key, each in value.items()
        )
    return say("encrypted") if str(value).startswith(SEALED) else names.get(str(value), str(value))


def _is_blank(value: Any) -> bool:
    return value is None or value in ("", [], {})


def posting_words(kind: str | None, number: Any) -> str:
    """What was posted: Delivery 118."""
    return sentences((word(DOCUMENTS.get(kind or "", kind or "")), str(number) if number else ""))
