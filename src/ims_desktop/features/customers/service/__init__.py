"""Customers: the list, one of them, changing them, and how they are reached."""

from ims_desktop.features.customers.service.reading import (
    Customer,
    CustomerRow,
    customer,
    customer_choices,
    customer_counts,
    customers,
    customers_summary,
)
from ims_desktop.features.customers.service.saving import (
    SavedCustomer,
    customer_contact,
    save_contact,
    save_customer,
    set_active,
)

__all__ = [
    "Customer",
    "CustomerRow",
    "SavedCustomer",
    "customer",
    "customer_choices",
    "customer_contact",
    "customer_counts",
    "customers",
    "customers_summary",
    "save_contact",
    "save_customer",
    "set_active",
]
