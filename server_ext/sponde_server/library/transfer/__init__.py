"""Blocks on their way in and out."""
