"""Addresses of collections."""

from sponde_server.core.http import Routes

from .records import (
    Collection,
    CollectionChanged,
    CollectionEdit,
    CollectionFile,
    CollectionRemoved,
    CollectionView,
    NewCollection,
)
from .service import SpondeCollections

routes = Routes("library", events=(CollectionChanged, CollectionRemoved))


@routes("GET", "/collections")
async def list_collections(collections: SpondeCollections) -> list[Collection]:
    """List the collections of code blocks, the one that was changed last first."""
    return await collections.list_all()


@routes("POST", "/collections")
async def make_collection(collections: SpondeCollections, body: NewCollection) -> Collection:
    """Make a collection of code blocks."""
    return await collections.make(body)


@routes("GET", "/collections/{collection_id}")
async def view_collection(collections: SpondeCollections, collection_id: str) -> CollectionView:
    """Give a collection with its blocks, what is wrong with their order, and its parameters."""
    return await collections.view(collection_id)


@routes("PATCH", "/collections/{collection_id}")
async def change_collection(
    collections: SpondeCollections, collection_id: str, body: CollectionEdit
) -> Collection:
    """Rename a collection, describe it, or give it other blocks or another order."""
    return await collections.change(collection_id, body)


@routes("POST", "/collections/{collection_id}/sort")
async def sort_collection(collections: SpondeCollections, collection_id: str) -> Collection:
    """Put a collection's blocks in the order of their needs."""
    return await collections.sort(collection_id)


@routes("DELETE", "/collections/{collection_id}")
async def remove_collection(collections: SpondeCollections, collection_id: str) -> None:
    """Delete a collection; its blocks stay."""
    await collections.remove(collection_id)


@routes("POST", "/collections/{collection_id}/restore")
async def restore_collection(collections: SpondeCollections, collection_id: str) -> Collection:
    """Bring a deleted collection back."""
    return await collections.restore(collection_id)


@routes("GET", "/collections/{collection_id}/notebook")
async def collection_notebook(collections: SpondeCollections, collection_id: str) -> CollectionFile:
    """Make a notebook of a collection: imports on top, a parameters cell, a cell a block."""
    return await collections.as_notebook(collection_id)


@routes("GET", "/collections/{collection_id}/module")
async def collection_module(collections: SpondeCollections, collection_id: str) -> CollectionFile:
    """Make a Python module of a collection: a function a block."""
    return await collections.as_module(collection_id)
