"""Tests of price changes."""
