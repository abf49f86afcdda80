"""Bringing records in from files: what can be imported, its preview, and the mappings that are remembered."""
