"""Notebooks run for us, now or on a schedule."""
