"""Reports as values: what there is to read, how it is read, and how it is written down."""

from ims_desktop.features.reports.rules import DishClass, Question, Span
from ims_desktop.features.reports.service.catalogue import (
    REPORTS,
    Choice,
    find_report,
    newest_day,
    read_choice,
    read_report,
    standing_of,
)
from ims_desktop.features.reports.service.cost_and_waste import cost_parts, cost_selects
from ims_desktop.features.reports.service.engineering import Standing
from ims_desktop.features.reports.service.ledger import BOUGHT, MOVED, SOLD, WITH_REASON, scope
from ims_desktop.features.reports.service.output import as_csv, as_json, as_table, written
from ims_desktop.features.reports.service.parts import by_currency, total
from ims_desktop.features.reports.service.sales import sales_by_day
from ims_desktop.features.reports.service.together import together
from ims_desktop.features.reports.service.values import Column, Kind, Parameter, Part, Report, ReportSpec, Row, Table

__all__ = [
    "BOUGHT", "MOVED", "REPORTS", "SOLD", "WITH_REASON",
    "Choice", "Column", "DishClass", "Kind", "Parameter", "Part", "Question", "Report", "ReportSpec", "Row",
    "Span", "Standing", "Table", "as_csv", "as_json", "as_table", "by_currency", "cost_parts", "cost_selects",
    "find_report", "newest_day", "read_choice", "read_report", "sales_by_day", "scope", "standing_of", "together",
    "total", "written",
]  # fmt: skip
