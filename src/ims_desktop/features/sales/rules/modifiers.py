"""Which modifiers the words beside a sold line mean: by what somebody said of the till's words, or by their name."""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from uuid import UUID

from ims_desktop.domain.table_file import fold_header
from ims_desktop.features.sales.rules.fields import Field
from ims_desktop.features.sales.rules.findings import Findings
from ims_desktop.features.sales.rules.preview import Kind, Known, KnownModifier, TillWord
from ims_desktop.features.sales.rules.products import LONGEST, Product

MOST = 50  # of one line
_BETWEEN = re.compile(r"\s*[,;|\n]\s*")
_TIMES = re.compile(r"^(\d{1,2})\s*[x×*]\s*(?=\S)|\s*[x×*]\s*(\d{1,2})$", re.IGNORECASE)
_PRICE = re.compile(r"\s*[(\[]\s*[+-]?\s*\D{0,3}\s*\d+(?:[.,]\d+)?\s*\D{0,3}[)\]]\s*$")  # Extra cheese (+1.50)

Chosen = tuple[tuple[UUID, ...], tuple[TillWord, ...]]
NOTHING: Chosen = ((), ())


def words_in(cell: str) -> Iterator[str]:
    """The modifiers a till writes into one cell, each as often as it was wanted, without its price."""
    for piece in _BETWEEN.split(cell.strip()):
        found = _TIMES.search(piece)
        times = int(next(filter(None, found.groups()))) if found and any(map(int, filter(None, found.groups()))) else 1
        words = _PRICE.sub("", _TIMES.sub("", piece, count=1)).strip()[:LONGEST]
        if words:
            yield from [words] * min(times, MOST)


def match_modifiers(findings: Findings, products: Sequence[Product], known: Known) -> Sequence[Chosen]:
    """The modifiers of each line, those that are known and those that are not, without those left out for good."""
    cells = findings.reading.cells(Field.MODIFIERS)
    chosen = [NOTHING] * findings.size
    if cells is None:
        return chosen
    match = cache(_Matcher(known).modifier_of)
    for line in findings.lines():
        if not cells[line]:
            continue
        item = products[line].item
        modifiers: list[UUID] = []
        unknown: list[TillWord] = []
        for words in list(words_in(cells[line]))[:MOST]:
            word = TillWord((fold_header(words) or words.casefold())[:LONGEST], words)
            found = None if word.key in known.ignored_modifiers else match(word.key, item.id if item else None)
            if isinstance(found, UUID):
                modifiers.append(found)
            elif found is not None:
                unknown.append(word)
                findings.add(found, line, Field.MODIFIERS, words)
        chosen[line] = tuple(modifiers), tuple(unknown)
    return chosen


class _Matcher:
    """Looks the words of a modifier up."""

    def __init__(self, known: Known) -> None:
        self._aliases = known.modifier_aliases
        self._named: dict[str, list[KnownModifier]] = {}
        for modifier in known.modifiers:
            self._named.setdefault(fold_header(modifier.name), []).append(modifier)

    def modifier_of(self, key: str, item: UUID | None) -> UUID | Kind:
        """The one that is meant: by what was said of the word, or by its name, offered with the dish before others."""
        if key in self._aliases:
            return self._aliases[key]
        named = self._named.get(key, [])
        offered = [one for one in named if item in one.offered_with]
        if len(offered or named) == 1:
            return (offered or named)[0].id
        return Kind.SEVERAL_MODIFIERS if named else Kind.UNKNOWN_MODIFIER
