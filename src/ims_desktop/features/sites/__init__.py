"""Restaurants, central kitchens and warehouses: places with stock and a business day."""
