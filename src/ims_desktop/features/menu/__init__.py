"""The menu: what is sold, at which price, and what is left of it."""
