"""A menu item in the words of its panel: prices, plate cost, what is left of it, and what it asks."""

from ims_desktop.domain.listing import Filter, Match
from ims_desktop.domain.wording import Words, commas, dotted, say, word
from ims_desktop.features.items.service import ALLERGENS
from ims_desktop.features.menu import service
from ims_desktop.features.menu.rules import ENDINGS, Margin
from ims_desktop.ui.chips import Chip
from ims_desktop.ui.desk import Place
from ims_desktop.ui.detail import Detail, Fact, Line, Note, Related, Trend
from ims_desktop.ui.formats import Formats
from ims_desktop.ui.theme import Tone

STATES = {
    "ok": Chip("Within target", Tone.OK),
    "over": Chip("Over target", Tone.WARN),
    "unmapped": Chip("No recipe", Tone.INFO),
    "uncosted": Chip("Cost not known", Tone.NEUTRAL),
    "unpriced": Chip("No price", Tone.INFO),
    "paused": Chip("Not here now", Tone.WARN),
    "off": Chip("Not available", Tone.NEUTRAL),
}
MOST_OUTLETS, COST = 6, "stock.cost"
# Who may not see costs is only told what concerns selling.
SELLING = {"off", "paused", "unmapped", "unpriced"}


def describe(item: service.MenuItem, formats: Formats, costs: bool) -> Detail:
    """A menu item in words; costs only for those who may see them."""
    state = service.state_of(item)
    return Detail(
        title=" ".join(filter(None, (item.name, item.size))),
        code=item.code,
        chips=(STATES[state],) if costs or state in SELLING else (),
        line=dotted(item.category or "", item.site or ""),
        notes=_notes(item, formats, costs),
        facts=tuple(_facts(item, formats, costs)),
        trends=_prices(item, formats),
        related=(
            _made_of(item, formats, costs),
            *_allergens(item),
            *_sold_where(item, formats),
            _price_list(item, formats),
        ),
    )


def _notes(item: service.MenuItem, formats: Formats, costs: bool) -> tuple[Note, ...]:
    if item.pause is not None:
        if item.pause.until is None:
            return (Note(say("{site} is out of it until further notice.", site=item.site), Tone.WARN),)
        until = formats.date(item.pause.until)
        return (Note(say("{site} is out of it up to {day}.", site=item.site, day=until), Tone.WARN),)
    if item.recipe_id is None:
        return (Note("It has no recipe: its sales take nothing out of stock and cost nothing.", Tone.INFO),)
    unknown = [part.name for part in item.parts if part.cost is None]
    if costs and unknown:
        return (
            Note(
                say("Without a cost at {site}: {unknown}.", site=item.site, unknown=", ".join(unknown[:4])), Tone.WARN
            ),
        )
    return ()


def _taxed(figures: Margin, formats: Formats) -> Words:
    if figures.tax_percent is None:
        return "tax not known"
    if not figures.tax_percent:
        return "without tax"
    tax = formats.typed_number(figures.tax_percent)
    return say("{tax}% tax in it", tax=tax) if figures.includes_tax else say("{tax}% tax on top", tax=tax)


def _facts(item: service.MenuItem, formats: Formats, costs: bool) -> list[Fact]:
    figures = item.figures
    tone = Tone.WARN if costs and figures.over_target else Tone.PLAIN
    facts = [Fact("Price", formats.money(figures.price), _taxed(figures, formats), tone)]
    if costs:
        target = say("target {share}", share=formats.percent(figures.target, 0)) if figures.target is not None else ""
        facts += [
            Fact("Plate cost", formats.money(figures.cost), item.currency or ""),
            Fact("Margin", formats.money(figures.margin), "net price less plate cost"),
            Fact("Food cost", formats.percent(figures.food_cost), target, tone),
        ]
    for sold in item.sold:
        if sold.until is not None:
            title = say("{count} days to {day}", count=sold.days, day=formats.date(sold.until))
            facts.append(
                Fact(
                    title,
                    formats.typed_number(sold.quantity),
                    say("sold, {revenue} net", revenue=formats.money(sold.revenue)),
                )
            )
    if costs and figures.over_target:
        better = figures.suggested(ENDINGS[".90"])
        facts.append(Fact("Price for the target", formats.money(better), "rounded up to .90"))
    facts.append(Fact("Allergens", _allergen_names(item), wide=True))
    if item.groups:
        asked = commas(say("{question} ({rule})", question=one.name, rule=_answers(one)) for one in item.groups)
        facts.append(Fact("Asked with it", asked, wide=True))
    return facts


def _answers(asked: service.Asked) -> Words:
    return service.answers_rule(asked.at_least, asked.at_most)


def _prices(item: service.MenuItem, formats: Formats) -> tuple[Trend, ...]:
    own = [price for price in item.prices if price.site is not None] or item.prices
    past = [price for price in own if price.valid_from <= formats.today()]
    if len(past) < 2:
        return ()
    labels = tuple(formats.date(price.valid_from) for price in past)
    return (Trend("Price over time", tuple(price.price for price in past), labels, steps=True),)


def _made_of(item: service.MenuItem, formats: Formats, costs: bool) -> Related:
    lines = tuple(
        Line(
            part.name,
            dotted(
                f"{formats.typed_number(round(part.quantity, 3))} {part.unit}",
                say("sub-recipe") if part.is_recipe else "",
            ),
            formats.money(part.cost) if costs else "",
            place=Place("recipes" if part.is_recipe else "items", part.key),
        )
        for part in item.parts
    )
    whole = Place("recipes", item.recipe_id) if item.recipe_id else None
    return Related("Made of", lines, place=whole, empty="No recipe is valid today.")


def _allergen_names(item: service.MenuItem) -> str:
    """Those of the dish itself, then those that come with an answer alone."""
    if item.allergens is None:
        return say("Your roles do not show them.")
    own = {one.code: "" for one in item.allergens if not one.modifier}
    added = {one.code: one.modifier for one in item.allergens if one.modifier and one.code not in own}
    named = [word(ALLERGENS.get(code, code)) for code in sorted(own)]
    named += [
        say("{allergen} with {answer}", allergen=word(ALLERGENS.get(c, c)), answer=added[c]) for c in sorted(added)
    ]
    return commas(named) or say("None noted")


def _allergens(item: service.MenuItem) -> tuple[Related, ...]:
    """Where every allergen comes from."""
    found: dict[str, list[str]] = {}
    for one in item.allergens or ():
        words = say("{item} in {recipe}", item=one.item, recipe=one.through) if one.through else one.item
        if one.modifier:
            words = say("{answer}: {what}", answer=one.modifier, what=words)
        found.setdefault(one.code, []).append(words)
    lines = tuple(Line(word(ALLERGENS.get(code, code)), commas(found[code])) for code in sorted(found))
    return (Related("Allergens come from", lines),) if lines else ()


def _sold_where(item: service.MenuItem, formats: Formats) -> tuple[Related, ...]:
    """Where it was sold lately; a line leads to its orders."""
    if not item.outlets:
        return ()
    lines = tuple(
        Line(
            dotted(outlet.site, outlet.channel),
            say(
                "{quantity} sold on {orders} orders",
                quantity=formats.typed_number(outlet.quantity),
                orders=formats.number(outlet.orders),
            ),
            formats.money(outlet.revenue),
            place=Place("orders", filters=_orders_of(item, outlet, outlet.site, outlet.channel)),
        )
        for outlet in item.outlets[:MOST_OUTLETS]
    )
    first = item.outlets[0]
    title = say("Sold in 30 days to {day}", day=formats.date(first.last))
    count = sum(outlet.orders for outlet in item.outlets)
    return (Related(title, lines, count, Place("orders", filters=_orders_of(item, first))),)


def _orders_of(item: service.MenuItem, outlet: service.Outlet, *where: str) -> tuple[Filter, ...]:
    days = Filter("business_day", Match.BETWEEN, (outlet.first, outlet.last))
    among = (Filter(key, Match.IN, (value,)) for key, value in zip(("site", "channel"), where, strict=False))
    return (days, Filter("dish", Match.IN, (item.id,)), *among)


def _price_list(item: service.MenuItem, formats: Formats) -> Related:
    lines = tuple(
        Line(
            say("from {day}", day=formats.date(price.valid_from))
            if price.is_planned
            else say("since {day}", day=formats.date(price.valid_from)),
            dotted(price.site or say("every site"), say("planned") if price.is_planned else ""),
            formats.money(price.price),
            Tone.INFO if price.is_planned else Tone.PLAIN,
        )
        for price in reversed(item.prices)
    )
    return Related("Prices", lines, empty="It has no price yet.")
