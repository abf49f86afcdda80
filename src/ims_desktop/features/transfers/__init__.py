"""Transfers: stock on its way from one site to another, what became of it, and moves inside a site."""
