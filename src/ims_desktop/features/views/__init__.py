"""Saved views: how people look at lists, kept for themselves or shared."""
