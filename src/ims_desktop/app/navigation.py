"""The navigation list: every page by one line, and what upper capabilities add to the panels of lower ones."""

from functools import partial

from ims_desktop.features.adjustments.screen import COPY as ENTRY_COPY
from ims_desktop.features.adjustments.screen import PHOTO_SECTION, build_adjustments, build_waste, request_key
from ims_desktop.features.adjustments.screen import SENDINGS as ADJUSTMENT_SENDINGS
from ims_desktop.features.audit import screen as audit
from ims_desktop.features.counts import service as counts_service
from ims_desktop.features.counts.screen import COPY as COUNT_COPY
from ims_desktop.features.counts.screen import SENDINGS as COUNT_SENDINGS
from ims_desktop.features.counts.screen import build_counts, build_review, build_sheet
from ims_desktop.features.customers import screen as customers
from ims_desktop.features.deliveries import screen as deliveries
from ims_desktop.features.deliveries import service as deliveries_service
from ims_desktop.features.exchange import screen as exchange
from ims_desktop.features.items import screen as items
from ims_desktop.features.keys import screen as keys
from ims_desktop.features.lots import service as lots_service
from ims_desktop.features.lots.screen import ITEM_SECTIONS as LOT_SECTIONS
from ims_desktop.features.lots.screen import build_lots, build_trace
from ims_desktop.features.menu import screen as menu
from ims_desktop.features.menu import service as menu_service
from ims_desktop.features.menu.screen import categories as menu_categories
from ims_desktop.features.menu.screen import modifiers, price_list
from ims_desktop.features.overview.screen import build_overview
from ims_desktop.features.people import service as people_service
from ims_desktop.features.people.screen import build_people, build_roles, build_sessions
from ims_desktop.features.prices import screen as prices
from ims_desktop.features.production import screen as production
from ims_desktop.features.production import service as production_service
from ims_desktop.features.rates import screen as rates
from ims_desktop.features.rates import service as rates_service
from ims_desktop.features.recipes import screen as recipes
from ims_desktop.features.reports.screen import MENU_SECTIONS, build_cost_and_waste, build_reports
from ims_desktop.features.sales import service as orders_service
from ims_desktop.features.sales.screen import CUSTOMER_SECTIONS, build_entry, build_import, build_orders, build_unmapped
from ims_desktop.features.sites import screen as sites
from ims_desktop.features.sites import service as sites_service
from ims_desktop.features.stock import service as stock_service
from ims_desktop.features.stock.screen import (
    ITEM_BUTTONS,
    ITEM_SECTIONS,
    build_card,
    build_levels,
    build_movements,
    build_periods,
    period_key,
    settings_key,
)
from ims_desktop.features.storage import screen as storage
from ims_desktop.features.storage import service as storage_service
from ims_desktop.features.suppliers import screen as suppliers
from ims_desktop.features.transfers import screen as transfers
from ims_desktop.features.views import service as views
from ims_desktop.ui.desk import Desk, ImportPlace, ViewUseCases
from ims_desktop.ui.journal import Sending
from ims_desktop.ui.local_copy import Copy
from ims_desktop.ui.navigation_bar import HIDDEN, SET_UP, Entry
from ims_desktop.ui.palette_box import Command
from ims_desktop.ui.records import records_of
from ims_desktop.ui.waiting import PAGE as SAVED_HERE
from ims_desktop.ui.waiting import WaitingPage

_items = partial(
    items.build, sections=(*ITEM_SECTIONS, *LOT_SECTIONS, audit.history_section("items")), buttons=ITEM_BUTTONS
)
_sites = partial(sites.build, sections=(audit.history_section("sites"),))
_storage = partial(storage.build, sections=(audit.history_section("storage_locations"),))
_suppliers = partial(suppliers.build, sections=(audit.history_section("suppliers"),))
_supplier_items = partial(suppliers.build_offers, sections=(audit.history_section("supplier_items"),))
_customers = partial(customers.build, sections=(*CUSTOMER_SECTIONS, audit.history_section("customers")))
_recipes = partial(recipes.build, sections=(audit.history_section("recipes"),))
_menu = partial(menu.build, sections=(*MENU_SECTIONS, audit.history_section("menu_items")))
_menu_categories = partial(menu_categories.build, sections=(audit.history_section("menu_categories"),))
_price_list = partial(price_list.build, sections=(audit.history_section("menu_items"),))
_price_changes = partial(prices.build, sections=(audit.history_section("supplier_prices", prices.price_key),))
_modifiers = partial(modifiers.build, sections=(audit.history_section("modifier_groups"),))
_orders = partial(build_orders, sections=(audit.history_section("orders"),))
_unmapped = partial(build_unmapped, sections=(audit.history_section("till_products"),))
_people = partial(build_people, sections=(audit.history_section("members"),))
_levels = partial(build_levels, sections=(audit.history_section("item_site_settings", settings_key),))
_lots = partial(build_lots, sections=(audit.history_section("lots"),))
_document_history = (audit.history_section("posting"),)
_document_sections = (PHOTO_SECTION, *_document_history)
_movements = partial(build_movements, sections=_document_sections)
_deliveries = partial(deliveries.build, sections=_document_history)
_transfers = partial(transfers.build, sections=_document_history)
_card = partial(build_card, sections=_document_sections)
_review_sections = (audit.history_section("approval_requests", request_key),)
_production = partial(production.build, sections=_document_history, waiting=_review_sections)
_waste = partial(build_waste, sections=_document_sections, waiting=_review_sections)
_adjustments = partial(build_adjustments, sections=_document_sections, waiting=_review_sections)
_periods = partial(build_periods, sections=(audit.history_section("periods", period_key),))
_counts = partial(build_counts, sections=(audit.history_section("count_sheets"),))
_roles = partial(build_roles, sections=(audit.history_section("roles"),))
_rates = partial(rates.build, sections=(audit.history_section("exchange_rates"),))
_keys = partial(keys.build, sections=(audit.history_section("key_holders"),))

ENTRIES: tuple[Entry, ...] = (
    Entry("overview", "Overview", "", "squares-four", build_overview),
    Entry("items", "Items", "Stock", "package", _items, "items.view", items.FIND),
    Entry("categories", "Categories", "Stock", "tree-structure", items.build_categories, "items.view"),
    Entry("stock", "Stock", "Stock", "stack", _levels, "stock.view"),
    Entry(
        "movements",
        "Movements",
        "Stock",
        "arrows-left-right",
        _movements,
        "stock.view",
        records_of(stock_service.movements, "item", "document"),
    ),
    Entry("item_card", "Item card", HIDDEN, "identification-card", _card, "stock.view"),
    Entry(
        "lots", "Lots", "Stock", "hourglass-medium", _lots, "stock.view", records_of(lots_service.lots, "item", "code")
    ),
    Entry("lot_trace", "Way of a lot", HIDDEN, "git-branch", build_trace, "stock.view"),
    Entry("waste", "Waste", "Stock", "trash", _waste, "waste.record"),
    Entry("adjustments", "Adjustments", "Stock", "plus-minus", _adjustments, "adjustments.record"),
    Entry(SAVED_HERE, "Saved here", HIDDEN, "floppy-disk", WaitingPage),
    Entry(
        "counts",
        "Counts",
        "Stock",
        "clipboard-text",
        _counts,
        "counts.enter",
        records_of(counts_service.counts, "name", "code"),
    ),
    Entry("count_sheet", "Count sheet", HIDDEN, "clipboard-text", build_sheet, "counts.enter"),
    Entry("count_review", "Review of a count", HIDDEN, "scales", build_review, "counts.post"),
    Entry("transfers", "Transfers", "Stock", "truck", _transfers, "stock.view"),
    Entry(
        "deliveries",
        "Deliveries",
        "Purchasing",
        "arrow-line-down",
        _deliveries,
        deliveries_service.RECEIVE,
        records_of(deliveries_service.deliveries, "supplier", "reference"),
    ),
    Entry("suppliers", "Suppliers", "Purchasing", "storefront", _suppliers, "suppliers.view", suppliers.FIND),
    Entry(
        "supplier_items",
        "Supplier items",
        "Purchasing",
        "tag",
        _supplier_items,
        "suppliers.view",
        suppliers.FIND_OFFERS,
    ),
    Entry("price_changes", "Price changes", "Purchasing", "trend-up", _price_changes, prices.COST_RIGHT),
    Entry("plate_costs", "Plate costs", "Kitchen", "scales", prices.build_plates, prices.COST_RIGHT),
    Entry("recipes", "Recipes", "Kitchen", "cooking-pot", _recipes, "recipes.view", recipes.FIND),
    Entry(
        "production",
        "Production",
        "Kitchen",
        "flask",
        _production,
        "stock.view",
        records_of(production_service.productions, "item", "origin"),
    ),
    Entry("menu", "Menu", "Kitchen", "fork-knife", _menu, "menu.view", records_of(menu_service.menu, "name", "code")),
    Entry("menu_categories", "Menu categories", HIDDEN, "list-numbers", _menu_categories, "menu.view"),
    Entry("modifiers", "Modifiers", HIDDEN, "sliders-horizontal", _modifiers, "menu.view"),
    Entry("price_list", "Price list", HIDDEN, "tag", _price_list, "menu.view"),
    Entry(
        "orders",
        "Orders",
        "Sales",
        "receipt",
        _orders,
        "sales.view",
        records_of(orders_service.orders, "number", "channel"),
    ),
    Entry("customers", "Customers", "Sales", "address-book", _customers, "customers.view", customers.FIND),
    Entry("order_entry", "Order entry", "Sales", "note-pencil", build_entry, "sales.enter"),
    Entry("sales_import", "Sales import", "Sales", "file-arrow-up", build_import, "sales.import"),
    Entry("unmapped_sales", "Unmapped sales", "Sales", "tray", _unmapped, "sales.view"),
    Entry("cost_and_waste", "Cost & waste", "Insight", "trend-up", build_cost_and_waste, "reports.view"),
    Entry("reports", "Reports", "Insight", "chart-bar", build_reports, "reports.view"),
    Entry("periods", "Periods", "Insight", "lock-simple", _periods, "periods.close"),
    Entry("import", "Import", SET_UP, "upload-simple", exchange.build, exchange.RIGHTS),
    Entry("sites", "Sites", SET_UP, "map-pin", _sites, "sites.view", records_of(sites_service.sites, "name", "city")),
    Entry(
        "storage",
        "Storage locations",
        SET_UP,
        "house-line",
        _storage,
        "sites.view",
        records_of(storage_service.locations, "name", "site"),
    ),
    Entry(
        "exchange_rates",
        "Exchange rates",
        SET_UP,
        "currency-circle-dollar",
        _rates,
        "sites.view",
        records_of(rates_service.rates, "pair", "source"),
    ),
    Entry(
        "people", "People", SET_UP, "users", _people, "people.view", records_of(people_service.people, "name", "login")
    ),
    Entry("roles", "Roles", SET_UP, "shield-check", _roles, "people.view"),
    Entry("sessions", "Sessions", HIDDEN, "desktop", build_sessions, "people.view"),
    Entry("keys", "PCs and keys", SET_UP, "key", _keys, keys.RIGHT),
    Entry("audit", "Audit log", SET_UP, "clock-counter-clockwise", audit.build, "audit.view"),
)

# What is kept on a PC before the server has it: every capability whose entries go through the journal.
COPIES: tuple[Copy, ...] = (ENTRY_COPY, COUNT_COPY, deliveries.COPY, production.COPY)
SENDINGS: tuple[Sending, ...] = (
    *ADJUSTMENT_SENDINGS,
    *COUNT_SENDINGS,
    *deliveries.SENDINGS,
    *production.SENDINGS,
)

VIEWS = ViewUseCases(
    views.views,
    views.save_view,
    views.remove_view,
    {entry.key: entry.permission for entry in ENTRIES if not isinstance(entry.permission, tuple)},
    views.SHARE,
)
IMPORTS = {key: ImportPlace("import", spec.entity, spec.permission) for key, spec in exchange.IMPORTS_OF_LISTS.items()}


def commands(desk: Desk) -> tuple[Command, ...]:
    """What Ctrl+K offers besides the pages: the actions people do most."""
    offered = (
        ("waste.record", Command("record waste", "Record waste", partial(desk.navigation.open, "waste"), "Action")),
        (
            deliveries_service.RECEIVE,
            Command("receive delivery", "Receive a delivery", partial(desk.navigation.open, "deliveries"), "Action"),
        ),
        (
            production_service.RECORD,
            Command("produce", "Make a prep", partial(desk.navigation.open, "production"), "Action"),
        ),
        (
            "sales.import",
            Command("import sales", "Import sales", partial(desk.navigation.open, "sales_import"), "Action"),
        ),
        (
            "reports.view",
            Command("cost", "Food cost of the week", partial(desk.navigation.open, "cost_and_waste"), "Action"),
        ),
    )
    return tuple(command for permission, command in offered if desk.may(permission))
