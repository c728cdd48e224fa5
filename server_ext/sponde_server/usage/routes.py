"""Addresses of usage, prices and budgets."""

from sponde_server.core.http import Routes

from .records import UsageChanged

routes = Routes("usage", events=(UsageChanged,))
