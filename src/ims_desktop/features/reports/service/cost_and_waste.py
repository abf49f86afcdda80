"""The report on cost and waste: food cost, waste and stock beside the period before, by week, reason and item."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Select

from ims_desktop.features.reports.rules import Question, Week, change, share, weeks_in
from ims_desktop.features.reports.service import ledger
from ims_desktop.features.reports.service.ledger import AFTER, BEFORE, BETWEEN, FOOD, NEITHER, NOW, WASTE
from ims_desktop.features.reports.service.parts import NOTHING, by_currency, currencies, grouped, total
from ims_desktop.features.reports.service.together import together
from ims_desktop.features.reports.service.values import Column, Kind, Parameter, Part, ReportSpec, Row, Table

Found = Mapping[str, Sequence[Row]]


def read_cost_and_waste(connection: Connection, question: Question) -> tuple[Part, ...]:
    """Cost, waste and stock of the period and of the one before, in one statement."""
    return cost_parts(together(connection, **cost_selects(question)), question)


def cost_selects(question: Question, mark: str = "") -> dict[str, Select[Any]]:
    """What is read, by the names `cost_parts` knows it by, each behind the `mark` of its question."""
    reasoned = ledger.with_reason(question, mark)
    selects = {
        "sites": ledger.scope(question),
        "sales": ledger.net_sales(question),
        "flows": ledger.flows(question),
        "reasons": ledger.reasons_by_week(reasoned),
        "items": ledger.wasted_items(reasoned),
        "stock": ledger.stock_now(question),
    }
    return {mark + name: chosen for name, chosen in selects.items()}


def cost_parts(found: Found, question: Question, mark: str = "") -> tuple[Part, ...]:
    """The figures of every currency from the rows found."""
    rows_of = {name: found[mark + name] for name in ("sites", "sales", "flows", "reasons", "items", "stock")}
    split = {name: by_currency(rows) for name, rows in rows_of.items()}
    used = (rows_of[name] for name in ("sales", "flows", "reasons", "stock"))
    return tuple(
        _part(currency, names, {name: rows[currency] for name, rows in split.items()}, question)
        for currency, names in currencies(rows_of["sites"], *used).items()
    )


def _part(currency: str, names: tuple[str, ...], found: Found, question: Question) -> Part:
    now, before = _figures(found, NOW, question), _figures(found, BEFORE, question)
    now["target"] = _target(found["sites"])
    tables = {
        "weeks": _weeks(found, question),
        "reasons": by_reason(found["reasons"], WASTE),
        "differences_by_reason": by_reason(found["reasons"], FOOD),
        "items": items(found["items"]),
        "reason_weeks": _reason_weeks(found["reasons"]),
    }
    return Part(currency, names, now, before, tables)


def _figures(found: Found, span: str, question: Question) -> dict[str, Any]:
    sold = -total(found["flows"], "sold", span=span)
    reasoned = {kind: total(found["reasons"], "value", span=span, **{"class": kind}) for kind in (FOOD, WASTE, NEITHER)}
    days = len(question.period if span == NOW else question.before)
    figures = _ratios(total(found["sales"], "net", span=span), sold + reasoned[FOOD], reasoned[WASTE])
    stock = _stock_at_end(found, span)
    return {
        **figures, "sold": sold, "differences": reasoned[FOOD], "neither": reasoned[NEITHER], "stock": stock,
        "days_of_cover": share(stock * days, figures["cost"]) if figures["cost"] > 0 else None,
    }  # fmt: skip


def _ratios(net: Decimal, cost: Decimal, waste: Decimal) -> dict[str, Any]:
    return {
        "net_sales": net, "cost": cost, "cost_ratio": share(cost, net), "waste": waste,
        "waste_ratio": share(waste, net), "with_waste": cost + waste, "with_waste_ratio": share(cost + waste, net),
    }  # fmt: skip


def _stock_at_end(found: Found, span: str) -> Decimal:
    """What there is now minus everything that came later."""
    later = (AFTER,) if span == NOW else (BETWEEN, NOW, AFTER)
    return total(found["stock"], "value") - sum((total(found["flows"], "value", span=when) for when in later), NOTHING)


def _weeks(found: Found, question: Question) -> tuple[Row, ...]:
    """The weeks of the period; the rows are put into weeks once, and not looked through for each of them."""
    by_week = {name: grouped(found[name], "span", "monday") for name in ("sales", "flows", "reasons")}
    made, stock = list[Row](), _stock_at_end(found, NOW)
    for week in reversed(list(weeks_in(question.period))):
        of = {name: weeks.get((NOW, week.monday), []) for name, weeks in by_week.items()}
        made.append(_week(of, week, stock))
        stock -= total(of["flows"], "value")  # what moved in it was not there at the end of the week before
    return tuple(reversed(made))


def _week(of: Found, week: Week, stock: Decimal) -> Row:
    """A week of its own rows; `stock` is what there was at its end."""
    sold = -total(of["flows"], "sold")
    differences, waste = (total(of["reasons"], "value", **{"class": kind}) for kind in (FOOD, WASTE))
    return {
        "week": week.monday, "from": week.days.first, "to": week.days.last, "days": len(week.days),
        **_ratios(total(of["sales"], "net"), sold + differences, waste), "stock": stock,
    }  # fmt: skip


def by_reason(rows: Sequence[Row], kind: str) -> tuple[Row, ...]:
    """What left with reasons of a class, the dearest first, beside the period before."""
    of_kind = [row for row in rows if row["class"] == kind]
    whole = total(of_kind, "value", span=NOW)
    found = [
        {
            "reason_id": reason_id, "reason": name, "value": (now := total(of, "value", span=NOW)),
            "share": share(now, whole), "before": (past := total(of, "value", span=BEFORE)),
            "change": change(now, past),
        }
        for (reason_id, name), of in grouped(of_kind, "reason_id", "reason").items()
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda row: (-row["value"], row["reason"])))


def items(rows: Sequence[Row]) -> tuple[Row, ...]:
    """Waste by item, the dearest first, with its main reason, beside the period before."""
    found = []
    for of in grouped(rows, "item_id").values():
        now = [row for row in of if row["span"] == NOW]
        if now:
            main = max(now, key=lambda row: (row["value"], row["reason"]))
            value, past = total(now, "value"), total(of, "value", span=BEFORE)
            found.append({
                **{key: main[key] for key in ("item_id", "item", "category", "unit", "reason_id", "reason")},
                "quantity": total(now, "quantity"), "value": value, "before": past, "change": change(value, past),
            })  # fmt: skip
    return tuple(sorted(found, key=lambda row: (-row["value"], row["item"])))


def _reason_weeks(rows: Sequence[Row]) -> tuple[Row, ...]:
    waste = [row for row in rows if row["span"] == NOW and row["class"] == WASTE]
    weeks = grouped(waste, "monday", "reason_id", "reason")
    found = [
        {"week": week, "reason_id": reason_id, "reason": name, "value": total(of, "value")}
        for (week, reason_id, name), of in weeks.items()
    ]
    return tuple(sorted(found, key=lambda row: (row["week"], row["reason"])))


def _target(sites: Sequence[Row]) -> Decimal | None:
    """The target of the sites, when they share one."""
    targets = {site["food_cost_target"] for site in sites}
    return share(targets.pop(), Decimal(100)) if len(targets) == 1 else None


_NET, _COST, _WASTE = Column("net_sales", "Net sales"), Column("cost", "Cost of food sold"), Column("waste", "Waste")
_COST_RATIO = Column("cost_ratio", "Food cost", Kind.RATIO)
_WASTE_RATIO = Column("waste_ratio", "Waste of sales", Kind.RATIO)
_VALUE, _PAST = Column("value", "Cost"), Column("before", "Period before")
_CHANGE = Column("change", "Change", Kind.RATIO)
_WEEK, _REASON = Column("week", "Week from", Kind.DAY), Column("reason", "Reason", Kind.TEXT)

REASON_TABLE = Table(
    "reasons",
    "Waste by reason",
    (_REASON, _VALUE, Column("share", "Share of waste", Kind.RATIO), _PAST, _CHANGE),
    ("value", "before"),
)
ITEM_TABLE = Table(
    "items", "Waste by item",
    (
        Column("item", "Item", Kind.TEXT), Column("category", "Category", Kind.TEXT),
        Column("reason", "Main reason", Kind.TEXT), Column("quantity", "Quantity", Kind.QUANTITY),
        _VALUE, _PAST, _CHANGE,
    ),
    ("value",),
)  # fmt: skip
WASTE_FORMULA = (
    "Waste = the value of stock that left with a reason of the class waste, corrections of its cost included.",
)

COST_AND_WASTE = ReportSpec(
    name="cost-and-waste",
    title="Cost and waste",
    about="Food cost, waste and stock, by week, reason and item, beside the period before.",
    parameters=(Parameter.PERIOD, Parameter.SITE),
    figures=(
        _NET, Column("sold", "Left with sales"), Column("differences", "Count differences and corrections"), _COST,
        _COST_RATIO, Column("target", "Food cost target", Kind.RATIO), _WASTE, _WASTE_RATIO,
        Column("with_waste", "Cost of food sold, including waste"),
        Column("with_waste_ratio", "Food cost, including waste", Kind.RATIO),
        Column("neither", "Staff meals, gratis and other uses"), Column("stock", "Stock at the end"),
        Column("days_of_cover", "Days of cover", Kind.QUANTITY),
    ),
    tables=(
        Table(
            "weeks", "By week",
            (
                _WEEK, Column("days", "Days", Kind.COUNT), _NET, _COST, _COST_RATIO, _WASTE, _WASTE_RATIO,
                Column("stock", "Stock at its end"),
            ),
            ("days", "net_sales", "cost", "waste"),
        ),
        REASON_TABLE,
        ITEM_TABLE,
        Table("differences_by_reason", "Differences by reason", (_REASON, _VALUE, _PAST, _CHANGE), ("value", "before")),
        Table("reason_weeks", "Waste by week and reason", (_WEEK, _REASON, _VALUE), ("value",)),
    ),
    formula=(
        "Cost of food sold = what left with sales + count differences and corrections of entries,"
        " at ledger value with the corrections of cost dated in the period.",
        "Staff meals, gratis and promotion, tasting, theft and opening stock are not cost of food sold; waste is listed"
        " separately and is inside the line “including waste” alone.",
        "Food cost % = cost of food sold / net sales. Waste % = waste / net sales.",
        *WASTE_FORMULA,
        "Stock at the end = stock now − everything that moved later."
        " Days of cover = stock at the end / average daily cost of food sold.",
    ),
    permissions=("reports.view", "stock.cost", "sales.view"),
    read=read_cost_and_waste,
)  # fmt: skip
