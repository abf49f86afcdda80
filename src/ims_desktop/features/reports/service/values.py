"""A report is a value: what it is called, what it shows, how it is reckoned and how it is read."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum
from typing import Any

from ims_desktop.domain.business_calendar import Period
from ims_desktop.domain.wording import Words
from ims_desktop.features.reports.rules import Question

Row = Mapping[str, Any]


class Kind(Enum):
    """What a figure is, so that everybody who writes it writes it alike."""

    TEXT = "text"
    DAY = "day"
    COUNT = "count"
    QUANTITY = "quantity"  # in the row's `unit`
    MONEY = "money"  # in the part's currency
    RATIO = "ratio"  # 0.298 is 29.8 %


class Parameter(Enum):
    """What a report can be asked for."""

    PERIOD = "period"  # business days, from and to, both included
    DAY = "day"  # the end of one business day: the `to` of the question
    SITE = "site"


@dataclass(frozen=True)
class Column:
    """One figure of a report, or one column of a table of it."""

    key: str
    title: Words
    kind: Kind = Kind.MONEY


@dataclass(frozen=True)
class Table:
    """One table of a report; the columns in `sums` add up. With `names` its JSON is {first column: second column}."""

    key: str
    title: Words
    columns: tuple[Column, ...]
    sums: tuple[str, ...] = ()
    names: bool = False


@dataclass(frozen=True)
class Part:
    """The report in one currency: amounts of different currencies are never added up."""

    currency: str
    sites: tuple[str, ...]
    figures: Mapping[str, Any]
    before: Mapping[str, Any] = field(default_factory=dict)
    tables: Mapping[str, tuple[Row, ...]] = field(default_factory=dict)

    def money(self, key: str) -> Decimal:
        """A figure that is always there."""
        value: Decimal = self.figures[key]
        return value


@dataclass(frozen=True)
class Report:
    """What was asked and what was found, a part for each currency."""

    spec: "ReportSpec"
    question: Question
    parts: tuple[Part, ...]

    @property
    def period(self) -> Period:
        """The business days it is about."""
        return self.question.period


@dataclass(frozen=True)
class ReportSpec:
    """A report: read by the window, the command line and files alike."""

    name: str
    title: Words
    about: Words
    parameters: tuple[Parameter, ...]
    figures: tuple[Column, ...]
    tables: tuple[Table, ...]
    formula: tuple[Words, ...]
    permissions: tuple[str, ...]
    read: Callable[..., tuple[Part, ...]]
