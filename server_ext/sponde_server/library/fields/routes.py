"""Addresses of the fields of blocks."""

from sponde_server.core.http import Routes
from sponde_server.library.records import CodeBlock
from sponde_server.library.service import SpondeLibrary

from .records import (
    FieldOffers,
    FieldsMade,
    FieldsOfBlock,
    FieldValues,
    FilledCode,
    NewFieldOffers,
    NewFields,
)

routes = Routes("library")


@routes("GET", "/code-blocks/{block_id}/fields")
async def get_fields(library: SpondeLibrary, block_id: str) -> FieldsOfBlock:
    """What is asked before a code block is put into a notebook, with what was filled in last."""
    return await library.fielding.of(block_id)


@routes("PUT", "/code-blocks/{block_id}/fields")
async def make_fields(library: SpondeLibrary, block_id: str, body: NewFields) -> FieldsMade:
    """Give a code block its fields, all of them; twins become revisions of it."""
    return await library.fielding.make(block_id, body)


@routes("POST", "/code-blocks/{block_id}/field-offers", action="read")
async def list_field_offers(
    library: SpondeLibrary, block_id: str, body: NewFieldOffers
) -> FieldOffers:
    """Say which blocks differ from this one in nothing but values, and what could be fields."""
    return await library.fielding.offers(block_id, body)


@routes("POST", "/code-blocks/{block_id}/filled")
async def fill_fields(library: SpondeLibrary, block_id: str, body: FieldValues) -> FilledCode:
    """A code block's code with its fields filled in; a refusal says which value does not fit."""
    return await library.fielding.fill(block_id, body)


@routes("POST", "/field-changes/{change_id}/undo")
async def undo_fields(library: SpondeLibrary, change_id: str) -> CodeBlock:
    """Take back the fields that a code block was given last; its twins are blocks again."""
    return await library.fielding.undo(change_id)
