"""Reading and checking a sales file: `read_sales`, then `check`; pure decisions, no SQL and no window."""

from ims_desktop.features.sales.rules.checking import check
from ims_desktop.features.sales.rules.fields import Column, Field
from ims_desktop.features.sales.rules.joining import SalesFile
from ims_desktop.features.sales.rules.preview import (
    Kind,
    Known,
    KnownModifier,
    MenuItem,
    Place,
    Preview,
    ProblemGroup,
    SalesLine,
    SalesOrder,
    Site,
    TillWord,
    Totals,
    UnmappedLine,
    Weight,
)
from ims_desktop.features.sales.rules.reading import About, Choices, Question, Reading, read_sales

__all__ = [
    "About",
    "Choices",
    "Column",
    "Field",
    "Kind",
    "Known",
    "KnownModifier",
    "MenuItem",
    "Place",
    "Preview",
    "ProblemGroup",
    "Question",
    "Reading",
    "SalesFile",
    "SalesLine",
    "SalesOrder",
    "Site",
    "TillWord",
    "Totals",
    "UnmappedLine",
    "Weight",
    "check",
    "read_sales",
]
