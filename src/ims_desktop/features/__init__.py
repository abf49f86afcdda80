"""The product: one folder a capability."""
