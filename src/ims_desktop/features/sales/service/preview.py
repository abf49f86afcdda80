"""Reading and checking a sales file against what the restaurant group knows."""

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, text

from ims_desktop.domain.errors import Problem, UserError
from ims_desktop.domain.file_values import read_when
from ims_desktop.domain.wording import say
from ims_desktop.domain.work import Changed, read
from ims_desktop.features.sales.rules import (
    Choices,
    Known,
    KnownModifier,
    MenuItem,
    Preview,
    Reading,
    SalesFile,
    Site,
    check,
    read_sales,
)
from ims_desktop.features.sales.rules.joining import LARGEST
from ims_desktop.features.sales.rules.reading import date_place
from ims_desktop.features.sales.service import tills
from ims_desktop.features.sales.service.posting import SalesImport

_KNOWN = text("""
    SELECT
      (SELECT coalesce(json_agg(json_build_array(m.id, m.code, m.name, p.price::text) ORDER BY m.sort_code), '[]')
       FROM (SELECT x.id, x.code, x.sort_code,
               CASE WHEN count(*) OVER (PARTITION BY x.sort_name) > 1 THEN btrim(x.name || ' ' || x.size)
                    ELSE x.name END AS name
             FROM menu_items x) m
       LEFT JOIN LATERAL (
         SELECT x.price FROM menu_prices x
         WHERE x.menu_item_id = m.id AND (x.site_id = :site OR x.site_id IS NULL) AND x.valid_from <= current_date
         ORDER BY x.site_id IS NULL, x.valid_from DESC LIMIT 1) p ON true) AS menu,
      (SELECT coalesce(json_agg(json_build_array(s.id, s.name, s.time_zone, s.day_cutover_hour)
                                ORDER BY s.is_default DESC, s.sort_name), '[]')
       FROM sites s WHERE s.is_active AND s.id = ANY ((SELECT scope('sales.import'))::uuid[])) AS sites,
      (SELECT coalesce(json_agg(json_build_array(d.id, d.name, (
                SELECT coalesce(json_agg(j.menu_item_id), '[]') FROM menu_item_modifiers j
                WHERE j.group_id = d.group_id)) ORDER BY d.sort_name, d.id), '[]')
       FROM modifiers d JOIN modifier_groups g ON g.id = d.group_id WHERE d.is_active AND g.is_active) AS modifiers
""")
_IMPORTED = text("SELECT o.site_id, o.number FROM orders o WHERE o.business_day BETWEEN :first AND :last")
_KEPT = text("""
    SELECT u.site_id, u.number, t.product FROM unmapped_sales u JOIN till_products t ON t.id = u.till_product_id
    WHERE u.business_day BETWEEN :first AND :last""")
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class FileToImport:
    """What the person chose: files, answers, and the site for lines that name none."""

    files: tuple[SalesFile, ...]
    choices: Choices = field(default_factory=Choices)
    site: UUID | None = None
    is_new: bool = True  # nobody has answered anything yet, so the answers to the last file like it count

    @property
    def name(self) -> str:
        """The names of the files in one line."""
        return ", ".join(file.name for file in self.files)

    @property
    def size(self) -> int:
        """Bytes of all files together."""
        return sum(len(file.content) for file in self.files)


@dataclass(frozen=True)
class Checked:
    """A file that was read and checked: what was understood, what would happen, and what it was checked against."""

    file: FileToImport
    reading: Reading
    preview: Preview
    known: Known
    remembered: datetime | None = None  # when a file with these columns was read before

    def prepared(self) -> SalesImport:
        """The accepted orders and the lines that wait, ready to be recorded under a new key."""
        zones = {site.id: site.zone for site in self.known.sites}
        preview = self.preview
        return SalesImport(uuid4(), self.file.name, preview.orders, zones, datetime.now(UTC), preview.unmapped)


@read
def open_files(_connection: Connection, paths: tuple[Path, ...]) -> tuple[SalesFile, ...]:
    """The contents of files the person chose; every file that cannot be read is named."""
    problems, files = [], []
    for path in paths:
        try:
            if path.stat().st_size > LARGEST:
                problems.append(
                    Problem(say("{name} is larger than {largest} MB.", name=path.name, largest=LARGEST // 1000000))
                )
            else:
                files.append(SalesFile(path.name, path.read_bytes()))
        except OSError as error:
            problems.append(Problem(say("{name} cannot be read: {why}.", name=path.name, why=error.strerror or error)))
    if problems:
        raise UserError("Not every file could be opened.", problems)
    return tuple(files)


@read
def known_for_import(connection: Connection, site: UUID | None = None) -> Known:
    """The menu with today's prices at the site, and the sites where the person may import.

    A menu item whose name others share is known by name and size. Without a choice the only site is meant.
    """
    row = connection.execute(_KNOWN, {"site": site}).one()
    menu = tuple(MenuItem(UUID(key), code, name, price and Decimal(price)) for key, code, name, price in row.menu)
    sites = tuple(Site(UUID(key), name, ZoneInfo(zone), time(hour)) for key, name, zone, hour in row.sites)
    chosen = next((each for each in sites if each.id == site), sites[0] if len(sites) == 1 else None)
    modifiers = tuple(
        KnownModifier(UUID(key), name, frozenset(map(UUID, offered))) for key, name, offered in row.modifiers
    )
    return Known(menu, sites, datetime.now(UTC), chosen, modifiers=modifiers)


@read
def check_file(connection: Connection, file: FileToImport) -> Checked:
    """Read and check what was chosen: what would be imported, and everything that is wrong."""
    known = known_for_import(connection, file.site)
    words = [word for item in known.menu for word in (item.code, item.name)]
    site = known.site.id if known.site else None
    reading, remembered = _read_as_before(connection, file, site, words)
    days = days_of(reading)
    known = replace(
        known,
        aliases=tills.aliases(connection, site),
        ignored=tills.ignored(connection, site),
        modifier_aliases=tills.modifier_aliases(connection, site),
        ignored_modifiers=tills.ignored(connection, site, tills.MODIFIER),
        imported=_imported(connection, days),
        kept=_kept(connection, days),
    )
    return Checked(replace(file, choices=reading.choices), reading, check(reading, known), known, remembered)


def remember_reading(connection: Connection, checked: Checked) -> Changed:
    """Keep how this file was read, so that the next one of the same till asks nothing."""
    sites = {order.site for order in checked.preview.orders} | {line.site for line in checked.preview.unmapped}
    for site in sites:
        tills.remember(connection, site, checked.file.files, checked.reading)
    return Changed(len(sites))


def _read_as_before(
    connection: Connection, file: FileToImport, site: UUID | None, words: list[str]
) -> tuple[Reading, datetime | None]:
    """The file as it is read by the answers given now, and at the first look by those of the last file like it."""
    reading = read_sales(file.files, file.choices, words)
    if not file.is_new:
        return reading, None
    before = tills.recall(connection, site, reading.table.header)
    if before is None:
        return reading, None
    return read_sales(file.files, tills.beside(before.choices, file.choices), words), before.used_at


def days_of(reading: Reading) -> tuple[date, date] | None:
    """The first and last day the file could mean, whichever way its dates are read."""
    place = date_place(reading.columns)
    cells = () if place is None else dict.fromkeys(reading.table.column(place))
    found = [when.dates for when in map(read_when, cells) if when is not None]
    days = [day for dates in found for day in dates if day is not None]
    return (min(days), max(days)) if days else None


def _imported(connection: Connection, days: tuple[date, date] | None) -> frozenset[tuple[UUID, str]]:
    """The orders that are there already, from the day before (after midnight, before the cut-over) to the last day."""
    if days is None:
        return frozenset()
    first, last = days
    since = first - _DAY if first > date.min else first
    return frozenset((site, number) for site, number in connection.execute(_IMPORTED, {"first": since, "last": last}))


def _kept(connection: Connection, days: tuple[date, date] | None) -> frozenset[tuple[UUID, str, str]]:
    """The lines of these days that were kept for want of a menu item, whatever became of them since."""
    if days is None:
        return frozenset()
    first, last = days
    since = first - _DAY if first > date.min else first
    found = connection.execute(_KEPT, {"first": since, "last": last})
    return frozenset((site, number, product) for site, number, product in found)
