"""Addresses of tools and of what people allow of them."""

from sponde_server.core.http import Routes

routes = Routes("tools")
