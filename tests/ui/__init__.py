"""Screens without capabilities, used as a person uses them."""
