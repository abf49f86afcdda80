"""Counts the statements a use case sends."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, event

from ims_desktop.database.transaction import TenantDatabase
from ims_desktop.domain.work import read


def counted(desk: TenantDatabase, use_case: Callable[..., Any], *args: Any) -> tuple[Any, int]:
    """The result of a read, and how many statements it took."""
    sent: list[str] = []

    @read
    def watched(connection: Connection) -> Any:
        def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            sent.append(statement)

        event.listen(connection, "before_cursor_execute", note)
        return use_case(connection, *args)

    return desk.run(watched), len(sent)
