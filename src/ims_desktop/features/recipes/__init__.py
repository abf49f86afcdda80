"""Recipes: what is made of what, and what a portion costs today."""
