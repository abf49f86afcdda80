"""Sold lines whose menu item is not known: they wait with their value, until somebody says what they mean."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, case, func, literal, select, text, union_all

from ims_desktop.database.listing import ListSource, one_or_gone
from ims_desktop.domain.errors import Confirm, Problem, UserError
from ims_desktop.domain.listing import COUNT_CAP, Filter, ListQuery, Match, Page, Sort, Summary
from ims_desktop.domain.wording import say, say_count
from ims_desktop.domain.work import Changed, call, read
from ims_desktop.features.menu.tables import GROUPS, MENU_ITEMS, MODIFIERS
from ims_desktop.features.sales.service.posting import QUARANTINE, SUBJECTS
from ims_desktop.features.sales.tables import SITES, TILL_PRODUCTS, UNMAPPED, UNMAPPED_MODIFIERS

MOST_NAMED = 6


@dataclass(frozen=True, slots=True)
class TillProductRow:
    """What a till calls something, with the lines of it that wait, their value, and since when."""

    id: UUID
    words: str
    kind: str
    site: str
    lines: int
    quantity: Decimal
    amount: Decimal
    since: date | None
    latest: date | None
    state: str
    meaning: str


@dataclass(frozen=True, slots=True)
class WaitingLine:
    """One line that waits, was mapped later or was left out."""

    number: str
    placed_at: datetime
    quantity: Decimal
    amount: Decimal
    state: str
    file_name: str | None
    row: int | None  # of a line that is recorded already: none


@dataclass(frozen=True, slots=True)
class TillProduct:
    """A till's product with its lines."""

    id: UUID
    site_id: UUID
    site: str
    currency: str
    kind: str
    product: str
    words: str
    menu_item_id: UUID | None
    modifier_id: UUID | None
    meaning: str
    ignored: str
    decided_by: str | None
    decided_at: datetime | None
    version: int
    lines: int
    amount: Decimal
    mapped_lines: int
    newest: tuple[WaitingLine, ...]

    @property
    def state(self) -> str:
        """Whether somebody has to look at it."""
        return "WAITING" if self.lines else "IGNORED" if self.ignored else "MAPPED" if self.is_known else "WAITING"

    @property
    def is_known(self) -> bool:
        """Whether somebody said what it means."""
        return self.menu_item_id is not None or self.modifier_id is not None


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a till means by its words at a site; `key` names the posting of the lines that wait."""

    key: UUID
    site_id: UUID
    product: str
    words: str
    menu_item_id: UUID | None


@dataclass(frozen=True, slots=True)
class ModifierMeaning:
    """Which modifier a till means by its words at a site; `key` names the posting of what waits."""

    key: UUID
    site_id: UUID
    product: str
    words: str
    modifier_id: UUID | None


@dataclass(frozen=True, slots=True)
class Ignoring:
    """Leaving a product out, with the reason; without one its lines wait again."""

    product_id: UUID
    version: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Effect:
    """What a mapping would do to the lines that wait."""

    lines: int
    days: int
    days_without_recipe: int
    amount: Decimal
    cost: Decimal | None
    items: tuple[tuple[str, Decimal, str], ...]  # name, quantity, base unit


_EACH = union_all(
    *(
        select(*(kept.c[name] for name in ("till_product_id", "quantity", "amount", "business_day"))).where(
            kept.c.state == "WAITING"
        )
        for kept in (UNMAPPED, UNMAPPED_MODIFIERS)
    )
).subquery("each")
_WAITING = (
    select(
        _EACH.c.till_product_id,
        func.count().label("lines"),
        func.sum(_EACH.c.quantity).label("quantity"),
        func.sum(_EACH.c.amount).label("amount"),
        func.min(_EACH.c.business_day).label("since"),
        func.max(_EACH.c.business_day).label("latest"),
    )
    .group_by(_EACH.c.till_product_id)
    .subquery("waiting")
)
_LINES = func.coalesce(_WAITING.c.lines, 0)
_AMOUNT = func.coalesce(_WAITING.c.amount, 0)
_STATE = case(
    (_LINES > 0, literal("WAITING")),
    (TILL_PRODUCTS.c.ignored != "", literal("IGNORED")),
    (func.num_nonnulls(TILL_PRODUCTS.c.menu_item_id, TILL_PRODUCTS.c.modifier_id) > 0, literal("MAPPED")),
    else_=literal("WAITING"),
)
_NAMED = func.btrim(func.concat_ws(" ", MENU_ITEMS.c.name, MENU_ITEMS.c.size))

SOURCE = ListSource(
    row=TillProductRow,
    select=select(
        TILL_PRODUCTS.c.id,
        TILL_PRODUCTS.c.words,
        TILL_PRODUCTS.c.kind,
        SITES.c.name.label("site"),
        _LINES.label("lines"),
        func.coalesce(_WAITING.c.quantity, 0).label("quantity"),
        _AMOUNT.label("amount"),
        _WAITING.c.since,
        _WAITING.c.latest,
        _STATE.label("state"),
        case(
            (TILL_PRODUCTS.c.ignored != "", TILL_PRODUCTS.c.ignored), else_=func.coalesce(MODIFIERS.c.name, _NAMED)
        ).label("meaning"),
    )
    .join_from(TILL_PRODUCTS, SITES, SITES.c.id == TILL_PRODUCTS.c.site_id)
    .outerjoin(_WAITING, _WAITING.c.till_product_id == TILL_PRODUCTS.c.id)
    .outerjoin(MENU_ITEMS, MENU_ITEMS.c.id == TILL_PRODUCTS.c.menu_item_id)
    .outerjoin(MODIFIERS, MODIFIERS.c.id == TILL_PRODUCTS.c.modifier_id),
    key=TILL_PRODUCTS.c.id,
    sorts={"words": TILL_PRODUCTS.c.sort_words, "amount": _AMOUNT, "lines": _LINES},
    default=(Sort("amount", descending=True),),
    filters={"state": _STATE, "kind": TILL_PRODUCTS.c.kind, "since": _WAITING.c.since, "amount": _AMOUNT},
    finds=(TILL_PRODUCTS.c.sort_words,),
    site=TILL_PRODUCTS.c.site_id,
    totals={"lines": _LINES, "amount": _AMOUNT},
)
WAITING, MAPPED, IGNORED = ((Filter("state", Match.IN, (state,)),) for state in ("WAITING", "MAPPED", "IGNORED"))


@read
def till_products(connection: Connection, query: ListQuery) -> Page[TillProductRow]:
    """A page of till products, those with the most value waiting first."""
    return SOURCE.page(connection, query)


@read
def till_products_summary(connection: Connection, query: ListQuery) -> Summary:
    """How many there are, how many lines wait, and what they are worth."""
    return SOURCE.summary(connection, query)


@read
def till_product_counts(connection: Connection, query: ListQuery) -> Mapping[str, int]:
    """How many each tab holds, in one statement."""
    states = SOURCE.select.with_only_columns(_STATE.label("state"), maintain_column_froms=True)
    if query.site is not None:
        states = states.where(TILL_PRODUCTS.c.site_id == query.site)
    some = states.limit(COUNT_CAP).subquery()
    found = connection.execute(select(some.c.state, func.count()).group_by(some.c.state)).all()
    return {"WAITING": 0, "MAPPED": 0, "IGNORED": 0, **dict(found)}


_PRODUCT = text("""
    SELECT t.id, t.site_id, s.name AS site, s.currency, t.kind, t.product, t.words, t.menu_item_id, t.modifier_id,
      t.ignored, t.version, coalesce(o.name, btrim(concat_ws(' ', m.name, m.size))) AS meaning,
      d.display_name AS decided_by, t.decided_at,
      w.lines, w.amount, w.mapped_lines,
      (SELECT coalesce(json_agg(json_build_array(x.number, x.placed_at, x.quantity::text, x.amount::text, x.state,
                f.file_name, x.file_row)), '[]')
       FROM (SELECT u.number, u.placed_at, u.quantity, u.amount, u.state, u.import_id, u.file_row
             FROM unmapped_sales u WHERE u.till_product_id = t.id
             UNION ALL
             SELECT r.number, r.placed_at, u.quantity, u.amount, u.state, r.import_id, NULL
             FROM unmapped_modifiers u JOIN orders r ON r.id = u.order_id WHERE u.till_product_id = t.id
             ORDER BY 5 DESC, 2 DESC, 1 LIMIT 12) x
       LEFT JOIN sales_imports f ON f.id = x.import_id) AS newest
    FROM till_products t
    JOIN sites s ON s.id = t.site_id
    LEFT JOIN menu_items m ON m.id = t.menu_item_id
    LEFT JOIN modifiers o ON o.id = t.modifier_id
    LEFT JOIN members d ON d.id = t.decided_by
    CROSS JOIN LATERAL (
      SELECT count(*) FILTER (WHERE u.state = 'WAITING') AS lines,
        count(*) FILTER (WHERE u.state = 'MAPPED') AS mapped_lines,
        coalesce(sum(u.amount) FILTER (WHERE u.state = 'WAITING'), 0) AS amount
      FROM (SELECT state, amount FROM unmapped_sales WHERE till_product_id = t.id
            UNION ALL SELECT state, amount FROM unmapped_modifiers WHERE till_product_id = t.id) u) w
    WHERE t.id = :key
""")


@read
def till_product(connection: Connection, key: UUID | str) -> TillProduct:
    """One product of a till with the newest of its lines."""
    row = one_or_gone(connection.execute(_PRODUCT, {"key": UUID(str(key))}).mappings().one_or_none(), "product")
    return TillProduct(**{**row, "newest": tuple(map(_waiting_line, row["newest"]))})


def _waiting_line(values: list[Any]) -> WaitingLine:
    number, at, quantity, amount, state, file_name, row = values
    return WaitingLine(number, datetime.fromisoformat(at), Decimal(quantity), Decimal(amount), state, file_name, row)


@read
def menu_item_names(connection: Connection) -> tuple[tuple[UUID, str, str], ...]:
    """The whole menu by name: key, name with size, code."""
    statement = select(MENU_ITEMS.c.id, _NAMED, MENU_ITEMS.c.code).order_by(MENU_ITEMS.c.sort_name, MENU_ITEMS.c.code)
    return tuple((key, name, code) for key, name, code in connection.execute(statement))


@read
def mapping_effect(connection: Connection, site: UUID, product: str, menu_item: UUID) -> Effect:
    """What mapping this product would do to the lines that wait for it."""
    asked = text("SELECT mapping_effect(:site, :product, :menu_item)")
    return _effect(connection.execute(asked, {"site": site, "product": product, "menu_item": menu_item}).scalar_one())


def _effect(found: Mapping[str, Any]) -> Effect:
    items = tuple((name, Decimal(quantity), unit) for name, quantity, unit in found["items"])
    cost = None if found["cost"] is None else Decimal(found["cost"])
    return Effect(found["lines"], found["days"], found["days_without_recipe"], Decimal(found["amount"]), cost, items)


@read
def modifier_names(connection: Connection) -> tuple[tuple[UUID, str, str], ...]:
    """Every modifier by name: key, name, the question it answers."""
    modifiers, groups = MODIFIERS.c, GROUPS.c
    asked = (
        select(modifiers.id, modifiers.name, groups.name)
        .join_from(MODIFIERS, GROUPS, groups.id == modifiers.group_id)
        .order_by(modifiers.sort_name, groups.sort_name)
    )
    return tuple((key, name, group) for key, name, group in connection.execute(asked))


_MODIFIER_EFFECT = text("SELECT modifier_effect(:site, :product, :modifier)")
_MAP_MODIFIER = text("SELECT map_modifier(:key, :site, :product, :words, :modifier, :waiting)")


def map_modifier(connection: Connection, mapping: ModifierMeaning, consents: frozenset[str] = frozenset()) -> Changed:
    """Say which modifier a till means; where it waits beside lines, what will become of them is shown first."""
    if mapping.modifier_id is None:
        raise UserError("Choose a modifier.", [Problem("Choose a modifier.", "modifier_id")])
    asked = {"site": mapping.site_id, "product": mapping.product, "modifier": mapping.modifier_id}
    effect = _effect(connection.execute(_MODIFIER_EFFECT, asked).scalar_one())
    consent = f"modify {effect.lines} lines worth {effect.amount}"
    if effect.lines and consent not in consents:
        raise Confirm(change_words(effect), consent)
    sent = {**asked, "key": mapping.key, "words": mapping.words, "waiting": effect.lines}
    connection.execute(_MAP_MODIFIER, sent)
    return Changed(effect, SUBJECTS | QUARANTINE if effect.lines else QUARANTINE)


def change_words(effect: Effect) -> str:
    """What putting recorded lines right would do, in a few sentences."""
    lines = say_count("{count} recorded line", "{count} recorded lines", effect.lines)
    taken = [f"{amount.normalize():+f} {unit} {name}" for name, amount, unit in effect.items]
    named = ", ".join(taken[:MOST_NAMED]) + (" …" if len(taken) > MOST_NAMED else "")
    if not effect.items:
        return say("{lines} will be put right. Nothing more leaves the stock for it.", lines=lines)
    return say("{lines} will be put right. Out of stock: {named}.", lines=lines, named=named)


_MAP = text("SELECT (map_product(:key, :site, :product, :words, :menu_item, :waiting) ->> 'orders')::int")


def map_product(connection: Connection, mapping: Meaning, consents: frozenset[str] = frozenset()) -> Changed:
    """Say what a till means; where lines wait, what will become of them is shown first."""
    if mapping.menu_item_id is None:
        raise UserError("Choose a menu item.", [Problem("Choose a menu item.", "menu_item_id")])
    effect = mapping_effect(connection, mapping.site_id, mapping.product, mapping.menu_item_id)
    consent = f"map {effect.lines} lines worth {effect.amount}"
    if effect.lines and consent not in consents:
        raise Confirm(words_of(effect), consent)
    sent = {
        "key": mapping.key, "site": mapping.site_id, "product": mapping.product, "words": mapping.words,
        "menu_item": mapping.menu_item_id, "waiting": effect.lines,
    }  # fmt: skip
    connection.execute(_MAP, sent)
    return Changed(effect, SUBJECTS | QUARANTINE if effect.lines else QUARANTINE)


def words_of(effect: Effect) -> str:
    """The effect in a few sentences."""
    sold = say_count(
        "{count} line worth {amount:,} will be recorded as sold",
        "{count:,} lines worth {amount:,} will be recorded as sold",
        count=effect.lines, amount=effect.amount,
    )  # fmt: skip
    days = say_count("on {count} business day", "on {count} business days", count=effect.days)
    taken = [f"{quantity.normalize():f} {unit} {name}" for name, quantity, unit in effect.items]
    named = ", ".join(taken[:MOST_NAMED]) + (" …" if len(taken) > MOST_NAMED else "")
    if not taken:
        return say(
            "{sold} {days}. Nothing leaves the stock, for there is no recipe for those days.", sold=sold, days=days
        )
    cost = say(" (about {cost:,} by what it costs today)", cost=effect.cost) if effect.cost is not None else ""
    return say("{sold} {days}, and will take {named} out of stock{cost}.", sold=sold, days=days, named=named, cost=cost)


@call
def ignore_product(connection: Connection, ignoring: Ignoring) -> Changed:
    """Leave a product of the till out with a reason, or let it wait again."""
    sent = {"product": ignoring.product_id, "version": ignoring.version, "reason": ignoring.reason.strip()}
    found = connection.execute(text("SELECT ignore_product(:product, :version, :reason)"), sent).scalar_one()
    return Changed(found, QUARANTINE)
