"""The restaurant groups of the sample data, and who builds them."""

from collections.abc import Iterator

from ims_desktop.admin.demo.build import Group, Say, as_till_file, build_group, is_built
from ims_desktop.admin.demo.lanterna import lanterna, lanterna_orders
from ims_desktop.admin.demo.pizzaplace import FILE_NAME, sales_file, sold_orders
from ims_desktop.admin.demo.plato import plato
from ims_desktop.database.local import Access
from ims_desktop.domain.sample_accounts import ACCOUNTS, LANTERNA, OWNER, PLATO
from ims_desktop.features.sales.rules import SalesFile

_PEOPLE = {account.login: account for account in ACCOUNTS}


def groups() -> Iterator[Group]:
    """The groups, each designed only when its turn has come."""
    till = SalesFile(FILE_NAME, sales_file())
    yield Group(plato(), "US", sold_orders(), till, OWNER, _PEOPLE["manager"], _PEOPLE["counter"])
    orders = lanterna_orders()
    till = as_till_file("lanterna.csv", orders)
    yield Group(lanterna(), "IT", orders, till, OWNER, _PEOPLE["lucia"], _PEOPLE["lucia"])


def all_built(access: Access) -> bool:
    """Whether all sample data are there."""
    return is_built(access, (PLATO, LANTERNA))


def build_all(access: Access, say: Say) -> None:
    """Build everything, one group after the other."""
    for group in groups():
        build_group(access, group, say)
