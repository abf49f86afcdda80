"""Orders: importing them from the files of tills, looking at them, and taking them back."""

from ims_desktop.features.sales.service.customers import (
    OrderCustomer,
    OrderOf,
    OrdersOf,
    orders_of,
    set_customer,
)
from ims_desktop.features.sales.service.orders import (
    LATEST,
    VOIDED,
    Order,
    OrderLine,
    OrderRow,
    UsedItem,
    Void,
    channels,
    order,
    order_counts,
    orders,
    orders_summary,
    void_order,
)
from ims_desktop.features.sales.service.posting import Chunk, Recorded, SalesImport, post_chunk, record_orders
from ims_desktop.features.sales.service.preview import Checked, FileToImport, check_file, known_for_import, open_files

__all__ = [
    "LATEST",
    "VOIDED",
    "Checked",
    "Chunk",
    "FileToImport",
    "Order",
    "OrderCustomer",
    "OrderLine",
    "OrderOf",
    "OrderRow",
    "OrdersOf",
    "Recorded",
    "SalesImport",
    "UsedItem",
    "Void",
    "channels",
    "check_file",
    "known_for_import",
    "open_files",
    "order",
    "order_counts",
    "orders",
    "orders_of",
    "orders_summary",
    "post_chunk",
    "record_orders",
    "set_customer",
    "void_order",
]
