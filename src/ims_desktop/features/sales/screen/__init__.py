"""The pages of sales: the orders, and the import of a till's files."""

from ims_desktop.features.sales.screen.customer_orders import CUSTOMER_SECTIONS
from ims_desktop.features.sales.screen.import_page import build_import
from ims_desktop.features.sales.screen.order_entry import build_entry
from ims_desktop.features.sales.screen.orders import build_orders
from ims_desktop.features.sales.screen.unmapped import build_unmapped

__all__ = ["CUSTOMER_SECTIONS", "build_entry", "build_import", "build_orders", "build_unmapped"]
