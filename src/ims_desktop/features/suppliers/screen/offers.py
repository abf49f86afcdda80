"""The page with everything that suppliers sell: one price list over all of them, changed in its cells."""

from typing import Any

from PySide6.QtWidgets import QWidget

from ims_desktop.domain.listing import Filter, Match, Sort
from ims_desktop.domain.wording import Words, say, say_count
from ims_desktop.features.items.service import category_choices
from ims_desktop.features.items.service.pictures import scanned
from ims_desktop.features.suppliers import service
from ims_desktop.features.suppliers.rules import LONGEST_CODE, LONGEST_PACK, MOST_PRICE, PriceDraft
from ims_desktop.features.suppliers.screen.detail import trend_of
from ims_desktop.features.suppliers.screen.forms import (
    EDIT_OFFER,
    NEW_OFFER,
    SUPPLIERS,
    contract_form,
    price_form,
    removal_form,
)
from ims_desktop.features.suppliers.screen.states import (
    COST_RIGHT,
    EDIT_RIGHT,
    OFFER_CHOICES,
    OFFER_STATES,
    SUBJECTS,
)
from ims_desktop.ui.archiving import Archiving
from ims_desktop.ui.cell_edit import CellEdit
from ims_desktop.ui.choices import Choices
from ims_desktop.ui.columns import Column, Kind
from ims_desktop.ui.desk import Desk, Place
from ims_desktop.ui.detail import Detail, DetailButton, DetailSpec, Fact, Line, Note, Related, Section
from ims_desktop.ui.formats import UNKNOWN, Formats
from ims_desktop.ui.list_page import ListPage
from ims_desktop.ui.list_spec import Action, Empty, FilterField, ListSpec, Scan, Tab
from ims_desktop.ui.records import records_of
from ims_desktop.ui.theme import Tone

HIGHEST = MOST_PRICE - 1


def _why_no_price(row: service.OfferRow) -> Words | None:
    return None if row.is_active else "Archived: take it back first."


COLUMNS = (
    Column("item", "Item", Kind.TITLE, 180, sub="sku", sortable=True, stretch=True, opens="items", link="item_id"),
    Column("supplier", "Supplier", width=130, sortable=True, filter=SUPPLIERS),
    Column(
        "pack",
        "Pack",
        width=112,
        edit=CellEdit(EDIT_RIGHT, required=True, most=LONGEST_PACK),
    ),
    Column("pack_quantity", "Holds", Kind.QUANTITY, 96, unit="base_unit"),
    Column("supplier_code", "Code", width=92, firm=True, edit=CellEdit(EDIT_RIGHT, most=LONGEST_CODE)),
    Column(
        "price",
        "Listed price",
        Kind.COST,
        140,
        unit="currency",
        sortable=True,
        permission=COST_RIGHT,
        edit=CellEdit(EDIT_RIGHT, required=True, high=HIGHEST, decimals=4, why_not=_why_no_price),
    ),
    Column("in_force", "Counts today", Kind.COST, 112, permission=COST_RIGHT, hidden=True),
    Column("unit_price", "Per stock unit", Kind.COST, 118, sortable=True, permission=COST_RIGHT),
    Column("valid_from", "Since", Kind.DATE, 104, sortable=True, hidden=True, permission=COST_RIGHT),
    Column("is_preferred", "Preferred", Kind.FLAG, 92, edit=CellEdit(EDIT_RIGHT)),
    Column("state", "Price", Kind.CHIP, 136, chips=OFFER_STATES, filter=OFFER_CHOICES),
)


def describe(offer: service.Offer, formats: Formats) -> Detail:
    """A line of the price list in words."""
    state = _state(offer)
    outside = say(
        "The list asks {listed}; the contract says {agreed}.",
        listed=formats.money(offer.listed),
        agreed=formats.money(offer.in_force),
    )
    return Detail(
        title=offer.item,
        code=offer.supplier_code,
        chips=(OFFER_STATES[state],),
        line=f"{offer.supplier} · {offer.pack}",
        notes=(Note(outside, Tone.WARN),) if state == "outside" else (),
        facts=(
            Fact("One pack holds", formats.quantity(offer.pack_quantity, offer.base_unit)),
            Fact("Preferred", "Yes" if offer.is_preferred else "No"),
            *(_prices(offer, formats) if offer.shows_prices else ()),
        ),
        trends=(trend_of(offer.prices, "Listed price", formats),) if len(offer.prices) > 1 else (),
        related=tuple(_related(offer, formats)) if offer.shows_prices else (),
    )


def _prices(offer: service.Offer, formats: Formats) -> tuple[Fact, ...]:
    unit_price = f"{formats.cost(offer.unit_price)} / {offer.base_unit}" if offer.unit_price is not None else UNKNOWN
    return (
        Fact("Price of a pack", formats.money(offer.in_force), offer.currency),
        Fact("Per stock unit", unit_price),
    )


def _state(offer: service.Offer) -> str:
    if not offer.is_active:
        return "archived"
    if offer.in_force is None:
        return "unpriced"
    if offer.in_force != offer.listed:
        return "outside" if offer.listed is not None else "contract"
    return "listed"


def _related(offer: service.Offer, formats: Formats) -> tuple[Related, ...]:
    listed = tuple(Line(formats.date(one.valid_from), value=formats.money(one.price)) for one in reversed(offer.prices))
    fixed = tuple(
        Line(f"{formats.date(one.valid_from)} – {formats.date(one.valid_until)}", value=formats.money(one.price))
        for one in reversed(offer.contracts)
    )
    others = tuple(
        Line(one.supplier, one.pack, f"{formats.cost(one.unit_price)} / {offer.base_unit}", _tone(offer, one),
             Place("supplier_items", one.id))
        for one in offer.rivals
    )  # fmt: skip
    return (
        Related("Contracts", fixed, empty="No price is fixed by a contract."),
        Related("Prices", listed, empty="No price is known yet."),
        Related("Elsewhere", others, empty="Nobody else sells it."),
    )


def _tone(offer: service.Offer, other: Any) -> Tone:
    mine = offer.unit_price
    return Tone.OK if mine is not None and other.currency == offer.currency and other.unit_price < mine else Tone.PLAIN


def _new_price(page: Any, offer: service.Offer) -> None:
    formats = page.desk.formats
    page.open_form(price_form(formats), PriceDraft(offer.id, offer.listed, formats.today()))


def _contract(page: Any, offer: service.Offer) -> None:
    formats = page.desk.formats
    page.open_form(contract_form(formats), PriceDraft(offer.id, offer.in_force, formats.today(), is_contract=True))


def _remove_price(page: Any, offer: service.Offer) -> None:
    page.open_form(removal_form(offer, page.desk.formats))


def _in_state(key: str) -> tuple[Filter, ...]:
    return (Filter("state", Match.IN, (key,)),)


NEW = Action("New supplier item", lambda page, _rows: page.open_form(NEW_OFFER), icon="plus", permission=EDIT_RIGHT)
ARCHIVING = Archiving(
    service.set_offers_active,
    EDIT_RIGHT,
    lambda rows: say_count("{count} archived", "{count} archived", len(rows)),
    lambda rows: say_count("{count} taken back", "{count} taken back", len(rows)),
    restore="Restore",
)
FIND_OFFERS = records_of(service.offers, "item", "supplier")
SPEC = ListSpec(
    key="supplier_items",
    title="Supplier items",
    noun=("supplier item", "supplier items"),
    columns=COLUMNS,
    read=service.offers,
    summary=service.offers_summary,
    counts=service.offer_counts,
    save=service.save_offer_cells,
    subjects=SUBJECTS,
    search_hint="Find by item, SKU, supplier or code",
    filters=(
        FilterField("category", "Category", Choices(load=category_choices)),
        FilterField("item_id", "Item", Choices(search=service.item_options), offered=False),
    ),
    tabs=(
        Tab("active", "Active", (Filter("is_active", Match.IN, (True,)),)),
        Tab("contract", "Under contract", _in_state("contract")),
        Tab("outside", "Outside contract", _in_state("outside")),
        Tab("unpriced", "Without price", _in_state("unpriced")),
        Tab("archived", "Archived", _in_state("archived")),
    ),
    sort=(Sort("item"), Sort("unit_price")),
    scan=Scan(scanned, "item_id"),
    primary=NEW,
    actions=ARCHIVING.actions,
    detail=DetailSpec(
        service.offer,
        describe,
        subjects=SUBJECTS,
        buttons=(
            DetailButton("Edit", lambda page, one: page.open_form(EDIT_OFFER, key=one.id), "pencil-simple", EDIT_RIGHT),
            DetailButton("New price", _new_price, "tag", EDIT_RIGHT),
            DetailButton("Contract", _contract, "handshake", EDIT_RIGHT),
            DetailButton(
                "Remove a price …",
                _remove_price,
                "trash",
                EDIT_RIGHT,
                show=lambda one: bool(one.prices or one.contracts),
                menu=True,
            ),
        ),
    ),
    empty=Empty("Nothing is sold yet", "Add what a supplier sells, or import a price list.", NEW),
)


def build_offers(desk: Desk, sections: tuple[Section, ...] = ()) -> QWidget:
    """The page of supplier items; `sections` are what other capabilities show under a line."""
    return ListPage(desk, SPEC.with_sections(sections))
