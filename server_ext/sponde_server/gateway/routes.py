"""Addresses of the gateway's tokens."""

from sponde_server.core.http import Routes

routes = Routes("gateway")
