"""Addresses of publications and of exports."""

from sponde_server.core.http import Download, Routes

from .records import (
    Dashboard,
    Exported,
    Format,
    NewExport,
    NewPublication,
    Publication,
    PublicationChanged,
)
from .service import SpondePublisher

routes = Routes("publish", events=(PublicationChanged,))


@routes("GET", "/publications")
async def list_publications(publisher: SpondePublisher) -> list[Dashboard]:
    """List what is shown as dashboards, newest first."""
    return await publisher.list_all()


@routes("POST", "/publications")
async def publish(publisher: SpondePublisher, body: NewPublication) -> Publication:
    """Show a notebook as a dashboard."""
    return await publisher.publish(body)


@routes("POST", "/publications/{publication_id}/update")
async def update(publisher: SpondePublisher, publication_id: str) -> Publication:
    """Take the notebook's present state over."""
    return await publisher.update(publication_id)


@routes("DELETE", "/publications/{publication_id}")
async def withdraw(publisher: SpondePublisher, publication_id: str) -> None:
    """Stop showing a dashboard."""
    await publisher.withdraw(publication_id)


@routes("POST", "/publications/{publication_id}/restore")
async def restore(publisher: SpondePublisher, publication_id: str) -> Publication:
    """Show a withdrawn dashboard again."""
    return await publisher.restore(publication_id)


@routes("GET", "/conversations/{conversation_id}/export")
async def download(
    publisher: SpondePublisher, conversation_id: str, format: Format = Format.NOTEBOOK
) -> Download:
    """Give a conversation as a file."""
    name, media_type, content = await publisher.export(conversation_id, format)
    return Download(name, media_type, content)


@routes("POST", "/conversations/{conversation_id}/export")
async def save(publisher: SpondePublisher, conversation_id: str, body: NewExport) -> Exported:
    """Write a conversation into a file in the root folder."""
    return await publisher.save(conversation_id, body)
