"""Records what use cases send, and finds in its plans where the question for a right runs once a row."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, event

from ims_desktop.database.transaction import TenantDatabase

RIGHT = re.compile(r"\b(?:me|can|held|scope|grants_of|limit_of|member_powers)\(")
ONCE = "One-Time Filter"  # asked before the first row

Sent = dict[str, Any]


@contextmanager
def recorded() -> Iterator[Sent]:
    """Every statement that reads, with its last parameters, by any connection."""
    sent: Sent = {}

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        if statement.lstrip().upper().startswith(("SELECT", "WITH", "VALUES")):
            sent[statement] = parameters

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def plan_of(desk: TenantDatabase, statement: str, parameters: Any) -> dict[str, Any]:
    """How the server would carry out a statement for this very person."""

    def explain(connection: Connection) -> Any:
        found = connection.exec_driver_sql(f"EXPLAIN (VERBOSE, FORMAT JSON) {statement}", parameters).scalar_one()
        return (json.loads(found) if isinstance(found, str) else found)[0]["Plan"]

    plan: dict[str, Any] = desk.run(explain)
    return plan


def asked_per_row(plan: dict[str, Any], inside: bool = False) -> Iterator[str]:
    """Where a right is asked outside of what runs once: an InitPlan, a single row made of nothing, a one-time filter.

    `inside`: the node belongs to an InitPlan.
    """
    inside = inside or plan.get("Parent Relationship") == "InitPlan"
    alone = plan["Node Type"] == "Result" and "Plans" not in plan and plan.get("Parent Relationship") != "SubPlan"
    if not inside:
        for key, value in plan.items():
            said = json.dumps(value) if key != "Plans" else ""
            if key != ONCE and RIGHT.search(said) and not (alone and key == "Output"):
                yield f"{plan['Node Type']} {plan.get('Relation Name', '')} {key}: {said}"
    for part in plan.get("Plans", ()):
        yield from asked_per_row(part, inside)
