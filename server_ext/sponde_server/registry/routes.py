"""Addresses of registered models."""

from sponde_server.core.http import Routes

from .records import ModelRegistered, ModelUnregistered

routes = Routes("registry", events=(ModelRegistered, ModelUnregistered))
