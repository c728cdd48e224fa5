"""Liked answers and chosen conversations become training files, and those become adapters."""
