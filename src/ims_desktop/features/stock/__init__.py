"""Stock: what is on hand and what it is worth, and every movement that made it so."""
