"""The first page: how the day went, and what needs attention."""
