"""The sample data: who, what, and how it is built."""
