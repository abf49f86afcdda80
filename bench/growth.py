"""Years of business in seconds: rows as the services would have left them, planted as the superuser."""

from pathlib import Path
from typing import Any

import psycopg

_SQL = Path(__file__).parent / "rows"


def grow_ledger(root: psycopg.Connection[Any], movements: int, goods: int) -> None:
    """Two years of orders, deliveries, waste and adjustments at every site; `movements` in all, of `goods` items."""
    _plant(root, "goods", count=goods, price=2)
    _plant(root, "ledger", movements=movements)


def grow_items(root: psycopg.Connection[Any], count: int) -> None:
    """`count` items in stock at every site."""
    _plant(root, "goods", count=count, price=2)


def _plant(root: psycopg.Connection[Any], name: str, **numbers: int) -> None:
    """Run a script; words between colons stand for numbers."""
    script = (_SQL / f"{name}.sql").read_text("utf-8")
    for key, number in numbers.items():
        script = script.replace(f":{key}:", str(number))
    root.execute("SET statement_timeout = 0")
    root.execute(script.encode())
    root.execute("VACUUM")  # as the server does by itself in the night
