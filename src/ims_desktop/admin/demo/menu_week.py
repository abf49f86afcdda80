"""What is going on with the menu these days: a price that goes up soon, and a dish that a site is out of."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from ims_desktop.database.transaction import TenantDatabase
from ims_desktop.domain.listing import ListQuery, Sort
from ims_desktop.features.menu import service
from ims_desktop.features.menu.rules import ENDINGS, HUNDRED

SOON = timedelta(days=21)


def plan_menu(desk: TenantDatabase, site: UUID) -> None:
    """Plan a higher price of the dish that leaves least, and take the cheapest one off at the site."""
    rows = desk.run(service.menu, ListQuery(site=site, sort=(Sort("food_cost", descending=True),), limit=1)).rows
    cheap = desk.run(service.menu, ListQuery(site=site, sort=(Sort("price"),), limit=1)).rows
    for row in rows:
        if row.price is not None:
            price, day = ENDINGS["0.50"].up(row.price + 1), datetime.now(UTC).date() + SOON
            desk.run(service.set_price, service.PriceDraft(row.id, site, day, price, (row.tax or 0) * HUNDRED))
    desk.run(service.pause, [row.id for row in cheap], site, None)
