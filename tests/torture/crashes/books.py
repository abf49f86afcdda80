"""Compares what the desks wrote down with what the books hold, and the books with themselves."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from uuid import UUID, uuid5

import psycopg

from ims_desktop.admin.verification.run import verify
from ims_desktop.admin.verification.seals import Head
from ims_desktop.features.deliveries.rules import Delivery
from ims_desktop.features.deliveries.service import FREIGHT, document_of
from ims_desktop.features.stock.service import Document, Kind
from tests.tenants import Tenant
from tests.torture.crashes.notebook import ACKNOWLEDGED, Notes
from tests.torture.crashes.papers import Paper

MOST = 12  # of one kind are told
_MOVED = """
    SELECT posting_id, item_id, location_id, sum(quantity) FROM stock_movements
    GROUP BY posting_id, item_id, location_id"""


def breaches(tenant: Tenant, notes: Sequence[Notes], heads: Iterable[Head] = ()) -> list[str]:
    """Everything that should not be, in words; the desks have come to rest."""
    with tenant.as_root() as root:
        found = [*_against_notes(root, notes)]
    with tenant.server.operator() as operator:
        found += [str(finding) for finding in verify(operator, tenant.names, heads)]
    return found


def _against_notes(root: psycopg.Connection[Any], notes: Sequence[Notes]) -> Iterator[str]:
    rows = root.execute("SELECT id, number, note FROM postings WHERE note <> ''").fetchall()
    keys: dict[UUID, tuple[int, str]] = {key: (number, note) for key, number, note in rows}
    times = Counter(note for _number, note in keys.values())
    papers = {number: paper for one in notes for number, paper in one.papers.items()}
    yield from _most(f"{paper} was posted {count} times" for paper, count in times.items() if count > 1)
    yield from _most(f"{paper} was posted, and no desk knows it" for paper in times if paper not in papers)
    for one in notes:
        yield from one.odd[:MOST]
        yield from _most(f"{paper.number} has no end" for paper in one.unanswered)
        yield from _most(_lost(one, keys))
    yield from _most(_halves(root, papers.values(), keys))


def _lost(notes: Notes, keys: dict[UUID, tuple[int, str]]) -> Iterator[str]:
    for paper in notes.acknowledged:
        if paper.key not in keys:
            yield f"{paper.number} was acknowledged ({notes.ends[paper.number]}) and is lost"
        elif notes.numbers.get(paper.number, keys[paper.key][0]) != keys[paper.key][0]:
            yield f"{paper.number} was acknowledged as {notes.numbers[paper.number]}, and is {keys[paper.key][0]}"
    for number, end in notes.ends.items():
        if end not in ACKNOWLEDGED and notes.papers[number].key in keys:
            yield f"{number} was refused and posted"


def _halves(root: psycopg.Connection[Any], papers: Iterable[Paper], keys: dict[UUID, tuple[int, str]]) -> Iterator[str]:
    """Documents of which not every line moved what it says, or more did."""
    moved: dict[UUID, dict[tuple[UUID, UUID], Any]] = {}
    for posting, item, place, quantity in root.execute(_MOVED):
        moved.setdefault(posting, {})[item, place] = quantity
    there = {key for (key,) in root.execute("SELECT id FROM postings")}
    for paper in papers:
        document = paper.value
        if isinstance(document, Delivery):
            if document.freight and (document.key in there) != (uuid5(document.key, FREIGHT) in there):
                yield f"{paper.number} and its freight are not there together"
            document = document_of(document)
        if not isinstance(document, Document) or document.kind is Kind.COUNT or document.key not in keys:
            continue
        wanted = {(line.item_id, line.location_id): line.quantity for line in document.lines}
        if moved.get(document.key) != wanted:
            yield f"{paper.number} moved {moved.get(document.key)} instead of {wanted}"


def _most(found: Iterable[str]) -> Iterator[str]:
    told = list(found)
    yield from told[:MOST]
    if len(told) > MOST:
        yield f"… and {len(told) - MOST} more like it"
