"""Measurements: every figure beside its floor, plain SQL that does the same on the same server in the same run."""
