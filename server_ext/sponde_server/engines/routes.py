"""Addresses of engines."""

from sponde_server.core.http import Routes

from .records import EngineChanged, EngineRemoved

routes = Routes("engines", events=(EngineChanged, EngineRemoved))
