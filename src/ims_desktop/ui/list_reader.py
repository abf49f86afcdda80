"""Reads the rows, the totals and the counts of a list in the background and fills its table model."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Signal

from ims_desktop.domain.listing import PAGE_SIZE, ListQuery, Page, Summary
from ims_desktop.domain.work import read
from ims_desktop.ui.desk import Desk
from ims_desktop.ui.list_spec import ListSpec
from ims_desktop.ui.table_model import TableModel

MOST_REREAD = 1000


@read
def count_all(connection: Any, summary: Callable[..., Summary], queries: Mapping[str, ListQuery]) -> dict[str, int]:
    """How many rows each query selects."""
    return {key: summary(connection, query).count for key, query in queries.items()}


class ListReader(QObject):
    """Stale answers are dropped: only what was asked last is shown."""

    began = Signal()
    filling = Signal(object)  # bool: the same query as before, so the place should be kept
    filled = Signal()
    summed = Signal(object)  # Summary, or None when it is not known
    reread = Signal()  # the same once more, or for another site: what stands beside the rows may have changed too
    counted = Signal(object)  # Mapping[tab key, int]
    failed = Signal(object)  # Exception

    def __init__(self, desk: Desk, spec: ListSpec, model: TableModel) -> None:
        super().__init__(model)
        self._desk, self._spec, self._model = desk, spec, model
        self._query: ListQuery | None = None
        self.gate: Callable[[Callable[[], None]], None] = lambda fill: fill()  # who edits a cell is not disturbed
        model.more = self._read_more

    def read(self, query: ListQuery) -> None:
        """Read the first page, or as many rows as are shown when the query is the one shown already."""
        same = self._query is not None and query == replace(self._query, limit=query.limit)
        if self._query is not None and replace(self._query, limit=0, site=None) == replace(query, limit=0, site=None):
            self.reread.emit()
        shown = max(PAGE_SIZE, min(self._model.rowCount(), MOST_REREAD)) if same else PAGE_SIZE
        self._query = asked = replace(query, limit=shown)
        self.began.emit()
        spec, start = self._spec, self._desk.start
        fill = partial(self._answered, asked, same)
        start(self, fill, spec.read, asked, failed=self.failed.emit, replace="rows")
        if spec.summary is not None:
            start(self, self.summed.emit, spec.summary, query, failed=_unanswered, replace="summary")
        if spec.counts is not None and spec.tabs:
            start(self, self.counted.emit, spec.counts, query, failed=_unanswered, replace="counts")
        elif spec.summary is not None and spec.tabs:
            views = {tab.key: ListQuery(filters=tab.filters, site=query.site) for tab in spec.tabs}
            start(self, self.counted.emit, count_all, spec.summary, views, failed=_unanswered, replace="counts")

    def _answered(self, asked: ListQuery, same: bool, page: Page[Any]) -> None:
        self.gate(lambda: self._fill(same, page) if asked is self._query else None)

    def _fill(self, same: bool, page: Page[Any]) -> None:
        self.filling.emit(same)
        self._model.begin(page)
        self.filled.emit()
        if self._spec.summary is None:
            self.summed.emit(Summary(len(page.rows)) if page.after is None else None)

    def read_more(self, count: int, then: Callable[[], None]) -> None:
        """Read so many more rows at once; `then` runs when they are there, or when there are no more."""
        after = self._model.after
        if after is None:
            then()
        else:
            self._read_more(after, max(count, PAGE_SIZE), then)

    def _read_more(
        self, after: tuple[Any, ...], count: int = PAGE_SIZE, then: Callable[[], None] = lambda: None
    ) -> None:
        asked = self._query
        if asked is None:
            return

        def more(page: Page[Any]) -> None:
            if asked is self._query:
                self._model.extend(page)
                then()

        def failed(error: Exception) -> None:
            self._model.forget_asking()
            self.failed.emit(error)

        following = replace(asked.following(after), limit=count)
        self._desk.start(self, more, self._spec.read, following, failed=failed, replace="more")


def _unanswered(_error: Exception) -> None:
    """The rows tell the same failure; telling it twice helps nobody."""
