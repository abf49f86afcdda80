"""Photos of items, and what their labels say."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Connection, Text, cast, delete, func, literal, select
from sqlalchemy.dialects.postgresql import JSONB, insert

from ims_desktop.domain.errors import Denied, Problem, UserError
from ims_desktop.domain.option import Option
from ims_desktop.domain.wording import say
from ims_desktop.domain.work import Changed, read
from ims_desktop.features.items.rules.barcodes import LENGTHS, barcode_fault
from ims_desktop.features.items.rules.labels import Label
from ims_desktop.features.items.tables import BARCODES, ITEMS, PHOTOS

SUBJECTS = frozenset({"items"})
LARGEST = 200_000
JPEG = b"\xff\xd8\xff"
SCHEME = "ims://items/"


@read
def photo(connection: Connection, item: UUID) -> bytes | None:
    """The photo of an item, as a JPEG file."""
    found: bytes | None = connection.execute(
        select(PHOTOS.c.image).where(PHOTOS.c.item_id == item)
    ).scalar_one_or_none()
    return found


def save_photo(connection: Connection, item: UUID, image: bytes | None) -> Changed:
    """Keep a photo that the desk made small, or take it away; answers the one before."""
    before = photo(connection, item)
    if not connection.execute(select(func.can("items.edit"))).scalar_one():
        raise Denied("Your roles do not allow you to change items.")
    if image is None:
        connection.execute(delete(PHOTOS).where(PHOTOS.c.item_id == item))
        return Changed(before, SUBJECTS)
    if not image.startswith(JPEG) or len(image) > LARGEST:
        words = say("A photo is a JPEG file of at most {most} kB.", most=LARGEST // 1000)
        raise UserError(words, [Problem(words, "photo")])
    kept = insert(PHOTOS).values(item_id=item, image=image)
    connection.execute(kept.on_conflict_do_update(index_elements=[PHOTOS.c.item_id], set_={"image": image}))
    return Changed(before, SUBJECTS)


@read
def labels(connection: Connection, items: Sequence[UUID], every_pack: bool) -> tuple[Label, ...]:
    """What the labels of items say, in the order of their names: one each, or one for each barcode."""
    codes = func.json_agg(func.json_build_array(BARCODES.c.gtin, BARCODES.c.unit), type_=JSONB)
    of_item = select(codes).where(BARCODES.c.item_id == ITEMS.c.id).scalar_subquery()
    rows = connection.execute(
        select(ITEMS.c.id, ITEMS.c.name, ITEMS.c.sku, ITEMS.c.base_unit, of_item.label("codes"), PHOTOS.c.image)
        .join_from(ITEMS, PHOTOS, PHOTOS.c.item_id == ITEMS.c.id, isouter=True)
        .where(cast(ITEMS.c.id, Text) == func.any(literal([str(key) for key in items])))
        .order_by(ITEMS.c.sort_name)
    )
    made = []
    for row in rows:
        # The stock unit's own barcode first: that is what lies on the shelf.
        known = sorted(row.codes or [], key=lambda code: (code[1] != row.base_unit, code[1], code[0]))
        chosen = known if every_pack and known else known[:1] or [("", row.base_unit)]
        made += [
            Label(row.name, row.sku, unit or row.base_unit, gtin, f"{SCHEME}{row.id}", bytes(row.image or b""))
            for gtin, unit in chosen
        ]
    return tuple(made)


@read
def scanned(connection: Connection, code: str) -> Option | None:
    """The active item with this barcode, also when a scanner leaves out or adds leading zeros; or with this SKU.

    What no item carries and is no barcode either was misread: that is said.
    """
    bare = code.strip().lstrip("0")
    same = func.ltrim(BARCODES.c.gtin, "0") == bare if code.strip().isdigit() and bare else literal(False)
    item = select(ITEMS.c.id, ITEMS.c.name, ITEMS.c.sku).where(ITEMS.c.is_active)
    by_code = item.join(BARCODES, BARCODES.c.item_id == ITEMS.c.id).where(same)
    by_sku = item.where(ITEMS.c.sort_sku == func.public.sort_key(code.strip()))
    found = connection.execute(by_code.union_all(by_sku).limit(1)).one_or_none()
    if found is None and len(code) in LENGTHS and (fault := barcode_fault(code)):
        raise UserError(fault)
    return Option(*found) if found is not None else None
