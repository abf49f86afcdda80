"""Which PCs can open sensitive fields, and how they come to the key."""
