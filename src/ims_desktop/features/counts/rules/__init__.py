"""What a count is, without a database: its lines and entries, what they add up to, and blocks pasted into it."""

from ims_desktop.features.counts.rules.keeping import (
    Counted,
    CountedBlock,
    Entry,
    KnownLine,
    by_names,
    by_words,
    with_kept,
)
from ims_desktop.features.counts.rules.lines import (
    AreaProgress,
    CountEntry,
    CountLine,
    Finding,
    Kept,
    LineState,
    live,
    total,
)
from ims_desktop.features.counts.rules.lots import LotThere, NamedLot, cut, read_lot
from ims_desktop.features.counts.rules.pasting import Countable, PastedLine, read_pasted
from ims_desktop.features.counts.rules.sheets import SCOPES, STATES, Blanks, CountDraft, Scope, State, problems_of

__all__ = [
    "SCOPES",
    "STATES",
    "AreaProgress",
    "Blanks",
    "CountDraft",
    "CountEntry",
    "CountLine",
    "Countable",
    "Counted",
    "CountedBlock",
    "Entry",
    "Finding",
    "Kept",
    "KnownLine",
    "LineState",
    "LotThere",
    "NamedLot",
    "PastedLine",
    "Scope",
    "State",
    "by_names",
    "by_words",
    "cut",
    "live",
    "problems_of",
    "read_lot",
    "read_pasted",
    "total",
    "with_kept",
]
