"""Benchmarks and their figures."""
