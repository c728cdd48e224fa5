"""Ordered sets of blocks, and what is made of them."""
