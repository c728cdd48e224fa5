"""Addresses of benchmarks."""

from sponde_server.core.http import Routes

routes = Routes("benches")
