"""Datasets whose files are gone."""
