"""Pure values and rules used by many."""
