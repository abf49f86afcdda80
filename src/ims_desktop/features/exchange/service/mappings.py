"""How files of the same columns were read before, so that nobody answers the same questions every week."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection, func, select
from sqlalchemy.dialects.postgresql import insert

from ims_desktop.domain.file_values import DateOrder
from ims_desktop.domain.import_reading import ImportChoices, ImportReading, fingerprint
from ims_desktop.domain.importing import ImportSpec
from ims_desktop.features.exchange.tables import MAPPINGS


@dataclass(frozen=True, slots=True)
class Remembered:
    """The answers that were given to a file with these columns."""

    columns: Mapping[int, str | None]
    decimal_sign: str | None
    date_order: DateOrder | None

    def beside(self, choices: ImportChoices) -> ImportChoices:
        """These answers where the person has given none now."""
        return replace(
            choices,
            columns=self.columns,
            decimal_sign=choices.decimal_sign or self.decimal_sign,
            date_order=choices.date_order or self.date_order,
        )


def recall(connection: Connection, spec: ImportSpec, header: Sequence[str]) -> Remembered | None:
    """One's own answers, otherwise the latest that a colleague gave."""
    mine = (MAPPINGS.c.member_id == func.me()).desc()
    statement = (
        select(MAPPINGS.c.columns, MAPPINGS.c.decimal_sign, MAPPINGS.c.date_order)
        .where(MAPPINGS.c.entity == spec.entity, MAPPINGS.c.fingerprint == fingerprint(header))
        .order_by(mine, MAPPINGS.c.used_at.desc())
        .limit(1)
    )
    found = connection.execute(statement).one_or_none()
    if found is None:
        return None
    known = {one.key for one in spec.fields}
    columns = {
        int(place): key
        for place, key in found.columns.items()
        if int(place) < len(header) and (key is None or key in known)
    }
    orders = {order.value: order for order in DateOrder}
    return Remembered(columns, found.decimal_sign, orders.get(found.date_order or ""))


def remember(connection: Connection, spec: ImportSpec, reading: ImportReading) -> None:
    """Keep the answers that led to an import; what was found out by itself is found out again."""
    choices = reading.choices
    if not choices.columns and choices.decimal_sign is None and choices.date_order is None:
        return
    values = {
        "columns": {str(column.place): column.field for column in reading.columns},
        "decimal_sign": choices.decimal_sign,
        "date_order": choices.date_order.value if choices.date_order else None,
        "used_at": func.now(),
    }
    kept = insert(MAPPINGS).values(member_id=func.me(), entity=spec.entity, fingerprint=reading.fingerprint, **values)
    same = [MAPPINGS.c.member_id, MAPPINGS.c.entity, MAPPINGS.c.fingerprint]
    connection.execute(kept.on_conflict_do_update(index_elements=same, set_=values))
