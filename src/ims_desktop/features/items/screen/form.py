"""The form of an item."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from ims_desktop.domain.valuation import Method
from ims_desktop.domain.wording import say
from ims_desktop.features.items import service
from ims_desktop.ui.choices import Choice, Choices
from ims_desktop.ui.fields import Field, FieldKind, Group
from ims_desktop.ui.form import FormSpec

SITES = Choices(load=service.site_choices)
CATEGORIES = Choices(load=service.category_choices)
UNITS = Choices(load=service.global_unit_choices)


def draft(values: Mapping[str, Any], initial: Any) -> service.ItemDraft:
    """What the form says, as a draft."""
    days = values["shelf_life_days"]
    return service.ItemDraft(
        name=values["name"],
        sku=values["sku"],
        category_id=values["category_id"],
        new_category=values.get("new_category") or "",
        base_unit=values["base_unit"] or "",
        packs=tuple(service.Pack(row["name"], row["quantity"], row["of_unit"]) for row in values["packs"]),
        barcodes=tuple(service.Barcode(row["gtin"], row["unit"] or "") for row in values["barcodes"]),
        levels=tuple(_level(row) for row in values["levels"]),
        grams_per_millilitre=values["grams_per_millilitre"],
        grams_per_each=values["grams_per_each"],
        allergens=values["allergens"],
        shelf_life_days=None if days is None else int(days),
        tracks_lots=values.get("tracks_lots") or (initial.tracks_lots if initial else "NO"),
        yield_ratio=values["yield_ratio"] or Decimal(0),
        note=values["note"],
        cost_method=values.get("cost_method") or (initial.cost_method if initial else Method.AVERAGE),
        id=initial.id if initial else None,
        version=initial.version if initial else 0,
    )


def _level(row: Mapping[str, Any]) -> service.SiteLevel:
    return service.SiteLevel(
        row["site_id"],
        row["par"],
        row["reorder_point"],
        row["home_location_id"],
        row["shelf_position"] or "",
        bool(row["is_key"]),
    )


def _without_category(values: Mapping[str, Any]) -> bool:
    return values.get("category_id") is None


ITEM = Group(
    "Item",
    (
        Field("name", "Name", required=True, max_length=120),
        Field("sku", "SKU", half=True, max_length=40, placeholder="The next free number"),
        Field(
            "base_unit",
            "Stock unit",
            FieldKind.CHOICE,
            required=True,
            half=True,
            choices=UNITS,
            placeholder="kg",
            help="Stock is kept in this unit; it stays once something moved.",
        ),
        Field("category_id", "Category", FieldKind.CHOICE, half=True, choices=CATEGORIES),
        Field("new_category", "or a new category", half=True, max_length=80, enabled=_without_category),
    ),
)
METHODS = Choices(tuple(Choice(method, title) for method, title in service.METHODS.items()))
METHOD = Field(
    "cost_method",
    "Cost method",
    FieldKind.CHOICE,
    required=True,
    default=Method.AVERAGE,
    choices=METHODS,
    help="How what leaves stock is costed. Once it moved, it changes from a day on, with a reason.",
)
PACKS = Field(
    "packs",
    "What each pack holds",
    FieldKind.ROWS,
    columns=(
        Field("name", "One …", required=True, placeholder="case"),
        Field("quantity", "is", FieldKind.QUANTITY, required=True, width=110, placeholder="6"),
        Field("of_unit", "of", required=True, placeholder="tin"),
    ),
)
BARCODES = Field(
    "barcodes",
    "Printed on",
    FieldKind.ROWS,
    columns=(
        Field("gtin", "Barcode", required=True, placeholder="4006381333931"),
        Field("unit", "On which pack", width=150, placeholder="stock unit"),
    ),
)
LEVELS = Field(
    "levels",
    "Par, reorder point and place",
    FieldKind.ROWS,
    columns=(
        Field("site_id", "Site", FieldKind.CHOICE, required=True, choices=SITES),
        Field("par", "Par", FieldKind.QUANTITY, width=72),
        Field("reorder_point", "Reorder at", FieldKind.QUANTITY, width=76),
        Field(
            "home_location_id", "Kept in", FieldKind.CHOICE, width=124, choices=Choices(load=service.location_choices)
        ),
        Field("shelf_position", "Shelf", width=60),
        Field("is_key", "Key item", FieldKind.CHECK, width=70),
    ),
)
KITCHEN = Group(
    "In the kitchen",
    (
        Field(
            "yield_ratio",
            "Yield",
            FieldKind.PERCENT,
            required=True,
            default=Decimal(1),
            half=True,
            help="What is left after trimming.",
        ),
        Field("shelf_life_days", "Shelf life", FieldKind.NUMBER, unit=say("days"), decimals=0, half=True),
        Field(
            "tracks_lots",
            "Lots",
            FieldKind.CHOICE,
            required=True,
            default="NO",
            choices=Choices(tuple(Choice(key, title) for key, title in service.LOT_KEEPING.items())),
            help="What comes in is of a lot, and what expires first leaves first. Its shelf life proposes the day.",
        ),
        Field(
            "grams_per_millilitre",
            "Weight of 1 l",
            FieldKind.NUMBER,
            unit="kg",
            half=True,
            help="Lets recipes weigh what is kept by volume.",
        ),
        Field(
            "grams_per_each",
            "Weight of one",
            FieldKind.NUMBER,
            unit="g",
            half=True,
            help="Lets recipes weigh what is kept by the piece.",
        ),
        Field(
            "allergens",
            "Allergens",
            FieldKind.MANY,
            choices=Choices(tuple(Choice(code, title) for code, title in service.ALLERGENS.items())),
        ),
        Field("note", "Note", FieldKind.MULTILINE),
    ),
)
FORM = FormSpec(
    title="New item",
    width=560,
    groups=(
        replace(ITEM, fields=(*ITEM.fields, METHOD)),
        Group("Packs", (PACKS,), "One case is 6 tin, one tin is 2.5 kg: each pack says how much of what is in it."),
        Group("Barcodes", (BARCODES,)),
        Group("At the sites", (LEVELS,), "How much each site wants to have, when to reorder, and where it is kept."),
        KITCHEN,
    ),
    save=service.save_item,
    build=draft,
    read=service.item,
    said=lambda saved: say("Saved {name} ({sku})", name=saved.name, sku=saved.sku),
    permission="items.edit",
)
EDIT = replace(FORM, title=say("Edit item"), groups=(ITEM, *FORM.groups[1:]))
