"""Lots: what came or was made at once, when it expires, where it lies, where it came from and where it went."""
