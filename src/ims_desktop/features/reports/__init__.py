"""Reports as values, and the page about cost and waste."""
