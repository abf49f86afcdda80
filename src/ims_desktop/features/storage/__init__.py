"""Storage locations: the places inside a site, in the order in which people walk through them."""
