"""The operator's command line; no Qt."""
