"""Blocks tried once in a process of their own."""
