"""What the books say of every item at every site: now, with what is promised of it, or as at a moment."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Select,
    Uuid,
    and_,
    any_,
    case,
    cast,
    false,
    func,
    literal,
    null,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY

from ims_desktop.database.base import MOMENT, QUANTITY, VALUE
from ims_desktop.domain.listing import ListQuery
from ims_desktop.features.items.tables import CATEGORIES, ITEMS, SETTINGS
from ims_desktop.features.sites.tables import SITES
from ims_desktop.features.stock.tables import CORRECTIONS, COSTS, MOVEMENTS, RESERVED, UNDER_WAY

AT = "at"
"""The key of the filter that names the moment a list is about."""
NOTHING = literal(0, QUANTITY)
_SEEN = select(func.stock_sites(type_=ARRAY(Uuid))).scalar_subquery()
"""Where the person may see stock now: whoever counts blind sees nothing there, and no zeros that are none."""


def moment_of(query: ListQuery) -> datetime | None:
    """The moment a list is about; None for now."""
    chip = next((chip for chip in query.filters if chip.key == AT), None)
    found: datetime | None = chip.values[-1] if chip is not None else None
    return found


def without_moment(query: ListQuery) -> ListQuery:
    """The same question about whatever moment it is asked of."""
    return replace(query, filters=tuple(chip for chip in query.filters if chip.key != AT))


@dataclass(frozen=True, slots=True)
class Books:
    """Every item at every site, with what is kept and wanted there; `known` leaves out what the site never had.

    What is reserved and what is on the way are known of now alone.
    """

    costs: FromClause
    reserved: FromClause | None
    coming: FromClause | None
    moment: datetime | None

    @classmethod
    def of(cls, query: ListQuery) -> "Books":
        """The books as a list asks for them."""
        return cls.at(moment_of(query), query.site)

    @classmethod
    def at(cls, moment: datetime | None, site: UUID | None) -> "Books":
        """The books as at a moment; None: now."""
        if moment is None:
            return cls(COSTS, _reserved(), _coming(), None)
        return cls(costs_at(moment, site), None, None, moment)

    @property
    def joined(self) -> Any:
        """The tables."""
        costs = self.costs
        has = and_(costs.c.site_id == SITES.c.id, costs.c.item_id == ITEMS.c.id)
        wants = and_(SETTINGS.c.site_id == SITES.c.id, SETTINGS.c.item_id == ITEMS.c.id)
        items = ITEMS.join(CATEGORIES, CATEGORIES.c.id == ITEMS.c.category_id)
        sites = and_(SITES.c.is_active, SITES.c.id == any_(cast(_SEEN, ARRAY(Uuid))))
        found = items.join(SITES, sites).outerjoin(costs, has).outerjoin(SETTINGS, wants)
        for more in (self.reserved, self.coming):
            if more is not None:
                found = found.outerjoin(more, and_(more.c.site_id == SITES.c.id, more.c.item_id == ITEMS.c.id))
        return found

    @property
    def known(self) -> ColumnElement[bool]:
        """Whether a site has, had or wants an item."""
        costs = self.costs
        wanted = and_(SETTINGS.c.par.is_not(None), ITEMS.c.is_active)
        moved = and_(costs.c.last_movement_at.is_not(None), or_(ITEMS.c.is_active, costs.c.quantity != 0))
        if self.moment is not None:  # what moved both before and since then is not known to have moved before
            moved = or_(moved, costs.c.quantity != 0)
        promised = false() if self.reserved is None else self.reserved.c.quantity.is_not(None)
        comes = false() if self.coming is None else self.coming.c.quantity.is_not(None)
        return or_(moved, wanted, promised, comes)

    @property
    def on_hand(self) -> ColumnElement[Any]:
        """The quantity."""
        return func.coalesce(self.costs.c.quantity, NOTHING)

    @property
    def promised(self) -> ColumnElement[Any]:
        """What open orders will take."""
        return null() if self.reserved is None else func.coalesce(self.reserved.c.quantity, NOTHING)

    @property
    def on_the_way(self) -> ColumnElement[Any]:
        """What other sites sent and is not there yet."""
        return null() if self.coming is None else func.coalesce(self.coming.c.quantity, NOTHING)

    @property
    def available(self) -> ColumnElement[Any]:
        """What is on hand and promised to nobody."""
        return self.on_hand - self.promised

    @property
    def state(self) -> ColumnElement[str]:
        """The most urgent thing to say about an item at a site."""
        on_hand = self.on_hand
        return case(
            (on_hand < 0, "negative"),
            (on_hand == 0, "out"),
            (self.is_short, "short"),
            (on_hand < SETTINGS.c.par, "low"),
            else_="ok",
        )

    @property
    def is_short(self) -> ColumnElement[bool]:
        """Whether open orders will take more than there is."""
        return false() if self.reserved is None else self.promised > func.greatest(self.on_hand, NOTHING)


def costs_at(moment: datetime, site: UUID | None) -> FromClause:
    """What was kept of every item at a moment, as the books say now: what is there less what changed since."""
    later, corrected = _since(MOVEMENTS, moment, site, "later"), _since(CORRECTIONS, moment, site, "corrected")
    quantity = COSTS.c.quantity - func.coalesce(later.c.quantity, NOTHING)
    changed = func.coalesce(later.c.value, NOTHING) + func.coalesce(corrected.c.value, NOTHING)
    value = COSTS.c.value - changed
    found: Select[Any] = (
        select(
            COSTS.c.site_id,
            COSTS.c.item_id,
            quantity.label("quantity"),
            value.label("value"),
            case((quantity > 0, func.round(value / func.nullif(quantity, NOTHING), 6, type_=VALUE))).label(
                "average_cost"
            ),
            _before(COSTS.c.last_movement_at, moment).label("last_movement_at"),
            _before(COSTS.c.last_counted_at, moment).label("last_counted_at"),
        )
        .select_from(
            COSTS.outerjoin(later, _same(later)).outerjoin(corrected, _same(corrected)),
        )
    )  # fmt: skip
    return (found if site is None else found.where(COSTS.c.site_id == site)).subquery("kept")


def _since(changes: Any, moment: datetime, site: UUID | None, name: str) -> FromClause:
    """What was added to every item after a moment."""
    sums = [func.sum(changes.c.value).label("value")]
    if "quantity" in changes.c:
        sums.append(func.sum(changes.c.quantity).label("quantity"))
    found = select(changes.c.site_id, changes.c.item_id, *sums).where(
        changes.c.effective_at > literal(moment, MOMENT), *(() if site is None else (changes.c.site_id == site,))
    )
    return found.group_by(changes.c.site_id, changes.c.item_id).subquery(name)


def _same(changes: FromClause) -> ColumnElement[bool]:
    return and_(changes.c.site_id == COSTS.c.site_id, changes.c.item_id == COSTS.c.item_id)


def _before(last: ColumnElement[Any], moment: datetime) -> ColumnElement[Any]:
    """The last time something happened, where that is known: what happened since may hide an earlier time."""
    return case((last <= literal(moment, MOMENT), last))


def _reserved() -> FromClause:
    """What open orders will take."""
    return _grouped(RESERVED, RESERVED.c.site_id, "promised")


def _coming() -> FromClause:
    """What is under way to each site."""
    return _grouped(UNDER_WAY, UNDER_WAY.c.to_site_id, "coming")


def _grouped(parts: FromClause, site: ColumnElement[Any], name: str) -> FromClause:
    """Grouped, so that the server sees that it adds no rows, and leaves it out where nobody asks."""
    sums = func.sum(parts.c.quantity).label("quantity")
    found = select(site.label("site_id"), parts.c.item_id, sums).group_by(site, parts.c.item_id)
    return found.subquery(name)
