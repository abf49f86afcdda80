"""The waste report: what was thrown away, by reason and by item."""

from sqlalchemy import Connection

from ims_desktop.features.reports.rules import Question, change, share
from ims_desktop.features.reports.service import ledger
from ims_desktop.features.reports.service.cost_and_waste import (
    ITEM_TABLE,
    REASON_TABLE,
    WASTE_FORMULA,
    by_reason,
    items,
)
from ims_desktop.features.reports.service.ledger import BEFORE, NOW, WASTE
from ims_desktop.features.reports.service.parts import by_currency, currencies, total
from ims_desktop.features.reports.service.together import together
from ims_desktop.features.reports.service.values import Column, Kind, Parameter, Part, ReportSpec


def read_waste(connection: Connection, question: Question) -> tuple[Part, ...]:
    """Waste of the period and of the one before, in one statement."""
    reasoned = ledger.with_reason(question)
    found = together(
        connection,
        sites=ledger.scope(question),
        sales=ledger.net_sales(question),
        reasons=ledger.reasons_by_week(reasoned),
        items=ledger.wasted_items(reasoned),
    )
    split = {name: by_currency(rows) for name, rows in found.items()}
    parts = []
    for currency, names in currencies(found["sites"], found["sales"], found["reasons"]).items():
        figures, before = (
            {
                "waste": (waste := total(split["reasons"][currency], "value", span=span, **{"class": WASTE})),
                "net_sales": (net := total(split["sales"][currency], "net", span=span)),
                "waste_ratio": share(waste, net),
            }
            for span in (NOW, BEFORE)
        )
        figures["change"] = change(figures["waste"], before["waste"])
        tables = {"reasons": by_reason(split["reasons"][currency], WASTE), "items": items(split["items"][currency])}
        parts.append(Part(currency, names, figures, before, tables))
    return tuple(parts)


WASTE_REPORT = ReportSpec(
    name="waste",
    title="Waste",
    about="What was thrown away, by reason and item, beside the period before.",
    parameters=(Parameter.PERIOD, Parameter.SITE),
    figures=(
        Column("waste", "Waste"), Column("net_sales", "Net sales"), Column("waste_ratio", "Waste of sales", Kind.RATIO),
        Column("change", "Change of waste", Kind.RATIO),
    ),
    tables=(REASON_TABLE, ITEM_TABLE),
    formula=(
        *WASTE_FORMULA,
        "Waste % = waste / net sales. The main reason of an item is the one with the highest cost.",
    ),
    permissions=("reports.view", "stock.cost"),
    read=read_waste,
)  # fmt: skip
