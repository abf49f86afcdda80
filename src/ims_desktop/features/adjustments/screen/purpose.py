"""What tells waste from adjustments: words, rights, signs and lists; everything else the two pages share."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ims_desktop.domain.wording import Words
from ims_desktop.features.adjustments import service
from ims_desktop.features.stock.service import Kind


@dataclass(frozen=True, kw_only=True)
class Reviewed:
    """Entries that wait for approval where they are worth more than their person may record.

    `signed` entries may find stock as well as lose it.
    """

    key: str
    kind: Kind
    title: Words
    permission: str
    signed: bool


@dataclass(frozen=True, kw_only=True)
class Purpose(Reviewed):
    """One of the two pages."""

    entry_title: Words
    noun: tuple[Words, Words]
    log: Callable[..., Any]
    log_summary: Callable[..., Any]
    by_reason: Callable[..., Any]
    by_reason_summary: Callable[..., Any]

    @property
    def kept_as(self) -> str:
        """What its entries are called in the journal of a PC, for ever."""
        return f"stock.{self.key}"

    @property
    def photographed_as(self) -> str:
        """The same of entries with photos."""
        return f"stock.{self.key}.photos"

    @property
    def asked_as(self) -> str:
        """The same of entries that ask for approval."""
        return f"stock.{self.key}.approval"


WASTE = Purpose(
    key="waste",
    kind=Kind.WASTE,
    title="Waste",
    entry_title="Waste to record",
    noun=("line of waste", "lines of waste"),
    permission="waste.record",
    signed=False,
    log=service.waste_log,
    log_summary=service.waste_log_summary,
    by_reason=service.waste_by_reason,
    by_reason_summary=service.waste_by_reason_summary,
)
ADJUSTMENTS = Purpose(
    key="adjustments",
    kind=Kind.ADJUSTMENT,
    title="Adjustments",
    entry_title="Adjustments to record",
    noun=("adjustment", "adjustments"),
    permission="adjustments.record",
    signed=True,
    log=service.adjustment_log,
    log_summary=service.adjustment_log_summary,
    by_reason=service.adjustments_by_reason,
    by_reason_summary=service.adjustments_by_reason_summary,
)
