"""Tests of production and repacking."""
