"""Collects the program's words and keeps the catalogues of all languages complete."""

COMPLETE: tuple[str, ...] = ()
"""The languages in which nothing may be missing any more; English is itself."""
