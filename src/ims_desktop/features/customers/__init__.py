"""Customers: whom one caters for, delivers to, or sends an invoice inside the group."""
