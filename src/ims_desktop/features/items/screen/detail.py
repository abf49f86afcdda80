"""The panel of an item: what there is, what it costs, its units, and where it is used."""

from collections.abc import Iterator
from decimal import Decimal

from ims_desktop.domain.listing import Filter, Match
from ims_desktop.domain.wording import dotted, say, say_count
from ims_desktop.features.items import service
from ims_desktop.features.items.rules.offers import Offer
from ims_desktop.features.items.screen.states import STATES
from ims_desktop.ui.desk import Place
from ims_desktop.ui.detail import Detail, Fact, Line, Note, Related
from ims_desktop.ui.formats import UNKNOWN, Formats
from ims_desktop.ui.language import said
from ims_desktop.ui.theme import Tone

TONES = {"negative": Tone.BAD, "out": Tone.BAD, "low": Tone.WARN, "ok": Tone.PLAIN}
WHOLE = Decimal(1)


def describe(item: service.Item, formats: Formats) -> Detail:
    """An item in words."""
    return Detail(
        title=item.name,
        code=item.sku,
        chips=(STATES[item.state],),
        line=say("{category} · kept in {unit}", category=item.category, unit=item.base_unit),
        notes=tuple(_notes(item)),
        facts=(*_figures(item, formats), *_properties(item, formats)),
        related=tuple(_related(item, formats)),
    )


def _notes(item: service.Item) -> Iterator[Note]:
    if item.merged_into is not None:
        yield Note(say("Merged into {name}. Its movements are kept here.", name=item.merged_into.name), Tone.INFO)
    below = [at.site for at in item.here if at.quantity < 0]
    if below:
        yield Note(
            say("Stock is below zero at {below}: something was used that was never received.", below=", ".join(below)),
            Tone.BAD,
        )


def _figures(item: service.Item, formats: Formats) -> Iterator[Fact]:
    where = say("all sites") if len(item.here) > 1 else item.here[0].site if item.here else ""
    yield Fact("On hand", _amount(item, item.on_hand, formats), where)
    yield Fact("Par", UNKNOWN if item.par is None else _amount(item, item.par, formats))
    if item.value is not None:
        yield Fact("Value", formats.money(item.value), item.here[0].currency if item.here else "")
    if item.average_cost is not None:
        yield Fact("Average cost", f"{formats.cost(item.average_cost)} / {item.base_unit}")


def _amount(item: service.Item, quantity: Decimal, formats: Formats) -> str:
    return formats.quantity(quantity, item.base_unit, item.decimals(quantity))


def _properties(item: service.Item, formats: Formats) -> Iterator[Fact]:
    yield Fact("Cost method", said(service.METHODS[item.cost_method]))
    if item.yield_ratio != WHOLE:
        yield Fact("Yield", formats.percent(item.yield_ratio))
    if item.shelf_life_days is not None:
        yield Fact("Shelf life", say_count("{count} day", "{count:,} days", item.shelf_life_days))
    if item.tracks_lots != "NO":
        yield Fact("Lots", said(service.LOT_KEEPING[item.tracks_lots]))
    if item.grams_per_millilitre is not None:
        yield Fact("Weight of 1 l", f"{formats.typed_number(item.grams_per_millilitre)} kg")
    if item.grams_per_each is not None:
        yield Fact("Weight of one", f"{formats.typed_number(item.grams_per_each)} g")
    if item.allergens:
        yield Fact(
            "Allergens", ", ".join(said(service.ALLERGENS.get(code, code)) for code in item.allergens), wide=True
        )
    if item.note:
        yield Fact("Note", item.note, wide=True)


def _related(item: service.Item, formats: Formats) -> Iterator[Related]:
    if item.stock:
        yield Related("At the sites", tuple(_site(item, at, formats) for at in item.stock))
    if item.merged_into is not None:
        winner = item.merged_into
        yield Related("Goes on as", (Line(winner.name, place=Place("items", winner.id)),))
    packs = tuple(Line(pack.name.capitalize(), pack.path) for pack in item.packs)
    yield Related("Packs", packs, empty=say("It is counted in {base_unit} only.", base_unit=item.base_unit))
    if item.barcodes:
        yield Related("Barcodes", tuple(Line(code.gtin, value=code.unit) for code in item.barcodes))
    if item.offers:
        yield Related("Suppliers, the cheapest first", tuple(_offer(item, offer, formats) for offer in item.offers))
    used = tuple(Line(recipe.name, place=Place("recipes", recipe.id)) for recipe in item.used_in)
    yield Related("Used in", used, empty="No recipe uses it.")
    if item.merged:
        before = tuple(
            Line(
                one.name, say("its movements"), place=Place("movements", filters=(Filter("item", Match.IN, (one.id,)),))
            )
            for one in item.merged
        )
        whole = Place("movements", filters=(Filter("lineage", Match.IN, (item.id,)),))
        yield Related("Merged into this", before, place=whole)


def _offer(item: service.Item, offer: Offer, formats: Formats) -> Line:
    """A supplier with the price of one base unit, in one currency where there is a rate."""
    marks = (say("preferred") if offer.is_preferred else "", say("contract") if offer.is_contract else "")
    note = dotted(offer.pack, *marks)
    place = Place("suppliers", offer.supplier_id)
    if offer.unit_price is None:
        return Line(offer.supplier, note, place=place)
    if offer.comparable is None:
        price = f"{formats.cost(offer.unit_price)} {offer.currency}"
        return Line(
            offer.supplier,
            say("{note} · no rate for {currency}", note=note, currency=offer.currency),
            price,
            Tone.WARN,
            place,
        )
    return Line(offer.supplier, note, f"{formats.cost(offer.comparable)} / {item.base_unit}", place=place)


def _site(item: service.Item, at: service.StockAt, formats: Formats) -> Line:
    level = next((level for level in item.levels if level.site_id == at.site_id), None)
    places = [f"{name} {formats.typed_number(amount)}" for name, amount in at.locations]
    if not places and level and level.home:
        places = [level.home]
    par = say("par {amount}", amount=formats.typed_number(at.par)) if at.par is not None else ""
    note = dotted(*places, par)
    return Line(at.site, note, _amount(item, at.quantity, formats), TONES[at.state])
