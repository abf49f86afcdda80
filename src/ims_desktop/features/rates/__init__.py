"""Exchange rates: what one currency is worth in another, from a day on."""
