"""Variants of a notebook, compared."""
