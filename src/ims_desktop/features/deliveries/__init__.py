"""Deliveries: what suppliers brought, entered from their paper, and what became of it."""
