"""Long trials that do not fit into the suite: `python3 dev.py torture [NAME] [ARGS]`."""
