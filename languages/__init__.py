"""Collects the program's words and keeps the catalogues of all languages complete."""

COMPLETE: tuple[str, ...] = ("de", "es", "fr", "it")  # a text more, and these lack it
