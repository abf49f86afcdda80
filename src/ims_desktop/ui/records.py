"""Records for the Ctrl+K box: any list that can be searched can be found in."""

from collections.abc import Callable
from typing import Any

from ims_desktop.domain.listing import ListQuery
from ims_desktop.domain.work import read
from ims_desktop.ui.choices import Choice

MOST = 5


def records_of(rows: Callable[..., Any], title: str, detail: str = "") -> Callable[..., Any]:
    """A use case `find(connection, words)` over the use case of a list; `title` and `detail` name row attributes."""

    @read
    def find(connection: Any, words: str) -> tuple[Choice, ...]:
        found = rows(connection, ListQuery(words, limit=MOST)).rows
        return tuple(
            Choice(row.id, str(getattr(row, title)), str(getattr(row, detail) or "") if detail else "") for row in found
        )

    return find
