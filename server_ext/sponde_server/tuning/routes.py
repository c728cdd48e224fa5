"""Addresses of training sets and training runs."""

from sponde_server.core.http import Routes

routes = Routes("tuning")
