"""Sales: what was sold, entered or imported from a till."""
