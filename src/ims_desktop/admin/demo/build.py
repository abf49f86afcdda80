"""Builds the sample data on the embedded server, through the doors everybody uses: sign-in, services, sales import."""

import csv
import hashlib
import heapq
import io
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from itertools import groupby
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from sqlalchemy import Connection as Work

from ims_desktop.admin.demo.carrying import carry
from ims_desktop.admin.demo.catering import keep_unknown, name_customers, plan_catering
from ims_desktop.admin.demo.counting import begin_count
from ims_desktop.admin.demo.design import Design, SoldOrder
from ims_desktop.admin.demo.events import DeliveredLine, Delivery, Event, Waste, WastedLine, events
from ims_desktop.admin.demo.master import Made, make_master_data
from ims_desktop.admin.demo.menu_week import plan_menu
from ims_desktop.admin.demo.preparing import prepare
from ims_desktop.database.installation import Connection
from ims_desktop.database.key_recovery import begin_keys
from ims_desktop.database.key_sharing import unlock
from ims_desktop.database.local import Access
from ims_desktop.database.scripts import TenantNames, scripts
from ims_desktop.database.sign_in import open_tenant, sign_in, sign_out
from ims_desktop.database.tenancy import NewUser, create_tenant, create_user, grant_user
from ims_desktop.database.transaction import TenantDatabase
from ims_desktop.domain.business_calendar import instant_of
from ims_desktop.domain.errors import UserError
from ims_desktop.domain.sample_accounts import ACCOUNTS, DEMO_PASSWORD, Account
from ims_desktop.features.sales.rules import SalesFile, SalesOrder
from ims_desktop.features.sales.service import Checked, FileToImport, SalesImport, check_file, record_orders
from ims_desktop.features.stock import service as stock

Say = Callable[[str], None]

CLOSING, AFTER_THE_COUNT = time(23, 15), time(23, 46)


@dataclass(frozen=True)
class Group:
    """One restaurant group to build: its design, its sales and the file they come in."""

    design: Design
    country: str
    orders: tuple[SoldOrder, ...]
    file: SalesFile
    owner: Account
    manager: Account
    counter: Account


@dataclass(frozen=True)
class DaySales:
    """What one site sold on one day, recorded when it closes."""

    moment: datetime
    site: str
    orders: tuple[SalesOrder, ...]


def mark() -> str:
    """What a complete group is described by; another version of the schema asks for other sample data."""
    text = "".join(script.sql for history in ("shared", "tenant") for script in scripts(history))
    return f"Sample data, complete, of schema {hashlib.sha256(text.encode()).hexdigest()[:12]}"


def is_built(access: Access, names: Iterable[str]) -> bool:
    """Whether these groups stand there complete."""
    with access.operator() as operator:
        operator.execute("SET ROLE ims_owner")
        found = operator.execute("SELECT name FROM public.tenants WHERE description = %s", [mark()]).fetchall()
    return {row[0] for row in found} >= set(names)


def build_group(access: Access, group: Group, say: Say) -> None:
    """Build one restaurant group from nothing to its last day."""
    name = group.design.tenant
    with access.operator() as operator:
        tenant = _make_people(operator, group)
        code = begin_keys(operator, TenantNames(tenant))
    with ExitStack() as stack:
        owner, manager, counter = (
            stack.enter_context(_AtWork(access, who, name)) for who in (group.owner, group.manager, group.counter)
        )
        owner.desk.run(unlock, code)
        made: Made = owner.desk.run(make_master_data, group.design)
        say(f"{name}: {len(made.items)} items, {len(group.design.menu)} dishes. Reading the sales …")
        checked = _check(owner.desk, group, made)
        reasons = dict(owner.desk.run(_reasons))
        year = _Year(group, made, reasons, checked, manager.desk, counter.desk)
        year.run(lambda day: say(f"{name}: {day:%B %Y}"))
        name_customers(manager.desk)
        default = made.sites[next(site.name for site in group.design.sites if site.is_default)]
        plan_catering(manager.desk, default)
        plan_menu(manager.desk, default)
        begin_count(manager.desk, counter.desk, default)
        last = max(each.moment for each in group.orders).astimezone(UTC)
        counted = instant_of(datetime.combine(last, AFTER_THE_COUNT), ZoneInfo(group.design.sites[0].time_zone))
        others = [key for key in made.sites.values() if key != default]
        if others:
            carry(owner.desk, others[-1], default, reasons["BREAKAGE"], counted)
        prepare(owner.desk, group.design, default, counted)
        keep_unknown(manager.desk, default, last)
    with access.operator() as operator:
        operator.execute("SET ROLE ims_owner")
        operator.execute("UPDATE public.tenants SET description = %s WHERE id = %s", [mark(), tenant])


def _make_people(operator: Connection, group: Group) -> UUID:
    name = group.design.tenant
    owner = _user(operator, group.owner)
    tenant = create_tenant(operator, name, group.country, owner)
    for account in ACCOUNTS:
        if name in account.tenants and account is not group.owner:
            grant_user(operator, _user(operator, account), tenant, account.label)
    return tenant


def _user(operator: Connection, account: Account) -> UUID:
    with operator.transaction():
        operator.execute("SET LOCAL ROLE ims_owner")
        row = operator.execute("SELECT id FROM public.users WHERE username = %s", [account.login]).fetchone()
    if row is not None:
        found: UUID = row[0]
        return found
    return create_user(operator, NewUser(account.first_name, account.last_name, DEMO_PASSWORD, username=account.login))


class _AtWork:
    """A person signed in to one group."""

    def __init__(self, access: Access, account: Account, tenant: str) -> None:
        self._gate = access.gate
        self._session = sign_in(access.gate, account.login, DEMO_PASSWORD)
        choice = next(one for one in self._session.tenants if one.name == tenant)
        self.desk = TenantDatabase(open_tenant(access.gate, self._session, choice), pool_size=1)

    def __enter__(self) -> "_AtWork":
        return self

    def __exit__(self, *_: object) -> None:
        self.desk.close()
        sign_out(self._gate, self._session)


def _check(desk: TenantDatabase, group: Group, made: Made) -> Checked:
    """Read the sales as the import page does; sample data with a problem are a fault of ours."""
    default = next(site.name for site in group.design.sites if site.is_default)
    checked: Checked = desk.run(check_file, FileToImport((group.file,), site=made.sites[default]))
    if not checked.preview.ready or checked.preview.totals.held:
        raise UserError(f"The sales of {group.design.tenant} cannot be read: {checked.preview.problems}")
    return checked


def _reasons(connection: Work) -> list[tuple[str, UUID]]:
    rows = connection.exec_driver_sql("SELECT code, id FROM reason_codes").all()
    return [(row[0], row[1]) for row in rows]


class _Year:
    """Plays everything that happened in the order of time, because costs follow the order of entry."""

    def __init__(
        self, group: Group, made: Made, reasons: dict[str, UUID], checked: Checked,
        manager: TenantDatabase, counter: TenantDatabase,
    ) -> None:  # fmt: skip
        self._group, self._made, self._reasons = group, made, reasons
        self._checked, self._manager, self._counter = checked, manager, counter
        self._zones = {site.name: ZoneInfo(site.time_zone) for site in group.design.sites}

    def run(self, month: Callable[[date], None]) -> None:
        """Post everything; `month` is told of each new month."""
        happened = heapq.merge(
            self._sales(), events(self._group.design, self._group.orders), key=lambda event: event.moment
        )
        now = None
        for event in happened:
            if (event.moment.year, event.moment.month) != now:
                now = (event.moment.year, event.moment.month)
                month(event.moment.date())
            if isinstance(event, DaySales):
                self._record(event)
            else:
                self._post(event)

    def _sales(self) -> Iterator[DaySales]:
        names = {key: name for name, key in self._made.sites.items()}
        orders = sorted(self._checked.preview.orders, key=lambda order: (order.business_day, names[order.site]))
        for (day, site), of_day in groupby(orders, key=lambda order: (order.business_day, order.site)):
            yield DaySales(datetime.combine(day, CLOSING), names[site], tuple(of_day))

    def _record(self, sales: DaySales) -> None:
        zones = {self._made.sites[name]: zone for name, zone in self._zones.items()}
        name = f"{sales.site} {sales.moment:%Y-%m-%d}.csv"
        record_orders(self._manager.run, SalesImport(uuid4(), name, sales.orders, zones, datetime.now(UTC)))

    def _post(self, event: Event) -> None:
        site = self._made.sites[event.site]
        at = instant_of(event.moment, self._zones[event.site])
        kind, desk = stock.Kind.COUNT, self._manager
        supplier, reference = None, ""
        if isinstance(event, Delivery):
            kind, supplier, reference = stock.Kind.DELIVERY, self._made.suppliers[event.supplier], event.reference
        elif isinstance(event, Waste):
            kind, desk = stock.Kind.WASTE, self._counter
        lines = tuple(self._lines(event))
        desk.run(stock.post, stock.Document(uuid4(), kind, site, lines, at, supplier, reference))

    def _lines(self, event: Event) -> Iterator[stock.DocumentLine]:
        for line in event.lines:
            item = self._made.items[line.sku]
            place = self._made.locations[event.site, line.location]
            if isinstance(line, DeliveredLine):
                yield stock.DocumentLine(item, place, line.quantity, line.unit_cost)
            elif isinstance(line, WastedLine):
                yield stock.DocumentLine(item, place, -line.quantity, reason_id=self._reasons[line.reason])
            else:
                yield stock.DocumentLine(item, place, line.quantity)


def as_till_file(name: str, orders: Iterable[SoldOrder]) -> SalesFile:
    """Orders as a till would export them."""
    target = io.StringIO()
    writer = csv.writer(target)
    writer.writerow(["site", "order_id", "date", "time", "channel", "covers", "menu_code", "quantity", "unit_price"])
    for order in orders:
        for line in order.lines:
            when = (order.moment.date().isoformat(), order.moment.time().isoformat())
            head = (order.site, order.number, *when, order.channel, order.covers)
            writer.writerow([*head, line.code, line.quantity, line.price])
    return SalesFile(name, target.getvalue().encode())
