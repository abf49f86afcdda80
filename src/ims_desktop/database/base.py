"""What every table is made with: plain names, because the role of a connection is bound to its tenant's schema."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, Column, Date, DateTime, Integer, LargeBinary, MetaData, Numeric, Table, Text, Time, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

METADATA = MetaData()

QUANTITY = Numeric(20, 6)
VALUE = Numeric(20, 6)
MONEY = Numeric(14, 2)
MOMENT = DateTime(timezone=True)

TYPES: dict[str, Any] = {
    "uuid": Uuid(),
    "text": Text(),
    "texts": ARRAY(Text()),
    "int": Integer(),
    "ints": ARRAY(Integer()),
    "bool": Boolean(),
    "date": Date(),
    "time": Time(),
    "moment": MOMENT,
    "quantity": QUANTITY,
    "value": VALUE,
    "money": MONEY,
    "number": Numeric(),
    "json": JSONB(),
    "bytes": LargeBinary(),
}


def table(name: str, /, **columns: str) -> Table:
    """A table by the names and kinds (a key of TYPES) of its columns; keys and checks are the migrations' matter."""
    return Table(name, METADATA, *(Column(column, TYPES[kind]) for column, kind in columns.items()))


__all__ = ["METADATA", "TYPES", "UUID", "Decimal", "datetime", "table"]
