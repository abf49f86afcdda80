"""A menu item in the words of its panel: prices, plate cost, what is left of it, and what it asks."""

from ims_desktop.domain.wording import say
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
# Who may not see costs is only told what concerns selling.
SELLING = {"off", "paused", "unmapped", "unpriced"}


def describe(item: service.MenuItem, formats: Formats, costs: bool) -> Detail:
    """A menu item in words; costs only for those who may see them."""
    state = service.state_of(item)
    return Detail(
        title=" ".join(filter(None, (item.name, item.size))),
        code=item.code,
        chips=(STATES[state],) if costs or state in SELLING else (),
        line=" · ".join(filter(None, (item.category, item.site))),
        notes=_notes(item, formats, costs),
        facts=tuple(_facts(item, formats, costs)),
        trends=_prices(item, formats),
        related=(_made_of(item, formats, costs), _price_list(item, formats)),
    )


def _notes(item: service.MenuItem, formats: Formats, costs: bool) -> tuple[Note, ...]:
    if item.pause is not None:
        until = f"up to {formats.date(item.pause.until)}" if item.pause.until else "until further notice"
        return (Note(say("{site} is out of it {until}.", site=item.site, until=until), Tone.WARN),)
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


def _taxed(figures: Margin, formats: Formats) -> str:
    if figures.tax_percent is None:
        return "tax not known"
    if not figures.tax_percent:
        return "without tax"
    tax = formats.typed_number(figures.tax_percent)
    return f"{tax}% tax {'in it' if figures.includes_tax else 'on top'}"


def _facts(item: service.MenuItem, formats: Formats, costs: bool) -> list[Fact]:
    figures = item.figures
    facts = [Fact("Price", formats.money(figures.price), _taxed(figures, formats))]
    if costs:
        tone = Tone.WARN if figures.over_target else Tone.PLAIN
        target = f"target {formats.percent(figures.target, 0)}" if figures.target is not None else ""
        facts += [
            Fact("Plate cost", formats.money(figures.cost), item.currency or ""),
            Fact("Margin", formats.money(figures.margin), "net price less plate cost"),
            Fact("Food cost", formats.percent(figures.food_cost), target, tone),
        ]
    for sold in item.sold:
        if sold.until is not None:
            title = f"{sold.days} days to {formats.date(sold.until)}"
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
    if item.groups:
        asked = ", ".join(f"{one.name} ({_answers(one)})" for one in item.groups)
        facts.append(Fact("Asked with it", asked, wide=True))
    return facts


def _answers(asked: service.Asked) -> str:
    least = f"at least {asked.at_least}" if asked.at_least else "optional"
    if asked.at_least == asked.at_most:
        return f"exactly {asked.at_least}"
    return f"{least}, at most {asked.at_most}" if asked.at_most else least


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
            f"{formats.typed_number(round(part.quantity, 3))} {part.unit}"
            + (" · sub-recipe" if part.is_recipe else ""),
            formats.money(part.cost) if costs else "",
            place=Place("recipes" if part.is_recipe else "items", part.key),
        )
        for part in item.parts
    )
    whole = Place("recipes", item.recipe_id) if item.recipe_id else None
    return Related("Made of", lines, place=whole, empty="No recipe is valid today.")


def _price_list(item: service.MenuItem, formats: Formats) -> Related:
    lines = tuple(
        Line(
            f"{'from' if price.valid_from > formats.today() else 'since'} {formats.date(price.valid_from)}",
            price.site or "every site",
            formats.money(price.price),
        )
        for price in reversed(item.prices)
    )
    return Related("Prices", lines, empty="It has no price yet.")
