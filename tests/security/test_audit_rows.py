"""A statement that changes many rows leaves one row of the log for each, the two sides of a change together."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from tests.tenants import Server, new_tenant

Root = psycopg.Connection[Any]


@pytest.fixture
def root(server: Server) -> Iterator[Root]:
    tenant = new_tenant(server)
    with tenant.as_root() as connection:
        yield connection
    tenant.close()


def said(root: Root, subject: str) -> list[tuple[Any, ...]]:
    """What the log says of a table: what was done, to which record, and the two names before and after."""
    asked = "SELECT action, record_id, old ->> 'name', new ->> 'name' FROM audit_log WHERE subject = %s ORDER BY id"
    return root.execute(asked, [subject]).fetchall()


def test_every_row_of_a_statement_is_told_with_what_it_was(root: Root) -> None:
    root.execute("INSERT INTO categories (name) SELECT 'Shelf ' || n FROM generate_series(1, 300) n")
    root.execute("UPDATE categories SET name = name || ' b' WHERE name LIKE 'Shelf %'")
    root.execute("DELETE FROM categories WHERE name LIKE 'Shelf %'")
    root.execute("DELETE FROM categories WHERE name LIKE 'Shelf %'")  # nothing is left, and nothing is told
    told = [row for row in said(root, "categories") if "Shelf" in (row[2] or row[3])]
    assert [action for action, *_ in told] == ["INSERT"] * 300 + ["UPDATE"] * 300 + ["DELETE"] * 300
    assert all(new == f"{old} b" for action, _key, old, new in told if action == "UPDATE")
    assert len({key for _action, key, *_ in told}) == 300


def test_a_record_that_got_another_name_is_told_under_both(root: Root) -> None:
    made = root.execute("INSERT INTO categories (name) VALUES ('Shelf') RETURNING id").fetchone()
    moved = root.execute("UPDATE categories SET id = gen_random_uuid() WHERE name = 'Shelf' RETURNING id").fetchone()
    assert made is not None
    assert moved is not None
    told = [row for row in said(root, "categories") if row[0] == "UPDATE"]
    assert {row[1:] for row in told} == {(str(made[0]), "Shelf", None), (str(moved[0]), None, "Shelf")}
