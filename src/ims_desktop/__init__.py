"""IMS Desktop: the back office of a restaurant group."""
