"""Servers, desks and lines are killed under load; afterwards the books hold what was acknowledged, and hold it once."""
