"""Qt building blocks that know no capability."""
