"""What the columns of a sales file can mean, and by which names the tills of this world call them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from itertools import pairwise

from ims_desktop.domain.file_values import read_money, read_when
from ims_desktop.domain.numbers import NotANumber
from ims_desktop.domain.table_file import Table, fold_header
from ims_desktop.domain.wording import Words, say


class Field(Enum):
    """A meaning that a column can have; the value is its title on the screen."""

    ORDER = say("Order")
    LINE = say("Line number")
    TIMESTAMP = say("Date and time")
    DATE = say("Date")
    TIME = say("Time")
    CODE = say("Menu code")
    NAME = say("Menu item")
    VARIATION = say("Size or variation")
    MODIFIERS = say("Modifiers")
    QUANTITY = say("Quantity")
    UNIT = say("Unit")
    PRICE = say("Price")
    GROSS = say("Total before discount")
    DISCOUNT = say("Discount")
    TOTAL = say("Total")
    TAX = say("Tax")
    VOID = say("Void or refund")
    SITE = say("Restaurant")
    CHANNEL = say("Channel")
    COVERS = say("Covers")


# Names in the order of preference, written in words; compared without case, accents, spaces and punctuation.
_NAMES: Mapping[Field, str] = {
    Field.ORDER: (
        "order reference|order number|order no|order id|transaction id|order #|receipt number|receipt no|"
        "receipt|check id|check number|check #|ticket number|ticket id|ticket|bill number|bill no|order|"
        "transaction|invoice number|numero ordine|ordine|scontrino|numero scontrino|id ordine|bestellnummer|"
        "bestellung|belegnummer|bon|numero de commande|commande|numero de pedido|pedido|ticket n|name"
    ),
    Field.LINE: "line number|line id|order line id|order details id|order detail id|item selection id|line no|riga",
    Field.TIMESTAMP: (
        "timestamp|date time|datetime|date and time|order date|created at|sent date|opened|paid at|closed at|"
        "transaction time|sale time|order time stamp|data e ora|data ora|datum uhrzeit|date et heure|"
        "fecha y hora"
    ),
    Field.DATE: (
        "business date|business day|date|sale date|sales date|transaction date|day|data|datum|fecha|giorno|tag"
    ),
    Field.TIME: "time|order time|sale time|hour|ora|uhrzeit|zeit|heure|hora",
    Field.CODE: (
        "menu code|item code|product code|plu|plu code|sku|lineitem sku|menu item id|item id|product id|"
        "pizza id|article number|item number|store code|code|codice|codice articolo|codice prodotto|"
        "artikelnummer|artikel nr|code article|codigo"
    ),
    Field.NAME: (
        "menu item|menu item name|item name|item|product name|product|lineitem name|line item|dish|article|"
        "name|description|articolo|prodotto|piatto|descrizione|nome|artikel|bezeichnung|article name|plat|"
        "designation|articulo|producto|nombre"
    ),
    Field.VARIATION: "price point name|variation name|variation|variant|size|portion|formato|taglia|variante|taille",
    Field.MODIFIERS: (
        "modifiers applied|modifiers|modifier|modifier name|item modifiers|options|item options|"
        "extras|add ons|addons|toppings|special requests|varianti applicate|aggiunte|modificatori|zusatze|optionen|"
        "beilagen|supplements|modificateurs|suplementos|modificadores"
    ),
    Field.QUANTITY: (
        "quantity|qty|lineitem quantity|item qty|quantity sold|qty sold|units sold|sold|count sold|quantita|"
        "q.ta|qta|pezzi|menge|anzahl|quantite|qte|cantidad"
    ),
    Field.UNIT: "unit|unit of measure|uom|unita|unita di misura|einheit|unite|unidad",
    Field.PRICE: (
        "unit price|price|lineitem price|price each|item price|avg price|prezzo unitario|prezzo|einzelpreis|"
        "preis|prix unitaire|prix|precio unitario|precio"
    ),
    Field.GROSS: "product sales|gross price|gross sales|gross amount|subtotal|lordo|brutto",
    Field.DISCOUNT: "discounts|discount|discount amount|sconto|sconti|rabatt|remise|descuento",
    Field.TOTAL: (
        "total price|line total|net sales|net price|net total|net amount|total|amount|sales|revenue|"
        "extended price|totale|importo|totale riga|gesamt|gesamtpreis|summe|betrag|montant|importe"
    ),
    Field.TAX: "tax|taxes|vat|tax amount|iva|mwst|tva|impuesto",
    Field.VOID: "void?|void|voided|event type|operation type|is void|refund|status|stornato|storno|annule|anulado",
    Field.SITE: "restaurant|location|store|site|outlet|branch|location name|ristorante|sede|filiale|restaurante",
    Field.CHANNEL: "channel|dining option|order type|service type|canale|tipo ordine|kanal|canal",
    Field.COVERS: "covers|guests|guest count|number of guests|coperti|gaste|couverts|comensales",
}

NAMES: Mapping[Field, tuple[str, ...]] = {
    field: tuple(dict.fromkeys(fold_header(name) for name in (*names.split("|"), field.value)))
    for field, names in _NAMES.items()
}
"""Folded column names of each field, the preferred ones first."""

FAMILIAR: frozenset[str] = frozenset(name for names in NAMES.values() for name in names)
"""Every folded name that some field answers to."""

MENU_SHARE = 0.5
_MENU_SAMPLE = 500
_CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the file and what it means (None: it is left out), with the reason."""

    place: int
    header: str
    field: Field | None
    reason: Words


def map_columns(
    table: Table, chosen: Mapping[int, Field | None], menu: Collection[str] = frozenset()
) -> tuple[Column, ...]:
    """Say what each column means: as chosen, by its contents (menu codes), or by its name; each meaning once."""
    meaning: dict[int, tuple[Field | None, Words]] = {place: (field, say("chosen")) for place, field in chosen.items()}
    taken = {field for field in chosen.values() if field}
    for field, place, reason in (*_by_contents(table, menu), *_by_name(table.header)):
        if place not in meaning and field not in taken:
            meaning[place] = field, reason
            taken.add(field)
    for place, better in _second_thoughts(table, {field: at for at, (field, _) in meaning.items() if field}):
        if place not in chosen:
            meaning[place] = better
    return tuple(
        Column(place, header, *meaning.get(place, (None, say("not needed"))))
        for place, header in enumerate(table.header)
    )


def _second_thoughts(table: Table, places: Mapping[Field, int]) -> Iterable[tuple[int, tuple[Field | None, Words]]]:
    """What the contents say against the name of a column."""
    if Field.TIME in places and not places.keys() & {Field.DATE, Field.TIMESTAMP}:
        whens = [read_when(row[places[Field.TIME]]) for row in table.rows[:_MENU_SAMPLE]]
        if any(whens):
            yield places[Field.TIME], (Field.TIMESTAMP, say("its cells hold dates too"))
    if Field.QUANTITY not in places and Field.PRICE in places and Field.TOTAL in places:
        yield from _counted(table, places)
    if Field.ORDER in places and Field.PRICE in places:
        for field in (Field.GROSS, Field.DISCOUNT, Field.TOTAL, Field.TAX):
            if field in places and _once_an_order(table, places[Field.ORDER], places[field]):
                yield places[field], (None, say("it is the order's, not the line's"))


def _counted(table: Table, places: Mapping[Field, int]) -> Iterable[tuple[int, tuple[Field | None, Words]]]:
    """A column without a better name that, times the price, makes the total: how many were sold."""
    for place in range(len(table.header)):
        if place in places.values() or not table.rows:
            continue
        if all(_makes(row[place], row[places[Field.PRICE]], row[places[Field.TOTAL]]) for row in table.rows):
            yield place, (Field.QUANTITY, say("times the price it makes the total"))
            return


def _makes(quantity: str, price: str, total: str) -> bool:
    try:
        count, each, whole = (read_money(text, ".") for text in (quantity, price, total))
    except NotANumber:
        return False
    return abs(count * each - whole) < _CENT


def _once_an_order(table: Table, order: int, place: int) -> bool:
    """Whether a column is filled in the first line of each order only."""
    later = [
        bool(row[place].strip())
        for above, row in pairwise(table.rows)
        if row[order].strip() and row[order].strip() == above[order].strip()
    ]
    return bool(later) and not any(later)


def _by_contents(table: Table, menu: Collection[str]) -> Iterable[tuple[Field, int, Words]]:
    """The column whose cells are codes or names of the menu, however it is called."""
    if not menu:
        return
    shares = {}
    for place in range(len(table.header)):
        cells = [fold_header(row[place]) for row in table.rows[:_MENU_SAMPLE]]
        shares[place] = sum(cell in menu for cell in cells) / max(1, len(cells))
    place = max(shares, key=lambda each: (shares[each], -each), default=0)
    if shares.get(place, 0) >= MENU_SHARE:
        by_name = dict(_names_of(table.header)).get(place)
        field = Field.NAME if by_name is Field.NAME else Field.CODE
        yield field, place, say("{share:.0f} % of it is on the menu", share=shares[place] * 100)


def _by_name(header: Sequence[str]) -> Iterable[tuple[Field, int, Words]]:
    folded = [fold_header(name) for name in header]
    matches = [
        (names.index(name), place, field)
        for field, names in NAMES.items()
        for place, name in enumerate(folded)
        if name in names
    ]
    # A name that is a field's first choice beats one that is another field's tenth.
    for _, place, field in sorted(matches, key=lambda match: match[:2]):
        yield field, place, say("by its name")


def _names_of(header: Sequence[str]) -> Iterable[tuple[int, Field]]:
    return {place: field for field, place, _ in reversed([*_by_name(header)])}.items()
