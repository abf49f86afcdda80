"""Suppliers: who sells which item, in which pack, at which price."""
