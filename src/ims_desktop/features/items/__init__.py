"""Items: what is stocked and counted, in which units, and how much of it each site wants."""
