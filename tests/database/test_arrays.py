"""Lists reach the server as they are, however they are written on the way."""

from decimal import Decimal
from typing import Any
from uuid import UUID

import psycopg
import pytest

from ims_desktop.database.arrays import LineDumper
from tests.tenants import Server

KEY = UUID("12345678-1234-5678-1234-567812345678")


@pytest.mark.parametrize(
    ("kind", "sent"),
    [
        ("uuid", [KEY, None, KEY]),
        ("numeric", [Decimal("1.50"), Decimal("-0.000001"), None, Decimal("1E+9")]),
        ("bigint", [1, None, -(2**62)]),
        ("text", ["", "a", None, "NULL", "null", '"', "\\", "{a,b}", " é ", "\n\t", "1 2", "日本"]),
        ("text", [None, None]),
        ("text", []),
        ("text", [["a", "b"], ["c", None]]),
        ("boolean", [True, False, None]),
    ],
)
def test_a_list_comes_back_as_it_was_sent(server: Server, kind: str, sent: list[Any]) -> None:
    with server.root() as root:
        root.adapters.register_dumper(list, LineDumper)
        assert root.execute(f"SELECT CAST(%s AS {kind}[])".encode(), [sent]).fetchone() == (sent,)


def test_no_number_is_sent_as_none(server: Server) -> None:
    with server.root() as root:
        root.adapters.register_dumper(list, LineDumper)
        found = root.execute("SELECT CAST(%s AS numeric[])", [[Decimal("NaN"), Decimal("-NaN"), Decimal(1)]]).fetchone()
        assert [number.is_nan() for number in (found or [()])[0]] == [True, True, False]


def test_what_no_text_may_hold_is_refused_as_before(server: Server) -> None:
    with server.root() as root:
        root.adapters.register_dumper(list, LineDumper)
        with pytest.raises(psycopg.DataError):
            root.execute("SELECT CAST(%s AS text[])", [["a\0b"]])
