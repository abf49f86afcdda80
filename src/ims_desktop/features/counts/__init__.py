"""Counts: sheets by storage location, which several people fill in at once while trade goes on."""
