"""Which movements take their worth from others, and which of those, in a circle, from what they are worth themselves.

That follows from quantities alone. What leaves while it is short has its worth from what covers it later; so what it
was made into or sent to is late, its worth being known after it happened. Where what covers it takes its own worth from
that, they go in a circle. `stages` puts every circle behind all it depends on, so that its answer does not hang on
anything that merely happened to be worked out together with it. `stages()` of the tenant schema does the same.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import NamedTuple

ZERO = Decimal(0)


class Step(NamedTuple):
    """A movement in the order of time; `sources`: the places in this order of the issues whose worth it carries."""

    place: str
    quantity: Decimal
    sources: tuple[int, ...] = ()


class Circles(NamedTuple):
    """By movement: whether its worth is known after it happened; its stage, which is odd for a circle alone; and of an
    issue the stage that its worth rests on."""

    late: Sequence[bool]
    stages: Sequence[int]
    rests: Sequence[int]


def circles(steps: Sequence[Step]) -> Circles:
    """What depends on what."""
    known = _known_at(steps)
    late = [any(known[source] >= number for source in step.sources) for number, step in enumerate(steps)]
    if not any(late):
        return Circles(late, [0] * len(steps), [0] * len(steps))
    return Circles(late, *_stages(steps, known))


def _known_at(steps: Sequence[Step]) -> list[int]:
    """By movement: the last one that changes its worth, which is itself unless it was short."""
    known = list(range(len(steps)))
    on_hand: dict[str, Decimal] = {}
    shorts: dict[str, list[list[int | Decimal]]] = {}  # of a place: movement and quantity, oldest first
    for number, step in enumerate(steps):
        there = on_hand.get(step.place, ZERO)
        waiting = shorts.setdefault(step.place, [])
        left = step.quantity
        while left > 0 and waiting:
            issue, short = waiting[0]
            known[int(issue)] = number
            left -= Decimal(short)
            if left < 0:
                waiting[0][1] = -left
            else:
                waiting.pop(0)
        if step.quantity < 0 and there + step.quantity < 0:
            waiting.append([number, min(-step.quantity, -there - step.quantity)])
        on_hand[step.place] = there + step.quantity
    return known


def _stages(steps: Sequence[Step], known: Sequence[int]) -> tuple[list[int], list[int]]:
    """A carried movement depends on all that was carried to its source's place until that one's worth was known."""
    carried = [number for number, step in enumerate(steps) if step.sources]
    at: dict[str, list[int]] = {}
    for number in carried:
        at.setdefault(steps[number].place, []).append(number)
    count = len(steps)  # beyond it stand the nodes for "this, and all that was carried to its place before"
    edges: dict[int, list[int]] = {number: [] for number in carried}
    for numbers in at.values():
        for before, number in zip([None, *numbers], numbers, strict=False):
            edges[count + number] = [number] if before is None else [number, count + before]
    last: dict[tuple[int, ...], int] = {}
    upto: dict[int, int] = {}  # by issue: all that was carried to its place until its worth was known
    for number in carried:
        for source in steps[number].sources:
            there = at.get(steps[source].place, [])
            reached = bisect_right(there, known[source])
            if reached:
                upto[source] = count + there[reached - 1]
                edges[number].append(upto[source])
        if steps[number].sources in last:  # those before it leave it the rest
            edges[number].append(last[steps[number].sources])
        last[steps[number].sources] = number
    stages, seen = [0] * (2 * count), 0
    for part in _parts(edges):
        below = max((stages[other] + stages[other] % 2 for node in part for other in edges[node]), default=0)
        if len(part) > 1:
            seen += 1
            below = 2 * seen - 1
        for node in part:
            stages[node] = below
    return stages[:count], [stages[upto[number]] if number in upto else 0 for number in range(count)]


def _parts(edges: dict[int, list[int]]) -> Iterable[list[int]]:
    """The strongly connected parts of a graph, each after those that it depends on."""
    found: dict[int, int] = {}
    low: dict[int, int] = {}
    path: list[int] = []
    open_nodes: set[int] = set()
    for root in edges:
        if root in found:
            continue
        work = [(root, 0)]
        while work:
            node, turn = work.pop()
            if turn == 0:
                found[node] = low[node] = len(found)
                path.append(node)
                open_nodes.add(node)
            elif edges[node][turn - 1] in open_nodes:
                low[node] = min(low[node], low[edges[node][turn - 1]])
            if turn < len(edges[node]):
                work.append((node, turn + 1))
                if edges[node][turn] not in found:
                    work.append((edges[node][turn], 0))
                continue
            if low[node] == found[node]:
                part = path[path.index(node) :]
                del path[-len(part) :]
                open_nodes.difference_update(part)
                yield part
