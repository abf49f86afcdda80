"""Counts and explains the statements a use case sends, so that one round trip stays one and plans stay good."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, event

from ims_desktop.database.transaction import TenantDatabase


@contextmanager
def statements() -> Iterator[list[str]]:
    """Every statement sent inside, by any connection."""
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        sent.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def plan_of(desk: TenantDatabase, use_case: Callable[..., Any], *args: Any) -> str:
    """How the server carries out the one statement of a use case for this very person, with what really happened."""
    sent: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        sent.append((statement, parameters))

    def explain(connection: Connection) -> str:
        event.listen(Engine, "before_cursor_execute", note)
        try:
            use_case(connection, *args)
        finally:
            event.remove(Engine, "before_cursor_execute", note)
        [(statement, parameters)] = sent
        rows = connection.exec_driver_sql(f"EXPLAIN (ANALYZE, TIMING OFF, BUFFERS OFF) {statement}", parameters)
        return "\n".join(rows.scalars())

    return str(desk.run(explain))
