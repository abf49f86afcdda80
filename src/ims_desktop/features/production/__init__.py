"""Production: preps made by their recipes, and items repacked into others, at the cost of what they took."""
