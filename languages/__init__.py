"""Collects the program's words and keeps the catalogues of all languages complete."""
