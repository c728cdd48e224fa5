"""Addresses of imports and exports."""

from sponde_server.core.http import Download, Routes

from .records import (
    BlockClaim,
    BlockExport,
    BlockImport,
    ExportChanged,
    ImportChanged,
    ImportChoices,
    ImportPair,
    ImportPiece,
    ImportRows,
    NewBlockExport,
    NewBlockImport,
)
from .service import SpondeTransfers

routes = Routes("library", events=(ImportChanged, ExportChanged))


@routes("GET", "/code-block-imports")
async def list_imports(transfers: SpondeTransfers) -> list[BlockImport]:
    """List the last imports that kept something, latest first: each can be undone."""
    return await transfers.list_imports()


@routes("POST", "/code-block-imports")
async def begin_import(transfers: SpondeTransfers, body: NewBlockImport) -> BlockImport:
    """Begin an import of a file that is sent in pieces, or that lies here; nothing is kept yet."""
    return await transfers.begin(body)


@routes("GET", "/code-block-imports/{import_id}")
async def get_import(transfers: SpondeTransfers, import_id: str) -> BlockImport:
    """Say how far an import is."""
    return await transfers.get(import_id)


@routes("POST", "/code-block-imports/{import_id}/pieces")
async def send_piece(transfers: SpondeTransfers, import_id: str, body: ImportPiece) -> BlockImport:
    """Send the next piece of a file."""
    return await transfers.receive(import_id, body)


@routes("POST", "/code-block-imports/{import_id}/read")
async def read_import(transfers: SpondeTransfers, import_id: str) -> BlockImport:
    """Read the file that was sent; nothing is kept and nothing is run."""
    return await transfers.read(import_id)


@routes("GET", "/code-block-imports/{import_id}/rows")
async def list_import_rows(
    transfers: SpondeTransfers, import_id: str, state: str = "", offset: int = 0, limit: int = 100
) -> ImportRows:
    """List what an import holds: what is new, here already, nearly here, or broken."""
    return await transfers.rows(import_id, state, offset, limit)


@routes("GET", "/code-block-imports/{import_id}/rows/{at}")
async def get_import_pair(transfers: SpondeTransfers, import_id: str, at: int) -> ImportPair:
    """Give a block of an import beside the one here that is nearly the same."""
    return await transfers.pair(import_id, at)


@routes("POST", "/code-block-imports/{import_id}/keep")
async def keep_import(
    transfers: SpondeTransfers, import_id: str, body: ImportChoices
) -> BlockImport:
    """Keep what was chosen of an import, in the background."""
    return await transfers.keep(import_id, body)


@routes("POST", "/code-block-imports/{import_id}/cancel")
async def cancel_import(transfers: SpondeTransfers, import_id: str) -> BlockImport:
    """Stop an import; what it kept so far can be undone."""
    return await transfers.cancel(import_id)


@routes("POST", "/code-block-imports/{import_id}/undo")
async def undo_import(transfers: SpondeTransfers, import_id: str) -> BlockImport:
    """Take back what an import did; blocks that were changed since stay, and are told."""
    return await transfers.undo(import_id)


@routes("GET", "/code-blocks/{block_id}/claims")
async def list_claims(transfers: SpondeTransfers, block_id: str) -> list[BlockClaim]:
    """Say what a bundle says of a code block's runs elsewhere."""
    return await transfers.claims(block_id)


@routes("POST", "/code-block-exports", action="read")
async def begin_export(transfers: SpondeTransfers, body: NewBlockExport) -> BlockExport:
    """Begin to write code blocks into a file: a bundle, a zip, a notebook, Markdown or JSON."""
    return await transfers.export(body)


@routes("GET", "/code-block-exports/{export_id}")
async def get_export(transfers: SpondeTransfers, export_id: str) -> BlockExport:
    """Say how far an export is."""
    return await transfers.get_export(export_id)


@routes("POST", "/code-block-exports/{export_id}/cancel", action="read")
async def cancel_export(transfers: SpondeTransfers, export_id: str) -> BlockExport:
    """Stop an export."""
    return await transfers.cancel_export(export_id)


@routes("GET", "/code-block-exports/{export_id}/file")
async def download_export(transfers: SpondeTransfers, export_id: str) -> Download:
    """Download the file of an export that has ended."""
    transfer, path = await transfers.exported(export_id)
    from .writing import MEDIA_TYPES

    return Download(transfer.filename, MEDIA_TYPES[transfer.format], path)
