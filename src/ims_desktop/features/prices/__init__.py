"""Price changes: what suppliers ask more or less for, and which dishes that moved over their target."""
