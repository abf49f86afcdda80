"""Tests of the journal of a PC."""
